// The formula of a clipping. It is run on two tensors of symbols, of unequal length, and
// what it gives for the elements must be one expression in them: written with g_i.
#include <stdexcept>
#include <string>

#include "reference/formula/counts.hpp"
#include "reference/formula/formula.hpp"
#include "reference/formula/rewriting.hpp"

namespace plumbline {
namespace {

constexpr std::size_t tensor_sizes[] = {2, 1};
constexpr std::size_t element_count = 3;

Symbol element(std::size_t index) {
  return {"g", std::to_string(index), true};
}
const Symbol any_element{"g", "i", true};

/// `value` with the element of this index written as any one of them.
Traced generic(Rewriting& rewrite, const Traced& value, std::size_t index) {
  return rewrite(value, [&](const Traced& node) -> std::optional<Traced> {
    if (is_symbol(node) && node.expression().symbol == element(index)) return Traced(any_element);
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

}  // namespace

Formula formula_of(const Clipping& clipping, std::span<const int> choices) {
  std::vector<Traced> hyperparameters;
  for (const Hyperparameter& hyperparameter : clipping.hyperparameters) {
    hyperparameters.emplace_back(hyperparameter_symbol(hyperparameter));
  }
  std::vector<std::vector<Traced>> gradients;
  std::size_t index = 0;
  for (const std::size_t size : tensor_sizes) {
    auto& gradient = gradients.emplace_back();
    while (gradient.size() < size) gradient.emplace_back(element(index++));
  }
  const Traced norm = clipping.clip<Traced>(hyperparameters, choices, gradients);

  Rewriting rewrite;
  const auto with_sums = [&](const Traced& value) {
    return rewrite(value, [&](const Traced& node) -> std::optional<Traced> {
      const Expression& expression = node.expression();
      if (expression.operation != Operation::sum || expression.operands.size() == 1) {
        return std::nullopt;
      }
      return Traced(Operation::sum, {common(rewrite, expression.operands)});
    });
  };
  std::vector<Traced> clipped;
  for (const auto& gradient : gradients) {
    for (const Traced& value : gradient) clipped.push_back(with_sums(value));
  }
  const Traced norm_value = with_sums(norm);
  const Traced element_value = common(rewrite, clipped);

  Formula formula;
  formula.operations = count_operations({norm_value, element_value});
  const Traced norm_symbol(Symbol{"||g||"});
  const Traced named = rewrite.named(element_value, [&](const Traced& node) {
    return node == norm_value ? std::optional(norm_symbol) : std::nullopt;
  });
  formula.steps = {
      {1, true, std::nullopt, {{norm_symbol, norm_value}, {Traced(any_element), named}}}};
  return formula;
}

}  // namespace plumbline
