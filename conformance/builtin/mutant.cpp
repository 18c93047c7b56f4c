#include "conformance/builtin/mutant.hpp"

#include <algorithm>

#include "conformance/builtin/mutant_list.hpp"

namespace plumbline::conformance {
namespace {

void add_hyperparameter_slips(MutantList& list, const Rule& rule) {
  for (std::size_t index = 1; index < rule.hyperparameters.size(); ++index) {
    const Hyperparameter& hyperparameter = rule.hyperparameters[index];
    const std::string name(hyperparameter.name);
    // What the subject's own dialect has no place for can't be mistaken by it.
    const auto& without = rule.dialects.front().without;
    if (std::ranges::find(without, name) != without.end()) continue;
    list.add(name + "-dropped", name + " is accepted and ignored", "M25",
             Slip::hyperparameter_dropped, index);
    if (hyperparameter.kind != Hyperparameter::Kind::real) continue;
    list.add(name + "-doubled", name + " enters twice", "M1", Slip::hyperparameter_scaled, index, 0,
             name == "condition_number" || hyperparameter.greatest < 2 ? 0.5 : 2);
    if (name == "epsilon") {
      list.add("epsilon-squared", "epsilon^2 for epsilon", "M10", Slip::hyperparameter_squared,
               index);
      list.add("epsilon-rooted", "sqrt(epsilon) for epsilon", "M10", Slip::hyperparameter_rooted,
               index);
      list.add("epsilon-negated", "epsilon is subtracted", "M1", Slip::hyperparameter_negated,
               index);
    }
    if (name == "weight_decay") {
      list.add("decay-negated", "the decay pushes away from zero", "M8",
               Slip::hyperparameter_negated, index);
      list.add("decay-scales-gradient", "1 - eta lambda multiplies the gradient", "M24",
               Slip::decay_scales_gradient, index);
      list.add("decay-times-rate", "the decay is scaled by the learning rate once too often", "M8",
               Slip::hyperparameter_times_rate, index);
      if (rule.name != "adamw") {  // there it is a dialect
        list.add("decay-over-rate", "the decay is not scaled by the learning rate", "M8",
                 Slip::hyperparameter_over_rate, index);
      }
    }
    if (hyperparameter.greatest < 1 || name == "dampening") {
      list.add(name + "-complemented", "1 - " + name + " for " + name, "M9",
               Slip::hyperparameter_complemented, index);
    }
    for (std::size_t other = index + 1; other < rule.hyperparameters.size(); ++other) {
      const Hyperparameter& partner = rule.hyperparameters[other];
      if (hyperparameter.neutral || partner.neutral) continue;
      list.add(name + "-and-" + std::string(partner.name) + "-swapped",
               name + " and " + std::string(partner.name) + " in each other's place", "M9",
               Slip::hyperparameters_swapped, index, other);
    }
  }
}

// Where the learning rate is the first step's size alone, as in Rprop, what becomes of it later
// is no fault.
void add_rate_slips(MutantList& list, const Rule& rule) {
  if (index_of(rule.hyperparameters, "minimum_step")) return;
  list.add("rate-change-ignored", "keeps the first learning rate", "M25",
           Slip::rate_change_ignored);
  list.add("rate-change-for-one-step", "a new learning rate is forgotten after a step", "M8",
           Slip::rate_change_for_one_step);
  list.add("rate-change-late", "a new learning rate counts from the next step on", "M8",
           Slip::rate_change_late);
  list.add("rate-change-first-only", "the first parameter alone hears of a new rate", "M11",
           Slip::rate_change_first_only);
  list.add("saved-without-rate", "a checkpoint forgets the learning rate", "M6",
           Slip::saved_without_rate);
}

void add_state_slips(MutantList& list, const Rule& rule) {
  for (std::size_t index = 0; index < rule.state.size(); ++index) {
    const std::string name(rule.state[index].name);
    const Dialect* dialect = first_dialect_with(rule, rule.state[index]);
    if (dialect == nullptr) continue;
    list.set_dialect(dialect->name);
    add_unkept_state(list, name, index);
    list.add(name + "-not-saved", "a checkpoint forgets the " + name, "M6",
             Slip::saved_without_state, index);
  }
  list.set_dialect({});
  if (!rule.state.empty()) {
    list.add("reset-at-1000", "the state begins afresh at step 1000", "M2",
             Slip::state_reset_at_1000);
    list.add("optimizers-share-state", "two optimizers write into one state", "M13",
             Slip::optimizers_share_state);
    list.add("state-of-neighbour", "each parameter takes the state of the one before", "M11",
             Slip::state_of_neighbour);
    list.add("slots-by-position", "states go with gradients by their place in the list", "M13",
             Slip::slots_by_position);
    if (rule.state.front().name != "average") {
      list.add("state-kept-from-last-run", "a new optimizer begins with an old one's state", "M2",
               Slip::state_kept_from_last_run);
    }
  }
}

void add_structure_slips(MutantList& list, const Rule& rule) {
  list.add("second-tensor-skipped", "only the first tensor is stepped", "M12",
           Slip::second_tensor_skipped);
  list.add("tail-skipped", "elements past the last full vector of 8 stay", "M12",
           Slip::tail_skipped);
  list.add("only-first-row", "only the first row of a matrix is stepped", "M12",
           Slip::only_first_row);
  list.add("groups-ignored", "every group has the first one's hyperparameters", "M11",
           Slip::groups_ignored);
  list.add("only-first-vector", "elements past the first eight stay", "M12",
           Slip::only_first_vector);
  if (rule.unit != Unit::matrix) {  // there they are no part of it
    list.add("scalars-skipped", "tensors without dimensions are not stepped", "M12",
             Slip::scalar_tensors_skipped);
  }
  list.add("first-rate-for-all", "the first parameter's learning rate leaks into the others", "M11",
           Slip::first_rate_for_all);
  list.add("rate-of-neighbour", "each parameter has the learning rate of the one before", "M11",
           Slip::rate_of_neighbour);
  list.add("lower-precision", "parameters are kept in a narrower format", "M23",
           Slip::parameter_in_lower_precision);
}

/// The step's count enters the rule, by itself or in powers.
bool counts_steps(const Rule& rule) {
  constexpr std::string_view counting[] = {"adagrad", "adam",  "adamw", "amsgrad",
                                           "adamax",  "nadam", "asgd"};
  return std::ranges::find(counting, rule.name) != std::ranges::end(counting);
}

}  // namespace

void add_gradient_slips(MutantList& list, const GradientUse& use) {
  list.add("sign", "ascends", "M7", Slip::gradient_negated);
  list.add("gradient-doubled", "the sum over two halves for their mean", "M7",
           Slip::gradient_doubled);
  if (use.again) {
    list.add("gradient-stale", "uses the gradient of the step before", "M4", Slip::gradient_stale);
    list.add("gradient-accumulated", "gradients are never zeroed", "M5",
             Slip::gradient_accumulated);
  }
  list.add("gradient-absolute", "loses the gradient's sign", "M14", Slip::gradient_absolute);
  if (use.beyond_one) {
    list.add("gradient-clipped", "clips each element to [-1, 1]", "M14", Slip::gradient_clipped);
  }
}

const Dialect* first_dialect_with(const Rule& rule, const StateTensor& tensor) {
  std::vector<double> values;
  for (const Hyperparameter& one : rule.hyperparameters) values.push_back(one.distinct);
  const auto found = std::ranges::find_if(rule.dialects, [&](const Dialect& dialect) {
    return in_use(rule, tensor, values, dialect.choices);
  });
  return found == rule.dialects.end() ? nullptr : &*found;
}

void add_unkept_state(MutantList& list, const std::string& name, std::size_t index) {
  list.add(name + "-not-carried", name + " begins afresh in every step", "M6",
           Slip::state_not_carried, index);
  list.add(name + "-stale", "reads the " + name + " of two steps ago", "M4", Slip::state_stale,
           index);
}

std::vector<Mutant> written_mutants_of(const Rule& rule) {
  MutantList list(rule.name);
  add_hyperparameter_slips(list, rule);
  if (rule.unit == Unit::objective) {
    add_minimizer_slips(list, rule);
    return list.take();
  }
  add_gradient_slips(list);
  add_rate_slips(list, rule);
  add_state_slips(list, rule);
  add_structure_slips(list, rule);
  list.add("missing-is-zero", "a parameter without gradient is stepped with zero", "M24",
           Slip::missing_is_zero);
  const bool corrects_both = rule.name == "adam" || rule.name == "adamw" || rule.name == "radam" ||
                             rule.name == "adabelief" || rule.name == "amsgrad";
  if (corrects_both) {
    const std::string moments[] = {"first", "second"};
    for (std::size_t moment = 0; moment < 2; ++moment) {
      const std::string name = moments[moment] + "-moment-correction";
      if (rule.name != "adam" || moment == 1) {  // there the first is a dialect
        list.add(name + "-missing", "no bias correction of the " + moments[moment] + " moment",
                 "M3", Slip::scalar_missing, moment);
      }
      list.add(name + "-ahead", "bias correction with t + 1", "M2", Slip::scalar_ahead, moment);
      list.add(name + "-behind", "bias correction with t - 1", "M2", Slip::scalar_behind, moment);
      list.add(name + "-in-bfloat16", "the power of beta is kept in bfloat16", "M23",
               Slip::scalar_in_bfloat16, moment);
      list.add(name + "-frozen", "bias correction as at step 1", "M2", Slip::scalar_frozen, moment);
    }
  }
  if (counts_steps(rule)) {
    list.add("step-counted-twice", "the count advances with every parameter", "M2",
             Slip::step_counted_twice);
    list.add("late-parameter-counts-from-start", "one count for all parameters", "M2",
             Slip::late_parameter_counts_from_start);
    list.add("count-kept-from-last-run", "a new optimizer goes on counting where an old one ended",
             "M2", Slip::count_kept_from_last_run);
    list.add("saved-without-count", "a checkpoint forgets the count of steps", "M2",
             Slip::saved_without_count);
  }
  if (rule.name == "nesterov") {
    list.add_rule("no-look-ahead", "momentum under Nesterov's name", "momentum");
  }
  if (rule.name == "adamw")
    list.add_rule("decay-coupled", "the decay goes into the gradient", "adam");
  if (rule.name == "adam") list.add_rule("rmsprop", "RMSProp under Adam's name", "rmsprop");
  return list.take();
}

}  // namespace plumbline::conformance
