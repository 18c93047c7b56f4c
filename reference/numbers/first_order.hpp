// FirstOrder<Format>: Rounded<Format> that remembers where its errors came from.
//
// It encloses the same K-budget evaluations, for rules in which intervals widen too fast:
// products of matrices, Newton-Schulz steps, conjugate gradients. It holds two enclosures
// at once, and each helps the other:
//
//   - `range`, a Rounded: computed by Rounded's own operation from the operands' ranges, and
//     then cut to what the linear form allows. Not a number, infinity, the sign of a zero and
//     what the format holds are its work alone.
//   - a linear form in noise symbols (linear_form.hpp): the operation's exact linear form, and
//     one new symbol for all else: the second-order remainder, and K (u |r| + e) for the
//     largest |r| that the range and the form both allow, where Rounded would round.
//
// In each evaluation every symbol has one value, so errors in what several results share
// cancel where they cancel in truth. Where the range is not finite, or NaN is in, or the
// form is no better than the range, the range alone goes on: as a box, with a symbol of its own.
//
// Values live within one FirstOrderScope (one step of a rule); state is carried from step
// to step as ranges.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "reference/numbers/linear_form.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/numbers/noise_symbols.hpp"
#include "reference/numbers/number.hpp"

namespace plumbline {

template <class Format>
class FirstOrder {
 public:
  using Wide = typename Format::Wide;
  using Range = Rounded<Format>;
  using Form = LinearForm<Wide>;

  FirstOrder() = default;  ///< exactly 0
  FirstOrder(double exact) : FirstOrder(Range(exact)) {}
  FirstOrder(int exact) : FirstOrder(Range(exact)) {}
  /// Any value of the interval, independent of all others. A point needs no scope.
  explicit FirstOrder(const Range& range) : range_(range) { take_box(); }
  /// A scalar of this format's rules, as it stands: the operation that uses it rounds.
  FirstOrder(const Rounded<typename Format::Scalar>& scalar) : FirstOrder(Range(scalar)) {}

  const Range& range() const { return range_; }
  friend const Range& as_rounded(const FirstOrder& value) { return value.range_; }
  /// How many symbols it depends on at most: what its storage is.
  std::size_t symbols() const { return form_.coefficients.size(); }
  /// True where it has a linear form, so that its errors can cancel against others'.
  bool is_linear() const { return linear_; }

  friend FirstOrder as_result(const FirstOrder& value) { return value.in_format(); }

  friend FirstOrder operator-(const FirstOrder& value) {
    FirstOrder result = value;
    result.range_ = -value.range_;
    result.form_ = value.form_.negated();
    return result;
  }

  friend FirstOrder operator+(const FirstOrder& left, const FirstOrder& right) {
    if (is_exactly(left.range_, 0)) return right.in_format();
    if (is_exactly(right.range_, 0)) return left.in_format();
    const Range range = left.range_ + right.range_;
    if (!both_linear(left, right)) return FirstOrder(range);
    return rounded(range, linear_sum(left.form_, right.form_));
  }

  friend FirstOrder operator-(const FirstOrder& left, const FirstOrder& right) {
    return left + (-right);
  }

  friend FirstOrder operator*(const FirstOrder& left, const FirstOrder& right) {
    if (is_exactly(left.range_, 1)) return right.in_format();
    if (is_exactly(right.range_, 1)) return left.in_format();
    if (is_exactly(left.range_, -1)) return -right.in_format();
    if (is_exactly(right.range_, -1)) return -left.in_format();
    const Range range = left.range_ * right.range_;
    if (!both_linear(left, right)) return FirstOrder(range);
    return rounded(range, linear_product(left.form_, right.form_));
  }

  friend FirstOrder operator/(const FirstOrder& left, const FirstOrder& right) {
    if (is_exactly(right.range_, 1)) return left.in_format();
    if (is_exactly(right.range_, -1)) return -left.in_format();
    const Range range = left.range_ / right.range_;
    const Wide nearest = std::max<Wide>(right.range_.lower(), -right.range_.upper());
    if (!both_linear(left, right) || !(nearest > 0)) return FirstOrder(range);
    return rounded(range, linear_quotient(left.form_, right.form_, static_cast<double>(nearest)));
  }

