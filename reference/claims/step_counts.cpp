#include "reference/claims/step_counts.hpp"

#include <cmath>

namespace plumbline::claims {

long steps_to(const Certified& ratio, const Certified& target) {
  // ratio^T <= target where T log(ratio) <= log(target).
  const Certified log_ratio = log(ratio);
  const Certified log_target = log(target);
  const auto reaches = [&](long steps) {
    return !less(log_target, Certified(static_cast<double>(steps)) * log_ratio);
  };
  long steps = static_cast<long>(std::ceil((log_target / log_ratio).midpoint()));
  while (!reaches(steps)) ++steps;
  while (steps > 0 && reaches(steps - 1)) --steps;
  return steps;
}

}  // namespace plumbline::claims
