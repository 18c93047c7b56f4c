// Affine forms: centre + sum of coefficients times noise symbols, each in [-1, 1].
//
// A quantity of a computation with errors is one number in each evaluation; what is not
// known of it is a linear function of symbols that other quantities share, so that errors
// that cancel do cancel (affine arithmetic: Comba and Stolfi 1993). The functions below give
// the form of the exact result of an operation, and in `remainder` a bound for all that is
// not linear in it: second-order terms, and the rounding errors of this file's own arithmetic.
//
// Those errors are bounded one by one. The centre is computed in `Wide` (error at most
// wide_unit of a result); a coefficient in double, with at most eight roundings of 2^-53
// each, so coefficient_unit = 2^-50 of the magnitudes that enter it covers it, and where it
// underflows, `least` for each rounding. The bounds are sums and products of terms that are
// not negative, each with a relative error far below 2^-20 up to 2^30 symbols: settled()
// raises them by 2^-20 of themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "reference/numbers/wide.hpp"

namespace plumbline {

template <class Wide>
struct LinearForm {
  Wide centre = 0;
  std::vector<double> coefficients = {};  ///< by symbol; the symbols past its end have none
  double radius = 0;                      ///< at least the sum of the coefficients' magnitudes
  Wide remainder = 0;                     ///< at least 0; operands have none: see settled()

  static constexpr Wide wide_unit = std::is_same_v<Wide, double> ? Wide(0x1p-52) : Wide(0x1p-110);
  static constexpr Wide coefficient_unit = 0x1p-50;
  static constexpr Wide least = 0x1p-1073;
  static constexpr double raised = 1 + 0x1p-20;

  static Wide magnitude(Wide value) { return magnitude_of(value); }
  Wide count() const { return Wide(static_cast<double>(coefficients.size())); }

  /// The ends of all values that the form can take; a form without symbols is a point.
  Wide lower() const { return centre - reach(); }
  Wide upper() const { return centre + reach(); }

  /// True where all of it is finite and far from the ends of double's range.
  bool is_usable() const {
    return magnitude(centre) < Wide(0x1p1000) && magnitude(remainder) < Wide(0x1p1000) &&
           radius < 0x1p1000;
  }

  /// The form with its remainder, and `more` of the same kind, as the symbol `symbol`:
  /// the deviation is one number in each evaluation, like any other error.
  LinearForm settled(std::size_t symbol, Wide more) && {
    const Wide own = (remainder + more) * raised + least * (count() + 4);
    coefficients.resize(symbol + 1, 0.0);
    coefficients[symbol] = static_cast<double>(own);
    remainder = 0;
    measure();
    return std::move(*this);
  }

  void measure() {
    double total = 0;
    for (const double coefficient : coefficients) total += std::abs(coefficient);
    radius = total * raised;
  }

  LinearForm negated() const {
    LinearForm result = *this;
    result.centre = -centre;
    for (double& coefficient : result.coefficients) coefficient = -coefficient;
    return result;
  }

