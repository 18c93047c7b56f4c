// Rounded<Format>: which results a correct implementation in the format may give.
//
// A K-budget evaluation of a formula replaces the result r of each of its
// operations by any number within K (u |r| + e) of r (u: unit roundoff, e: least
// subnormal). Rounded encloses all of them: an interval whose ends are computed in
// `Format::Wide` and moved outward by that much after every operation.
//
//   - One rounding is a factor (1 + d) with |d| <= u, so K of them stay within
//     K u / (1 - K u): that is the relative widening. It is raised by 2^-20 of
//     itself, far above the rounding errors of the ends' own arithmetic
//     (2^-53 against u = 2^-24, 2^-113 against u = 2^-53), so that no directed
//     rounding is needed.
//   - Rounding never crosses zero, so a result of one sign keeps it.
//   - x * 1, x + 0 and x / 1 are exact where x is a value of the format; 0 * x is exact.
//     A hyperparameter that meets a tensor's element need not be one: it is rounded.
//   - Past the overflow threshold infinity is let in, and the finite results stay:
//     an implementation may hold a wider intermediate. Where inf - inf, 0 * inf or
//     0 / 0 can follow, NaN is let in.
//   - A sum of n terms may be added in any order: see sum().
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "reference/numbers/choices.hpp"
#include "reference/numbers/elementary.hpp"
#include "reference/numbers/format.hpp"
#include "reference/numbers/interval_ends.hpp"
#include "reference/numbers/rounding_model.hpp"
#include "reference/numbers/wide.hpp"

namespace plumbline {

template <class Format>
class FirstOrder;

template <class Format>
class Rounded {
 public:
  using Wide = typename Format::Wide;

  Rounded() = default;  ///< exactly 0
  Rounded(double exact)
      : lower_(exact),
        upper_(exact),
        held_(is_scalar_format<Format> || Format::description.holds(exact)),
        may_be_negative_zero_(exact == 0 && std::signbit(exact)) {
    if (std::isnan(exact)) *this = Rounded(-infinity(), infinity(), true);
  }
  Rounded(int exact) : Rounded(static_cast<double>(exact)) {}
  /// A scalar of this format's rules, as it stands: the operation that uses it rounds.
  template <class Other>
  requires(std::is_same_v<typename Format::Scalar, Other> && !is_scalar_format<Format>)
      Rounded(const Rounded<Other>& scalar)
      : lower_(scalar.lower()),
        upper_(scalar.upper()),
        may_be_nan_(scalar.may_be_nan()),
        held_(scalar.is_point() && Format::description.holds(static_cast<double>(scalar.lower()))) {
  }

  /// All numbers from lower to upper, and NaN where said.
  static Rounded between(Wide lower, Wide upper, bool may_be_nan = false) {
    return Rounded(lower, upper, may_be_nan);
  }

  Wide lower() const { return lower_; }
  Wide upper() const { return upper_; }
  bool may_be_nan() const { return may_be_nan_; }
  bool is_point() const { return is_equal(lower_, upper_) && !may_be_nan_; }
  bool is_finite() const { return plumbline::is_finite(lower_) && plumbline::is_finite(upper_); }
  bool contains(double value) const {
    return std::isnan(value) ? may_be_nan_ : lower_ <= Wide(value) && Wide(value) <= upper_;
  }

  /// The value as a result: rounded to the format, where no operation has done so.
  friend Rounded as_result(const Rounded& value) { return value.in_format(); }

  /// One more rounding of a value as it stands: storing it in the format.
  static Rounded stored(Wide lower, Wide upper, bool may_be_nan) {
    return Rounded(lower, upper, may_be_nan).widened();
  }

  friend Rounded operator-(const Rounded& value) {
    Rounded result(-value.upper_, -value.lower_, value.may_be_nan_);
    result.held_ = value.held_;
    result.may_be_negative_zero_ = value.has_zero();
    return result;
  }

  friend Rounded operator+(const Rounded& left, const Rounded& right) {
    if (left.is_exactly(0)) return right.in_format();
    if (right.is_exactly(0)) return left.in_format();
    Rounded result = Rounded(exact_sum(left.ends(), right.ends())).widened();
    result.may_be_negative_zero_ = left.may_be_negative_zero_ && right.may_be_negative_zero_;
    return result;
  }

