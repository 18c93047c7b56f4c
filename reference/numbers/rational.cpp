#include "reference/numbers/rational.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

namespace plumbline {
namespace {

/// A whole number as the sum of its parts of 32 bits: the least of them are rounded outward
/// where the precision does not hold them all.
Certified enclosed(mpz_srcptr whole) {
  Certified total;
  for (std::size_t limb = mpz_size(whole); limb-- > 0;) {
    const mp_limb_t part = mpz_getlimbn(whole, static_cast<mp_size_t>(limb));
    const auto high = static_cast<double>(part >> 32U);
    const auto low = static_cast<double>(part & 0xffffffffU);
    total = (total * Certified(0x1p32) + Certified(high)) * Certified(0x1p32) + Certified(low);
  }
  return mpz_sgn(whole) < 0 ? -total : total;
}

}  // namespace

static_assert(sizeof(mp_limb_t) == 8, "a limb has 64 bits");

Rational::Rational(long numerator, long denominator) : Rational() {
  if (denominator == 0) throw std::domain_error("a fraction with the denominator 0");
  Rational below;
  mpq_set_si(value_, numerator, 1);
  mpq_set_si(below.value_, denominator, 1);
  mpq_div(value_, value_, below.value_);
}

Rational Rational::parse(const std::string& text) {
  Rational result;
  if (mpq_set_str(result.value_, text.c_str(), 10) != 0 ||
      mpz_sgn(mpq_denref(result.value_)) == 0) {
    throw std::invalid_argument("no rational number: " + text);
  }
  mpq_canonicalize(result.value_);
  return result;
}

Rational Rational::of(double exact) {
  if (!std::isfinite(exact)) throw std::domain_error("no rational number");
  Rational result;
  mpq_set_d(result.value_, exact);
  return result;
}

Rational operator+(const Rational& left, const Rational& right) {
  Rational result;
  mpq_add(result.value_, left.value_, right.value_);
  return result;
}
Rational operator-(const Rational& left, const Rational& right) {
  Rational result;
  mpq_sub(result.value_, left.value_, right.value_);
  return result;
}
Rational operator*(const Rational& left, const Rational& right) {
  Rational result;
  mpq_mul(result.value_, left.value_, right.value_);
  return result;
}
Rational operator/(const Rational& left, const Rational& right) {
  if (mpq_sgn(right.value_) == 0) throw std::domain_error("division by zero");
  Rational result;
  mpq_div(result.value_, left.value_, right.value_);
  return result;
}

Certified Rational::certified() const {
  const Certified numerator = enclosed(mpq_numref(value_));
  if (mpz_cmp_ui(mpq_denref(value_), 1) == 0) return numerator;
  return numerator / enclosed(mpq_denref(value_));
}

std::string Rational::text() const {
  const std::unique_ptr<char, void (*)(void*)> written(mpq_get_str(nullptr, 10, value_),
                                                       [](void* text) { std::free(text); });
  return written.get();
}

Rational power(const Rational& base, long exponent) {
  Rational result = 1;
  for (long i = 0; i < std::labs(exponent); ++i) result = result * base;
  return exponent < 0 ? Rational(1) / result : result;
}

}  // namespace plumbline
