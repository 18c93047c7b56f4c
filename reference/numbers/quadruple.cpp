#include "reference/numbers/quadruple.hpp"

#include <mpfr.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <stdexcept>

namespace plumbline {
namespace {

// A quadruple is the sum of three doubles; this is the way in and out of MPFR.
void set_quadruple(mpfr_t target, Quadruple value) {
  const double high = static_cast<double>(value);
  const double middle = static_cast<double>(value - Quadruple(high));
  const double low = static_cast<double>(value - Quadruple(high) - Quadruple(middle));
  mpfr_set_d(target, high, MPFR_RNDN);
  mpfr_add_d(target, target, middle, MPFR_RNDN);
  mpfr_add_d(target, target, low, MPFR_RNDN);
}

Quadruple get_quadruple(mpfr_t source) {
  Quadruple value = 0;
  for (int part = 0; part < 3; ++part) {
    const double piece = mpfr_get_d(source, MPFR_RNDN);
    value += Quadruple(piece);
    mpfr_sub_d(source, source, piece, MPFR_RNDN);
  }
  return value;
}

/// MPFR keeps constants for each thread; a thread that ends must give them back.
struct ConstantsOfThread {
  ConstantsOfThread() = default;
  ConstantsOfThread(const ConstantsOfThread&) = delete;
  ConstantsOfThread& operator=(const ConstantsOfThread&) = delete;
  ~ConstantsOfThread() { mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE); }
};

void give_back_constants_at_end_of_thread() {
  thread_local const ConstantsOfThread constants;
  static_cast<void>(constants);
}

/// As set_quadruple, for infinities and NaN too, and whatever the exponent.
void set_any_quadruple(mpfr_t target, Quadruple value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!(value > -infinity && value < infinity)) {
    mpfr_set_d(target, static_cast<double>(value), MPFR_RNDN);
    return;
  }
  // Far from 1 the parts would leave double's range.
  const Quadruple step = 0x1p512;
  long exponent = 0;
  for (; value > step || value < -step; exponent += 512) value /= step;
  for (; value != 0 && value < 1 / step && value > -1 / step; exponent -= 512) value *= step;
  set_quadruple(target, value);
  mpfr_mul_2si(target, target, exponent, MPFR_RNDN);
}

}  // namespace

Quadruple wide_power(Quadruple base, Quadruple exponent) {
  give_back_constants_at_end_of_thread();
  mpfr_t result, power;
  mpfr_inits2(320, result, power, static_cast<mpfr_ptr>(nullptr));
  set_any_quadruple(result, base);
  set_any_quadruple(power, exponent);
  mpfr_pow(result, result, power, MPFR_RNDN);
  Quadruple value = 0;
  if (mpfr_regular_p(result) == 0) {
    value = mpfr_get_d(result, MPFR_RNDN);
  } else {
    constexpr long farthest = 16000;
    const long size = mpfr_get_exp(result);
    if (size > farthest) {
      value = std::numeric_limits<double>::infinity() * mpfr_sgn(result);
    } else if (size >= -farthest) {
      mpfr_set_exp(result, 0);
      value = get_quadruple(result);
      const Quadruple factor = size > 0 ? Quadruple(2) : 1 / Quadruple(2);
      for (long turn = std::abs(size); turn > 0; --turn) value *= factor;
    }
  }
  mpfr_clears(result, power, static_cast<mpfr_ptr>(nullptr));
  return value;
}

std::array<Quadruple, 2> enclose_cos(Quadruple lower, Quadruple upper) {
  if (!(upper - lower < 2)) return {-1, 1};
  if (!(lower > Quadruple(-1e6) && upper < Quadruple(1e6))) {
    throw std::domain_error("cos of an angle beyond a million radians");
  }
  // cos changes by no more than its argument: its value in the middle, and half
  // the width either way.
  const Quadruple middle = (lower + upper) / 2;
  give_back_constants_at_end_of_thread();
  mpfr_t number;
  mpfr_init2(number, 320);
  set_quadruple(number, middle);
  mpfr_cos(number, number, MPFR_RNDN);
  const Quadruple value = get_quadruple(number);
  mpfr_clear(number);
  const Quadruple reach = (upper - lower) / 2 + Quadruple(0x1p-105);
  return {std::max<Quadruple>(value - reach, -1), std::min<Quadruple>(value + reach, 1)};
}

Quadruple quadruple_pi() {
  static const Quadruple value = [] {
    mpfr_t number;
    mpfr_init2(number, 320);
    mpfr_const_pi(number, MPFR_RNDN);
    const Quadruple pi = get_quadruple(number);
    mpfr_clear(number);
    return pi;
  }();
  return value;
}

}  // namespace plumbline
