// Gradient descent on a quadratic: each component of the error along an eigenvector is
// multiplied by 1 - eta lambda.
//
//   ||theta_T - theta*|| <= rho^T ||theta_0 - theta*||,   rho = max_i |1 - eta lambda_i|
//
// which holds at every eta, and is attained along the extreme eigenvector. It is stable if and
// only if eta < 2/lambda_max; the best eta = 2/(lambda_min + lambda_max) has
// rho = (kappa - 1)/(kappa + 1).
#include <algorithm>

#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  return {is_quadratic(setting), is_convex(setting), is_plain(setting)};
}

Rational spectral_radius(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  Rational greatest;
  for (const Rational& eigenvalue : setting.problem.spectrum) {
    greatest = max(greatest, abs(1 - rate * eigenvalue));
  }
  return greatest;
}

/// ||theta_T - theta*||^2 against factor^(2T) R^2.
Series against(const Setting& setting, const Trajectory& trajectory, const Rational& factor) {
  const Certified first = squared_distance(setting.problem, trajectory, 0);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    series.push_back({.step = step,
                      .observed = squared_distance(setting.problem, trajectory, step),
                      .bound = whole_power(factor.certified(), 2 * step) * first,
                      .point = trajectory.at(step)});
  }
  return series;
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  if (setting.problem.spectrum.empty()) {
    throw std::invalid_argument(setting.problem.name + " has no known eigenvalues");
  }
  return against(setting, trajectory, spectral_radius(setting));
}

Certified slope(const Setting& setting) {
  return log(square(spectral_radius(setting)).certified());
}

constexpr LoopCheck check{.rule = "gradient_descent",
                          .dialect = "",
                          .scale = Scale::log_linear,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

/// A contraction that the setting has not.
Run claiming(std::string name, const Setting& setting, const Rational& factor) {
  Run run = loop_run(check, std::move(name), Role::control, setting);
  run.series = [setting, factor] { return against(setting, trajectory_of(setting), factor); };
  run.setting.reset();
  return run;
}

std::vector<Run> runs() {
  const auto within = [](const char* objective, double rate) {
    return loop_run(check, objective, Role::within, gradient_descent_on(objective, rate, 60));
  };
  const auto along = [](const char* name, std::vector<double> start, double rate) {
    return loop_run(check, name, Role::witness,
                    gradient_descent_on(diagonal_quadratic({1, 2, 7}, std::move(start)), rate, 60));
  };
  return {
      within("quadratic", 0.125),
      within("quadratic", 0.21875),
      within("quadratic_line", 0.25),
      within("quadratic_singular", 0.125),
      within("quadratic_ill_conditioned", 0x1p-6),
      within("least_squares", 0.0625),
      along("along the least eigenvalue, eta = 1/8", {1.5, 0, 0}, 0.125),
      along("along the greatest, eta = 9/32", {0, 0, 1.5}, 0.28125),
      along("eta = 2/(lambda_min + lambda_max): (kappa - 1)/(kappa + 1)", {-1, 0, 2}, 0.25),
      along("along the greatest, eta = 5/16: unstable, and by that much", {0, 0, 1.5}, 0.3125),
      claiming("stable, said of eta = 2.25/lambda_max",
               gradient_descent_on("quadratic", 0.28125, 40), 1),
      claiming("(kappa - 1)/(kappa + 1), said of eta = 1/lambda_max",
               gradient_descent_on("quadratic", 0.125, 40), {7, 9}),
      claiming("the square of the rate, said for the rate",
               gradient_descent_on(diagonal_quadratic({1, 7}, {1, 1}), 0.25, 40), {9, 16}),
  };
}

}  // namespace

Theorem gd_quadratic() {
  return {.id = "gd-quadratic",
          .title = "Gradient descent on a quadratic",
          .statement =
              "the error contracts by max_i |1 - eta lambda_i| a step; stable if and only "
              "if eta < 2/lambda_max; the best eta = 2/(lambda_min + lambda_max) gives "
              "(kappa - 1)/(kappa + 1)",
          .hypotheses = {"f is a convex quadratic"},
          .bound = "||theta_T - theta*||^2 <= max_i (1 - eta lambda_i)^(2T) R^2",
          .tight = "exact: attained along the extreme eigenvectors",
          .source = "Polyak 1964; Goh 2017, Why Momentum Really Works, Distill",
          .runs = runs,
          .loop = check};
}

}  // namespace plumbline::theorems