  friend Rounded operator-(const Rounded& left, const Rounded& right) { return left + (-right); }

  friend Rounded operator*(const Rounded& left, const Rounded& right) {
    if (left.is_exactly(1)) return right.in_format();
    if (right.is_exactly(1)) return left.in_format();
    if (left.is_exactly(-1)) return -right.in_format();
    if (right.is_exactly(-1)) return -left.in_format();
    if ((left.is_exactly(0) && right.is_finite()) || (right.is_exactly(0) && left.is_finite())) {
      Rounded zero(0, 0, left.may_be_nan_ || right.may_be_nan_);
      zero.may_be_negative_zero_ = signs_differ(left, right);
      return zero;
    }
    Rounded result = Rounded(exact_product(left.ends(), right.ends())).widened();
    result.may_be_negative_zero_ = result.has_zero() && signs_differ(left, right);
    return result;
  }

  friend Rounded operator/(const Rounded& left, const Rounded& right) {
    if (right.is_exactly(1)) return left.in_format();
    if (right.is_exactly(-1)) return -left.in_format();
    Rounded result =
        Rounded(exact_quotient(left.ends(), right.ends(), !right.may_be_negative_zero_)).widened();
    result.may_be_negative_zero_ = result.has_zero() && signs_differ(left, right);
    return result;
  }

  friend Rounded square(const Rounded& value) {
    const Rounded magnitude = abs(value);
    if (magnitude.is_exactly(0) || magnitude.is_exactly(1)) return magnitude.in_format();
    return Rounded(magnitude.lower_ * magnitude.lower_, magnitude.upper_ * magnitude.upper_,
                   value.may_be_nan_)
        .widened();
  }

  friend Rounded sqrt(const Rounded& value) {
    const bool may_be_nan = value.may_be_nan_ || value.lower_ < 0;
    const Rounded radicand(std::max<Wide>(value.lower_, 0), std::max<Wide>(value.upper_, 0),
                           may_be_nan);
    if (radicand.is_exactly(0) || radicand.is_exactly(1)) return radicand.in_format();
    return Rounded(wide_sqrt(radicand.lower_), wide_sqrt(radicand.upper_), may_be_nan).widened();
  }

  // Exact in every format: these only choose among their operands.
  friend Rounded abs(const Rounded& value) {
    Rounded result = value.lower_ >= 0   ? value
                     : value.upper_ <= 0 ? -value
                                         : Rounded(0, std::max<Wide>(-value.lower_, value.upper_),
                                                   value.may_be_nan_);
    result.held_ = value.held_;
    result.may_be_negative_zero_ = false;
    return result;
  }
  friend Rounded max(const Rounded& left, const Rounded& right) {
    return Rounded(std::max(left.lower_, right.lower_), std::max(left.upper_, right.upper_),
                   left.may_be_nan_ || right.may_be_nan_)
        .chosen_from(left, right);
  }
  friend Rounded min(const Rounded& left, const Rounded& right) {
    return Rounded(std::min(left.lower_, right.lower_), std::min(left.upper_, right.upper_),
                   left.may_be_nan_ || right.may_be_nan_)
        .chosen_from(left, right);
  }

  /// The least interval that holds both: either of two ways to compute is right.
  friend Rounded hull(const Rounded& left, const Rounded& right) {
    return Rounded(std::min(left.lower_, right.lower_), std::max(left.upper_, right.upper_),
                   left.may_be_nan_ || right.may_be_nan_)
        .chosen_from(left, right);
  }

