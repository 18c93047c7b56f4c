// Vectors of certified numbers; the two of an operation have one length.
#pragma once

#include <vector>

#include "reference/numbers/certified.hpp"
#include "reference/numbers/rational.hpp"

namespace plumbline {

using CertifiedVector = std::vector<Certified>;

CertifiedVector certified(const std::vector<Rational>& values);
/// a x + b y.
CertifiedVector combination(const Certified& a, const CertifiedVector& x, const Certified& b,
                            const CertifiedVector& y);
CertifiedVector difference(const CertifiedVector& left, const CertifiedVector& right);
Certified inner_product(const CertifiedVector& left, const CertifiedVector& right);
Certified squared_norm(const CertifiedVector& vector);
/// Of a number, for an exponent that is not negative.
Certified whole_power(const Certified& base, long exponent);

}  // namespace plumbline
