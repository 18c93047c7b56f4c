// Gradient descent on smooth, strongly convex functions: in value, and in distance.
//
//   f(theta_T) - f* <= (1 - eta mu)^T (f(theta_0) - f*)             0 < eta <= 1/L
//   ||theta_T - theta*||^2 <= (1 - eta mu)^T ||theta_0 - theta*||^2
//
// (1 - mu/L)^T at eta = 1/L. Both contract in fact by rho^2 a step, with
// rho = max(|1 - eta mu|, |1 - eta L|), for all 0 < eta < 2/L: (1 - mu/L)^2 at 1/L, and at
// eta = 2/(L + mu), the best, ((kappa - 1)/(kappa + 1))^2. Quadratics of one variable, with
// the eigenvalue mu or L, attain it. Past 1/L it is that that is checked.
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

using Quantity = Certified (*)(const Problem&, const Trajectory&, long);

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const auto& smooth = setting.problem.smoothness;
  return {is_smooth(setting),
          is_strongly_convex(setting),
          {"0 < eta < 2/L", smooth && Rational(0) < rate && rate < 2 / *smooth},
          is_plain(setting)};
}

/// rho^2.
Rational contraction(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  return square(
      max(abs(1 - rate * strong_convexity(setting)), abs(1 - rate * smoothness(setting))));
}

/// What the theorem gives a step; past 2/L it gives nothing, and 1 stands in for it: no growth.
Rational proved_factor(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  if (2 <= rate * smoothness(setting)) return 1;
  if (rate * smoothness(setting) <= 1) return 1 - rate * strong_convexity(setting);
  return contraction(setting);
}

template <Quantity quantity>
Series series(const Setting& setting, const Trajectory& trajectory) {
  const Certified proved = proved_factor(setting).certified();
  const Certified exact = contraction(setting).certified();
  const Certified first = quantity(setting.problem, trajectory, 0);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    series.push_back({.step = step,
                      .observed = quantity(setting.problem, trajectory, step),
                      .bound = whole_power(proved, step) * first,
                      .tight = whole_power(exact, step) * first,
                      .point = trajectory.at(step)});
  }
  return series;
}

Certified slope(const Setting& setting) {
  return log(proved_factor(setting).certified());
}

template <Quantity quantity>
constexpr LoopCheck check{.rule = "gradient_descent",
                          .dialect = "",
                          .scale = Scale::log_linear,
                          .hypotheses = hypotheses,
                          .series = series<quantity>,
                          .proved_slope = slope};

/// The quantity against the exact contraction alone.
template <Quantity quantity>
Run witness(std::string name, Role role, const Setting& setting) {
  Run run = loop_run(check<quantity>, std::move(name), role, setting);
  run.series = [setting] {
    Series all = series<quantity>(setting, trajectory_of(setting));
    for (Comparison& one : all) one.bound = *one.tight;
    return all;
  };
  if (run.proved_slope) {
    run.proved_slope = [setting] { return log(contraction(setting).certified()); };
  }
  run.setting.reset();
  return run;
}

template <Quantity quantity>
std::vector<Run> runs() {
  const auto within = [](const char* objective, double rate, long steps) {
    return loop_run(check<quantity>, objective, Role::within,
                    gradient_descent_on(objective, rate, steps));
  };
  Setting lowest = gradient_descent_on(diagonal_quadratic({1}, {1.5}), 0.125, 60);
  lowest.problem.smoothness = 8;
  Setting highest = gradient_descent_on(diagonal_quadratic({8}, {1.5}), 0.234375, 60);
  highest.problem.strong_convexity = 1;
  const Setting both = gradient_descent_on(diagonal_quadratic({1, 7}, {1.5, -0.5}), 0.25, 60);
  return {
      within("quadratic", 0.125, 100),
      within("quadratic", 0.0625, 60),
      within("quadratic", 0.21875, 60),
      within("quadratic_line", 0.25, 60),
      within("quadratic_ill_conditioned", 0x1p-6, 200),
      within("nesterov_tridiagonal", 0.125, 200),
      within("least_squares", 0.0625, 60),
      witness<quantity>("1/2 mu x^2, eta = 1/L: (1 - mu/L)^2 a step", Role::witness, lowest),
      witness<quantity>("1/2 L x^2, eta = 15/(8L)", Role::witness, highest),
      witness<quantity>("eta = 2/(L + mu): ((kappa - 1)/(kappa + 1))^2 a step", Role::witness,
                        both),
      loop_run(check<quantity>, "eta = 2.25/L", Role::control,
               gradient_descent_on("quadratic", 0.28125, 20)),
      loop_run(check<quantity>, "mu said to be 64 times what it is", Role::control,
               claiming_strong_convexity(
                   gradient_descent_on("quadratic_ill_conditioned", 0x1p-6, 200), 4)),
      loop_run(
          check<quantity>, "Huber's function, said to be strongly convex", Role::control,
          claiming_strong_convexity(gradient_descent_on(huber_line(4, {1, 4}, 8), 0.25, 20), 1)),
  };
}

}  // namespace

Theorem gd_strongly_convex_value() {
  return {.id = "gd-strongly-convex-value",
          .title = "Gradient descent on strongly convex functions, in value",
          .statement =
              "f(theta_T) - f* <= (1 - mu/L)^T (f(theta_0) - f*) at eta = 1/L, and with "
              "1 - eta mu below that",
          .hypotheses = {"f is L-smooth", "f is mu-strongly convex", "0 < eta < 2/L"},
          .bound = "(1 - eta mu)^T gap_0 for eta <= 1/L, rho^(2T) gap_0 past it",
          .tight =
              "rho^(2T) gap_0, rho = max(|1 - eta mu|, |1 - eta L|), attained by quadratics: "
              "(1 - mu/L)^(2T) at 1/L, ((kappa - 1)/(kappa + 1))^(2T) at 2/(L + mu)",
          .source =
              "Karimi, Nutini and Schmidt 2016, ECML PKDD, theorem 1; Taylor, Hendrickx "
              "and Glineur 2018, J. Optim. Theory Appl. 178, for the exact rates",
          .runs = runs<gap>,
          .loop = check<gap>};
}

Theorem gd_strongly_convex_distance() {
  return {.id = "gd-strongly-convex-distance",
          .title = "Gradient descent on strongly convex functions, in distance",
          .statement =
              "||theta_T - theta*||^2 <= (1 - mu/L)^T R^2 at eta = 1/L, and with "
              "1 - eta mu below that",
          .hypotheses = {"f is L-smooth", "f is mu-strongly convex", "0 < eta < 2/L"},
          .bound = "(1 - eta mu)^T R^2 for eta <= 1/L, rho^(2T) R^2 past it",
          .tight = "rho^(2T) R^2, rho = max(|1 - eta mu|, |1 - eta L|), attained by quadratics",
          .source =
              "Bubeck 2015, Found. Trends Mach. Learn. 8, theorem 3.10; Taylor, Hendrickx "
              "and Glineur 2018, J. Optim. Theory Appl. 178, for the exact rates",
          .runs = runs<squared_distance>,
          .loop = check<squared_distance>};
}

}  // namespace plumbline::theorems