  /// mean + weight (value - mean) for a weight in [0, 1]. As an expression it would count
  /// the mean twice, and grow without bound along a trajectory; it is the convex
  /// combination (1 - weight) mean + weight value, rising in both, plus its roundings: of
  /// the difference, of its product with the weight, and of the sum.
  friend Rounded interpolate(const Rounded& mean, const Rounded& weight, const Rounded& value) {
    if (mean.is_exactly(0)) return weight * value;
    const Rounded difference = value - mean;
    const bool convex = weight.lower_ >= 0 && weight.upper_ <= 1 && difference.is_finite();
    if (!convex) return mean + weight * difference;
    const auto combined = [](Wide share, Wide one, Wide other) -> Wide {
      return (1 - share) * one + share * other;
    };
    const Wide lower = std::min(combined(weight.lower_, mean.lower_, value.lower_),
                                combined(weight.upper_, mean.lower_, value.lower_));
    const Wide upper = std::max(combined(weight.lower_, mean.upper_, value.upper_),
                                combined(weight.upper_, mean.upper_, value.upper_));
    const Wide farthest = std::max<Wide>(value.upper_ - mean.lower_, mean.upper_ - value.lower_);
    const Wide difference_error = value.is_exactly(0) ? Wide(0) : slack(farthest);
    const Wide product_error = slack(weight.upper_ * (farthest + difference_error));
    const Wide inner = weight.upper_ * difference_error + product_error;
    // Rounding is monotone and the weight at most 1: between values of one sign the step
    // back to the value never passes zero.
    const bool one_sign =
        (mean.lower_ >= 0 && value.lower_ >= 0) || (mean.upper_ <= 0 && value.upper_ <= 0);
    Rounded result(lower, upper, mean.may_be_nan_ || weight.may_be_nan_ || value.may_be_nan_);
    return result.moved_outward(inner, inner, one_sign).widened();
  }

  /// -1, 0 or 1; where the interval allows several, each outcome is followed.
  friend Rounded sign(const Rounded& value) {
    std::array<int, 3> outcomes{};
    int count = 0;
    if (value.upper_ > 0) outcomes[static_cast<std::size_t>(count++)] = 1;
    if (value.lower_ < 0) outcomes[static_cast<std::size_t>(count++)] = -1;
    if (value.has_zero()) outcomes[static_cast<std::size_t>(count++)] = 0;
    const int chosen = count == 1 ? 0 : choices::choose(count);
    Rounded result(outcomes[static_cast<std::size_t>(chosen)]);
    result.may_be_nan_ = value.may_be_nan_;
    return result;
  }

  /// left < right; where the intervals leave it open, both outcomes are followed.
  friend bool less(const Rounded& left, const Rounded& right) {
    const bool ordered = !left.may_be_nan_ && !right.may_be_nan_;
    if (ordered && left.upper_ < right.lower_) return true;
    if (left.lower_ >= right.upper_) return false;
    return choices::choose(2) == 0;
  }

  /// The sum of all terms, added in any order: (n - 1) K roundings of at most the
  /// sum of the magnitudes.
  friend Rounded sum(std::span<const Rounded> terms) {
    Rounded total;
    Wide above = 0;  // the sum of the terms that can be positive, and of the negative ones
    Wide below = 0;
    int count = 0;
    for (const Rounded& term : terms) {
      if (term.is_exactly(0)) continue;
      total = count == 0 ? term : Rounded(exact_sum(total.ends(), term.ends()));
      above += std::max<Wide>(term.upper_, 0);
      below += std::min<Wide>(term.lower_, 0);
      ++count;
    }
    if (count < 2) return total.in_format();
    // Each addition rounds once: a product of factors, so that many terms stay finite.
    const Wide factor = 1 + Wide(relative(rounding_model().budget));
    Wide growth = 1;
    for (int addition = 1; addition < count; ++addition) growth *= factor;
    const Wide slack = (growth - 1) * (above - below) + Wide((count - 1) * absolute()) * growth;
    const bool one_sign = above == 0 || below == 0;
    Rounded result = total.moved_outward(slack, slack, one_sign);
    // Partial sums may overflow where the sum does not.
    static const Wide largest = Wide(Format::description.largest());
    const bool overflows_above = above + slack > largest;
    const bool overflows_below = below - slack < -largest;
    if (overflows_above) result.upper_ = infinity();
    if (overflows_below) result.lower_ = -infinity();
    result.may_be_nan_ = result.may_be_nan_ || (overflows_above && overflows_below);
    return result;
  }

