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
// underflows, `least` for each rounding. The bounds are sums and products, in double, of terms
// that are not negative, each with a relative error far below 2^-20 up to 2^30 symbols:
// settled() raises them by 2^-20 of themselves. What underflows in a bound is at most a
// quarter of `least` an operation. What overflows makes the form unusable.
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
  double remainder = 0;                   ///< at least 0; operands have none: see settled()

  static constexpr double wide_unit = std::is_same_v<Wide, double> ? 0x1p-52 : 0x1p-110;
  static constexpr double coefficient_unit = 0x1p-50;
  static constexpr double least = 0x1p-1073;
  static constexpr double raised = 1 + 0x1p-20;

  /// For bounds: to double's accuracy.
  static double magnitude(Wide value) { return std::abs(static_cast<double>(value)); }
  double count() const { return static_cast<double>(coefficients.size()); }

  /// The ends of all values that the form can take; a form without symbols is a point.
  Wide lower() const { return centre - Wide(reach()); }
  Wide upper() const { return centre + Wide(reach()); }

  /// True where all of it is finite and far from the ends of double's range.
  bool is_usable() const {
    return magnitude(centre) < 0x1p1000 && remainder < 0x1p1000 && radius < 0x1p1000;
  }

  /// The form with its remainder, and `more` of the same kind, as the symbol `symbol`:
  /// the deviation is one number in each evaluation, like any other error.
  LinearForm settled(std::size_t symbol, double more) && {
    const double own = (remainder + more) * raised + least * (count() + 8);
    coefficients.resize(symbol + 1, 0.0);
    coefficients[symbol] = own;
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
  double reach() const {
    if (coefficients.empty()) return 0;
    return (radius + wide_unit * (magnitude(centre) + radius)) * raised + least;
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
  result.remainder =
      Form::wide_unit * Form::magnitude(result.centre) + Form::coefficient_unit * result.radius;
  return result;
}

/// Adds left * right to a running inner product. What the roundings of coefficients can
/// come to is added up in `entered`, to be charged once at the end: see linear_product.
/// x y = x0 y0 + x0 dy + y0 dx + dx dy, and |dx dy| <= rx ry; where x is y, dx^2 is in [0, rx^2].
template <class Wide>
void add_product(LinearForm<Wide>& total, double& entered, const LinearForm<Wide>& left,
                 const LinearForm<Wide>& right) {
  using Form = LinearForm<Wide>;
  const Wide product = left.centre * right.centre;
  const double second_order = left.radius * right.radius;
  const double half = &left == &right ? second_order / 2 : 0;
  total.centre += half == 0 ? product : product + Wide(half);
  total.remainder +=
      second_order - half +
      Form::wide_unit * (Form::magnitude(product) + half + Form::magnitude(total.centre));
  add_scaled(total.coefficients, static_cast<double>(left.centre), right.coefficients);
  add_scaled(total.coefficients, static_cast<double>(right.centre), left.coefficients);
  entered +=
      Form::magnitude(left.centre) * right.radius + Form::magnitude(right.centre) * left.radius;
  total.remainder += Form::least * (left.count() + right.count() + left.radius + right.radius + 4);
}

/// Charges what add_product has put off: `terms` products, two roundings a coefficient each.
template <class Wide>
void charge_products(LinearForm<Wide>& total, double entered, std::size_t terms) {
  total.measure();
  total.remainder += LinearForm<Wide>::coefficient_unit * entered * static_cast<double>(terms + 1);
}

template <class Wide>
LinearForm<Wide> linear_product(const LinearForm<Wide>& left, const LinearForm<Wide>& right) {
  LinearForm<Wide> result;
  double entered = 0;
  add_product(result, entered, left, right);
  charge_products(result, entered, 1);
  return result;
}

/// With q0 near x0/y0 and d = x - q0 y: x/y = q0 + d/y0 - d (y - y0)/(y0 y), where d is
/// linear and small, and |y| >= nearest > 0. Not usable where y's own radius reaches y0.
template <class Wide>
LinearForm<Wide> linear_quotient(const LinearForm<Wide>& left, const LinearForm<Wide>& right,
                                 double nearest) {
  using Form = LinearForm<Wide>;
  const double divisor = Form::magnitude(right.centre);
  Form result;
  if (!(divisor > 0x1p-1000) || !(right.radius < divisor)) {
    result.remainder = std::numeric_limits<double>::infinity();
    return result;
  }
  result.centre = left.centre / right.centre;
  const double quotient = static_cast<double>(result.centre);
  const double reciprocal = 1 / static_cast<double>(right.centre);
  result.coefficients = left.coefficients;
  add_scaled(result.coefficients, -quotient, right.coefficients);
  for (double& coefficient : result.coefficients) coefficient *= reciprocal;
  result.measure();
  const double size = std::abs(quotient);
  const double off_centre = Form::wide_unit * size;
  const double rounded = Form::coefficient_unit * (left.radius + size * right.radius) / divisor +
                         Form::least * (result.count() + 1) * (1 + (1 + right.radius) / divisor);
  // |d|/|y0| is at most the linear part, and what was left out of it.
  const double relative = result.radius + off_centre + rounded;
  result.remainder = off_centre + rounded + relative * (right.radius / nearest);
  return result;
}

template <class Wide>
LinearForm<Wide> linear_square(const LinearForm<Wide>& value) {
  return linear_product(value, value);
}

/// With s0 = sqrt(x0) and s = sqrt(x) >= least_root: s = s0 + dx/(2 s0) - dx^2/(2 s0 (s + s0)^2).
template <class Wide>
LinearForm<Wide> linear_root(const LinearForm<Wide>& value, double least_root) {
  using Form = LinearForm<Wide>;
  Form result;
  if (!(value.centre > Wide(0x1p-1000))) {
    result.remainder = std::numeric_limits<double>::infinity();
    return result;
  }
  const Wide centre = wide_sqrt(value.centre);
  const double root = static_cast<double>(centre);
  const double sum = root + least_root;
  // In an order in which nothing that underflows is divided by something small.
  const double half_second = value.radius / sum * (value.radius / (4 * root * sum));
  result.centre = centre - Wide(half_second);
  result.coefficients = value.coefficients;
  const double slope = 0.5 / root;
  for (double& coefficient : result.coefficients) coefficient *= slope;
  result.measure();
  // The root's own relative error, wide_sqrt's 2^-100 in quadruple, is charged to the centre.
  const double root_unit = std::is_same_v<Wide, double> ? 0x1p-52 : 0x1p-100;
  result.remainder = half_second + root_unit * 2 * (root + half_second) +
                     Form::coefficient_unit * result.radius + Form::least * result.count();
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
      Form::magnitude(difference.centre) + difference.radius / 2 +
      Form::wide_unit * (Form::magnitude(left.centre) + Form::magnitude(right.centre)) +
      Form::coefficient_unit * (left.radius + right.radius) + Form::least * result.count();
  return result;
}

}  // namespace plumbline
