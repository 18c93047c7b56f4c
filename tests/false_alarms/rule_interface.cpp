#include "rule_interface.hpp"

namespace variant {

std::optional<Rule> find_rule(const std::string& name) {
  const char* const names[] = {"gradient_descent",
                               "momentum",
                               "nesterov",
                               "adagrad",
                               "rmsprop",
                               "adam",
                               "adamw",
                               "radam",
                               "yogi",
                               "adabelief",
                               "lion",
                               "signsgd",
                               "rprop",
                               "adadelta",
                               "amsgrad",
                               "adamax",
                               "nadam",
                               "asgd"};
  int rule = 0;
  for (const char* const known : names) {
    if (name == known) return static_cast<Rule>(rule);
    ++rule;
  }
  return std::nullopt;
}

Hyperparameters take(const plumbline_hyperparameters& from, Rule rule, const Dialect& dialect,
                     bool in_binary32) {
  Hyperparameters to;
  const auto read = [&](const char* name, double& target) {
    target = plumbline_take(&from, name, target);
    if (in_binary32) target = static_cast<float>(target);
  };
  read("learning_rate", to.learning_rate);
  if (rule != Rule::rprop && !dialect.new_weighted) read("weight_decay", to.weight_decay);
  switch (rule) {
    case Rule::gradient_descent:
      break;
    case Rule::momentum:
      read("momentum", to.momentum);
      if (!dialect.rate_inside && !dialect.averaged && !dialect.polyak) {
        read("dampening", to.dampening);
      }
      break;
    case Rule::nesterov:
      if (dialect.condition_number) {
        read("condition_number", to.condition_number);
      } else if (!dialect.sequence) {
        read("momentum", to.momentum);
      }
      break;
    case Rule::adagrad:
      read("epsilon", to.epsilon);
      read("learning_rate_decay", to.learning_rate_decay);
      if (!dialect.start_epsilon) read("initial_accumulator", to.initial_accumulator);
      break;
    case Rule::rmsprop:
      read("rho", to.rho);
      read("epsilon", to.epsilon);
      read("momentum", to.momentum);
      to.centered = plumbline_take(&from, "centered", 0) != 0;
      break;
    case Rule::yogi:
      read("initial_accumulator", to.initial_accumulator);
      read("beta1", to.beta1);
      read("beta2", to.beta2);
      read("epsilon", to.epsilon);
      break;
    case Rule::adadelta:
      read("rho", to.rho);
      read("epsilon", to.epsilon);
      break;
    case Rule::asgd:
      read("decay", to.decay);
      read("rate_exponent", to.rate_exponent);
      read("averaging_start", to.averaging_start);
      break;
    case Rule::nadam:
      if (!dialect.constant && !dialect.by_step) read("momentum_decay", to.momentum_decay);
      [[fallthrough]];
    case Rule::adam:
    case Rule::adamw:
    case Rule::radam:
    case Rule::adabelief:
    case Rule::amsgrad:
    case Rule::adamax:
      read("beta1", to.beta1);
      read("beta2", to.beta2);
      read("epsilon", to.epsilon);
      break;
    case Rule::lion:
      read("beta1", to.beta1);
      read("beta2", to.beta2);
      break;
    case Rule::signsgd:
      read("momentum", to.momentum);
      break;
    case Rule::rprop:
      read("increase_factor", to.increase_factor);
      read("decrease_factor", to.decrease_factor);
      read("minimum_step", to.minimum_step);
      read("maximum_step", to.maximum_step);
      break;
  }
  return to;
}

std::vector<StateName> state_names(Rule rule, const Dialect& dialect) {
  switch (rule) {
    case Rule::gradient_descent:
      return {};
    case Rule::momentum:
      return {{dialect.polyak ? "previous_parameter" : "velocity", 0}};
    case Rule::nesterov:
      return {{"velocity", 0}};
    case Rule::adagrad:
      return {{"squared_gradient_sum", 0}};
    case Rule::rmsprop:
      return {{"mean_square", 0}, {"mean_gradient", 1}, {"velocity", 2}};
    case Rule::adadelta:
      return {{"mean_square", 0}, {"mean_square_update", 1}};
    case Rule::amsgrad:
      return {{"first_moment", 0}, {"second_moment", 1}, {"greatest_second_moment", 2}};
    case Rule::adamax:
      return {{"first_moment", 0}, {"infinity_norm", 1}};
    case Rule::asgd:
      return {{"average", 0}};
    case Rule::adam:
    case Rule::adamw:
    case Rule::radam:
    case Rule::yogi:
    case Rule::adabelief:
    case Rule::nadam:
      return {{"first_moment", 0}, {"second_moment", 1}};
    case Rule::lion:
      return {{"first_moment", 0}};
    case Rule::signsgd:
      return {{"velocity", 0}};
    case Rule::rprop:
      return {{"step_size", 0}, {"previous_gradient", 1}};
  }
  return {};
}

}  // namespace variant
