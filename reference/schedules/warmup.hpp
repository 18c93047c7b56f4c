// A step of PyTorch's LinearLR.
#pragma once

#include "reference/schedules/forms.hpp"

namespace plumbline::schedules {

/// What the rate is multiplied by at step t of a way from `start` to 1 in `length` steps:
/// 1 + (1 - s)/(length s + (t - 1)(1 - s)).
template <class Number>
Number climb(const Number& start, long step, long length) {
  return 1 + (1 - start) / (count<Number>(length) * start + count<Number>(step - 1) * (1 - start));
}

}  // namespace plumbline::schedules
