// How many turns a step takes, where a hyperparameter says so.
#pragma once

#include "reference/numbers/mutated.hpp"
#include "reference/numbers/traced.hpp"

namespace plumbline {

/// The least count that is not below the hyperparameter. A formula is written for two.
template <class Number>
long turns(const Number& count) {
  long result = 0;
  while (less(Number(static_cast<double>(result)), count)) ++result;
  return result;
}
template <class Base>
long turns(const Mutated<Base>& count) {
  return turns(count.value());
}
inline long turns(const Traced&) {
  return 2;
}

}  // namespace plumbline
