// The ends of an interval, and their arithmetic without any rounding of a format.
//
// Sums, products and quotients of all pairs of values in two intervals, in `Wide`. Where
// infinity - infinity, 0 * infinity or a division by zero can follow, NaN is let in.
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "reference/numbers/wide.hpp"

namespace plumbline {

template <class Wide>
struct IntervalEnds {
  Wide lower = 0;
  Wide upper = 0;
  bool may_be_nan = false;

  static constexpr Wide infinity() { return std::numeric_limits<double>::infinity(); }
  bool is_finite() const { return plumbline::is_finite(lower) && plumbline::is_finite(upper); }
  bool has_zero() const { return !is_positive(lower) && !is_negative(upper); }
  bool is_zero() const { return is_equal(lower, 0) && is_equal(upper, 0) && !may_be_nan; }
  IntervalEnds negated() const { return {-upper, -lower, may_be_nan}; }
};

template <class Wide>
IntervalEnds<Wide> exact_sum(const IntervalEnds<Wide>& left, const IntervalEnds<Wide>& right) {
  if (left.is_finite() && right.is_finite()) {
    return {left.lower + right.lower, left.upper + right.upper,
            left.may_be_nan || right.may_be_nan};
  }
  constexpr Wide infinity = IntervalEnds<Wide>::infinity();
  const bool opposite = (left.upper == infinity && right.lower == -infinity) ||
                        (left.lower == -infinity && right.upper == infinity);
  Wide lower = left.lower + right.lower;
  Wide upper = left.upper + right.upper;
  if (lower != lower) lower = -infinity;
  if (upper != upper) upper = infinity;
  return {lower, upper, left.may_be_nan || right.may_be_nan || opposite};
}

template <class Wide>
IntervalEnds<Wide> exact_product(const IntervalEnds<Wide>& left, const IntervalEnds<Wide>& right) {
  constexpr Wide infinity = IntervalEnds<Wide>::infinity();
  bool may_be_nan = left.may_be_nan || right.may_be_nan;
  // Of one sign each: the ends are known.
  if (is_positive(left.lower) && is_positive(right.lower)) {
    return {left.lower * right.lower, left.upper * right.upper, may_be_nan};
  }
  if (is_negative(left.upper) && is_negative(right.upper)) {
    return {left.upper * right.upper, left.lower * right.lower, may_be_nan};
  }
  if (is_positive(left.lower) && is_negative(right.upper)) {
    return {left.upper * right.lower, left.lower * right.upper, may_be_nan};
  }
  if (is_negative(left.upper) && is_positive(right.lower)) {
    return {left.lower * right.upper, left.upper * right.lower, may_be_nan};
  }
  const std::array<Wide, 4> ends{left.lower * right.lower, left.lower * right.upper,
                                 left.upper * right.lower, left.upper * right.upper};
  Wide lower = infinity;
  Wide upper = -infinity;
  for (Wide end : ends) {
    if (end != end) {  // 0 * infinity: the limit of products with 0 is 0
      may_be_nan = true;
      end = 0;
    }
    lower = std::min(lower, end);
    upper = std::max(upper, end);
  }
  may_be_nan = may_be_nan || (!left.is_finite() && right.has_zero()) ||
               (!right.is_finite() && left.has_zero());
  return {lower, upper, may_be_nan};
}

/// `zero_is_positive`: a zero in the divisor is known to be +0 (roots, norms, sums of
/// squares), so that the quotient's sign is known.
template <class Wide>
IntervalEnds<Wide> exact_quotient(const IntervalEnds<Wide>& left, const IntervalEnds<Wide>& right,
                                  bool zero_is_positive) {
  constexpr Wide infinity = IntervalEnds<Wide>::infinity();
  bool may_be_nan = left.may_be_nan || right.may_be_nan;
  if (right.has_zero()) {
    may_be_nan = may_be_nan || left.has_zero();
    if (left.is_zero()) return {0, 0, true};
    if (is_negative(right.lower) || !zero_is_positive) {
      return {-infinity, infinity, may_be_nan || (!left.is_finite() && !right.is_finite())};
    }
  }
  may_be_nan = may_be_nan || (!left.is_finite() && !right.is_finite());
  const bool negative = is_negative(right.lower);
  const IntervalEnds<Wide> numerator = negative ? left.negated() : left;
  const Wide near = negative ? -right.upper : right.lower;
  const Wide far = negative ? -right.lower : right.upper;
  const auto divide = [](Wide above, Wide below) -> Wide {
    if (above == 0) return 0;
    if (below == 0) return above > 0 ? infinity : -infinity;
    const Wide quotient = above / below;
    return quotient == quotient ? quotient : (above > 0 ? infinity : -infinity);
  };
  const auto smallest = [&](Wide above) -> Wide {
    return far == infinity ? Wide(0) : divide(above, far);
  };
  return {numerator.lower >= 0 ? smallest(numerator.lower) : divide(numerator.lower, near),
          numerator.upper <= 0 ? smallest(numerator.upper) : divide(numerator.upper, near),
          may_be_nan};
}

}  // namespace plumbline
