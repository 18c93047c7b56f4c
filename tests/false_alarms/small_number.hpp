// bfloat16 and binary16 by software: every result rounded to nearest, ties to even.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace variant {

/// A 16-bit number of `precision` bits. Its operations are done in binary64 and rounded
/// once more, which is correct rounding: 53 >= 2 * 11 + 2 (Figueroa 1995).
template <int precision, int least_exponent, int greatest_exponent>
class SmallNumber {
 public:
  SmallNumber() = default;
  explicit SmallNumber(double value) : bits_(encode(value)) {}
  explicit operator double() const { return decode(bits_); }
  explicit operator float() const { return static_cast<float>(decode(bits_)); }

  friend SmallNumber operator+(SmallNumber left, SmallNumber right) {
    return SmallNumber(double(left) + double(right));
  }
  friend SmallNumber operator-(SmallNumber left, SmallNumber right) {
    return SmallNumber(double(left) - double(right));
  }
  friend SmallNumber operator*(SmallNumber left, SmallNumber right) {
    return SmallNumber(double(left) * double(right));
  }
  friend SmallNumber operator/(SmallNumber left, SmallNumber right) {
    return SmallNumber(double(left) / double(right));
  }
  friend SmallNumber operator-(SmallNumber value) { return SmallNumber(-double(value)); }
  friend SmallNumber sqrt(SmallNumber value) { return SmallNumber(std::sqrt(double(value))); }
  friend SmallNumber fma(SmallNumber left, SmallNumber right, SmallNumber added) {
    return SmallNumber(std::fma(double(left), double(right), double(added)));
  }
  friend SmallNumber fabs(SmallNumber value) { return SmallNumber(std::fabs(double(value))); }
  friend bool operator<(SmallNumber left, SmallNumber right) {
    return double(left) < double(right);
  }

 private:
  static constexpr int fraction = precision - 1;
  static constexpr int bias = greatest_exponent;
  static constexpr std::uint16_t infinite = static_cast<std::uint16_t>((2 * bias + 1) << fraction);

  std::uint16_t bits_ = 0;

  static std::uint16_t encode(double value) {
    const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    if (std::isnan(value)) return static_cast<std::uint16_t>(infinite | 1U << (fraction - 1));
    const double magnitude = std::fabs(value);
    if (magnitude == 0) return sign;
    if (std::isinf(magnitude)) return sign | infinite;
    const int exponent = std::ilogb(magnitude);
    const int quantum = (exponent < least_exponent ? least_exponent : exponent) - fraction;
    // Whole units of the last place; a carry runs on into the exponent's bits.
    const auto units = static_cast<long>(std::nearbyint(std::ldexp(magnitude, -quantum)));
    const long bits = exponent < least_exponent
                          ? units
                          : (static_cast<long>(exponent + bias - 1) << fraction) + units;
    return static_cast<std::uint16_t>(sign | (bits < infinite ? bits : infinite));
  }

  static double decode(std::uint16_t bits) {
    const int exponent = (bits & 0x7fff) >> fraction;
    const int part = bits & ((1 << fraction) - 1);
    double magnitude;
    if (exponent == 2 * bias + 1) {
      magnitude = part == 0 ? HUGE_VAL : std::nan("");
    } else if (exponent == 0) {
      magnitude = std::ldexp(part, least_exponent - fraction);
    } else {
      magnitude = std::ldexp((1 << fraction) + part, exponent - bias - fraction);
    }
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
  }
};

using BFloat16 = SmallNumber<8, -126, 127>;
using Binary16 = SmallNumber<11, -14, 15>;

}  // namespace variant
