// The rules in all their dialects, over one set of operations.
#pragma once

#include "operations.hpp"

namespace variant {

/// One parameter's step. `Stored` holds parameters and gradients, `State` the state;
/// `Number` is computed in.
template <int order, class Stored, class State, class Number>
class Step {
 public:
  Step(Held& held, void* parameter, const void* gradient)
      : held_(held),
        given_(held.given),
        dialect_(held.dialect),
        parameter_(static_cast<Stored*>(parameter)),
        gradient_(static_cast<const Stored*>(gradient)) {
    for (int tensor = 0; tensor < 3; ++tensor) {
      state_[tensor] = static_cast<State*>(held.state[tensor]);
    }
  }

  void take() {
    switch (held_.rule) {
      case Rule::gradient_descent:
        return each([&](std::size_t i) {
          const Number g = begin(i);
          theta_ = Do::minus(theta_, given_.learning_rate, g);
        });
      case Rule::momentum:
        return momentum();
      case Rule::nesterov:
        return nesterov();
      case Rule::adagrad:
        return adagrad();
      case Rule::rmsprop:
        return rmsprop();
      case Rule::adam:
      case Rule::adamw:
        return adam();
      case Rule::radam:
      case Rule::adabelief:
        return rectified_adam();
      case Rule::yogi:
        return yogi();
      case Rule::lion:
        return lion();
      case Rule::signsgd:
        return signsgd();
      case Rule::rprop:
        return rprop();
      case Rule::adadelta:
        return adadelta();
      case Rule::amsgrad:
        return amsgrad();
      case Rule::adamax:
        return adamax();
      case Rule::nadam:
        return nadam();
      case Rule::asgd:
        return asgd();
    }
  }

 private:
  using Do = Operations<order, Number>;

  Held& held_;
  const Hyperparameters& given_;
  const Dialect& dialect_;
  Stored* parameter_;
  const Stored* gradient_;
  State* state_[3];

  Number theta_;  // the element at hand, rounded to its storage at the step's end only

  Number get(int tensor, std::size_t i) const { return as<Number>(state_[tensor][i]); }
  /// Keeps a state's value and gives what is kept.
  Number keep(int tensor, std::size_t i, Number value) {
    state_[tensor][i] = as<State>(value);
    return get(tensor, i);
  }

  template <class Body>
  void each(Body body) {
    std::size_t i = 0;
    if constexpr (order == in_lanes) {
      for (; i + 8 <= held_.size; i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) one(i + lane, body);
      }
    }
    for (; i < held_.size; ++i) one(i, body);
  }
  template <class Body>
  void one(std::size_t i, Body& body) {
    theta_ = as<Number>(parameter_[i]);
    body(i);
    parameter_[i] = as<Stored>(theta_);
  }

  /// The gradient that the rule sees; weight decay is applied to it or to the parameter.
  Number begin(std::size_t i) {
    const Number g = as<Number>(gradient_[i]);
    if (given_.weight_decay == 0 || held_.rule == Rule::adamw) return g;
    const bool decoupled = dialect_.decoupled || (dialect_.with_momentum && given_.momentum == 0);
    if (!decoupled) return Do::plus(g, given_.weight_decay, theta_);
    decay(dialect_.decay_alone ? given_.weight_decay : given_.learning_rate * given_.weight_decay);
    return g;
  }

  /// (1 - lost) theta.
  void decay(double lost) { theta_ = Do::times(1 - lost, theta_); }

