// Laws with a given variance, on any number.
#pragma once

#include "reference/initialization.hpp"
#include "reference/numbers/number.hpp"

namespace plumbline::initializations {

/// How a normal initialization is drawn.
enum class Distribution : int {
  normal,                ///< of the variance that the formula says
  truncated,             ///< cut at two deviations, and widened to have that variance
  truncated_uncorrected  ///< cut at two deviations of a normal with that variance
};

inline Option distribution_option() {
  return {"distribution", {"normal", "truncated", "truncated_uncorrected"}};
}
inline Option layout_option() {
  return {"layout", {"output_first", "input_first"}};
}

/// U(-a, a) with a = sqrt(3 V) has the variance a^2/3 = V.
template <class Number>
DrawLaw<Number> uniform_law(const Number& variance) {
  return {Family::uniform, Number(0), sqrt(Number(3) * variance), variance};
}

template <class Number>
DrawLaw<Number> normal_law(const Number& variance) {
  return {Family::normal, sqrt(variance), Number(0), variance};
}

/// Of a standard normal cut to [-c, c] the variance is
///   1 - 2 c phi(c)/(2 Phi(c) - 1) = 1 - c sqrt(2/pi) e^(-c^2/2)/erf(c/sqrt 2)
/// (Johnson, Kotz and Balakrishnan 1994, vol. 1, 13.10.1); for c = 2 the square of
/// what JAX and Keras have in their sources as 0.87962566103423978: the same number in binary64.
template <class Number>
Number truncated_variance(const Number& cut) {
  const Number density = sqrt(Number(2) / pi<Number>()) * exp(-square(cut) / Number(2));
  return Number(1) - cut * density / erf(cut / sqrt(Number(2)));
}

/// A normal of this deviation, cut at so many deviations.
template <class Number>
DrawLaw<Number> truncated_law(const Number& deviation, const Number& cut) {
  return {Family::truncated_normal, deviation, cut * deviation,
          square(deviation) * truncated_variance(cut)};
}

/// What is drawn for the variance V.
template <class Number>
DrawLaw<Number> law_of(Distribution distribution, const Number& variance) {
  switch (distribution) {
    case Distribution::normal:
      break;
    case Distribution::truncated:
      return truncated_law(sqrt(variance / truncated_variance(Number(2))), Number(2));
    case Distribution::truncated_uncorrected:
      return truncated_law(sqrt(variance), Number(2));
  }
  return normal_law(variance);
}

}  // namespace plumbline::initializations
