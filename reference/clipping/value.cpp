// Clipping by value: each element by itself. The gradient's direction is not kept.
//
//   g_i <- max(-c, min(c, g_i))
#include "reference/clipping/norms.hpp"

namespace plumbline::clippings {
namespace {

struct Value {
  struct Options {};

  template <class Number>
  static std::optional<Number> clip(std::span<const Given<Number>> hyperparameters, const Options&,
                                    std::vector<std::vector<Number>>& gradients,
                                    std::span<const ClippedParameter<Number>>) {
    const Number max_value = as_result(Number(hyperparameters[0]));
    for (auto& gradient : gradients) {
      for (Number& element : gradient) element = max(-max_value, min(max_value, element));
    }
    return std::nullopt;
  }
};

}  // namespace

Clipping value() {
  Hyperparameter max_value = max_norm();
  max_value.name = "max_value";
  max_value.meaning = "the largest magnitude let through";
  return {
      .name = "value",
      .title = "Clipping by value",
      .formula = "g_i <- max(-c, min(c, g_i))",
      .source = "the definition",
      .hyperparameters = {max_value},
      .options = {},
      .dialects = {{"exact",
                    {},
                    "PyTorch torch/nn/utils/clip_grad.py clip_grad_value_; TensorFlow.js "
                    "tfjs-core/src/ops/clip_by_value.ts; Keras "
                    "keras/src/optimizers/base_optimizer.py clipvalue; optax "
                    "optax/transforms/_clipping.py clip; Optimisers.jl src/rules.jl ClipGrad; burn "
                    "crates/burn-optim/src/grad_clipping/base.rs Value",
                    {"paper", "pytorch", "keras", "optax", "optimisers_jl", "burn"}}},
      .equivalences = {},
      .notes = "each element is clipped by itself",
      .unit = ClippingUnit::element,
      .order = NormOrder::infinity,
      .wants_parameters = false,
      .bindings = clipping_bindings<Value>(),
  };
}

}  // namespace plumbline::clippings