  friend FirstOrder square(const FirstOrder& value) {
    const Range range = square(value.range_);
    const Range magnitude = abs(value.range_);
    if (is_exactly(magnitude, 0) || is_exactly(magnitude, 1) || !value.usable()) {
      return FirstOrder(range);
    }
    return rounded(range, linear_square(value.form_));
  }

  friend FirstOrder sqrt(const FirstOrder& value) {
    const Range range = sqrt(value.range_);
    if (is_exactly(value.range_, 1) || !value.usable() || !(value.range_.lower() >= 0)) {
      return FirstOrder(range);
    }
    const double below_lower = std::sqrt(static_cast<double>(value.range_.lower())) * (1 - 0x1p-50);
    return rounded(range, linear_root(value.form_, below_lower));
  }

  // Exact in every format: where the ranges decide, one of the operands as it stands.
  friend FirstOrder abs(const FirstOrder& value) {
    const Range range = abs(value.range_);
    if (value.range_.lower() >= 0) return value.with_range(range);
    if (value.range_.upper() <= 0) return (-value).with_range(range);
    return FirstOrder(range);
  }
  friend FirstOrder max(const FirstOrder& left, const FirstOrder& right) {
    const Range range = max(left.range_, right.range_);
    if (left.range_.lower() >= right.range_.upper()) return left.with_range(range);
    if (right.range_.lower() >= left.range_.upper()) return right.with_range(range);
    return either(range, left, right);
  }
  friend FirstOrder min(const FirstOrder& left, const FirstOrder& right) {
    const Range range = min(left.range_, right.range_);
    if (left.range_.upper() <= right.range_.lower()) return left.with_range(range);
    if (right.range_.upper() <= left.range_.lower()) return right.with_range(range);
    return either(range, left, right);
  }
  /// Either of two ways to compute is right.
  friend FirstOrder hull(const FirstOrder& left, const FirstOrder& right) {
    return either(hull(left.range_, right.range_), left, right);
  }

  /// mean + weight (value - mean), with the three roundings of the expression; the range is
  /// Rounded's for the convex combination.
  friend FirstOrder interpolate(const FirstOrder& mean, const FirstOrder& weight,
                                const FirstOrder& value) {
    if (is_exactly(mean.range_, 0)) return weight * value;
    const Range range = interpolate(mean.range_, weight.range_, value.range_);
    return (mean + weight * (value - mean)).cut_to(range);
  }

  /// Outcomes are those of the range; see Rounded.
  friend FirstOrder sign(const FirstOrder& value) { return FirstOrder(sign(value.range_)); }
  friend bool less(const FirstOrder& left, const FirstOrder& right) {
    return less(left.range_, right.range_);
  }

  /// The sum of all terms, added in any order: one symbol for all its roundings.
  friend FirstOrder sum(std::span<const FirstOrder> terms) {
    std::vector<Range> ranges;
    for (const FirstOrder& term : terms) ranges.push_back(term.range_);
    const Range range = sum(std::span<const Range>(ranges));
    Additions additions;
    Form total;
    bool linear = true;
    const FirstOrder* only = nullptr;
    for (const FirstOrder& term : terms) {
      if (is_exactly(term.range_, 0)) continue;
      additions.add(magnitude(term.range_));
      only = &term;
      linear = linear && term.usable();
      if (linear) total = linear_sum_of(std::move(total), term.form_);
    }
    if (additions.terms == 1) return only->in_format();
    if (!linear) return FirstOrder(range);
    total.measure();
    // No form's radius is above twice its range's magnitude: see choose_enclosure().
    total.remainder += Form::coefficient_unit * additions.entered;
    return settled(range, std::move(total), additions.roundings());
  }

  /// The sum of products, each rounded, added in any order: one symbol for all of it, so that
  /// a product of n x n matrices has n^2 symbols. The vectors have one length.
  static FirstOrder inner_product(std::span<const FirstOrder> left,
                                  std::span<const FirstOrder> right) {
    std::vector<Range> ranges;
    Additions additions;
    double product_roundings = 0;
    double entered = 0;
    Form total;
    bool linear = true;
    std::size_t last = 0;
    for (std::size_t index = 0; index < left.size(); ++index) {
      const FirstOrder& one = left[index];
      const FirstOrder& other = right[index];
      ranges.push_back(one.range_ * other.range_);
      if (is_exactly(ranges.back(), 0)) continue;
      last = index;
      const double largest = magnitude(one.range_) * magnitude(other.range_);
      const double rounding = copies(one.range_, other.range_) ? 0 : slack(largest);
      product_roundings += rounding;
      additions.add(largest + rounding);
      linear = linear && one.usable() && other.usable();
      if (linear) add_product(total, entered, one.form_, other.form_);
    }
    if (additions.terms == 1) return (left[last] * right[last]).in_format();
    const Range range = sum(std::span<const Range>(ranges));
    if (!linear) return FirstOrder(range);
    charge_products(total, entered, additions.terms);
    return settled(range, std::move(total), product_roundings + additions.roundings());
  }

