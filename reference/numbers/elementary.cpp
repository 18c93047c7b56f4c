#include "reference/numbers/elementary.hpp"

#include <mpfr.h>

namespace plumbline {
namespace {

constexpr int working_precision = 256;
const Quadruple infinity = std::numeric_limits<double>::infinity();
const Quadruple not_a_number = std::numeric_limits<double>::quiet_NaN();

// Steps of a power of two bring a quadruple into double's range and back, exactly.
constexpr int scaling_bits = 512;
const Quadruple scaling = 0x1p512;

/// MPFR keeps constants for each thread; a thread that ends must give them back.
struct ConstantsOfThread {
  ConstantsOfThread() = default;
  ConstantsOfThread(const ConstantsOfThread&) = delete;
  ConstantsOfThread& operator=(const ConstantsOfThread&) = delete;
  ~ConstantsOfThread() { mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE); }
};

/// A quadruple in this file's precision, and the way back.
class Precise {
 public:
  explicit Precise(Quadruple value) {
    thread_local const ConstantsOfThread constants;
    static_cast<void>(constants);
    mpfr_init2(number, working_precision);
    long scale = 0;
    Quadruple size = value < 0 ? -value : value;
    while (size > scaling) size /= scaling, value /= scaling, scale += scaling_bits;
    while (size != 0 && size < 1 / scaling)
      size *= scaling, value *= scaling, scale -= scaling_bits;
    const double high = static_cast<double>(value);
    const double middle = static_cast<double>(value - Quadruple(high));
    const double low = static_cast<double>(value - Quadruple(high) - Quadruple(middle));
    mpfr_set_d(number, high, MPFR_RNDN);
    mpfr_add_d(number, number, middle, MPFR_RNDN);
    mpfr_add_d(number, number, low, MPFR_RNDN);
    mpfr_mul_2si(number, number, scale, MPFR_RNDN);
  }
  ~Precise() { mpfr_clear(number); }
  Precise(const Precise&) = delete;
  Precise& operator=(const Precise&) = delete;

  /// The nearest quadruple, for a number within quadruple's normal range.
  Quadruple rounded() {
    mpfr_prec_round(number, 113, MPFR_RNDN);
    if (mpfr_zero_p(number)) return 0;
    long exponent = mpfr_get_exp(number);
    mpfr_set_exp(number, 0);
    Quadruple value = 0;
    for (int part = 0; part < 3; ++part) {
      const double piece = mpfr_get_d(number, MPFR_RNDN);
      value += Quadruple(piece);
      mpfr_sub_d(number, number, piece, MPFR_RNDN);
    }
    for (; exponent >= scaling_bits; exponent -= scaling_bits) value *= scaling;
    for (; exponent <= -scaling_bits; exponent += scaling_bits) value /= scaling;
    return value * Quadruple(std::ldexp(1.0, static_cast<int>(exponent)));
  }

  mpfr_t number;
};

}  // namespace

Quadruple quadruple_exp(Quadruple value) {
  if (value != value) return value;
  if (value > 11356) return infinity;
  if (value < -11355) return 0;
  Precise result(value);
  mpfr_exp(result.number, result.number, MPFR_RNDN);
  return result.rounded();
}

Quadruple quadruple_log(Quadruple value) {
  if (!(value >= 0)) return not_a_number;
  if (value == 0) return -infinity;
  if (value == infinity) return infinity;
  Precise result(value);
  mpfr_log(result.number, result.number, MPFR_RNDN);
  return result.rounded();
}

Quadruple quadruple_tanh(Quadruple value) {
  if (value != value || value == 0) return value;
  if (value > 64) return 1;
  if (value < -64) return -1;
  Precise result(value);
  mpfr_tanh(result.number, result.number, MPFR_RNDN);
  return result.rounded();
}

Quadruple quadruple_erf(Quadruple value) {
  if (value != value || value == 0) return value;
  if (value > 16) return 1;
  if (value < -16) return -1;
  Precise result(value);
  mpfr_erf(result.number, result.number, MPFR_RNDN);
  return result.rounded();
}

}  // namespace plumbline
