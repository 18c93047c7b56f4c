// Nesterov's method with constant momentum, on smooth, strongly convex functions.
//
//   f(theta_T) - f* <= (1 - 1/sqrt kappa)^T (f(theta_0) - f* + mu/2 R^2)
//
// at eta = 1/L and momentum (sqrt kappa - 1)/(sqrt kappa + 1), kappa = L/mu. Where a dialect
// keeps its variables at the look-ahead point y, theta_t = y_{t-1} - eta f'(y_{t-1}).
#include "reference/rule.hpp"
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

bool is_shifted(const Setting& setting) {
  return setting.catalogue_dialect().name.substr(0, 7) == "shifted";
}

/// kappa by the dialect: given, or that of the momentum m, ((1 + m)/(1 - m))^2; 0 for none.
Rational condition_number(const Setting& setting) {
  const std::string_view dialect = setting.catalogue_dialect().name;
  if (dialect == "constant_from_condition_number") {
    return setting.hyperparameter("condition_number");
  }
  const Rational momentum = setting.hyperparameter("momentum");
  if (dialect == "sequence_1983" || momentum == 1) return 0;
  return square((1 + momentum) / (1 - momentum));
}

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  const auto& smooth = setting.problem.smoothness;
  const auto& strong = setting.problem.strong_convexity;
  const Rational rate = setting.hyperparameter("learning_rate");
  const bool known = smooth && strong && Rational(0) < *strong;
  return {is_smooth(setting),
          is_strongly_convex(setting),
          {"eta = 1/L", smooth && rate * *smooth == 1},
          {"the momentum is that of kappa = L/mu",
           known && condition_number(setting) == *smooth / *strong},
          is_plain(setting)};
}

Certified factor(const Setting& setting) {
  return 1 - sqrt((strong_convexity(setting) / smoothness(setting)).certified());
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  const Certified half_mu = (strong_convexity(setting) / 2).certified();
  const Certified first = gap(setting.problem, trajectory, 0) +
                          half_mu * squared_distance(setting.problem, trajectory, 0);
  const Certified rate = setting.hyperparameter("learning_rate").certified();
  Trajectory points = trajectory;
  for (long step = 1; is_shifted(setting) && step <= trajectory.steps(); ++step) {
    const CertifiedVector& before = trajectory.at(step - 1);
    const CertifiedVector gradient = trajectory.objective->gradient(before);
    for (std::size_t i = 0; i < before.size(); ++i) {
      points.points[static_cast<std::size_t>(step)][i] = before[i] - rate * gradient[i];
    }
  }
  Series series;
  for (long step = 1; step <= points.steps(); ++step) {
    series.push_back({.step = step,
                      .observed = gap(setting.problem, points, step),
                      .bound = whole_power(factor(setting), step) * first,
                      .point = points.at(step)});
  }
  return series;
}

Certified slope(const Setting& setting) {
  return log(factor(setting));
}

constexpr LoopCheck check{.rule = "nesterov",
                          .dialect = "constant_from_condition_number",
                          .scale = Scale::log_linear,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

Setting accelerated(Problem problem, double rate, double condition_number, long steps) {
  return {.problem = std::move(problem),
          .rule = "nesterov",
          .dialect = "constant_from_condition_number",
          .hyperparameters = {{"learning_rate", rate}, {"condition_number", condition_number}},
          .steps = steps};
}

std::vector<Run> runs() {
  const auto within = [](const char* objective, double rate, double condition_number, long steps) {
    return loop_run(check, objective, Role::within,
                    accelerated(catalogue_problem(objective), rate, condition_number, steps));
  };
  // kappa = 9 for the momentum 1/2: mu = 8/9 is below the least eigenvalue, 1.
  const auto with_momentum = [](const char* dialect) {
    Setting setting{.problem = catalogue_problem("quadratic"),
                    .rule = "nesterov",
                    .dialect = dialect,
                    .hyperparameters = {{"learning_rate", 0.125}, {"momentum", 0.5}},
                    .steps = 80};
    setting.problem.strong_convexity = Rational(8, 9);
    return loop_run(check, std::string("momentum 1/2, ") + dialect, Role::within, setting);
  };
  const Problem ill_conditioned = catalogue_problem("quadratic_ill_conditioned");
  return {
      within("quadratic", 0.125, 8, 80),
      within("quadratic_ill_conditioned", 0x1p-6, 1024, 200),
      within("nesterov_tridiagonal", 0.125, 144, 200),
      loop_run(check, "1/2 x'Dx, kappa = 64", Role::within,
               accelerated(diagonal_quadratic({0.0625, 1, 4}, {1, -1, 0.5}), 0.25, 64, 200)),
      with_momentum("look_ahead"),
      with_momentum("shifted"),
      loop_run(check, "mu said to be 256 times what it is", Role::control,
               claiming_strong_convexity(accelerated(ill_conditioned, 0x1p-6, 4, 60), 16)),
      loop_run(check, "momentum of kappa = 2 where kappa is 1024", Role::control,
               accelerated(ill_conditioned, 0x1p-6, 2, 400)),
      loop_run(check, "eta = 2.25/L", Role::control,
               accelerated(catalogue_problem("quadratic"), 0.28125, 8, 60)),
  };
}

}  // namespace

Theorem nesterov_strongly_convex() {
  return {.id = "nesterov-strongly-convex",
          .title = "Nesterov's method on strongly convex functions",
          .statement =
              "f(theta_T) - f* <= (1 - sqrt(1/kappa))^T (gap_0 + mu R^2/2) at eta = 1/L "
              "and momentum (sqrt kappa - 1)/(sqrt kappa + 1)",
          .hypotheses = {"f is L-smooth", "f is mu-strongly convex", "eta = 1/L",
                         "the momentum is that of kappa = L/mu"},
          .bound = "(1 - 1/sqrt kappa)^T (gap_0 + mu R^2/2)",
          .tight =
              "no: the exact worst case of two steps at mu/L = 1/10 is 0.3476 for 0.4675 "
              "(PEPit)",
          .source =
              "Nesterov 2004, theorem 2.2.3; d'Aspremont, Scieur and Taylor 2021, corollary "
              "4.15",
          .runs = runs,
          .loop = check};
}

}  // namespace plumbline::theorems
