// Hyperparameters that many rules share, each described once.
//
// Beside default and legal range each carries the values that cases use: a dyadic
// one (exact in bfloat16), the far ends of use, and one unlike all the others, so
// that two hyperparameters swapped by mistake give another trajectory.
#pragma once

#include <limits>

#include "reference/rule.hpp"

namespace plumbline::rules {

inline constexpr double unbounded = std::numeric_limits<double>::max();
inline constexpr double below_one = 1.0 - 0x1p-53;
inline constexpr double above_one = 1.0 + 0x1p-52;
inline constexpr double above_zero = std::numeric_limits<double>::min();

inline Hyperparameter learning_rate(double default_value) {
  return {.name = "learning_rate",
          .symbol = "eta",
          .meaning = "the step size",
          .default_value = default_value,
          .neutral = {},
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-7,
          .low = 1e-6,
          .high = 0.5,
          .distinct = 0.013};
}
inline Hyperparameter momentum(std::optional<double> neutral) {
  return {.name = "momentum",
          .symbol = "mu",
          .meaning = "the share of the velocity that is kept",
          .default_value = neutral ? *neutral : 0.9,
          .neutral = neutral,
          .least = 0,
          .greatest = below_one,
          .dyadic = 0.875,
          .low = 0.1,
          .high = 0.99,
          .distinct = 0.6};
}
inline Hyperparameter beta1(double default_value) {
  return {.name = "beta1",
          .symbol = "beta1",
          .meaning = "decay rate of the first moment",
          .default_value = default_value,
          .neutral = {},
          .least = 0,
          .greatest = below_one,
          .dyadic = 0.875,
          .low = 0.1,
          .high = 0.99,
          .distinct = 0.35};
}
inline Hyperparameter beta2(double default_value) {
  return {.name = "beta2",
          .symbol = "beta2",
          .meaning = "decay rate of the second moment",
          .default_value = default_value,
          .neutral = {},
          .least = 0,
          .greatest = below_one,
          .dyadic = 0.96875,
          .low = 0.5,
          .high = 0.9999,
          .distinct = 0.93};
}
inline Hyperparameter epsilon(double default_value) {
  return {.name = "epsilon",
          .symbol = "epsilon",
          .meaning = "keeps the divisor away from zero",
          .default_value = default_value,
          .neutral = {},
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-10,
          .low = 1e-12,
          .high = 0.1,
          .distinct = 0.07};
}
inline Hyperparameter damping() {
  return {.name = "damping",
          .symbol = "mu",
          .meaning = "added to the diagonal of a matrix before it is inverted",
          .default_value = 0,
          .neutral = 0.0,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-3,
          .low = 1e-3,
          .high = 2,
          .distinct = 0.3};
}
inline Hyperparameter weight_decay() {
  return {.name = "weight_decay",
          .symbol = "lambda",
          .meaning = "the pull of each parameter towards zero",
          .default_value = 0,
          .neutral = 0.0,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-5,
          .low = 1e-4,
          .high = 0.5,
          .distinct = 0.21};
}

}  // namespace plumbline::rules
