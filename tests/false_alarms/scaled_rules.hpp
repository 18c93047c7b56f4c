// Rules that scale by what they have seen of the gradient, uncorrected.
#pragma once

#include "step.hpp"

namespace variant {

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::adagrad() {
  const double rate = given_.learning_rate /
                      (1 + static_cast<double>(held_.count - 1) * given_.learning_rate_decay);
  each([&](std::size_t i) {
    const Number g = begin(i);
    Number sum = get(0, i) + g * g;
    if constexpr (order == fused) {
      using std::fma;
      sum = fma(g, g, get(0, i));
    }
    theta_ = Do::minus_quotient(theta_, rate, g, divisor(keep(0, i, sum)), false);
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::rmsprop() {
  const double rate = given_.learning_rate;
  const double mu = given_.momentum;
  each([&](std::size_t i) {
    const Number g = begin(i);
    Number spread = keep(0, i, Do::mean_of_square(given_.rho, get(0, i), g));
    if (given_.centered) {
      const Number a = keep(1, i, Do::mean(given_.rho, get(1, i), g));
      if constexpr (order == fused) {
        using std::fma;
        spread = fma(-a, a, spread);
      } else {
        spread = spread - a * a;
      }
    }
    const Number below = divisor(spread);
    if (mu == 0) {
      theta_ = Do::minus_quotient(theta_, rate, g, below, !dialect_.rate_inside);
    } else if (dialect_.rate_inside) {
      const Number v = Do::plus(Do::quotient(rate, g, below, false), mu, get(2, i));
      theta_ = theta_ - keep(2, i, v);
    } else {
      Number quotient = g / below;
      if constexpr (order == reciprocals && has_range<Number>)
        quotient = g * (Do::constant(1) / below);
      theta_ = Do::minus(theta_, rate, keep(2, i, Do::plus(quotient, mu, get(2, i))));
    }
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::adadelta() {
  const Number epsilon = Do::constant(given_.epsilon);
  each([&](std::size_t i) {
    const Number g = begin(i);
    const Number before = get(1, i) + epsilon;
    const Number mean_square = keep(0, i, Do::mean_of_square(given_.rho, get(0, i), g)) + epsilon;
    Number update = Do::root(before) / Do::root(mean_square) * g;
    if constexpr (order == folded && has_range<Number>) {
      // As ensmallen does; the root of a subnormal quotient has lost its digits.
      const Number quotient = before / mean_square;
      if (Do::is_normal(quotient)) update = Do::root(quotient) * g;
    } else if constexpr (order == reciprocals && has_range<Number>) {
      update = Do::root(before) * g * (Do::constant(1) / Do::root(mean_square));
    }
    keep(1, i, Do::mean_of_square(given_.rho, get(1, i), update));
    theta_ = Do::minus(theta_, given_.learning_rate, update);
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::adamax() {
  const double rate = given_.learning_rate / correction(given_.beta1, held_.power1);
  const Number epsilon = Do::constant(given_.epsilon);
  each([&](std::size_t i) {
    const Number g = begin(i);
    const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
    Number size = as<double>(g) < 0 ? Do::constant(0) - g : g;
    if (dialect_.epsilon_in_max) size = size + epsilon;
    const Number u = keep(1, i, larger(Do::times(given_.beta2, get(1, i)), size));
    theta_ = Do::minus_quotient(theta_, rate, m, dialect_.epsilon_in_max ? u : u + epsilon, false);
  });
}

}  // namespace variant
