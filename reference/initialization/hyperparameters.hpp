// Hyperparameters that initializations share.
#pragma once

#include "reference/rules/hyperparameters.hpp"

namespace plumbline::initializations {

inline Hyperparameter gain() {
  return {.name = "gain",
          .symbol = "g",
          .meaning = "what the standard deviation is multiplied by",
          .default_value = 1,
          .neutral = 1.0,
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 1.5,
          .low = 0.1,
          .high = 10,
          .distinct = 5.0 / 3};
}
inline Hyperparameter negative_slope() {
  return {.name = "negative_slope",
          .symbol = "a",
          .meaning = "of the leaky rectifier that follows",
          .default_value = 0,
          .neutral = 0.0,
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 0.5,
          .low = 0.01,
          .high = 2.2360679774997898,
          .distinct = 0.2};
}

}  // namespace plumbline::initializations
