// Quadruple precision (IEEE binary128): 113 significand bits, 15 exponent bits.
//
// The arithmetic behind the acceptance intervals of binary64. The compiler's own
// type is used where there is one, for speed; its results are those of IEEE 754
// on every machine. MPFR would do too, at twenty times the cost.
#pragma once

#include <limits>

#if defined(__SIZEOF_FLOAT128__)
namespace plumbline {
__extension__ typedef __float128 Quadruple;
}
#else
namespace plumbline {
static_assert(std::numeric_limits<long double>::digits >= 113,
              "this machine has no binary128 arithmetic");
using Quadruple = long double;
}  // namespace plumbline
#endif

#include <array>
#include <cmath>

namespace plumbline {

/// The square root, with a relative error below 2^-100: the caller widens by far more.
inline double wide_sqrt(double value) {
  return std::sqrt(value);
}
inline Quadruple wide_sqrt(Quadruple value) {
  constexpr Quadruple infinity = std::numeric_limits<double>::infinity();
  if (!(value > 0) || value == infinity) return value;
  // Bring the value into double's range by an even power of two, take double's
  // root (53 bits), and let Newton's iteration double the digits twice.
  Quadruple scale = 1;
  const Quadruple step = 0x1p512;
  while (value > Quadruple(0x1p600)) value /= step * step, scale *= step;
  while (value < Quadruple(0x1p-600)) value *= step * step, scale /= step;
  Quadruple root = std::sqrt(static_cast<double>(value));
  root = (root + value / root) / 2;
  root = (root + value / root) / 2;
  return root * scale;
}

/// base^exponent as C's pow defines it, with a relative error below 2^-110; zero below
/// 2^-16000, and infinity above 2^16000.
Quadruple wide_power(Quadruple base, Quadruple exponent);

/// An enclosure of cos over [lower, upper], ends within 2^-100 of what they enclose.
std::array<Quadruple, 2> enclose_cos(Quadruple lower, Quadruple upper);
/// pi to the precision of Quadruple.
Quadruple quadruple_pi();

}  // namespace plumbline
