// Comparing lists of values that have no state behind them: schedules, clipping.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/comparison.hpp"
#include "conformance/judge/reenactment.hpp"

namespace plumbline::conformance {

/// Where in a report a value belongs.
struct ValuePlace {
  std::string test_case;
  long step = 0;
  std::string parameter;
  std::size_t element = 0;
  std::string quantity;
};

/// Adds one value to the comparison; the first one outside is its deviation.
template <class Format>
void compare_value(Comparison& total, const Rounded<Format>& interval, double value,
                   const ValuePlace& place) {
  if (total.deviation) return;
  const Position position = position_of(interval, value);
  if (position.inside) {
    total.budget_used = std::max(total.budget_used, position.share);
    return;
  }
  const Bounds bounds = bounds_of(interval);
  total.deviation = Deviation{.test_case = place.test_case,
                              .step = place.step,
                              .parameter = place.parameter,
                              .element = place.element,
                              .quantity = place.quantity,
                              .comparison = "value",
                              .value = value,
                              .lower = bounds.lower,
                              .upper = bounds.upper,
                              .radii = position.share};
}

/// The hyperparameters as the candidate holds them.
std::vector<double> held_hyperparameters(const std::vector<double>& hyperparameters,
                                         const Candidate& candidate);

}  // namespace plumbline::conformance
