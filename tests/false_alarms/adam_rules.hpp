// Adam and what came of it.
#pragma once

#include "step.hpp"

namespace variant {

template <int order, class Stored, class State, class Number>
double Step<order, Stored, State, Number>::correction(double beta, double& power) const {
  const long count = dialect_.corrected_late ? held_.count - 1 : held_.count;
  if (dialect_.uncorrected || count == 0) return 1;
  if constexpr (order == products_in_format) {
    // Nobody keeps them in 16 bits and stays right.
    using Scalar = std::conditional_t<is_small<State>, float, State>;
    power = as<double>(as<Scalar>(power * beta));
    return as<double>(as<Scalar>(1 - power));
  }
  return 1 - std::pow(beta, static_cast<double>(count));
}

template <int order, class Stored, class State, class Number>
typename Step<order, Stored, State, Number>::Fraction Step<order, Stored, State, Number>::fraction(
    double rate, Number m, Number v, double correction1, double correction2) const {
  const double root2 = std::sqrt(correction2);
  const Number epsilon = Do::constant(given_.epsilon);
  if (dialect_.epsilon_hat) return {rate * root2 / correction1, m, Do::root(v) + epsilon};
  if (dialect_.one_epsilon) {
    return {rate, Do::over(m, correction1), Do::root(Do::over(v, correction2))};
  }
  if (order == folded && !dialect_.epsilon_inside) {
    return {rate / correction1, m, Do::root(v) / Do::constant(root2) + epsilon};
  }
  return {rate, Do::over(m, correction1), divisor(Do::over(v, correction2))};
}

template <int order, class Stored, class State, class Number>
double Step<order, Stored, State, Number>::length() const {
  const auto count = static_cast<double>(held_.count);
  const double power = order == products_in_format ? held_.power2 : std::pow(given_.beta2, count);
  return longest() - 2 * count * power / (1 - power);
}

template <int order, class Stored, class State, class Number>
double Step<order, Stored, State, Number>::longest() const {
  if constexpr (order == products_in_format) {
    using Scalar = std::conditional_t<is_small<State>, float, State>;
    return 2 / (1 - as<double>(as<Scalar>(given_.beta2))) - 1;
  }
  return 2 / (1 - given_.beta2) - 1;
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::rectified_adam() {
  const double rate = given_.learning_rate;
  const double correction1 = correction(given_.beta1, held_.power1);
  const double correction2 = correction(given_.beta2, held_.power2);
  double share = 1;
  bool early = false;
  if (dialect_.rectified_above > 0) {
    early = !(length() > dialect_.rectified_above);
    // As the authors' code orders it.
    if (!early) {
      share = std::sqrt((length() - 4) / (longest() - 4) * (length() - 2) / length() * longest() /
                        (longest() - 2));
    }
  }
  const bool stays = early && dialect_.stays_before;
  each([&](std::size_t i) {
    const Number g = stays ? as<Number>(gradient_[i]) : begin(i);
    const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
    Number v = get(1, i);
    if (held_.rule == Rule::adabelief) {
      const Number surprise = g - m;
      v = Do::mean_of_square(given_.beta2, v, surprise) + Do::constant(given_.epsilon);
    } else {
      v = Do::mean_of_square(given_.beta2, v, g);
    }
    v = keep(1, i, v);
    if (stays) return;
    if (early && dialect_.plain_before) {
      theta_ = Do::minus(theta_, rate, m);
    } else if (early) {
      theta_ = order == folded ? Do::minus(theta_, rate / correction1, m)
                               : Do::minus(theta_, rate, Do::over(m, correction1));
    } else {
      const Fraction step = fraction(rate * share, m, v, correction1, correction2);
      theta_ = Do::minus_quotient(theta_, step.rate, step.numerator, step.below, false);
    }
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::yogi() {
  const double correction1 = correction(given_.beta1, held_.power1);
  const double correction2 = correction(given_.beta2, held_.power2);
  double rate = given_.learning_rate / correction1;
  if (dialect_.epsilon_hat) rate = given_.learning_rate * std::sqrt(correction2) / correction1;
  each([&](std::size_t i) {
    const Number g = dialect_.proximal ? as<Number>(gradient_[i]) : begin(i);
    const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
    Number v = get(1, i);
    const Number square = g * g;
    if (v < square) {
      v = Do::plus(v, 1 - given_.beta2, square);
    } else if (square < v) {
      v = Do::minus(v, 1 - given_.beta2, square);
    }
    v = keep(1, i, v);
    const bool divided = !dialect_.epsilon_hat && !dialect_.uncorrected;
    const Number below =
        Do::root(divided ? Do::over(v, correction2) : v) + Do::constant(given_.epsilon);
    theta_ = Do::minus_quotient(theta_, rate, m, below, false);
    if (!dialect_.proximal || given_.weight_decay == 0) return;
    const double pull = given_.weight_decay * rate;
    const Number share =
        has_range<Number> ? Do::constant(pull) / below : as<Number>(pull / as<double>(below));
    theta_ = theta_ / (Do::constant(1) + share);
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::adam() {
  const double rate = given_.learning_rate;
  const double correction1 = dialect_.second_corrected ? 1 : correction(given_.beta1, held_.power1);
  const double correction2 = correction(given_.beta2, held_.power2);
  double lost = 0;
  if (held_.rule == Rule::adamw) {
    lost = given_.weight_decay;
    if (dialect_.decay_multiplier) {
      lost = given_.learning_rate / held_.initial_rate * given_.weight_decay;
    } else if (!dialect_.decay_alone) {
      lost = given_.learning_rate * given_.weight_decay;
    }
  }
  each([&](std::size_t i) {
    const Number g = begin(i);
    const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
    const Number v = keep(1, i, Do::mean_of_square(given_.beta2, get(1, i), g));
    const bool around = dialect_.decay_added || dialect_.decay_after;
    if (lost != 0 && !around) decay(lost);
    const auto [numerator_rate, numerator, below] = fraction(rate, m, v, correction1, correction2);
    if (lost == 0 || !around) {
      theta_ = Do::minus_quotient(theta_, numerator_rate, numerator, below, false);
      return;
    }
    const Number taken = Do::quotient(numerator_rate, numerator, below, false);
    if (dialect_.decay_added) {
      theta_ = theta_ - Do::plus(taken, lost, theta_);
    } else {
      theta_ = Do::times(1 - lost, theta_ - taken);
    }
  });
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::amsgrad() {
  const double rate = given_.learning_rate;
  const double correction1 = correction(given_.beta1, held_.power1);
  const double correction2 = correction(given_.beta2, held_.power2);
  const double root2 = std::sqrt(correction2);
  const bool divided = !dialect_.corrected_first && !dialect_.second_uncorrected;
  each([&](std::size_t i) {
    const Number g = begin(i);
    const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
    Number v = keep(1, i, Do::mean_of_square(given_.beta2, get(1, i), g));
    if (dialect_.corrected_first) v = Do::over(v, correction2);
    const Number greatest = keep(2, i, larger(get(2, i), v));
    const Number epsilon = Do::constant(given_.epsilon);
    double numerator_rate = rate;
    Number numerator = m;
    Number below;
    if (dialect_.epsilon_hat) {
      numerator_rate = rate * root2 / correction1;
      below = Do::root(greatest) + epsilon;
    } else if (order == folded && divided) {
      numerator_rate = rate / correction1;
      below = Do::root(greatest) / Do::constant(root2) + epsilon;
    } else {
      if (!dialect_.first_uncorrected) numerator = Do::over(m, correction1);
      below = Do::root(divided ? Do::over(greatest, correction2) : greatest) + epsilon;
    }
    theta_ = Do::minus_quotient(theta_, numerator_rate, numerator, below, false);
  });
}

template <int order, class Stored, class State, class Number>
double Step<order, Stored, State, Number>::nadam_momentum(long step) const {
  if (dialect_.constant) return given_.beta1;
  const double exponent =
      static_cast<double>(step) * (dialect_.by_step ? 1 : given_.momentum_decay);
  return given_.beta1 * (1 - 0.5 * std::pow(0.96, exponent));
}

template <int order, class Stored, class State, class Number>
void Step<order, Stored, State, Number>::nadam() {
  const double rate = given_.learning_rate;
  const double momentum = nadam_momentum(held_.count);
  const double following = nadam_momentum(held_.count + 1);
  held_.power1 *= momentum;
  if constexpr (order == products_in_format) {
    using Scalar = std::conditional_t<is_small<State>, float, State>;
    held_.power1 = as<double>(as<Scalar>(held_.power1));
  }
  const double correction1 = 1 - held_.power1;
  const double after = dialect_.one_correction ? correction1 : 1 - held_.power1 * following;
  const double correction2 = correction(given_.beta2, held_.power2);
  const double root2 = std::sqrt(correction2);
  const double of_moment = following / after;
  const double of_gradient = (1 - momentum) / correction1;
  const Number epsilon = Do::constant(given_.epsilon);
  each([&](std::size_t i) {
    const Number g = begin(i);
    const double beta1 = dialect_.moment_scheduled ? momentum : given_.beta1;
    const Number m = keep(0, i, Do::mean(beta1, get(0, i), g));
    Number v = keep(1, i, Do::mean_of_square(given_.beta2, get(1, i), g));
    double numerator_rate = rate;
    Number below;
    if (dialect_.epsilon_hat) {
      numerator_rate = rate * root2;
      below = Do::root(v) + epsilon;
    } else {
      if (dialect_.times_beta2) v = Do::times(given_.beta2, v);
      below = order == folded ? Do::root(v) / Do::constant(root2) + epsilon
                              : Do::root(Do::over(v, correction2)) + epsilon;
    }
    if constexpr (order == folded && has_range<Number>) {  // as PyTorch does
      theta_ = Do::minus_quotient(theta_, numerator_rate * of_gradient, g, below, false);
      theta_ = Do::minus_quotient(theta_, numerator_rate * of_moment, m, below, false);
    } else {
      const Number mean = Do::weighted(of_moment, m, of_gradient, g);
      theta_ = Do::minus_quotient(theta_, numerator_rate, mean, below, false);
    }
  });
}

}  // namespace variant
