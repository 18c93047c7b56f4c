#include "reference/numbers/certified.hpp"

#include <boost/multiprecision/mpfi.hpp>
#include <boost/version.hpp>
#include <cmath>

#include "reference/numbers/decimal_text.hpp"

namespace plumbline {
namespace {
using Interval = boost::multiprecision::number<boost::multiprecision::mpfi_float_backend<0>,
                                               boost::multiprecision::et_off>;
}  // namespace

struct Certified::Value {
  Interval interval;
  mpfi_srcptr data() const { return interval.backend().data(); }
};

namespace {

int current_precision = certified_least_precision;

mpfr_srcptr lower_end(const Certified::Value& value) {
  return &value.data()->left;
}
mpfr_srcptr upper_end(const Certified::Value& value) {
  return &value.data()->right;
}

/// Frees an mpfr_t that is used for a conversion only.
struct Point {
  mpfr_t number;
  explicit Point(int bits) { mpfr_init2(number, bits); }
  ~Point() { mpfr_clear(number); }
  Point(const Point&) = delete;
  Point& operator=(const Point&) = delete;
};

}  // namespace

int Certified::precision() {
  return current_precision;
}

void Certified::set_precision(int bits) {
  current_precision = bits;
  // Boost counts in decimal digits and rounds the bits up again.
  Interval::default_precision(static_cast<unsigned>(std::ceil(bits * 0.30103)));
}

namespace {

/// An interval at our precision, also before anyone has set it: Boost's own default is
/// narrower than ours.
template <class Exact>
Interval interval_of(Exact exact) {
  static const bool precision_is_set = (Certified::set_precision(current_precision), true);
  static_cast<void>(precision_is_set);
  return Interval(exact);
}

}  // namespace

Certified::Certified(std::unique_ptr<Value> value) : value_(std::move(value)) {}
Certified::Certified() : value_(new Value{interval_of(0)}) {}
Certified::Certified(double exact) : value_(new Value{interval_of(exact)}) {}
Certified::Certified(int exact) : value_(new Value{interval_of(exact)}) {}
Certified::Certified(const Certified& other) : value_(new Value(*other.value_)) {}
Certified::Certified(Certified&&) noexcept = default;
Certified& Certified::operator=(const Certified& other) {
  if (this != &other) value_ = std::make_unique<Value>(*other.value_);
  return *this;
}
Certified& Certified::operator=(Certified&&) noexcept = default;
Certified::~Certified() = default;

Certified Certified::ratio(long numerator, long denominator) {
  return Certified(std::unique_ptr<Value>(new Value{interval_of(numerator) / denominator}));
}

Certified operator+(const Certified& left, const Certified& right) {
  return Certified(std::unique_ptr<Certified::Value>(
      new Certified::Value{left.value_->interval + right.value_->interval}));
}
Certified operator-(const Certified& left, const Certified& right) {
  return Certified(std::unique_ptr<Certified::Value>(
      new Certified::Value{left.value_->interval - right.value_->interval}));
}
Certified operator*(const Certified& left, const Certified& right) {
  return Certified(std::unique_ptr<Certified::Value>(
      new Certified::Value{left.value_->interval * right.value_->interval}));
}
Certified operator/(const Certified& left, const Certified& right) {
  if (mpfi_is_zero(right.value_->data())) throw std::domain_error("division by exactly zero");
  if (mpfi_has_zero(right.value_->data())) {
    throw MaybeDividedByZero("a divisor's enclosure holds zero");
  }
  return Certified(std::unique_ptr<Certified::Value>(
      new Certified::Value{left.value_->interval / right.value_->interval}));
}
Certified operator-(const Certified& value) {
  return Certified(
      std::unique_ptr<Certified::Value>(new Certified::Value{-value.value_->interval}));
}

Certified square(const Certified& value) {
  Certified result;
  mpfi_sqr(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified sqrt(const Certified& value) {
  if (mpfr_sgn(upper_end(*value.value_)) < 0) {
    throw std::domain_error("square root of a negative number");
  }
  if (mpfr_sgn(lower_end(*value.value_)) < 0) {
    throw NotEnoughPrecision("a radicand's enclosure reaches below zero");
  }
  Certified result;
  mpfi_sqrt(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified cos_pi(long numerator, long denominator) {
  // Exact where the cosine is rational and the ends matter: at halves of pi.
  const long turn = ((numerator % (2 * denominator)) + 2 * denominator) % (2 * denominator);
  if (turn == 0) return Certified(1);
  if (turn == denominator) return Certified(-1);
  if (2 * turn == denominator || 2 * turn == 3 * denominator) return Certified(0);
  return cos(certified_pi() * Certified::ratio(turn, denominator));
}

Certified abs(const Certified& value) {
  Certified result;
  mpfi_abs(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified max(const Certified& left, const Certified& right) {
  Certified result;
  mpfi_ptr data = result.value_->interval.backend().data();
  mpfr_max(&data->left, lower_end(*left.value_), lower_end(*right.value_), MPFR_RNDD);
  mpfr_max(&data->right, upper_end(*left.value_), upper_end(*right.value_), MPFR_RNDU);
  return result;
}

Certified min(const Certified& left, const Certified& right) {
  return -max(-left, -right);
}

Certified sign(const Certified& value) {
  if (mpfi_is_zero(value.value_->data())) return Certified(0);
  if (mpfr_sgn(lower_end(*value.value_)) > 0) return Certified(1);
  if (mpfr_sgn(upper_end(*value.value_)) < 0) return Certified(-1);
  throw NotEnoughPrecision("a sign is undecided");
}

Certified cos(const Certified& value) {
  Certified result;
  mpfi_cos(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified power(const Certified& base, const Certified& exponent) {
  if (mpfi_is_zero(exponent.value_->data())) return Certified(1);
  if (mpfi_is_zero(base.value_->data())) {
    const Certified exponent_sign = sign(exponent);
    if (exponent_sign.lower() > 0) return Certified(0);
    throw std::domain_error("zero to a negative power");
  }
  if (mpfr_sgn(upper_end(*base.value_)) < 0) {
    throw std::domain_error("power of a negative number");
  }
  if (mpfr_sgn(lower_end(*base.value_)) <= 0) {
    throw NotEnoughPrecision("the enclosure of a power's base reaches zero");
  }
  if (exponent.is_exactly("1")) return base;
  Certified result;
  mpfi_ptr data = result.value_->interval.backend().data();
  mpfi_log(data, base.value_->data());
  mpfi_mul(data, data, exponent.value_->data());
  mpfi_exp(data, data);
  return result;
}

Certified exp(const Certified& value) {
  Certified result;
  mpfi_exp(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified log(const Certified& value) {
  if (mpfr_sgn(upper_end(*value.value_)) <= 0) {
    throw std::domain_error("logarithm of a number that is not positive");
  }
  if (mpfr_sgn(lower_end(*value.value_)) <= 0) {
    throw NotEnoughPrecision("a logarithm's enclosure reaches zero");
  }
  Certified result;
  mpfi_log(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified tanh(const Certified& value) {
  Certified result;
  mpfi_tanh(result.value_->interval.backend().data(), value.value_->data());
  return result;
}

Certified erf(const Certified& value) {
  // MPFI has no erf; as it rises, the ends' values are the ends.
  Certified result;
  mpfi_ptr data = result.value_->interval.backend().data();
  mpfr_erf(&data->left, lower_end(*value.value_), MPFR_RNDD);
  mpfr_erf(&data->right, upper_end(*value.value_), MPFR_RNDU);
  return result;
}

Certified certified_pi() {
  Certified result;
  mpfi_const_pi(result.value_->interval.backend().data());
  return result;
}

Certified centre(const Certified& value) {
  Certified result;
  mpfi_ptr data = result.value_->interval.backend().data();
  mpfi_mid(&data->left, value.value_->data());
  mpfr_set(&data->right, &data->left, MPFR_RNDN);
  return result;
}

Certified spread(const Certified& radius) {
  const Certified magnitude = abs(radius);
  Certified result;
  mpfi_ptr data = result.value_->interval.backend().data();
  mpfr_set(&data->right, upper_end(*magnitude.value_), MPFR_RNDU);
  mpfr_neg(&data->left, &data->right, MPFR_RNDD);
  return result;
}

ArithmeticVersions arithmetic_versions() {
  return {mpfr_get_version(), mpfi_get_version(), BOOST_LIB_VERSION};
}

bool less(const Certified& left, const Certified& right) {
  if (mpfr_less_p(upper_end(*left.value_), lower_end(*right.value_))) return true;
  if (mpfr_greaterequal_p(lower_end(*left.value_), upper_end(*right.value_))) return false;
  throw NotEnoughPrecision("a comparison is undecided");
}

bool Certified::contains(double value) const {
  return mpfi_is_inside_d(value, value_->data()) > 0;
}

bool Certified::disjoint(const Certified& left, const Certified& right) {
  return mpfr_less_p(upper_end(*left.value_), lower_end(*right.value_)) != 0 ||
         mpfr_less_p(upper_end(*right.value_), lower_end(*left.value_)) != 0;
}

bool Certified::identical(const Certified& left, const Certified& right) {
  return mpfr_equal_p(lower_end(*left.value_), upper_end(*right.value_)) != 0 &&
         mpfr_equal_p(upper_end(*left.value_), lower_end(*right.value_)) != 0;
}

double Certified::lower() const {
  return mpfr_get_d(lower_end(*value_), MPFR_RNDD);
}
double Certified::upper() const {
  return mpfr_get_d(upper_end(*value_), MPFR_RNDU);
}
double Certified::midpoint() const {
  return mpfi_get_d(value_->data());
}

bool Certified::is_exactly(const std::string& decimal) const {
  // A dyadic number of that many digits fits; any other decimal is rounded, and differs.
  Point written(current_precision + 64);
  mpfr_set_str(written.number, decimal.c_str(), 10, MPFR_RNDN);
  return mpfr_equal_p(lower_end(*value_), written.number) != 0 &&
         mpfr_equal_p(upper_end(*value_), written.number) != 0;
}

std::optional<std::string> Certified::decimal(int digits) const {
  const mpfr_srcptr low = lower_end(*value_);
  const mpfr_srcptr high = upper_end(*value_);
  if (mpfr_zero_p(low) && mpfr_zero_p(high)) return "0";
  if (mpfr_sgn(low) * mpfr_sgn(high) <= 0) return std::nullopt;
  if (!mpfr_number_p(low) || !mpfr_number_p(high)) return std::nullopt;

  // The lower end, rounded to the digits asked for: 0.d1 d2 ... dn times 10^exponent.
  mpfr_exp_t exponent = 0;
  char* text =
      mpfr_get_str(nullptr, &exponent, 10, static_cast<std::size_t>(digits), low, MPFR_RNDN);
  const std::string mantissa = text;
  mpfr_free_str(text);

  // One unit of the last digit, rounded down, is what the enclosure has to stay in.
  const int bits = current_precision + 64;
  Point written(bits), unit(bits), distance(bits), width(bits);
  const std::string point_text =
      (mantissa[0] == '-' ? "-0." + mantissa.substr(1) : "0." + mantissa) + "e" +
      std::to_string(exponent);
  mpfr_set_str(written.number, point_text.c_str(), 10, MPFR_RNDN);
  mpfr_set_str(unit.number, ("1e" + std::to_string(exponent - digits)).c_str(), 10, MPFR_RNDD);
  mpfr_sub(width.number, high, low, MPFR_RNDU);
  mpfr_mul_ui(width.number, width.number, 1024, MPFR_RNDU);
  if (mpfr_greater_p(width.number, unit.number)) return std::nullopt;
  for (const mpfr_srcptr end : {low, high}) {
    mpfr_sub(distance.number, end, written.number, MPFR_RNDA);
    mpfr_abs(distance.number, distance.number, MPFR_RNDU);
    if (mpfr_greaterequal_p(distance.number, unit.number)) return std::nullopt;
  }
  return write_decimal(mantissa, static_cast<long>(exponent));
}

}  // namespace plumbline
