// The two ends of a momentum that goes up and down.
#pragma once

#include "reference/rules/hyperparameters.hpp"

namespace plumbline::schedules {

inline Hyperparameter momentum_end(std::string_view name, std::string_view symbol,
                                   std::string_view meaning, double usual, double dyadic,
                                   double low, double high, double distinct) {
  return {.name = name,
          .symbol = symbol,
          .meaning = meaning,
          .default_value = usual,
          .neutral = {},
          .least = 0,
          .greatest = rules::below_one,
          .dyadic = dyadic,
          .low = low,
          .high = high,
          .distinct = distinct};
}
inline Hyperparameter maximum_momentum(std::string_view meaning) {
  return momentum_end("maximum_momentum", "mu_max", meaning, 0.95, 0.875, 0.5, 0.99, 0.8);
}
inline Hyperparameter minimum_momentum(std::string_view meaning) {
  return momentum_end("minimum_momentum", "mu_min", meaning, 0.85, 0.75, 0.1, 0.9, 0.6);
}

}  // namespace plumbline::schedules
