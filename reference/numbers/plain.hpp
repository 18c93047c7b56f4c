// Plain<Format>: ordinary arithmetic in a format, for the built-in subject.
//
// Every operation is computed in binary64 and rounded once to the format, to
// nearest, ties to even. Between values of the format that is the format's own
// correctly rounded operation: for p <= 24 a result rounded to 53 bits first and then
// to p has the same value (Figueroa 1995: 53 >= 2p + 2). Scalars stay in binary64, also
// where they meet a tensor's element, as libraries keep them.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "reference/numbers/elementary.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline {

/// Random rounding, for tests of the acceptance intervals: each result is moved to
/// one of its two neighbours in the format instead of the nearest. Off by default.
struct RoundingNoise {
  bool active = false;
  std::uint64_t state = 0;
  bool coin() {  // the top bit of SplitMix64's next number
    std::uint64_t mixed = (state += 0x9e3779b97f4a7c15ULL);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return ((mixed ^ (mixed >> 31)) >> 63) != 0;
  }
};

inline RoundingNoise& rounding_noise() {
  thread_local RoundingNoise noise;
  return noise;
}

template <class Format>
class Plain {
 public:
  Plain() = default;
  Plain(double value) : value_(value) {}
  Plain(int value) : value_(value) {}
  /// A scalar meets an element: the operation's result is rounded, not the scalar.
  template <class Other>
  requires(!std::is_same_v<Format, Other> && std::is_same_v<Other, Binary64>)
      Plain(const Plain<Other>& scalar)
      : value_(scalar.value()) {}

  double value() const { return value_; }

  friend Plain operator-(const Plain& value) { return exactly(-value.value_); }
  friend Plain operator+(const Plain& left, const Plain& right) {
    return rounded(Quadruple(left.value_) + Quadruple(right.value_), left.value_ + right.value_);
  }
  friend Plain operator-(const Plain& left, const Plain& right) {
    return rounded(Quadruple(left.value_) - Quadruple(right.value_), left.value_ - right.value_);
  }
  friend Plain operator*(const Plain& left, const Plain& right) {
    return rounded(Quadruple(left.value_) * Quadruple(right.value_), left.value_ * right.value_);
  }
  friend Plain operator/(const Plain& left, const Plain& right) {
    return rounded(Quadruple(left.value_) / Quadruple(right.value_), left.value_ / right.value_);
  }
  friend Plain square(const Plain& value) { return value * value; }
  friend Plain sqrt(const Plain& value) {
    return rounded(wide_sqrt(Quadruple(value.value_)), std::sqrt(value.value_));
  }
  friend Plain abs(const Plain& value) { return exactly(std::abs(value.value_)); }
  friend Plain max(const Plain& left, const Plain& right) {
    return left.value_ < right.value_ || std::isnan(right.value_) ? right : left;
  }
  friend Plain min(const Plain& left, const Plain& right) {
    return right.value_ < left.value_ || std::isnan(right.value_) ? right : left;
  }
  friend Plain sign(const Plain& value) {
    return exactly(value.value_ > 0 ? 1.0 : value.value_ < 0 ? -1.0 : value.value_);
  }
  friend bool less(const Plain& left, const Plain& right) { return left.value_ < right.value_; }
  friend Plain cos(const Plain& angle) { return exactly(round(std::cos(angle.value_))); }
  friend Plain power(const Plain& base, const Plain& exponent) {
    const Quadruple precise = wide_power(Quadruple(base.value_), Quadruple(exponent.value_));
    return rounded(precise, static_cast<double>(precise));
  }
  friend Plain exp(const Plain& exponent) { return nearest(quadruple_exp(exponent.value_)); }
  friend Plain log(const Plain& value) { return nearest(quadruple_log(value.value_)); }
  friend Plain tanh(const Plain& value) { return nearest(quadruple_tanh(value.value_)); }
  friend Plain erf(const Plain& value) { return nearest(quadruple_erf(value.value_)); }
  friend Plain sum(std::span<const Plain> terms) {
    Plain total;
    for (const Plain& term : terms) total = total + term;
    return total;
  }
  static Plain pi() { return Plain(3.14159265358979323846); }

 private:
  double value_ = 0;

  static Plain exactly(double value) {
    Plain result;
    result.value_ = value;
    return result;
  }
  static double round(double value) {
    if constexpr (Format::description.precision == 53) {
      return value;
    } else if constexpr (Format::description.precision == 24) {
      return static_cast<double>(static_cast<float>(value));
    } else {
      return Format::description.round(value);
    }
  }
  static Plain nearest(Quadruple precise) { return rounded(precise, static_cast<double>(precise)); }
  static Plain rounded(Quadruple precise, double nearest) {
    const double value = round(nearest);
    RoundingNoise& noise = rounding_noise();
    if (!noise.active || !std::isfinite(value) || Quadruple(value) == precise || noise.coin()) {
      return exactly(value);
    }
    return exactly(Format::description.next(value, Quadruple(value) < precise));
  }
};

}  // namespace plumbline
