// Clipping by global norm (Pascanu, Mikolov and Bengio 2013, Algorithm 1).
//
//   g <- g min(1, c / ||g||)          ||g||: the 2-norm over all elements of all tensors
//
// PyTorch divides by ||g|| + 1e-6 instead.
#include <array>
#include <bit>

#include "reference/clipping.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::clippings {
namespace {

enum class Divisor : int { norm, norm_plus_epsilon };

template <class Number>
Number clip_by_global_norm(std::span<const Given<Number>> hyperparameters,
                           std::span<const int> choices,
                           std::vector<std::vector<Number>>& gradients) {
  const Number max_norm = hyperparameters[0];
  const bool plus_epsilon = Divisor(choices[0]) == Divisor::norm_plus_epsilon;

  std::vector<Number> squares;
  for (const auto& gradient : gradients) {
    for (const Number& element : gradient) squares.push_back(square(element));
  }
  Number norm = sqrt(sum(std::span<const Number>(squares)));
  const Number divisor = plus_epsilon ? norm + Number(1e-6) : norm;
  const Number factor = min(Number(1), max_norm / divisor);
  for (auto& gradient : gradients) {
    for (Number& element : gradient) element = element * factor;
  }
  return norm;
}

}  // namespace

Clipping global_norm() {
  const Hyperparameter max_norm{.name = "max_norm",
                                .symbol = "c",
                                .meaning = "the largest norm let through",
                                .default_value = 1,
                                .neutral = {},
                                .least = 0,
                                .greatest = rules::unbounded,
                                .dyadic = 0.5,
                                .low = 1e-3,
                                .high = 1000,
                                .distinct = 0.3};
#define PLUMBLINE_BIND(...) &clip_by_global_norm<__VA_ARGS__>,
  return {
      .name = "global_norm",
      .title = "Clipping by global norm",
      .formula = "g <- g min(1, c/||g||)",
      .source = "Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063, Algorithm 1",
      .hyperparameters = {max_norm},
      .options = {{"divisor", {"norm", "norm_plus_epsilon"}}},
      .dialects = {{"exact", {0}, "documents of seeds/; optax; Keras; TensorFlow", {"paper"}},
                   {"epsilon", {1}, "PyTorch torch/nn/utils/clip_grad.py", {"pytorch"}}},
      .equivalences = {},
      .notes = "",
      .bindings = {PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND) nullptr},
  };
#undef PLUMBLINE_BIND
}

}  // namespace plumbline::clippings