  void momentum() {
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

  void nesterov() {
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

 public:
  static double next(double a) { return (1 + std::sqrt(1 + 4 * a * a)) / 2; }
  double coefficient() const {
    if (dialect_.sequence) return (held_.sequence - 1) / next(held_.sequence);
    if (dialect_.condition_number) {
      const double root = std::sqrt(given_.condition_number);
      return (root - 1) / (root + 1);
    }
    return given_.momentum;
  }
  void point(void* point) const {
    const double next_coefficient = coefficient();
    const double reach =
        dialect_.rate_inside ? next_coefficient : given_.learning_rate * next_coefficient;
    for (std::size_t i = 0; i < held_.size; ++i) {
      static_cast<Stored*>(point)[i] =
          as<Stored>(Do::minus(as<Number>(parameter_[i]), reach, get(0, i)));
    }
  }

 private:
  /// sqrt(x) + epsilon, or sqrt(x + epsilon).
  Number divisor(Number x) const {
    const Number epsilon = Do::constant(given_.epsilon);
    return dialect_.epsilon_inside ? Do::root(x + epsilon) : Do::root(x) + epsilon;
  }

  void adagrad() {
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

  void rmsprop() {
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

  /// 1 - beta^t for the step at hand; `power` is the running product.
  double correction(double beta, double& power) const {
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

  /// A step is rate numerator / below.
  struct Fraction {
    double rate;
    Number numerator, below;
  };
  Fraction fraction(double rate, Number m, Number v, double correction1, double correction2) const {
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

  /// Of RAdam: the length of the average; after `correction`, which takes the product along.
  double length() const {
    const auto count = static_cast<double>(held_.count);
    const double power = order == products_in_format ? held_.power2 : std::pow(given_.beta2, count);
    return longest() - 2 * count * power / (1 - power);
  }
  /// Of the beta2 that the running product is of: that in another format would be off by as
  /// much as the length itself.
  double longest() const {
    if constexpr (order == products_in_format) {
      using Scalar = std::conditional_t<is_small<State>, float, State>;
      return 2 / (1 - as<double>(as<Scalar>(given_.beta2))) - 1;
    }
    return 2 / (1 - given_.beta2) - 1;
  }

  void rectified_adam() {
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

  void yogi() {
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

  void adam() {
    const double rate = given_.learning_rate;
    const double correction1 =
        dialect_.second_corrected ? 1 : correction(given_.beta1, held_.power1);
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
      const auto [numerator_rate, numerator, below] =
          fraction(rate, m, v, correction1, correction2);
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

  static int sign_of(Number x) {
    const double value = as<double>(x);
    return static_cast<int>(value > 0) - static_cast<int>(value < 0);
  }

  /// theta -= rate sign(direction), as a product or by cases.
  void step_by_sign(double rate, Number direction) {
    const int sign = sign_of(direction);
    if (order == reciprocals || order == in_lanes) {
      if (sign > 0) theta_ = theta_ - Do::constant(rate);
      if (sign < 0) theta_ = theta_ + Do::constant(rate);
    } else {
      theta_ = Do::minus(theta_, rate, Do::constant(sign));
    }
  }

  void lion() {
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

  void signsgd() {
    each([&](std::size_t i) {
      const Number g = begin(i);
      const double mu = given_.momentum;
      const Number v = dialect_.summed ? Do::plus(g, mu, get(0, i)) : Do::mean(mu, get(0, i), g);
      step_by_sign(given_.learning_rate, keep(0, i, v));
    });
  }

  /// The sign of the product, as most libraries, or the product of the signs.
  int agreement(Number before, Number g) const {
    if (order == reciprocals || order == interpolated) return sign_of(before) * sign_of(g);
    return sign_of(before * g);
  }

  void rprop() {
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

  void adadelta() {
    const Number epsilon = Do::constant(given_.epsilon);
    each([&](std::size_t i) {
      const Number g = begin(i);
      const Number before = get(1, i) + epsilon;
      const Number mean_square = keep(0, i, Do::mean_of_square(given_.rho, get(0, i), g)) + epsilon;
      Number update = Do::root(before) / Do::root(mean_square) * g;
      if constexpr (order == folded && has_range<Number>) {
        update = Do::root(before / mean_square) * g;  // as ensmallen does
      } else if constexpr (order == reciprocals && has_range<Number>) {
        update = Do::root(before) * g * (Do::constant(1) / Do::root(mean_square));
      }
      keep(1, i, Do::mean_of_square(given_.rho, get(1, i), update));
      theta_ = Do::minus(theta_, given_.learning_rate, update);
    });
  }

  static Number larger(Number one, Number other) {
    return as<double>(one) < as<double>(other) ? other : one;
  }

  void amsgrad() {
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

  void adamax() {
    const double rate = given_.learning_rate / correction(given_.beta1, held_.power1);
    const Number epsilon = Do::constant(given_.epsilon);
    each([&](std::size_t i) {
      const Number g = begin(i);
      const Number m = keep(0, i, Do::mean(given_.beta1, get(0, i), g));
      Number size = as<double>(g) < 0 ? Do::constant(0) - g : g;
      if (dialect_.epsilon_in_max) size = size + epsilon;
      const Number u = keep(1, i, larger(Do::times(given_.beta2, get(1, i)), size));
      theta_ =
          Do::minus_quotient(theta_, rate, m, dialect_.epsilon_in_max ? u : u + epsilon, false);
    });
  }

  double nadam_momentum(long step) const {
    if (dialect_.constant) return given_.beta1;
    const double exponent =
        static_cast<double>(step) * (dialect_.by_step ? 1 : given_.momentum_decay);
    return given_.beta1 * (1 - 0.5 * std::pow(0.96, exponent));
  }

  void nadam() {
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

  void asgd() {
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
};

}  // namespace variant
