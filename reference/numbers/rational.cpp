#include "reference/numbers/rational.hpp"

#include <gmp.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace plumbline {

struct Rational::Value {
  mpq_t fraction;
  Value() { mpq_init(fraction); }
  Value(const Value& other) : Value() { mpq_set(fraction, other.fraction); }
  Value& operator=(const Value&) = delete;
  ~Value() { mpq_clear(fraction); }
};

namespace {

static_assert(sizeof(mp_limb_t) == 8, "a limb has 64 bits");

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

Rational::Rational() : value_(std::make_unique<Value>()) {}
Rational::Rational(const Rational& other) : value_(std::make_unique<Value>(*other.value_)) {}
Rational::Rational(Rational&&) noexcept = default;
Rational& Rational::operator=(const Rational& other) {
  if (this != &other) value_ = std::make_unique<Value>(*other.value_);
  return *this;
}
Rational& Rational::operator=(Rational&&) noexcept = default;
Rational::~Rational() = default;

Rational::Rational(long numerator, long denominator) : Rational() {
  if (denominator == 0) throw std::domain_error("a fraction with the denominator 0");
  mpq_set_si(value_->fraction, numerator, 1);
  if (denominator == 1) return;
  Value below;
  mpq_set_si(below.fraction, denominator, 1);
  mpq_div(value_->fraction, value_->fraction, below.fraction);
}

Rational Rational::parse(const std::string& text) {
  Rational result;
  const mpq_ptr fraction = result.value_->fraction;
  if (mpq_set_str(fraction, text.c_str(), 10) != 0 || mpz_sgn(mpq_denref(fraction)) == 0) {
    throw std::invalid_argument("no rational number: " + text);
  }
  mpq_canonicalize(fraction);
  return result;
}

Rational Rational::of(double exact) {
  if (!std::isfinite(exact)) throw std::domain_error("no rational number");
  Rational result;
  mpq_set_d(result.value_->fraction, exact);
  return result;
}

Rational operator+(const Rational& left, const Rational& right) {
  Rational result;
  mpq_add(result.value_->fraction, left.value_->fraction, right.value_->fraction);
  return result;
}
Rational operator-(const Rational& left, const Rational& right) {
  Rational result;
  mpq_sub(result.value_->fraction, left.value_->fraction, right.value_->fraction);
  return result;
}
Rational operator*(const Rational& left, const Rational& right) {
  Rational result;
  mpq_mul(result.value_->fraction, left.value_->fraction, right.value_->fraction);
  return result;
}
Rational operator/(const Rational& left, const Rational& right) {
  if (sign_of(right) == 0) throw std::domain_error("division by zero");
  Rational result;
  mpq_div(result.value_->fraction, left.value_->fraction, right.value_->fraction);
  return result;
}

int sign_of(const Rational& value) {
  return mpq_sgn(value.value_->fraction);
}
bool operator==(const Rational& left, const Rational& right) {
  return mpq_equal(left.value_->fraction, right.value_->fraction) != 0;
}
bool operator<(const Rational& left, const Rational& right) {
  return mpq_cmp(left.value_->fraction, right.value_->fraction) < 0;
}

Certified Rational::certified() const {
  Certified numerator = enclosed(mpq_numref(value_->fraction));
  if (mpz_cmp_ui(mpq_denref(value_->fraction), 1) == 0) return numerator;
  return numerator / enclosed(mpq_denref(value_->fraction));
}

std::string Rational::text() const {
  const std::unique_ptr<char, void (*)(void*)> written(mpq_get_str(nullptr, 10, value_->fraction),
                                                       [](void* text) { std::free(text); });
  return written.get();
}

Rational power(const Rational& base, long exponent) {
  Rational result = 1;
  for (long i = 0; i < std::labs(exponent); ++i) result = result * base;
  return exponent < 0 ? Rational(1) / result : result;
}

}  // namespace plumbline