 private:
  Wide reach() const {
    if (coefficients.empty()) return 0;
    return Wide(radius) + wide_unit * (magnitude(centre) + Wide(radius));
  }
};

/// target += factor source, coefficient by coefficient.
inline void add_scaled(std::vector<double>& target, double factor,
                       const std::vector<double>& source) {
  if (target.size() < source.size()) target.resize(source.size(), 0.0);
  double* const into = target.data();
  const double* const from = source.data();
  const std::size_t count = source.size();
  for (std::size_t symbol = 0; symbol < count; ++symbol) into[symbol] += factor * from[symbol];
}

template <class Wide>
LinearForm<Wide> linear_sum(const LinearForm<Wide>& left, const LinearForm<Wide>& right) {
  using Form = LinearForm<Wide>;
  Form result{left.centre + right.centre, left.coefficients};
  add_scaled(result.coefficients, 1, right.coefficients);
  result.measure();
  result.remainder = Form::wide_unit * Form::magnitude(result.centre) +
                     Form::coefficient_unit * Wide(result.radius);
  return result;
}

/// Adds left * right to a running inner product. What the roundings of coefficients can
/// come to is added up in `entered`, to be charged once at the end: see linear_product.
/// x y = x0 y0 + x0 dy + y0 dx + dx dy, and |dx dy| <= rx ry; where x is y, dx^2 is in [0, rx^2].
template <class Wide>
void add_product(LinearForm<Wide>& total, Wide& entered, const LinearForm<Wide>& left,
                 const LinearForm<Wide>& right) {
  using Form = LinearForm<Wide>;
  const Wide product = left.centre * right.centre;
  const Wide second_order = Wide(left.radius) * Wide(right.radius);
  const Wide half = &left == &right ? second_order / 2 : Wide(0);
  total.centre += product + half;
  total.remainder +=
      second_order - half +
      Form::wide_unit * (Form::magnitude(product) + half + Form::magnitude(total.centre));
  add_scaled(total.coefficients, static_cast<double>(left.centre), right.coefficients);
  add_scaled(total.coefficients, static_cast<double>(right.centre), left.coefficients);
  entered += Form::magnitude(left.centre) * Wide(right.radius) +
             Form::magnitude(right.centre) * Wide(left.radius);
  total.remainder +=
      Form::least * (left.count() + right.count() + Wide(left.radius) + Wide(right.radius));
}

/// Charges what add_product has put off: `terms` products, two roundings a coefficient each.
template <class Wide>
void charge_products(LinearForm<Wide>& total, Wide entered, std::size_t terms) {
  total.measure();
  total.remainder +=
      LinearForm<Wide>::coefficient_unit * entered * Wide(static_cast<double>(terms + 1));
}

template <class Wide>
LinearForm<Wide> linear_product(const LinearForm<Wide>& left, const LinearForm<Wide>& right) {
  LinearForm<Wide> result;
  Wide entered = 0;
  add_product(result, entered, left, right);
  charge_products(result, entered, 1);
  return result;
}

/// With q0 near x0/y0 and d = x - q0 y: x/y = q0 + d/y0 - d (y - y0)/(y0 y), where d is
/// linear and small, and |y| >= nearest > 0. Not usable where y's own radius reaches y0.
template <class Wide>
LinearForm<Wide> linear_quotient(const LinearForm<Wide>& left, const LinearForm<Wide>& right,
                                 Wide nearest) {
  using Form = LinearForm<Wide>;
  const Wide divisor = Form::magnitude(right.centre);
  Form result;
  if (!(divisor > Wide(0x1p-1000)) || !(Wide(right.radius) < divisor)) {
    result.remainder = std::numeric_limits<double>::infinity();
    return result;
  }
  const Wide quotient = left.centre / right.centre;
  const double reciprocal = 1 / static_cast<double>(right.centre);
  result.centre = quotient;
  result.coefficients = left.coefficients;
  add_scaled(result.coefficients, -static_cast<double>(quotient), right.coefficients);
  for (double& coefficient : result.coefficients) coefficient *= reciprocal;
  result.measure();
  const Wide off_centre = Form::wide_unit * Form::magnitude(quotient);
  const Wide rounded =
      Form::coefficient_unit *
          (Wide(left.radius) + Form::magnitude(quotient) * Wide(right.radius)) / divisor +
      Form::least * (result.count() + 1) * (1 + (1 + Wide(right.radius)) / divisor);
  // |d|/|y0| is at most the linear part, and what was left out of it.
  const Wide relative = Wide(result.radius) + off_centre + rounded;
  result.remainder = off_centre + rounded + relative * Wide(right.radius) / nearest;
  return result;
}

template <class Wide>
LinearForm<Wide> linear_square(const LinearForm<Wide>& value) {
  return linear_product(value, value);
}

/// With s0 = sqrt(x0) and s = sqrt(x) >= least_root: s = s0 + dx/(2 s0) - dx^2/(2 s0 (s + s0)^2).
template <class Wide>
LinearForm<Wide> linear_root(const LinearForm<Wide>& value, Wide least_root) {
  using Form = LinearForm<Wide>;
  Form result;
  if (!(value.centre > Wide(0x1p-1000))) {
    result.remainder = std::numeric_limits<double>::infinity();
    return result;
  }
  const Wide root = wide_sqrt(value.centre);
  const Wide sum = root + least_root;
  const Wide half_second = Wide(value.radius) * Wide(value.radius) / (4 * root * sum * sum);
  result.centre = root - half_second;
  result.coefficients = value.coefficients;
  const double slope = 0.5 / static_cast<double>(root);
  for (double& coefficient : result.coefficients) coefficient *= slope;
  result.measure();
  // The root's own relative error, wide_sqrt's 2^-100 in quadruple, is charged to the centre.
  const Wide root_unit = std::is_same_v<Wide, double> ? Wide(0x1p-52) : Wide(0x1p-100);
  result.remainder = half_second + root_unit * 2 * (root + half_second) +
                     Form::coefficient_unit * Wide(result.radius) + Form::least * result.count();
  return result;
}

/// Either of the two: their mean, and half of their difference.
template <class Wide>
LinearForm<Wide> linear_hull(const LinearForm<Wide>& left, const LinearForm<Wide>& right) {
  using Form = LinearForm<Wide>;
  Form result{(left.centre + right.centre) / 2, left.coefficients};
  Form difference{(left.centre - right.centre) / 2, left.coefficients};
  add_scaled(result.coefficients, 1, right.coefficients);
  add_scaled(difference.coefficients, -1, right.coefficients);
  for (double& coefficient : result.coefficients) coefficient /= 2;
  result.measure();
  difference.measure();
  result.remainder =
      Form::magnitude(difference.centre) + Wide(difference.radius) / 2 +
      Form::wide_unit * (Form::magnitude(left.centre) + Form::magnitude(right.centre)) +
      Form::coefficient_unit * (Wide(left.radius) + Wide(right.radius)) +
      Form::least * result.count();
  return result;
}

}  // namespace plumbline
