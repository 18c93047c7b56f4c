// Clipping by each tensor's own norm.
//
//   g <- g min(1, c/||g||)          ||g||: the p-norm over the elements of one tensor
//
// burn divides by ||g|| plus its format's least normal number. A sum of squares that does not
// underflow has a root far above that, so the sum is the norm again in every format, and the
// dialect is `exact`; only 0/0, at c = 0 and g = 0, becomes 0.
#include "reference/clipping/norms.hpp"

namespace plumbline::clippings {
namespace {

template <NormOrder norm_order>
struct TensorNorm {
  static constexpr ClippingUnit unit = ClippingUnit::tensor;
  static constexpr NormOrder order = norm_order;
  static constexpr std::string_view source =
      "Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063, Algorithm 1, tensor by tensor";
  static constexpr std::string_view notes = "each tensor has a norm of its own";
  struct Options {
    Shortening shortening;
  };

  template <class Number>
  static std::optional<Number> clip(std::span<const Given<Number>> hyperparameters,
                                    const Options& options,
                                    std::vector<std::vector<Number>>& gradients,
                                    std::span<const ClippedParameter<Number>>) {
    const Number max_norm = hyperparameters[0];
    for (auto& gradient : gradients) {
      const Number norm = named("||g||", norm_of<order>(gradient));
      shorten(gradient, options.shortening, norm, max_norm);
    }
    return std::nullopt;
  }
};

}  // namespace

Clipping tensor_norm() {
  return clipping_by_norm<TensorNorm<NormOrder::two>>(
      "tensor_norm", "Clipping by each tensor's norm", "g <- g min(1, c/||g||)",
      {{"exact",
        {0},
        "Optimisers.jl src/rules.jl ClipNorm, which throws at a norm that is not finite; burn "
        "crates/burn-optim/src/grad_clipping/base.rs Norm",
        {"paper", "optimisers_jl", "burn"}},
       {"epsilon",
        {1},
        "PyTorch torch/nn/utils/clip_grad.py called for each parameter",
        {"pytorch"}},
       {"quotient",
        {2},
        "Keras keras/src/optimizers/base_optimizer.py clipnorm, as g c/max(||g||, c)",
        {"keras"}}},
      {quotient_is_factor()});
}

Clipping tensor_norm_1() {
  return clipping_by_norm<TensorNorm<NormOrder::one>>(
      "tensor_norm_1", "Clipping by each tensor's 1-norm", "g <- g min(1, c/||g||_1)",
      {{"exact", {0}, "Optimisers.jl src/rules.jl ClipNorm, p = 1", {"paper", "optimisers_jl"}},
       {"epsilon",
        {1},
        "PyTorch torch/nn/utils/clip_grad.py, norm_type 1, called for each parameter",
        {"pytorch"}}});
}

Clipping tensor_norm_infinity() {
  return clipping_by_norm<TensorNorm<NormOrder::infinity>>(
      "tensor_norm_infinity", "Clipping by each tensor's largest element",
      "g <- g min(1, c/max|g_i|)",
      {{"exact", {0}, "Optimisers.jl src/rules.jl ClipNorm, p = Inf", {"paper", "optimisers_jl"}},
       {"epsilon",
        {1},
        "PyTorch torch/nn/utils/clip_grad.py, norm_type inf, called for each parameter",
        {"pytorch"}}});
}

}  // namespace plumbline::clippings
