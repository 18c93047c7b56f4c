// Clipping by global norm (Pascanu, Mikolov and Bengio 2013, Algorithm 1).
//
//   g <- g min(1, c/||g||)          ||g||: the p-norm over all elements of all tensors
//
// PyTorch divides by ||g|| + 1e-6 instead, always multiplies, and has p = 1 and infinity too.
#include "reference/clipping/norms.hpp"

namespace plumbline::clippings {
namespace {

template <NormOrder norm_order>
struct GlobalNorm {
  static constexpr ClippingUnit unit = ClippingUnit::all_tensors;
  static constexpr NormOrder order = norm_order;
  static constexpr std::string_view source =
      "Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063, Algorithm 1";
  static constexpr std::string_view notes = "the norm is one over all tensors together";
  struct Options {
    Shortening shortening;
  };

  template <class Number>
  static std::optional<Number> clip(std::span<const Given<Number>> hyperparameters,
                                    const Options& options,
                                    std::vector<std::vector<Number>>& gradients,
                                    std::span<const ClippedParameter<Number>>) {
    const Number max_norm = hyperparameters[0];
    std::vector<Number> elements;
    for (const auto& gradient : gradients) {
      elements.insert(elements.end(), gradient.begin(), gradient.end());
    }
    const Number norm = named("||g||", norm_of<order>(elements));
    for (auto& gradient : gradients) shorten(gradient, options.shortening, norm, max_norm);
    return norm;
  }
};

}  // namespace

Clipping global_norm() {
  return clipping_by_norm<GlobalNorm<NormOrder::two>>(
      "global_norm", "Clipping by global norm", "g <- g min(1, c/||g||)",
      {{"exact", {0}, "documents of seeds/", {"paper"}},
       {"epsilon", {1}, "PyTorch torch/nn/utils/clip_grad.py", {"pytorch"}},
       {"quotient", {2}, "optax optax/transforms/_clipping.py clip_by_global_norm", {"optax"}},
       {"reciprocals",
        {3},
        "TensorFlow tensorflow/python/ops/clip_ops.py clip_by_global_norm, where a norm that is "
        "not finite makes all NaN; Keras keras/src/optimizers/base_optimizer.py global_clipnorm",
        {"tensorflow", "keras"}},
       {"divisor",
        {4},
        "the gradient that LAMB begins with: apex csrc/multi_tensor_lamb.cu; timm "
        "timm/optim/lamb.py",
        {"apex", "timm"}}},
      {quotient_is_factor(), reciprocals_are_factor(), divisor_is_factor()});
}

Clipping global_norm_1() {
  return clipping_by_norm<GlobalNorm<NormOrder::one>>(
      "global_norm_1", "Clipping by global 1-norm", "g <- g min(1, c/||g||_1)",
      {{"exact", {0}, "the definition with p = 1", {"paper"}},
       {"epsilon", {1}, "PyTorch torch/nn/utils/clip_grad.py, norm_type 1", {"pytorch"}}});
}

Clipping global_norm_infinity() {
  return clipping_by_norm<GlobalNorm<NormOrder::infinity>>(
      "global_norm_infinity", "Clipping by the largest element of all", "g <- g min(1, c/max|g_i|)",
      {{"exact", {0}, "the definition with p = infinity", {"paper"}},
       {"epsilon", {1}, "PyTorch torch/nn/utils/clip_grad.py, norm_type inf", {"pytorch"}}});
}

}  // namespace plumbline::clippings
