// He (Kaiming) initialization: Var w = 2/((1 + a^2) fan), since a rectifier lets half of the
// variance through, and a leaky one of negative slope a the share (1 + a^2)/2.
//
// He, Zhang, Ren and Sun 2015, arXiv:1502.01852: eq. 10 (forward, fan_in), eq. 14 (backward,
// fan_out), eq. 15 (leaky). The paper draws from normals; the uniform form has b = sqrt(3 Var).
#include "reference/initialization/hyperparameters.hpp"
#include "reference/initialization/laws.hpp"

namespace plumbline::initializations {
namespace {

enum class Fan : int { in, out, average };

template <class Number>
Number variance_of(double slope, Layout layout, Fan fan, const Shape& shape) {
  const Fans fans = fans_of(shape, layout);
  const Number gain = Number(2) / (Number(1) + square(Number(slope)));
  switch (fan) {
    case Fan::in:
      break;
    case Fan::out:
      return gain / Number(static_cast<double>(fans.out));
    case Fan::average:
      return gain * Number(2) / Number(static_cast<double>(fans.in + fans.out));
  }
  return gain / Number(static_cast<double>(fans.in));
}

template <class Number>
DrawLaw<Number> he_normal_law(std::span<const double> hyperparameters, std::span<const int> choices,
                              const Shape& shape) {
  return law_of(
      Distribution(choices[0]),
      variance_of<Number>(hyperparameters[0], Layout(choices[1]), Fan(choices[2]), shape));
}

template <class Number>
DrawLaw<Number> he_uniform_law(std::span<const double> hyperparameters,
                               std::span<const int> choices, const Shape& shape) {
  return uniform_law(
      variance_of<Number>(hyperparameters[0], Layout(choices[0]), Fan(choices[1]), shape));
}

constexpr int normal = int(Distribution::normal);
constexpr int output_first = int(Layout::output_first);
constexpr int input_first = int(Layout::input_first);
constexpr int fan_in = int(Fan::in);
constexpr int fan_out = int(Fan::out);

Option fan_option() {
  return {"fan", {"fan_in", "fan_out", "fan_average"}};
}

}  // namespace

Initialization he_normal() {
  return {
      .name = "he_normal",
      .title = "He (Kaiming) initialization, normal",
      .formula = "w ~ N(0, 2/((1 + a^2) fan_in))",
      .source = "He, Zhang, Ren and Sun 2015, arXiv:1502.01852, eq. 10, 14, 15",
      .hyperparameters = {negative_slope()},
      .options = {distribution_option(), layout_option(), fan_option()},
      .dialects =
          {{"fan_in",
            {normal, output_first, fan_in},
            "PyTorch torch/nn/init.py kaiming_normal_; a document of seeds/",
            {"pytorch", "paper"}},
           {"fan_out",
            {normal, output_first, fan_out},
            "PyTorch torch/nn/init.py kaiming_normal_(mode='fan_out'); torchvision "
            "torchvision/models/resnet.py"},
           {"input_first",
            {normal, input_first, fan_in},
            "Keras keras/src/initializers/random_initializers.py VarianceScaling(2, 'fan_in', "
            "'untruncated_normal')",
            {},
            {"negative_slope"}},
           {"truncated",
            {int(Distribution::truncated), input_first, fan_in},
            "JAX jax/_src/nn/initializers.py he_normal; Keras "
            "keras/src/initializers/random_initializers.py HeNormal; TensorFlow",
            {"keras"},
            {"negative_slope"}},
           {"truncated_uncorrected",
            {int(Distribution::truncated_uncorrected), input_first, fan_in},
            "TensorFlow.js tfjs-layers/src/initializers.ts HeNormal, whose draws have 0.774 of the "
            "variance that it states",
            {"tensorflow_js"},
            {"negative_slope"}}},
      .equivalences = {},
      .notes =
          "[outputs, inputs] by fan_in and [inputs, outputs] by fan_out are one and the same "
          "for matrices; a convolution's window tells them apart.",
      .plain_law = &he_normal_law<Plain<Binary64>>,
      .certified_law = &he_normal_law<Certified>,
  };
}

Initialization he_uniform() {
  return {
      .name = "he_uniform",
      .title = "He (Kaiming) initialization, uniform",
      .formula = "w ~ U(-b, b), b = sqrt(6/((1 + a^2) fan_in))",
      .source = "He, Zhang, Ren and Sun 2015, arXiv:1502.01852, eq. 10, 14, 15 for the variance",
      .hyperparameters = {negative_slope()},
      .options = {layout_option(), fan_option()},
      .dialects = {{"fan_in",
                    {output_first, fan_in},
                    "PyTorch torch/nn/init.py kaiming_uniform_; with a = sqrt 5 the default of "
                    "torch/nn/modules/linear.py, b = 1/sqrt(fan_in)",
                    {"pytorch"}},
                   {"fan_out",
                    {output_first, fan_out},
                    "PyTorch torch/nn/init.py kaiming_uniform_(mode='fan_out')"},
                   {"input_first",
                    {input_first, fan_in},
                    "JAX jax/_src/nn/initializers.py he_uniform; Keras HeUniform; TensorFlow.js "
                    "tfjs-layers/src/initializers.ts HeUniform",
                    {"keras", "tensorflow_js"},
                    {"negative_slope"}}},
      .equivalences = {},
      .notes = "",
      .plain_law = &he_uniform_law<Plain<Binary64>>,
      .certified_law = &he_uniform_law<Certified>,
  };
}

}  // namespace plumbline::initializations
