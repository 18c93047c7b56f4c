#include "reference/numbers/certified_vector.hpp"

namespace plumbline {

CertifiedVector certified(const std::vector<Rational>& values) {
  CertifiedVector result;
  for (const Rational& value : values) result.push_back(value.certified());
  return result;
}

CertifiedVector combination(const Certified& a, const CertifiedVector& x, const Certified& b,
                            const CertifiedVector& y) {
  CertifiedVector result;
  for (std::size_t i = 0; i < x.size(); ++i) result.push_back(a * x[i] + b * y[i]);
  return result;
}

CertifiedVector difference(const CertifiedVector& left, const CertifiedVector& right) {
  CertifiedVector result;
  for (std::size_t i = 0; i < left.size(); ++i) result.push_back(left[i] - right[i]);
  return result;
}

Certified inner_product(const CertifiedVector& left, const CertifiedVector& right) {
  Certified total;
  for (std::size_t i = 0; i < left.size(); ++i) total = total + left[i] * right[i];
  return total;
}

Certified squared_norm(const CertifiedVector& vector) {
  Certified total;
  for (const Certified& value : vector) total = total + square(value);
  return total;
}

Certified whole_power(const Certified& base, long exponent) {
  Certified result(1);
  Certified square_of_base = base;
  for (long left = exponent; left > 0; left /= 2) {
    if (left % 2 == 1) result = result * square_of_base;
    square_of_base = square(square_of_base);
  }
  return result;
}

}  // namespace plumbline
