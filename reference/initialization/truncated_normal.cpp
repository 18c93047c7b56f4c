// A normal cut off and drawn again outside two deviations, of a given deviation s before the
// cut: Var w = s^2 (1 - 2 c phi(c)/(2 Phi(c) - 1)) with the cut at c deviations.
//
// Libraries agree in the name and not in the cut: c = 2 to some, c = 2/s to PyTorch, whose
// bounds a = -2 and b = 2 are not multiples of the deviation, so that with s = 0.02 nothing is
// ever cut.
#include "reference/initialization/laws.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::initializations {
namespace {

enum class Cut : int { two_deviations, two };

template <class Number>
DrawLaw<Number> truncated_normal_law(std::span<const double> hyperparameters,
                                     std::span<const int> choices, const Shape&) {
  const Number deviation(hyperparameters[0]);
  return truncated_law(deviation,
                       Cut(choices[0]) == Cut::two_deviations ? Number(2) : Number(2) / deviation);
}

}  // namespace

Initialization truncated_normal() {
  const Hyperparameter deviation{.name = "standard_deviation",
                                 .symbol = "s",
                                 .meaning = "of the normal before it is cut",
                                 .default_value = 0.02,
                                 .neutral = {},
                                 .least = 1e-12,
                                 .greatest = rules::unbounded,
                                 .dyadic = 0.5,
                                 .low = 0.02,
                                 .high = 3,
                                 .distinct = 0.7};
  return {
      .name = "truncated_normal",
      .title = "Truncated normal",
      .formula = "w ~ N(0, s^2) given |w| <= 2 s",
      .source = "Johnson, Kotz and Balakrishnan 1994, Continuous Univariate Distributions 1, 13.10",
      .hyperparameters = {deviation},
      .options = {{"cut", {"two_deviations", "two"}}},
      .dialects = {{"two_deviations",
                    {int(Cut::two_deviations)},
                    "TensorFlow tf.random.truncated_normal; TensorFlow.js "
                    "tfjs-core/src/ops/rand_util.ts; Keras TruncatedNormal; JAX "
                    "jax/_src/nn/initializers.py truncated_normal",
                    {"tensorflow", "keras"}},
                   {"two",
                    {int(Cut::two)},
                    "PyTorch torch/nn/init.py trunc_normal_, at its defaults a = -2, b = 2",
                    {"pytorch"}}},
      .equivalences = {},
      .notes = "",
      .plain_law = &truncated_normal_law<Plain<Binary64>>,
      .certified_law = &truncated_normal_law<Certified>,
  };
}

}  // namespace plumbline::initializations