  // On the ranges alone.
  friend FirstOrder cos(const FirstOrder& angle) { return FirstOrder(cos(angle.range_)); }
  friend FirstOrder exp(const FirstOrder& value) { return FirstOrder(exp(value.range_)); }
  friend FirstOrder log(const FirstOrder& value) { return FirstOrder(log(value.range_)); }
  friend FirstOrder tanh(const FirstOrder& value) { return FirstOrder(tanh(value.range_)); }
  friend FirstOrder erf(const FirstOrder& value) { return FirstOrder(erf(value.range_)); }
  friend FirstOrder power(const FirstOrder& base, const FirstOrder& exponent) {
    return FirstOrder(power(base.range_, exponent.range_));
  }

  /// pi, rounded to the format.
  static FirstOrder pi() { return FirstOrder(Range::pi()); }

  /// The same value where it is also known to lie in `range`.
  FirstOrder cut_to(const Range& range) const {
    FirstOrder result = *this;
    result.range_ = range;
    result.narrow(range_.lower(), range_.upper());
    result.choose_enclosure();
    return result;
  }

 private:
  Range range_;
  Form form_;
  bool linear_ = true;
  long scope_ = 0;  // whose symbols these are, where there are any

  /// (n - 1) roundings of at most the sum of the magnitudes: see Rounded's sum.
  struct Additions {
    std::size_t terms = 0;
    double magnitudes = 0;
    double entered = 0;  // the magnitudes once for each addition that follows
    void add(double largest) {
      ++terms;
      magnitudes += largest;
      entered += magnitudes;
    }
    double roundings() const {
      if (terms < 2) return 0;
      // (1 + r)^n - 1 is at most n r (1 + r)^(n - 1).
      const double relative = Range::relative(rounding_model().budget);
      double growth = 1;
      for (std::size_t addition = 1; addition < terms; ++addition) growth *= 1 + relative;
      const double steps = static_cast<double>(terms - 1);
      return steps * (relative * magnitudes + Range::absolute()) * growth;
    }
  };

  static bool is_exactly(const Range& range, int value) { return range.is_exactly(value); }
  /// As the linear form's bounds are: to double's accuracy.
  static double magnitude(const Range& range) {
    return std::max(static_cast<double>(range.upper()), -static_cast<double>(range.lower()));
  }
  /// Rounded's slack, likewise.
  static double slack(double result) {
    return Range::relative(rounding_model().budget) * result + Range::absolute();
  }
  /// True where the product is one of the operands as it stands.
  static bool copies(const Range& left, const Range& right) {
    const auto is_sign = [](const Range& range) {
      return is_exactly(range, 1) || is_exactly(range, -1);
    };
    return (is_sign(left) && right.held_ && !rounding_model().flushes_subnormals) ||
           (is_sign(right) && left.held_ && !rounding_model().flushes_subnormals);
  }

  /// True where there is a linear form. Throws FirstOrderMisuse where it is of another scope.
  bool usable() const {
    if (!form_.coefficients.empty() && scope_ != noise_symbols().scope) {
      throw FirstOrderMisuse("a FirstOrder value is used outside the FirstOrderScope it is from");
    }
    return linear_;
  }
  static bool both_linear(const FirstOrder& left, const FirstOrder& right) {
    const bool left_usable = left.usable();
    return right.usable() && left_usable;
  }

  static std::size_t fresh_symbol() {
    NoiseSymbols& symbols = noise_symbols();
    if (symbols.scope == 0) {
      throw FirstOrderMisuse("FirstOrder arithmetic that rounds needs a FirstOrderScope");
    }
    return symbols.count++;
  }

  /// total + term, without its last measure: sums of many terms measure once.
  static Form linear_sum_of(Form total, const Form& term) {
    total.centre += term.centre;
    add_scaled(total.coefficients, 1, term.coefficients);
    total.remainder += Form::wide_unit * Form::magnitude(total.centre);
    return total;
  }

