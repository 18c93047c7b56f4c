// The operations that rules are made of, in every order.
//
// Each rounds at most twice for every operation of its formula (products and quotients in
// any order, since their roundings only multiply), so that acceptance at K = 2 is promised.
//
// Roundings only multiply as long as nothing in between under- or overflows, and a scalar
// rounded to the format first must be a normal number there: 1e-6 is 17 units of binary16's
// least subnormal, 1.4 % off. Binary16 has too little range for either, so that there
// scalars meet elements in a wider format, as libraries do it, and quotients keep the
// formula's order.
#pragma once

#include <cmath>
#include <type_traits>

#include "numerics.hpp"
#include "small_number.hpp"

namespace variant {

template <class To, class From>
To as(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (std::is_floating_point_v<To> && std::is_floating_point_v<From>) {
    return static_cast<To>(value);
  } else {
    return To(static_cast<double>(value));
  }
}

template <class Number>
constexpr bool is_small = !std::is_floating_point_v<Number>;
template <class Number>
constexpr bool has_range = !std::is_same_v<Number, Binary16>;

template <int order, class Number>
struct Operations {
  static Number constant(double value) { return as<Number>(value); }

  /// a x, with a scalar that is rounded first or meets the element in binary64.
  static Number times(double a, Number x) {
    if constexpr (order == products_in_format || !has_range<Number>) {
      return as<Number>(a * as<double>(x));
    } else {
      return constant(a) * x;
    }
  }
  /// x + a y.
  static Number plus(Number x, double a, Number y) {
    if constexpr (order == fused && has_range<Number>) {
      using std::fma;
      return fma(constant(a), y, x);
    } else {
      return x + times(a, y);
    }
  }
  /// x - a y.
  static Number minus(Number x, double a, Number y) {
    if constexpr (order == folded || order == fused) return plus(x, -a, y);
    return x - times(a, y);
  }
  /// a x + b y.
  static Number weighted(double a, Number x, double b, Number y) {
    if constexpr (order == fused) return plus(times(b, y), a, x);
    return times(a, x) + times(b, y);
  }
  /// beta mean + (1 - beta) value.
  static Number mean(double beta, Number mean, Number value) {
    if constexpr (order == interpolated) {
      // As PyTorch's lerp: from the side on which less cancels.
      return 1 - beta < 0.5 ? mean + times(1 - beta, value - mean)
                            : value - times(beta, value - mean);
    }
    return weighted(beta, mean, 1 - beta, value);
  }
  /// beta mean + (1 - beta) g^2.
  static Number mean_of_square(double beta, Number mean, Number g) {
    if constexpr (order == folded || order == in_lanes) {
      return times(beta, mean) + times(1 - beta, g) * g;
    }
    if constexpr (order == fused) {
      using std::fma;
      return fma(times(1 - beta, g), g, times(beta, mean));
    }
    // TensorFlow's kernel. From the other side, g^2 - beta (g^2 - v), an overflowing square
    // would give inf - inf.
    if constexpr (order == interpolated) return mean + times(1 - beta, g * g - mean);
    return weighted(beta, mean, 1 - beta, g * g);
  }
  /// rate x / divisor; `rate_last`: the formula has rate (x / divisor).
  static Number quotient(double rate, Number x, Number divisor, bool rate_last) {
    if (!has_range<Number> || order == as_written) {
      return rate_last ? times(rate, x / divisor) : times(rate, x) / divisor;
    }
    if constexpr (order == folded || order == fused) return times(rate, x / divisor);
    if constexpr (order == products_in_format) return times(rate, x / divisor);
    if constexpr (order == reciprocals) return times(rate, x * (constant(1) / divisor));
    if constexpr (order == in_lanes) return x * (constant(rate) / divisor);
    return times(rate, x) / divisor;
  }
  static Number minus_quotient(Number from, double rate, Number x, Number divisor, bool rate_last) {
    if constexpr (order == fused && has_range<Number>) return minus(from, rate, x / divisor);
    return from - quotient(rate, x, divisor, rate_last);
  }
  /// x / a.
  static Number over(Number x, double a) {
    if constexpr (order == reciprocals) return times(1 / a, x);
    return x / constant(a);
  }
  static Number root(Number x) {
    using std::sqrt;
    return sqrt(x);
  }
  /// Neither subnormal, infinite nor NaN. bfloat16 has binary32's range.
  static bool is_normal(Number x) {
    static_assert(has_range<Number>);
    if constexpr (is_small<Number>) {
      return std::isnormal(static_cast<float>(x));
    } else {
      return std::isnormal(x);
    }
  }
};

}  // namespace variant
