// Rules that move by the gradient, or a velocity of it.
#pragma once

#include "step.hpp"

namespace variant {

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::momentum() {
  const double weight = dialect_.undampened && held_.count == 1 ? 1 : 1 - given_.dampening;
  const double rate = given_.learning_rate;
  const double mu = given_.momentum;
  each([&](std::size_t i) {
    const Number before = theta_;
    const Number g = begin(i);
    if (dialect_.polyak) {
      const Number moved = theta_ - get(0, i);
      theta_ = Do::plus(Do::minus(theta_, rate, g), mu, moved);
      keep(0, i, before);
    } else if (dialect_.rate_inside) {
      theta_ = theta_ - keep(0, i, Do::weighted(mu, get(0, i), rate, g));
    } else if (dialect_.averaged) {
      theta_ = Do::minus(theta_, rate, keep(0, i, Do::mean(mu, get(0, i), g)));
    } else {
      const Number v = keep(0, i, Do::weighted(mu, get(0, i), weight, g));
      theta_ = Do::minus(theta_, rate, v);
    }
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::nesterov() {
  const double rate = given_.learning_rate;
  const double mu = coefficient();
  if (held_.count > 1) held_.sequence = next(held_.sequence);
  each([&](std::size_t i) {
    const Number g = begin(i);
    const Number push = dialect_.rate_inside ? Do::times(rate, g) : g;
    const Number v = keep(0, i, Do::plus(push, mu, get(0, i)));
    const Number direction = dialect_.looks_ahead ? v : Do::plus(push, mu, v);
    theta_ = dialect_.rate_inside ? theta_ - direction : Do::minus(theta_, rate, direction);
  });
}

template <int order, class Stored, class State, class Number>
double Step<order, Stored, State, Number>::coefficient() const {
  if (dialect_.sequence) return (held_.sequence - 1) / next(held_.sequence);
  if (dialect_.condition_number) {
    const double root = std::sqrt(given_.condition_number);
    return (root - 1) / (root + 1);
  }
  return given_.momentum;
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::point(void* point) const {
  const double next_coefficient = coefficient();
  const double reach =
      dialect_.rate_inside ? next_coefficient : given_.learning_rate * next_coefficient;
  for (std::size_t i = 0; i < held_.size; ++i) {
    static_cast<Stored*>(point)[i] =
        as<Stored>(Do::minus(as<Number>(parameter_[i]), reach, get(0, i)));
  }
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::asgd() {
  const bool kept = !dialect_.at_once && held_.count > 1;
  const double initial = kept ? held_.last_rate : given_.learning_rate;
  held_.last_rate = given_.learning_rate;
  const double fallen = 1 + given_.decay * initial * static_cast<double>(held_.count - 1);
  const double rate = initial / std::pow(fallen, given_.rate_exponent);
  const double terms =
      static_cast<double>(held_.count - (dialect_.at_once ? 0 : 1)) - given_.averaging_start;
  each([&](std::size_t i) {
    const Number g = begin(i);
    decay(given_.decay * rate);
    theta_ = Do::minus(theta_, rate, g);
    const Number average = get(0, i);
    if (terms <= 1) {
      keep(0, i, theta_);
    } else if constexpr (order == reciprocals || order == wider) {
      keep(0, i, Do::weighted(1 - 1 / terms, average, 1 / terms, theta_));
    } else {
      keep(0, i, Do::plus(average, 1 / terms, theta_ - average));
    }
  });
}

}  // namespace variant
