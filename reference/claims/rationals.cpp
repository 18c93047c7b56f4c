#include "reference/claims/rationals.hpp"

namespace plumbline::claims {
namespace {

using Integer = boost::multiprecision::cpp_int;

/// From its 32-bit digits, each step rounded outward.
Certified enclosed(const Integer& value) {
  if (value < 0) return -enclosed(Integer(-value));
  const Integer base = Integer(1) << 32;
  if (value < base) return Certified(static_cast<double>(static_cast<unsigned long>(value)));
  return enclosed(Integer(value >> 32)) * Certified(0x1p32) + enclosed(Integer(value % base));
}

}  // namespace

std::string text_of(const Rational& value) {
  const std::string over = numerator(value).str();
  return denominator(value) == 1 ? over : over + "/" + denominator(value).str();
}

Certified enclosed(const Rational& value) {
  return enclosed(Integer(numerator(value))) / enclosed(Integer(denominator(value)));
}

}  // namespace plumbline::claims
