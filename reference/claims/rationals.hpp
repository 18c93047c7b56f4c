// Exact rationals in claims. For the claims' own files: it needs Boost.Multiprecision.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <string>

#include "reference/numbers/certified.hpp"

namespace plumbline::claims {

using Rational = boost::multiprecision::cpp_rational;

/// "99/101", or "3" where it is whole.
std::string text_of(const Rational& value);

/// Of a numerator and denominator of any length.
Certified enclosed(const Rational& value);

}  // namespace plumbline::claims
