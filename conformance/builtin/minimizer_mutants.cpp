// Mutants of rules that ask their objective: in what they are told, and in the loop.
#include <algorithm>

#include "conformance/builtin/mutant_list.hpp"
#include "reference/mutations.hpp"

namespace plumbline::conformance {
namespace {

bool changes_its_hessian(std::string_view name) {
  const plumbline::Objective& objective = *find_objective(name);
  std::vector<Plain<Binary64>> here(objective.start.begin(), objective.start.end());
  std::vector<Plain<Binary64>> there = here;
  for (std::size_t i = 0; i < there.size(); ++i) {
    there[i] = there[i] + Plain<Binary64>(static_cast<double>(i + 1) / 4);
  }
  const auto bound = objective.bind<Plain<Binary64>>();
  return !std::ranges::equal(
      bound->hessian(here).entries, bound->hessian(there).entries,
      [](const auto& one, const auto& other) { return one.value() == other.value(); });
}

void add_matrix_slips(MutantList& list, const Rule& rule) {
  // Coordinate descent asks for the diagonal alone.
  if (rule.name != "coordinate_descent") {
    list.add("matrix-diagonal", "takes the diagonal of the matrix for the whole", "M12",
             Slip::matrix_diagonal);
  }
  if (rule.objectives.empty() || std::ranges::any_of(rule.objectives, changes_its_hessian)) {
    list.add("matrix-stale", "uses the matrix at the point before", "M4", Slip::matrix_stale);
  }
}

void add_loop_state_slips(MutantList& list, const Rule& rule) {
  for (std::size_t index = 0; index < rule.state.size(); ++index) {
    const Dialect* dialect = first_dialect_with(rule, rule.state[index]);
    if (dialect == nullptr) continue;
    list.set_dialect(dialect->name);
    add_unkept_state(list, std::string(rule.state[index].name), index);
  }
  list.set_dialect({});
}

}  // namespace

void add_minimizer_slips(MutantList& list, const Rule& rule) {
  const AskedOfObjective asked = asked_of_objective(rule, rule.dialects.front().choices);
  // Layers' output gradients are those of cross-entropies, within -1 and 1.
  const bool has_layers = std::ranges::find(rule.wants, "layers") != rule.wants.end();
  if (asked.first_derivatives) {
    add_gradient_slips(list, {.again = asked.first_derivatives_again, .beyond_one = !has_layers});
  }
  if (asked.value) {
    list.add("objective-negated", "looks for higher values", "M7", Slip::value_negated);
    list.add("objective-stale", "uses the value at the point before", "M4", Slip::value_stale);
  }
  if (asked.second_derivatives) add_matrix_slips(list, rule);
  if (asked.draws) {
    list.add("draws-repeated", "the first step's draws serve all steps", "M13",
             Slip::draws_repeated);
    list.add("draws-negated", "draws with their signs turned", "M7", Slip::draws_negated);
  }
  add_loop_state_slips(list, rule);
  list.add("last-element-stays", "the last element of all is not stepped", "M12",
           Slip::last_element_stays);
  list.add("last-step-left-out", "one step fewer than asked for", "M2", Slip::last_step_left_out);
  list.add("one-step-more", "one step more than asked for", "M2", Slip::one_step_more);
  list.add("lower-precision", "parameters are kept in a narrower format", "M23",
           Slip::parameter_in_lower_precision);
}

}  // namespace plumbline::conformance
