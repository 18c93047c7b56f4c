// Nesterov's accelerated gradient with the sequence t_k, on smooth convex functions.
//
//   f(theta_T) - f* <= 2 L R^2/(T + 1)^2,   eta = 1/L
//
// (2 R^2/(eta (T + 1)^2) at eta <= 1/L). No method that moves in the span of the gradients it
// has seen does better than a constant factor: on Nesterov's tridiagonal function of 2T + 1
// variables, begun at 0,
//
//   f(theta_T) - f* >= 3 L R^2/(32 (T + 1)^2)
//
// since theta_T has but T coordinates other than 0; of those points the least has the gap
// L/8 (1/(T + 1) - 1/(2T + 2)), which conjugate gradients reach.
#include "reference/rule.hpp"
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  return {is_smooth(setting),
          is_convex(setting),
          rate_at_most_inverse_smoothness(setting),
          {"the coefficients are those of the sequence t_k",
           setting.catalogue_dialect().name == "sequence_1983"},
          is_plain(setting)};
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const Certified radius = squared_distance(setting.problem, trajectory, 0);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    const Rational factor = 2 / (rate * square(Rational(step + 1)));
    series.push_back({.step = step,
                      .observed = gap(setting.problem, trajectory, step),
                      .bound = radius * factor.certified(),
                      .point = trajectory.at(step)});
  }
  return series;
}

Certified slope(const Setting&) {
  return -2;
}

constexpr LoopCheck check{.rule = "nesterov",
                          .dialect = "sequence_1983",
                          .scale = Scale::log_log,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

Setting accelerated(Problem problem, double rate, long steps) {
  return {.problem = std::move(problem),
          .rule = "nesterov",
          .dialect = "sequence_1983",
          .hyperparameters = {{"learning_rate", rate}},
          .steps = steps};
}

// Nesterov's worst function of 11 variables, L = 8: T = 5 is the T that it is worst for.
constexpr long worst_steps = 5;

/// The lower bound is what is "observed": the gap has to be above it. `exact`: against the
/// least gap of all points that have so few coordinates, at every step up to T.
Run lower_bound(std::string name, Role role, Setting setting, bool exact, const Rational& larger) {
  setting.steps = worst_steps;
  Run run{.name = std::move(name),
          .role = role,
          .objective = setting.problem.name,
          .rule = setting.rule,
          .dialect = std::string(setting.catalogue_dialect().name),
          .hyperparameters = setting.hyperparameters};
  run.series = [setting, exact, larger] {
    const Trajectory trajectory = trajectory_of(setting);
    const Rational smooth = smoothness(setting);
    const Certified radius = squared_distance(setting.problem, trajectory, 0);
    Series series;
    for (long step = exact ? 1 : worst_steps; step <= worst_steps; ++step) {
      const Rational least =
          smooth / 8 * (Rational(1, step + 1) - Rational(1, 2 * worst_steps + 2));
      const Rational factor = 3 * smooth / (32 * square(Rational(step + 1)));
      series.push_back({.step = step,
                        .observed = larger.certified() *
                                    (exact ? least.certified() : radius * factor.certified()),
                        .bound = gap(setting.problem, trajectory, step),
                        .point = trajectory.at(step)});
    }
    return series;
  };
  return run;
}

std::vector<Run> runs() {
  const auto within = [](const char* objective, double rate, long steps) {
    return loop_run(check, objective, Role::within,
                    accelerated(catalogue_problem(objective), rate, steps));
  };
  const Problem worst = catalogue_problem("nesterov_tridiagonal");
  const Setting nesterov = accelerated(worst, 0.125, worst_steps);
  const Setting descent = gradient_descent_on(worst, 0.125, worst_steps);
  const Setting conjugate{.problem = worst,
                          .rule = "linear_conjugate_gradient",
                          .hyperparameters = {{"learning_rate", 1}}};
  const Rational two_hundred_and_one(201);
  Setting descent_on_huber =
      gradient_descent_on(huber_line(4, 1 / two_hundred_and_one, 1), 0.25, 100);
  Run slow = loop_run(check, "gradient descent, which is not accelerated", Role::control,
                      descent_on_huber);
  Setting no_memory = accelerated(huber_line(4, 1 / two_hundred_and_one, 1), 0.25, 100);
  no_memory.dialect = "look_ahead";
  no_memory.hyperparameters.push_back({"momentum", 0.5});
  return {
      within("quadratic", 0.125, 100),
      within("quadratic_singular", 0.125, 100),
      within("quadratic_ill_conditioned", 0x1p-6, 100),
      within("nesterov_tridiagonal", 0.125, 100),
      within("huber", 0.0625, 60),
      within("least_squares", 0.0625, 60),
      loop_run(check, "Huber's function, knee 1/201", Role::within,
               accelerated(huber_line(4, 1 / two_hundred_and_one, 1), 0.25, 100)),
      lower_bound("lower bound: Nesterov's method", Role::within, nesterov, false, 1),
      lower_bound("lower bound: gradient descent", Role::within, descent, false, 1),
      lower_bound("lower bound: conjugate gradients", Role::within, conjugate, false, 1),
      lower_bound("least gap of T coordinates: Nesterov's method", Role::within, nesterov, true, 1),
      lower_bound("least gap of T coordinates: conjugate gradients", Role::witness, conjugate, true,
                  1),
      lower_bound("a lower bound above the least gap, by a thousandth", Role::control, conjugate,
                  true, {1001, 1000}),
      std::move(slow),
      loop_run(check, "momentum that stays at 1/2", Role::control, no_memory),
      loop_run(check, "eta = 2.25/L", Role::control,
               accelerated(catalogue_problem("quadratic"), 0.28125, 60)),
  };
}

}  // namespace

Theorem nesterov_convex() {
  return {.id = "nesterov-convex",
          .title = "Nesterov's method on convex functions",
          .statement =
              "f(theta_T) - f* <= 2 L R^2/(T + 1)^2 at eta = 1/L with the sequence "
              "t_{k+1} = (1 + sqrt(1 + 4 t_k^2))/2; and no first-order method stays below "
              "3 L R^2/(32 (T + 1)^2) on the tridiagonal function of 2T + 1 variables",
          .hypotheses = {"f is L-smooth", "f is convex", "0 < eta <= 1/L",
                         "the coefficients are those of the sequence t_k"},
          .bound = "2 R^2/(eta (T + 1)^2)",
          .tight =
              "to a constant: the lower bound on the tridiagonal function, where conjugate "
              "gradients attain the least gap of all methods",
          .source =
              "Nesterov 1983; Beck and Teboulle 2009, SIAM J. Imaging Sci. 2(1), theorem 4.4; "
              "Nesterov 2004, theorem 2.1.7",
          .runs = runs,
          .loop = check};
}

}  // namespace plumbline::theorems
