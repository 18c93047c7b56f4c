// Xavier (Glorot) initialization: Var w = g^2 2/(fan_in + fan_out), half way between what keeps
// the variance of activations (1/fan_in) and that of gradients (1/fan_out).
//
// Glorot and Bengio 2010, section 4.2.1: eq. 12 asks for the variance, and eq. 16 draws it from
// U(-sqrt 6/sqrt(n_j + n_j+1), +...). The gain g is PyTorch's.
#include "reference/initialization/hyperparameters.hpp"
#include "reference/initialization/laws.hpp"

namespace plumbline::initializations {
namespace {

template <class Number>
Number variance_of(double gain, Layout layout, const Shape& shape) {
  const Fans fans = fans_of(shape, layout);
  return square(Number(gain)) * Number(2) / Number(static_cast<double>(fans.in + fans.out));
}

template <class Number>
DrawLaw<Number> xavier_normal_law(std::span<const double> hyperparameters,
                                  std::span<const int> choices, const Shape& shape) {
  return law_of(Distribution(choices[0]),
                variance_of<Number>(hyperparameters[0], Layout(choices[1]), shape));
}

template <class Number>
DrawLaw<Number> xavier_uniform_law(std::span<const double> hyperparameters,
                                   std::span<const int> choices, const Shape& shape) {
  return uniform_law(variance_of<Number>(hyperparameters[0], Layout(choices[0]), shape));
}

constexpr int normal = int(Distribution::normal);
constexpr int output_first = int(Layout::output_first);
constexpr int input_first = int(Layout::input_first);

}  // namespace

Initialization xavier_normal() {
  return {
      .name = "xavier_normal",
      .title = "Xavier (Glorot) initialization, normal",
      .formula = "w ~ N(0, g^2 2/(fan_in + fan_out))",
      .source = "Glorot and Bengio 2010, AISTATS, eq. 12 and 15",
      .hyperparameters = {gain()},
      .options = {distribution_option(), layout_option()},
      .dialects =
          {{"output_first",
            {normal, output_first},
            "PyTorch torch/nn/init.py xavier_normal_; a document of seeds/",
            {"pytorch"}},
           {"input_first",
            {normal, input_first},
            "Keras keras/src/initializers/random_initializers.py VarianceScaling(1, 'fan_avg', "
            "'untruncated_normal'); Flux.jl src/utils.jl glorot_normal for convolutions",
            {},
            {"gain"}},
           {"truncated",
            {int(Distribution::truncated), input_first},
            "JAX jax/_src/nn/initializers.py glorot_normal; Keras "
            "keras/src/initializers/random_initializers.py GlorotNormal; TensorFlow",
            {"keras"},
            {"gain"}},
           {"truncated_uncorrected",
            {int(Distribution::truncated_uncorrected), input_first},
            "TensorFlow.js tfjs-layers/src/initializers.ts VarianceScaling, whose draws have 0.774 "
            "of the variance that it states",
            {"tensorflow_js"},
            {"gain"}}},
      .equivalences = {},
      .notes =
          "A matrix is [outputs, inputs] to some libraries and [inputs, outputs] to others: "
          "for Xavier the same. With a convolution's window the layouts differ.",
      .plain_law = &xavier_normal_law<Plain<Binary64>>,
      .certified_law = &xavier_normal_law<Certified>,
  };
}

Initialization xavier_uniform() {
  return {
      .name = "xavier_uniform",
      .title = "Xavier (Glorot) initialization, uniform",
      .formula = "w ~ U(-b, b), b = g sqrt(6/(fan_in + fan_out))",
      .source = "Glorot and Bengio 2010, AISTATS, eq. 16",
      .hyperparameters = {gain()},
      .options = {layout_option()},
      .dialects = {{"output_first",
                    {output_first},
                    "PyTorch torch/nn/init.py xavier_uniform_; the paper",
                    {"pytorch", "paper"}},
                   {"input_first",
                    {input_first},
                    "JAX jax/_src/nn/initializers.py glorot_uniform; Keras GlorotUniform; "
                    "TensorFlow.js tfjs-layers/src/initializers.ts GlorotUniform",
                    {"keras", "tensorflow_js"},
                    {"gain"}}},
      .equivalences = {},
      .notes = "",
      .plain_law = &xavier_uniform_law<Plain<Binary64>>,
      .certified_law = &xavier_uniform_law<Certified>,
  };
}

}  // namespace plumbline::initializations
