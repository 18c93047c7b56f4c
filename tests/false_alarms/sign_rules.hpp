// Rules that go by signs.
#pragma once

#include "step.hpp"

namespace variant {

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::step_by_sign(double rate, Number direction) {
  const int sign = sign_of(direction);
  if (order == reciprocals || order == in_lanes) {
    if (sign > 0) theta_ = theta_ - Do::constant(rate);
    if (sign < 0) theta_ = theta_ + Do::constant(rate);
  } else {
    theta_ = Do::minus(theta_, rate, Do::constant(sign));
  }
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::lion() {
  each([&](std::size_t i) {
    const double rate = given_.learning_rate;
    if (dialect_.new_weighted) {
      const Number g = as<Number>(gradient_[i]);
      const Number m = keep(0, i, Do::weighted(given_.beta2, g, 1 - given_.beta2, get(0, i)));
      step_by_sign(rate, Do::weighted(given_.beta2 - given_.beta1, g, given_.beta1, m));
      return;
    }
    if (!dialect_.decay_added) {
      const Number g = begin(i);
      const Number direction = Do::mean(given_.beta1, get(0, i), g);
      keep(0, i, Do::mean(given_.beta2, get(0, i), g));
      step_by_sign(rate, direction);
      return;
    }
    const Number g = as<Number>(gradient_[i]);
    const Number direction = Do::mean(given_.beta1, get(0, i), g);
    keep(0, i, Do::mean(given_.beta2, get(0, i), g));
    const Number sign = Do::constant(sign_of(direction));
    theta_ = Do::minus(theta_, rate, Do::plus(sign, given_.weight_decay, theta_));
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::signsgd() {
  each([&](std::size_t i) {
    const Number g = begin(i);
    const double mu = given_.momentum;
    const Number v = dialect_.summed ? Do::plus(g, mu, get(0, i)) : Do::mean(mu, get(0, i), g);
    step_by_sign(given_.learning_rate, keep(0, i, v));
  });
}

template <int order, class Stored, class State, class Number>
int Step<order, Stored, State, Number>::agreement(Number before, Number g) const {
  if (order == reciprocals || order == interpolated) return sign_of(before) * sign_of(g);
  return sign_of(before * g);
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::rprop() {
  const double least = given_.minimum_step, greatest = given_.maximum_step;
  each([&](std::size_t i) {
    const Number g = as<Number>(gradient_[i]);
    const Number low = as<Number>(as<State>(least)), high = as<Number>(as<State>(greatest));
    const auto raised = [&](Number x) { return as<double>(x) < as<double>(low) ? low : x; };
    const auto lowered = [&](Number x) { return as<double>(high) < as<double>(x) ? high : x; };
    Number size = get(0, i);
    if (held_.count == 1) {
      if (dialect_.starts_late) size = as<Number>(as<State>(given_.learning_rate));
      if (dialect_.bounded_first) size = lowered(raised(size));
    }
    const int agrees = agreement(get(1, i), g);
    const Number before = size;
    if (agrees > 0) {
      size = Do::times(given_.increase_factor, size);
      if (dialect_.bounded_both) size = raised(size);
      size = lowered(size);
    } else if (agrees < 0) {
      size = raised(Do::times(given_.decrease_factor, size));
      if (dialect_.bounded_both) size = lowered(size);
    }
    size = keep(0, i, size);
    const bool turned = agrees < 0;
    const Number length = turned && dialect_.goes_back ? before : size;
    if (!turned || dialect_.goes_back || dialect_.steps_on) {
      if (sign_of(g) > 0) theta_ = theta_ - length;
      if (sign_of(g) < 0) theta_ = theta_ + length;
    }
    keep(1, i, turned && !dialect_.remembers ? Do::constant(0) : g);
  });
}

}  // namespace variant