  /// The result of an operation with this range and this form of its exact result.
  static FirstOrder rounded(const Range& range, Form exact) {
    const double reach =
        Form::magnitude(exact.centre) + exact.radius * Form::raised + exact.remainder;
    const double largest = std::min(magnitude(range), reach * Form::raised);
    return settled(range, std::move(exact), slack(largest));
  }

  /// The form with everything that is not linear, and `more`, as its own symbol.
  static FirstOrder settled(const Range& range, Form form, double more) {
    FirstOrder result;
    result.range_ = range;
    form.remainder += more;
    if (range.is_point() || !range.is_finite() || range.may_be_nan() || !form.is_usable()) {
      result.take_box();
      return result;
    }
    result.form_ = std::move(form).settled(fresh_symbol(), 0);
    result.scope_ = noise_symbols().scope;
    result.narrow(result.form_.lower(), result.form_.upper());
    result.choose_enclosure();
    return result;
  }

  /// One of two values.
  static FirstOrder either(const Range& range, const FirstOrder& left, const FirstOrder& right) {
    if (!both_linear(left, right)) return FirstOrder(range);
    return settled(range, linear_hull(left.form_, right.form_), 0);
  }

  /// As the result of an operation that copies: see Rounded's in_format.
  FirstOrder in_format() const {
    const Range range = range_.in_format();
    const bool copied = range.lower() == range_.lower() && range.upper() == range_.upper();
    if (copied) return with_range(range);
    return usable() ? rounded(range, Form(form_)) : FirstOrder(range);
  }

  /// The same form; the range differs from this one's in its flags at most.
  FirstOrder with_range(const Range& range) const {
    FirstOrder result = *this;
    result.range_ = range;
    result.narrow(range_.lower(), range_.upper());
    result.choose_enclosure();
    return result;
  }

  /// Cuts the range to what is known besides. Both are enclosures: they meet.
  void narrow(Wide lower, Wide upper) {
    if (range_.may_be_nan()) return;
    range_.lower_ = std::max<Wide>(range_.lower_, lower);
    range_.upper_ = std::min<Wide>(range_.upper_, upper);
    if (range_.lower_ > range_.upper_) {
      throw std::logic_error("two enclosures of one value that have nothing in common");
    }
  }

  /// The range alone where there is no form, or one so much wider that it has lost its use.
  /// So a form's radius is at most twice the magnitude of the range.
  void choose_enclosure() {
    const double width = static_cast<double>(range_.upper_ - range_.lower_);
    const bool finite = range_.is_finite() && !range_.may_be_nan();
    if (!linear_ || !finite || form_.radius > width) take_box();
  }

  /// The range alone: its middle and a symbol of its own.
  void take_box() {
    form_ = Form{};
    scope_ = 0;
    linear_ = range_.is_finite() && !range_.may_be_nan();
    if (!linear_) return;
    const bool point = range_.lower_ == range_.upper_;
    form_.centre = point ? range_.lower_ : range_.lower_ / 2 + range_.upper_ / 2;
    const double half_width = static_cast<double>(range_.upper_ - range_.lower_) / 2;
    form_.remainder =
        half_width + 2 * Form::wide_unit * (half_width + Form::magnitude(form_.centre));
    linear_ = form_.is_usable();
    if (!linear_) {
      form_ = Form{};
    } else if (point) {
      form_.remainder = 0;
    } else {
      form_ = std::move(form_).settled(fresh_symbol(), 0);
      scope_ = noise_symbols().scope;
    }
  }
};

template <class Format>
struct NumberTraits<FirstOrder<Format>> {
  using Scalar = Rounded<typename Format::Scalar>;
};

/// Its three forms (see moving_mean.hpp), side by side.
template <class Format>
FirstOrder<Format> moving_mean(const Scalar<FirstOrder<Format>>& beta,
                               const FirstOrder<Format>& mean, const FirstOrder<Format>& value) {
  using Number = FirstOrder<Format>;
  const Number interpolated = interpolate(mean, Number(1 - beta), value);
  Number either_form = hull(beta * mean + (1 - beta) * value, interpolated);
  if (beta.lower() <= 0.5) either_form = hull(either_form, value - beta * (value - mean));
  const auto& range = moving_mean(beta, mean.range(), value.range());
  return either_form.cut_to(range);
}

}  // namespace plumbline
