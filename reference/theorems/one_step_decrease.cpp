// What a step of gradient descent is sure to win on a smooth function.
//
//   f(u - eta g) <= f(u) - eta (1 - L eta/2) ||g||^2
//
// Most at eta = 1/L: ||g||^2/(2L). What is compared is the promised decrease with the one that
// happened.
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  return {is_smooth(setting), is_plain(setting)};
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const Rational factor = rate * (1 - smoothness(setting) * rate / 2);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    const auto value = [&](long at) { return trajectory.objective->value(trajectory.at(at)); };
    series.push_back({.step = step,
                      .observed = factor.certified() * squared_gradient(trajectory, step - 1),
                      .bound = value(step - 1) - value(step),
                      .point = trajectory.at(step)});
  }
  return series;
}

constexpr LoopCheck check{.rule = "gradient_descent",
                          .dialect = "",
                          .scale = Scale::log_linear,
                          .hypotheses = hypotheses,
                          .series = series};

std::vector<Run> runs() {
  const auto run = [](const char* objective, double rate, Role role, long steps,
                      std::string name = {}) {
    return loop_run(check, name.empty() ? objective : std::move(name), role,
                    gradient_descent_on(objective, rate, steps));
  };
  return {
      run("quadratic", 0.125, Role::within, 40),
      run("quadratic_ill_conditioned", 0x1p-6, Role::within, 40),
      run("quadratic_indefinite", 0.125, Role::within, 20),
      run("huber", 0.0625, Role::within, 40),
      run("plateau", 1, Role::within, 20),
      run("logistic", 0.25, Role::within, 40),
      run("softmax", 0.0625, Role::within, 40),
      run("quadratic", 0.28125, Role::within, 10, "quadratic, eta = 2.25/L: the promise is a loss"),
      run("quadratic_round", 0.5, Role::witness, 40),
      run("quadratic_round", 1.5, Role::witness, 40, "quadratic_round, eta = 3/2"),
      loop_run(check, "L said to be a quarter of what it is", Role::control,
               claiming_smoothness(gradient_descent_on("quadratic", 0.125, 10), 2)),
      loop_run(check, "rosenbrock, which no L makes smooth everywhere", Role::control,
               claiming_smoothness(gradient_descent_on("rosenbrock", 0.00390625, 10), 4)),
  };
}

}  // namespace

Theorem one_step_decrease() {
  return {.id = "one-step-decrease",
          .title = "The decrease of one step",
          .statement =
              "f(u - eta g) <= f(u) - eta (1 - L eta/2) ||g||^2, g the gradient at u; the "
              "best eta = 1/L wins ||g||^2/(2L)",
          .hypotheses = {"f is L-smooth"},
          .bound = "eta (1 - L eta/2) ||g||^2 <= f(theta_{t-1}) - f(theta_t)",
          .tight = "equality on the quadratic with all eigenvalues L, at every eta",
          .source = "Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3",
          .runs = runs,
          .loop = check};
}

}  // namespace plumbline::theorems
