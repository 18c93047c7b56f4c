// Hyperparameters that many schedules share.
#pragma once

#include "reference/rules/hyperparameters.hpp"

namespace plumbline::schedules {

inline Hyperparameter learning_rate() {
  return {.name = "learning_rate",
          .symbol = "eta_0",
          .meaning = "the base learning rate",
          .default_value = 0.1,
          .neutral = {},
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 0.25,
          .low = 1e-5,
          .high = 3,
          .distinct = 0.7};
}
inline Hyperparameter minimum_learning_rate() {
  return {.name = "minimum_learning_rate",
          .symbol = "eta_min",
          .meaning = "where the decay ends",
          .default_value = 0,
          .neutral = 0.0,
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 0x1p-6,
          .low = 1e-6,
          .high = 0.05,
          .distinct = 0.003};
}
inline Hyperparameter total_steps() {
  return {.name = "total_steps",
          .symbol = "T",
          .meaning = "the step at which the decay ends",
          .default_value = 20,
          .neutral = {},
          .least = 1,
          .greatest = 1e9,
          .dyadic = 16,
          .low = 3,
          .high = 100,
          .distinct = 23,
          .kind = Hyperparameter::Kind::count};
}
inline Hyperparameter warmup_steps() {
  return {.name = "warmup_steps",
          .symbol = "w",
          .meaning = "the step at which the base rate is reached",
          .default_value = 5,
          .neutral = {},
          .least = 1,
          .greatest = 1e9,
          .dyadic = 4,
          .low = 1,
          .high = 40,
          .distinct = 7,
          .kind = Hyperparameter::Kind::count};
}

}  // namespace plumbline::schedules
