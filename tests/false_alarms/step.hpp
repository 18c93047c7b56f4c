// One step of a parameter, by any rule: what the rules share, and their list.
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

  /// Where the next gradient is wanted.
  void point(void* point) const;

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

  /// sqrt(x) + epsilon, or sqrt(x + epsilon).
  Number divisor(Number x) const {
    const Number epsilon = Do::constant(given_.epsilon);
    return dialect_.epsilon_inside ? Do::root(x + epsilon) : Do::root(x) + epsilon;
  }
  static Number larger(Number one, Number other) {
    return as<double>(one) < as<double>(other) ? other : one;
  }
  static int sign_of(Number x) {
    const double value = as<double>(x);
    return static_cast<int>(value > 0) - static_cast<int>(value < 0);
  }

  // velocity_rules.hpp
  void momentum();
  void nesterov();
  static double next(double a) { return (1 + std::sqrt(1 + 4 * a * a)) / 2; }
  double coefficient() const;
  void asgd();

  // scaled_rules.hpp
  void adagrad();
  void rmsprop();
  void adadelta();
  void adamax();

  // adam_rules.hpp
  /// 1 - beta^t for the step at hand; `power` is the running product.
  double correction(double beta, double& power) const;
  /// A step is rate numerator / below.
  struct Fraction {
    double rate;
    Number numerator, below;
  };
  Fraction fraction(double rate, Number m, Number v, double correction1, double correction2) const;
  void adam();
  /// Of RAdam: the length of the average; after `correction`, which takes the product along.
  double length() const;
  /// Of the beta2 that the running product is of: that in another format would be off by as
  /// much as the length itself.
  double longest() const;
  void rectified_adam();
  void yogi();
  void amsgrad();
  double nadam_momentum(long step) const;
  void nadam();

  // sign_rules.hpp
  /// theta -= rate sign(direction), as a product or by cases.
  void step_by_sign(double rate, Number direction);
  void lion();
  void signsgd();
  /// The sign of the product, as most libraries, or the product of the signs.
  int agreement(Number before, Number g) const;
  void rprop();
};

}  // namespace variant