  friend Rounded cos(const Rounded& angle) {
    if (!angle.is_finite()) return Rounded(-1, 1, true);
    const auto [low, high] = wide_cos(angle.lower_, angle.upper_);
    return Rounded(low, high, angle.may_be_nan_).widened();
  }

  /// base^exponent for a base that is not negative, as one operation. It is monotone in
  /// each of the two, so that its ends are among those at the operands' ends.
  friend Rounded power(const Rounded& base, const Rounded& exponent) {
    if (base.lower_ < 0) return Rounded(-infinity(), infinity(), true);
    if (exponent.is_exactly(1)) return base.in_format();
    const bool may_be_nan = base.may_be_nan_ || exponent.may_be_nan_;
    if (exponent.is_exactly(0) || base.is_exactly(1)) return Rounded(1, 1, may_be_nan);
    Wide lower = infinity();
    Wide upper = 0;
    for (const Wide one : {base.lower_, base.upper_}) {
      for (const Wide other : {exponent.lower_, exponent.upper_}) {
        const Wide end = static_cast<Wide>(wide_power(Quadruple(one), Quadruple(other)));
        lower = std::min(lower, end);
        upper = std::max(upper, end);
      }
    }
    if (base.has_zero() && exponent.has_zero()) {
      lower = std::min<Wide>(lower, 1);
      upper = std::max<Wide>(upper, 1);
    }
    return Rounded(lower, upper, may_be_nan).widened();
  }

  // Rising functions: the ends' own values, and one operation's roundings.
  friend Rounded exp(const Rounded& exponent) {
    if (exponent.is_exactly(0)) return Rounded(1);
    const Wide low = static_cast<Wide>(quadruple_exp(exponent.lower_));
    const Wide high = static_cast<Wide>(quadruple_exp(exponent.upper_));
    // What underflows in Wide is still positive, and may be rounded upwards.
    static const Wide least = Wide(Format::description.least_subnormal());
    return Rounded(low, high == 0 ? least : high, exponent.may_be_nan_).widened();
  }
  friend Rounded log(const Rounded& value) {
    if (value.is_exactly(1)) return Rounded(0);
    const bool may_be_nan = value.may_be_nan_ || value.lower_ < 0;
    return Rounded(static_cast<Wide>(quadruple_log(std::max<Wide>(value.lower_, 0))),
                   static_cast<Wide>(quadruple_log(std::max<Wide>(value.upper_, 0))), may_be_nan)
        .widened();
  }
  friend Rounded tanh(const Rounded& value) {
    if (value.is_exactly(0)) return value;
    return Rounded(static_cast<Wide>(quadruple_tanh(value.lower_)),
                   static_cast<Wide>(quadruple_tanh(value.upper_)), value.may_be_nan_)
        .widened()
        .within_one();
  }
  friend Rounded erf(const Rounded& value) {
    if (value.is_exactly(0)) return value;
    return Rounded(static_cast<Wide>(quadruple_erf(value.lower_)),
                   static_cast<Wide>(quadruple_erf(value.upper_)), value.may_be_nan_)
        .widened()
        .within_one();
  }

  /// pi, rounded to the format.
  static Rounded pi() {
    const Wide value = wide_pi();
    return Rounded(value, value, false).widened();
  }

 private:
  friend class FirstOrder<Format>;  // which rounds as this does

  Wide lower_ = 0;
  Wide upper_ = 0;
  bool may_be_nan_ = false;
  bool held_ = true;  // each value in it can be one of the format's own
  bool may_be_negative_zero_ = false;

  Rounded(Wide lower, Wide upper, bool may_be_nan)
      : lower_(lower), upper_(upper), may_be_nan_(may_be_nan) {}
  explicit Rounded(const IntervalEnds<Wide>& ends)
      : lower_(ends.lower), upper_(ends.upper), may_be_nan_(ends.may_be_nan) {}
  IntervalEnds<Wide> ends() const { return {lower_, upper_, may_be_nan_}; }

  static constexpr Wide infinity() { return std::numeric_limits<double>::infinity(); }
  bool is_exactly(int value) const { return is_point() && is_equal(lower_, Wide(value)); }
  bool has_zero() const { return !is_positive(lower_) && !is_negative(upper_); }

