// The formula of a clipping. It is run on tensors of symbols: two of unequal length, or one
// where each tensor is clipped by itself. What it gives for the elements must be one expression
// in them: written with g_i, and w_i for the parameter.
#include <map>
#include <stdexcept>
#include <string>

#include "reference/formula/counts.hpp"
#include "reference/formula/formula.hpp"
#include "reference/formula/rewriting.hpp"

namespace plumbline {
namespace {

constexpr std::size_t element_count = 3;

std::vector<std::size_t> tensor_sizes(const Clipping& clipping) {
  if (clipping.unit == ClippingUnit::all_tensors) return {2, 1};
  return {element_count};
}

Symbol element(const char* name, std::size_t index) {
  return {name, std::to_string(index), true};
}

/// `value` with the elements of this index written as any one of them.
Traced generic(Rewriting& rewrite, const Traced& value, std::size_t index) {
  return rewrite(value, [&](const Traced& node) -> std::optional<Traced> {
    for (const char* name : {"g", "w"}) {
      if (is_symbol(node) && node.expression().symbol == element(name, index)) {
        return Traced(Symbol{name, "i", true});
      }
    }
    return std::nullopt;
  });
}

/// The one expression that these are, element by element.
Traced common(Rewriting& rewrite, const std::vector<Traced>& values) {
  if (values.size() != element_count) throw std::logic_error("a sum not over all elements");
  Traced first = generic(rewrite, values[0], 0);
  for (std::size_t index = 1; index < values.size(); ++index) {
    if (!(generic(rewrite, values[index], index) == first)) {
      throw std::logic_error("elements are not treated alike");
    }
  }
  return first;
}

bool is_over_elements(const Expression& expression) {
  return (expression.operation == Operation::sum || expression.operation == Operation::greatest) &&
         expression.operands.size() > 1;
}

/// What the clipping makes of elements g_0, g_1, ..., all ways through it joined.
std::vector<Traced> traced_elements(const Clipping& clipping, std::span<const int> choices) {
  std::vector<Traced> hyperparameters;
  for (const Hyperparameter& hyperparameter : clipping.hyperparameters) {
    hyperparameters.emplace_back(hyperparameter_symbol(hyperparameter));
  }
  return trace_outcomes([&] {
    std::vector<std::vector<Traced>> gradients;
    std::vector<ClippedParameter<Traced>> parameters;
    std::size_t index = 0;
    for (const std::size_t size : tensor_sizes(clipping)) {
      auto& gradient = gradients.emplace_back();
      auto& parameter = parameters.emplace_back();
      parameter.shape = {static_cast<long>(size)};
      for (; gradient.size() < size; ++index) {
        gradient.emplace_back(element("g", index));
        parameter.values.emplace_back(element("w", index));
      }
    }
    clipping.clip<Traced>(hyperparameters, choices, gradients,
                          std::span<const ClippedParameter<Traced>>(parameters));
    std::vector<Traced> clipped;
    for (const auto& gradient : gradients) {
      clipped.insert(clipped.end(), gradient.begin(), gradient.end());
    }
    return clipped;
  });
}

}  // namespace

Formula formula_of(const Clipping& clipping, std::span<const int> choices) {
  take_names();
  std::vector<Traced> clipped = traced_elements(clipping, choices);
  auto names = take_names();

  Rewriting rewrite;
  const auto with_sums = [&](const Traced& value) {
    return rewrite(value, [&](const Traced& node) -> std::optional<Traced> {
      const Expression& expression = node.expression();
      if (!is_over_elements(expression)) return std::nullopt;
      return Traced(expression.operation, {common(rewrite, expression.operands)});
    });
  };
  std::map<std::string, Traced> values_by_name;
  std::vector<Traced> counted;
  std::vector<Assignment> assignments;
  for (const auto& [name, value] : names) {
    const Traced named_value = with_sums(value);
    if (!values_by_name.emplace(name, named_value).second) continue;
    assignments.push_back({Traced(Symbol{name}), named_value});
    counted.push_back(named_value);
  }
  for (Traced& value : clipped) value = with_sums(value);
  const Traced element_value = common(rewrite, clipped);
  counted.push_back(element_value);

  const Traced written = rewrite.named(element_value, [&](const Traced& node) {
    for (const auto& [name, value] : values_by_name) {
      if (node == value) return std::optional(Traced(Symbol{name}));
    }
    return std::optional<Traced>();
  });
  assignments.push_back({Traced(Symbol{"g", "i", true}), written});
  Formula formula;
  formula.operations = count_operations(counted);
  formula.steps = {{1, true, std::nullopt, std::move(assignments)}};
  return formula;
}

}  // namespace plumbline
