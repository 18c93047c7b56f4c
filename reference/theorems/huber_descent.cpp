#include "reference/theorems/huber_descent.hpp"

namespace plumbline::theorems {

Rational huber_value(const Rational& smoothness, const Rational& knee, const Rational& x) {
  const Rational inner = min(abs(x), knee);
  return smoothness * inner * (abs(x) - inner / 2);
}

Rational huber_slope(const Rational& smoothness, const Rational& knee, const Rational& x) {
  return smoothness * max(-knee, min(x, knee));
}

Rational gap_on_huber(const Rational& smoothness, const Rational& knee, const Rational& rate,
                      long steps) {
  Rational x = 1;
  for (long step = 0; step < steps; ++step) x = x - rate * huber_slope(smoothness, knee, x);
  return huber_value(smoothness, knee, x);
}

std::function<Certified()> slope_of(Role role, const Rational& slope) {
  if (role == Role::control) return {};
  return [slope] { return slope.certified(); };
}

}  // namespace plumbline::theorems
