#include "reference/claims/schedule_values.hpp"

namespace plumbline::claims {

long first_difference(const Values& left, const Values& right) {
  for (std::size_t t = 0; t < left.size(); ++t) {
    if (Certified::disjoint(left[t], right[t])) return static_cast<long>(t);
    if (!less(abs(left[t] - right[t]), Certified(0x1p-170))) {
      throw NotEnoughPrecision("two schedules are not told apart");
    }
  }
  return -1;
}

std::string step_text(long step) {
  return step < 0 ? "none" : std::to_string(step);
}

}  // namespace plumbline::claims
