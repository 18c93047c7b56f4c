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
inline Hyperparameter decay_rate() {
  return {.name = "decay_rate",
          .symbol = "gamma",
          .meaning = "the factor of a decay",
          .default_value = 0.9,
          .neutral = {},
          .least = rules::above_zero,
          .greatest = 1,
          .dyadic = 0.5,
          .low = 0.1,
          .high = 0.999,
          .distinct = 0.6};
}
inline Hyperparameter decay_steps(std::string_view meaning, std::optional<double> neutral = {}) {
  return {.name = "decay_steps",
          .symbol = "s",
          .meaning = meaning,
          .default_value = neutral ? *neutral : 5,
          .neutral = neutral,
          .least = 1,
          .greatest = 1e9,
          .dyadic = 4,
          .low = 1,
          .high = 40,
          .distinct = 3,
          .kind = Hyperparameter::Kind::count};
}
inline Hyperparameter power_of_decay(double default_value, std::optional<double> neutral = {}) {
  return {.name = "power",
          .symbol = "p",
          .meaning = "the exponent of the decay",
          .default_value = default_value,
          .neutral = neutral,
          .least = rules::above_zero,
          .greatest = 100,
          .dyadic = 0.5,
          .low = 0.9,
          .high = 3,
          .distinct = 1.7};
}
inline Hyperparameter maximum_learning_rate() {
  return {.name = "maximum_learning_rate",
          .symbol = "eta_max",
          .meaning = "the rate at the top",
          .default_value = 0.1,
          .neutral = {},
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 0.25,
          .low = 1e-5,
          .high = 3,
          .distinct = 0.7};
}
inline Hyperparameter rise_share() {
  return {.name = "rise_share",
          .symbol = "p",
          .meaning = "the share of the steps in which the rate rises",
          .default_value = 0.3,
          .neutral = {},
          .least = rules::above_zero,
          .greatest = 0.5,
          .dyadic = 0.25,
          .low = 0.2,
          .high = 0.45,
          .distinct = 0.35};
}

}  // namespace plumbline::schedules
