// Questions that are asked of the ends of intervals at every operation, for the two types that
// ends have: double, and Quadruple.
//
// A comparison of two quadruples is a call into the compiler's library, and together these
// calls would cost more than the arithmetic. Signs and sizes can be read off the bits (IEEE
// 754: of two numbers that are not negative the greater has the greater bits). None of the
// operands is NaN.
#pragma once

#include <bit>
#include <cmath>

#include "reference/numbers/quadruple.hpp"

namespace plumbline {

inline bool is_negative(double value) {
  return value < 0;
}
inline bool is_positive(double value) {
  return value > 0;
}
inline bool is_finite(double value) {
  return std::isfinite(value);
}
inline bool is_equal(double left, double right) {
  return left == right;
}
inline double magnitude_of(double value) {
  return std::abs(value);
}
/// |value| > limit, for a limit that is not negative.
inline bool is_beyond(double value, double limit) {
  return std::abs(value) > limit;
}

#if defined(__SIZEOF_FLOAT128__)
__extension__ typedef unsigned __int128 QuadrupleBits;
inline constexpr QuadrupleBits quadruple_sign = QuadrupleBits(1) << 127;

inline QuadrupleBits bits_of(Quadruple value) {
  return std::bit_cast<QuadrupleBits>(value);
}
inline QuadrupleBits magnitude_bits(Quadruple value) {
  return bits_of(value) & ~quadruple_sign;
}
inline bool is_negative(Quadruple value) {
  return bits_of(value) > quadruple_sign;  // -0 is not
}
inline bool is_positive(Quadruple value) {
  const QuadrupleBits bits = bits_of(value);
  return bits != 0 && bits < quadruple_sign;
}
inline bool is_finite(Quadruple value) {
  return magnitude_bits(value) < QuadrupleBits(0x7fff) << 112;
}
inline bool is_equal(Quadruple left, Quadruple right) {
  return bits_of(left) == bits_of(right) || (magnitude_bits(left) | magnitude_bits(right)) == 0;
}
inline Quadruple magnitude_of(Quadruple value) {
  return std::bit_cast<Quadruple>(magnitude_bits(value));
}
inline bool is_beyond(Quadruple value, Quadruple limit) {
  return magnitude_bits(value) > bits_of(limit);
}
#else
inline bool is_negative(Quadruple value) {
  return value < 0;
}
inline bool is_positive(Quadruple value) {
  return value > 0;
}
inline bool is_finite(Quadruple value) {
  return std::isfinite(value);
}
inline bool is_equal(Quadruple left, Quadruple right) {
  return left == right;
}
inline Quadruple magnitude_of(Quadruple value) {
  return std::abs(value);
}
inline bool is_beyond(Quadruple value, Quadruple limit) {
  return std::abs(value) > limit;
}
#endif

}  // namespace plumbline
