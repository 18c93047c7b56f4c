// Gradient descent on smooth functions that need not be convex: the gradient gets small.
//
//   sum_{t<T} ||g_t||^2 <= (f(theta_0) - f*)/(eta (1 - L eta/2)),   0 < eta < 2/L
//
// 2L (f(theta_0) - f*) at eta = 1/L; so min_{t<T} ||g_t|| is at most the root of that over T.
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const auto& smooth = setting.problem.smoothness;
  return {is_smooth(setting),
          {"0 < eta < 2/L", smooth && Rational(0) < rate && rate < 2 / *smooth},
          is_plain(setting)};
}

/// The least squared gradient of the first T, and the sum's bound over T.
Series series(const Setting& setting, const Trajectory& trajectory) {
  const Rational rate = setting.hyperparameter("learning_rate");
  // Past 2/L there is no such bound: that of 1/L stands in for it.
  const Rational won = rate * (1 - smoothness(setting) * rate / 2);
  const Rational divisor = Rational(0) < won ? won : 1 / (2 * smoothness(setting));
  const Certified total = gap(setting.problem, trajectory, 0) / divisor.certified();
  Series series;
  Certified least = squared_gradient(trajectory, 0);
  for (long step = 1; step <= trajectory.steps(); ++step) {
    least = min(least, squared_gradient(trajectory, step - 1));
    series.push_back({.step = step,
                      .observed = sqrt(least),
                      .bound = sqrt(total / Certified(static_cast<double>(step))),
                      .point = trajectory.at(step)});
  }
  return series;
}

Certified slope(const Setting&) {
  return -0.5;
}

constexpr LoopCheck check{.rule = "gradient_descent",
                          .dialect = "",
                          .scale = Scale::log_log,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

/// The sum itself, which nothing is lost in.
Run summed(std::string name, Role role, const Setting& setting) {
  Run run = loop_run(check, std::move(name), role, setting);
  run.proved_slope = {};
  run.setting.reset();
  run.series = [setting] {
    const Trajectory trajectory = trajectory_of(setting);
    const Certified bound =
        Certified(2) * smoothness(setting).certified() * gap(setting.problem, trajectory, 0);
    Series series;
    Certified total;
    for (long step = 1; step <= trajectory.steps(); ++step) {
      total = total + squared_gradient(trajectory, step - 1);
      series.push_back(
          {.step = step, .observed = total, .bound = bound, .point = trajectory.at(step)});
    }
    return series;
  };
  return run;
}

std::vector<Run> runs() {
  const auto least = [](const char* objective, double rate, long steps) {
    return loop_run(check, objective, Role::within, gradient_descent_on(objective, rate, steps));
  };
  const auto sum = [](const char* objective, double rate, long steps) {
    return summed(std::string(objective) + ", the sum", Role::within,
                  gradient_descent_on(objective, rate, steps));
  };
  return {
      least("plateau", 1, 60),
      least("plateau", 0.5, 60),
      least("quadratic", 0.125, 60),
      least("huber", 0.0625, 60),
      least("quadratic_singular", 0.125, 60),
      sum("plateau", 1, 60),
      sum("quadratic_ill_conditioned", 0x1p-6, 100),
      sum("nesterov_tridiagonal", 0.125, 60),
      summed("the sum, eta = 1/L on 1/2 L x^2: one step takes it all", Role::witness,
             gradient_descent_on(diagonal_quadratic({4}, {1.5}), 0.25, 10)),
      summed("the sum, eta = 2.25/L", Role::control, gradient_descent_on("quadratic", 0.28125, 20)),
      loop_run(check, "eta = 2.25/L: no gradient gets smaller", Role::control,
               gradient_descent_on(diagonal_quadratic({4}, {1.5}), 0.5625, 40)),
  };
}

}  // namespace

Theorem gd_nonconvex() {
  return {.id = "gd-nonconvex",
          .title = "Gradient descent on functions that need not be convex",
          .statement =
              "sum_{t<T} ||g_t||^2 <= 2L (f(theta_0) - f*) at eta = 1/L, so that "
              "min_{t<T} ||g_t|| = O(1/sqrt T)",
          .hypotheses = {"f is L-smooth", "f >= f*", "0 < eta < 2/L"},
          .bound = "min_{t<T} ||g_t|| <= sqrt((f(theta_0) - f*)/(eta (1 - L eta/2) T))",
          .tight =
              "of the sum: attained on 1/2 L x^2 at eta = 1/L; of the least gradient of "
              "theta_0 .. theta_T: bounds/gd-nonconvex",
          .source = "Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3",
          .runs = runs,
          .loop = check};
}

}  // namespace plumbline::theorems
