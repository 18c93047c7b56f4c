// Rational: exact fractions of whole numbers of any size, for what is decided by equality:
// constants of objectives, and expectations by enumeration.
//
// GMP's own header stays inside rational.cpp, as MPFI's stays inside certified.cpp.
#pragma once

#include <memory>
#include <string>

#include "reference/numbers/certified.hpp"

namespace plumbline {

class Rational {
 public:
  Rational();  ///< 0
  Rational(int whole) : Rational(static_cast<long>(whole)) {}
  /// Throws std::domain_error where the denominator is 0.
  Rational(long numerator, long denominator = 1);
  Rational(double) = delete;
  Rational(const Rational& other);
  Rational(Rational&& other) noexcept;
  Rational& operator=(const Rational& other);
  Rational& operator=(Rational&& other) noexcept;
  ~Rational();

  /// Of "p/q" or "p". Throws std::invalid_argument for another text.
  static Rational parse(const std::string& text);
  /// The value that the finite binary64 number holds.
  static Rational of(double exact);

  friend Rational operator+(const Rational& left, const Rational& right);
  friend Rational operator-(const Rational& left, const Rational& right);
  friend Rational operator*(const Rational& left, const Rational& right);
  /// Throws std::domain_error where the divisor is 0.
  friend Rational operator/(const Rational& left, const Rational& right);
  friend Rational operator-(const Rational& value) { return Rational(0) - value; }
  Rational& operator+=(const Rational& right) { return *this = *this + right; }
  Rational& operator-=(const Rational& right) { return *this = *this - right; }
  Rational& operator*=(const Rational& right) { return *this = *this * right; }
  /// Throws std::domain_error where the divisor is 0.
  Rational& operator/=(const Rational& right) { return *this = *this / right; }
  /// -1, 0 or 1.
  friend int sign_of(const Rational& value);
  friend bool operator==(const Rational& left, const Rational& right);
  friend bool operator<(const Rational& left, const Rational& right);
  friend bool operator>(const Rational& left, const Rational& right) { return right < left; }
  friend bool operator<=(const Rational& left, const Rational& right) { return !(right < left); }
  friend bool operator>=(const Rational& left, const Rational& right) { return !(left < right); }
  friend Rational square(const Rational& value) { return value * value; }
  friend Rational abs(const Rational& value) { return sign_of(value) < 0 ? -value : value; }
  friend Rational max(const Rational& left, const Rational& right) {
    return left < right ? right : left;
  }
  friend Rational min(const Rational& left, const Rational& right) {
    return right < left ? right : left;
  }

  /// Enclosed at the precision of now.
  Certified certified() const;
  /// "1/6", "-2".
  std::string text() const;

  struct Value;

 private:
  std::unique_ptr<Value> value_;
};

Rational power(const Rational& base, long exponent);

}  // namespace plumbline
