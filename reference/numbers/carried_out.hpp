// Operations on a number by their names.
#pragma once

#include "reference/numbers/mutated.hpp"

namespace plumbline {

template <class Base>
Base carried_out(NumberOperation operation, const Base& left, const Base& right) {
  switch (operation) {
    case NumberOperation::add:
      return left + right;
    case NumberOperation::subtract:
      return left - right;
    case NumberOperation::multiply:
      return left * right;
    case NumberOperation::divide:
      return left / right;
    case NumberOperation::max:
      return max(left, right);
    case NumberOperation::power:
      return power(left, right);
    default:
      return min(left, right);
  }
}

template <class Base>
Base carried_out(NumberOperation operation, const Base& value) {
  switch (operation) {
    case NumberOperation::negate:
      return -value;
    case NumberOperation::square:
      return square(value);
    case NumberOperation::sqrt:
      return sqrt(value);
    case NumberOperation::abs:
      return abs(value);
    case NumberOperation::sign:
      return sign(value);
    case NumberOperation::exp:
      return exp(value);
    case NumberOperation::log:
      return log(value);
    case NumberOperation::tanh:
      return tanh(value);
    case NumberOperation::erf:
      return erf(value);
    default:
      return cos(value);
  }
}

}  // namespace plumbline