  static bool may_be_negative(const Rounded& value) {
    return is_negative(value.lower_) || value.may_be_negative_zero_;
  }
  /// A product or quotient of the two may have a negative sign.
  static bool signs_differ(const Rounded& left, const Rounded& right) {
    return may_be_negative(left) || may_be_negative(right);
  }

  Rounded chosen_from(const Rounded& left, const Rounded& right) const {
    Rounded result = *this;
    result.held_ = left.held_ && right.held_;
    result.may_be_negative_zero_ = left.may_be_negative_zero_ || right.may_be_negative_zero_;
    return result;
  }

  /// As the result of an operation: rounded, where it is not one of the format's values
  /// or where the operation flushes it.
  Rounded in_format() const {
    if (!held_) return widened();
    if (!rounding_model().flushes_subnormals || is_exactly(0)) return *this;
    static const Wide least_normal = Wide(Format::description.least_normal());
    const bool beyond = lower_ >= least_normal || upper_ <= -least_normal;
    return beyond ? *this : widened();
  }

  /// Relative widening of `roundings` roundings: K u / (1 - K u), and the slack.
  static double relative(double roundings) {
    constexpr double unit = 1.0 / static_cast<double>(1ULL << Format::description.precision);
    const double error = roundings * unit;
    if (error >= 1) return std::numeric_limits<double>::infinity();
    return error / (1 - error) * (1 + 0x1p-20);
  }
  /// K e, and the slack.
  static double absolute() {
    static const double least_subnormal = Format::description.least_subnormal();
    static const double least_normal = Format::description.least_normal();
    const RoundingModel& model = rounding_model();
    return model.budget * (model.flushes_subnormals ? least_normal : least_subnormal) *
           (1 + 0x1p-20);
  }

  Rounded moved_outward(Wide below, Wide above, bool keep_sign = true) const {
    static const Wide largest = Wide(Format::description.largest());
    Rounded result = *this;
    result.held_ = true;
    if (plumbline::is_finite(lower_)) {
      result.lower_ = lower_ - below;
      if (is_negative(result.lower_)) {
        if (keep_sign && !is_negative(lower_)) result.lower_ = 0;
        if (is_beyond(result.lower_, largest)) result.lower_ = -infinity();
      }
    }
    if (plumbline::is_finite(upper_)) {
      result.upper_ = upper_ + above;
      if (is_positive(result.upper_)) {
        if (keep_sign && !is_positive(upper_)) result.upper_ = 0;
        if (is_beyond(result.upper_, largest)) result.upper_ = infinity();
      }
    }
    return result;
  }

  /// How far K roundings of a result of this size can move it.
  static Wide slack(Wide result) {
    const RoundingModel& model = rounding_model();
    thread_local RoundingModel of{.budget = -1};
    thread_local Wide relative_part, absolute_part;  // of that model: worked out once
    if (of != model) {
      of = model;
      relative_part = relative(model.budget);
      absolute_part = absolute();
    }
    return relative_part * magnitude_of(result) + absolute_part;
  }

  /// Without what is beyond -1 and 1, for functions that are not: rounding is monotone, and 1 a
  /// value of the format.
  Rounded within_one() const {
    Rounded result = *this;
    result.lower_ = std::max<Wide>(result.lower_, -1);
    result.upper_ = std::min<Wide>(result.upper_, 1);
    return result;
  }

  Rounded widened() const { return moved_outward(slack(lower_), slack(upper_)); }

  static std::array<Wide, 2> wide_cos(Wide lower, Wide upper);
  static Wide wide_pi();
};

template <class Format>
std::array<typename Format::Wide, 2> Rounded<Format>::wide_cos(Wide lower, Wide upper) {
  const auto [low, high] = enclose_cos(Quadruple(lower), Quadruple(upper));
  return {static_cast<Wide>(low), static_cast<Wide>(high)};
}

template <class Format>
typename Format::Wide Rounded<Format>::wide_pi() {
  return static_cast<Wide>(quadruple_pi());
}

}  // namespace plumbline
