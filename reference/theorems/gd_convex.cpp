// Gradient descent on smooth convex functions.
//
//   f(theta_T) - f* <= R^2/(2 eta T),   R = ||theta_0 - theta*||,   0 < eta <= 1/L
//
// which at eta = 1/L is L R^2/(2T). The exact worst case is L R^2/(4 T L eta + 2) (Drori and
// Teboulle 2014, theorem 3.1), reached by Huber's function whose knee is R/(2 T L eta + 1): T
// steps of one length that just reach the knee. Another T has another worst function.
//
// At eta = 1/L two potential functions never rise, which is finer than the bound at the end
// (Bansal and Gupta 2019; Taylor and Bach 2019):
//
//   V_t = t (f(theta_t) - f*) + L/2 ||theta_t - theta*||^2
//   W_t = (2t + 1) L (f(theta_t) - f*) + t (t + 2) ||f'(theta_t)||^2 + L^2 ||theta_t - theta*||^2
#include "reference/theorems/huber_descent.hpp"
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  return {is_smooth(setting), is_convex(setting), rate_at_most_inverse_smoothness(setting),
          is_plain(setting)};
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const Rational smooth = smoothness(setting);
  const Certified radius = squared_distance(setting.problem, trajectory, 0);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    const Rational tight = smooth / (4 * Rational(step) * smooth * rate + 2);
    series.push_back({.step = step,
                      .observed = gap(setting.problem, trajectory, step),
                      .bound = radius / (2 * rate * Rational(step)).certified(),
                      .tight = radius * tight.certified(),
                      .point = trajectory.at(step)});
  }
  return series;
}

Certified slope(const Setting&) {
  return -1;
}

constexpr LoopCheck check{.rule = "gradient_descent",
                          .dialect = "",
                          .scale = Scale::log_log,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

/// For every T up to `most` the gap after T steps on the worst function for that T, with R = 1,
/// against L/(4 T L eta + 2 + more).
Run worst_function(std::string name, Role role, const Rational& smoothness, const Rational& rate,
                   const Rational& more) {
  return {.name = std::move(name),
          .role = role,
          .objective = "Huber's function with knee 1/(2 T L eta + 1)",
          .rule = "gradient_descent",
          .dialect = "coupled_decay",
          .proved_slope = slope_of(role, -1),
          .series = [smoothness, rate, more] {
            Series series;
            for (long steps = 1; steps <= 50; ++steps) {
              const Rational product = 2 * Rational(steps) * smoothness * rate;
              series.push_back(
                  exact_comparison(steps, gap_on_huber(smoothness, 1 / (product + 1), rate, steps),
                                   smoothness / (2 * product + 2 + more)));
            }
            return series;
          }};
}

using Potential = Certified (*)(const Setting&, const Trajectory&, long step);

Certified value_potential(const Setting& setting, const Trajectory& trajectory, long step) {
  return Certified(static_cast<double>(step)) * gap(setting.problem, trajectory, step) +
         (smoothness(setting) / 2).certified() *
             squared_distance(setting.problem, trajectory, step);
}

Certified gradient_potential(const Setting& setting, const Trajectory& trajectory, long step) {
  const Certified smooth = smoothness(setting).certified();
  return Certified(static_cast<double>(2 * step + 1)) * smooth *
             gap(setting.problem, trajectory, step) +
         Certified(static_cast<double>(step * (step + 2))) * squared_gradient(trajectory, step) +
         square(smooth) * squared_distance(setting.problem, trajectory, step);
}

/// Each step's potential against the one before.
Run potential_run(std::string name, Role role, Potential potential, const Setting& setting) {
  return {.name = std::move(name),
          .role = role,
          .objective = setting.problem.name,
          .rule = setting.rule,
          .dialect = "coupled_decay",
          .hyperparameters = setting.hyperparameters,
          .scale = Scale::log_linear,
          .series = [potential, setting] {
            const Trajectory trajectory = trajectory_of(setting);
            Series series;
            for (long step = 1; step <= setting.steps; ++step) {
              series.push_back({.step = step,
                                .observed = potential(setting, trajectory, step),
                                .bound = potential(setting, trajectory, step - 1),
                                .point = trajectory.at(step)});
            }
            return series;
          }};
}

std::vector<Run> potential_runs() {
  std::vector<Run> runs;
  for (const char* objective : {"quadratic", "quadratic_singular", "nesterov_tridiagonal"}) {
    const Setting setting = gradient_descent_on(objective, 0.125, 40);
    runs.push_back(
        potential_run("V_t on " + std::string(objective), Role::within, value_potential, setting));
    runs.push_back(potential_run("W_t on " + std::string(objective), Role::within,
                                 gradient_potential, setting));
  }
  const Setting on_huber = gradient_descent_on(huber_line(4, {1, 61}, 1), 0.25, 30);
  runs.push_back(
      potential_run("V_t on Huber's function for T = 30", Role::within, value_potential, on_huber));
  runs.push_back(potential_run("W_t on Huber's function for T = 30", Role::within,
                               gradient_potential, on_huber));
  runs.push_back(potential_run("V_t, eta = 2.25/L", Role::control, value_potential,
                               gradient_descent_on("quadratic", 0.28125, 20)));
  return runs;
}

std::vector<Run> runs() {
  const auto run = [](const char* objective, double rate, long steps) {
    return loop_run(check, objective, Role::within, gradient_descent_on(objective, rate, steps));
  };
  const auto huber = [](long steps, double rate) {
    const Rational knee = 1 / (2 * Rational(steps) * 4 * Rational::of(rate) + 1);
    return gradient_descent_on(huber_line(4, knee, 1), rate, steps);
  };
  std::vector<Run> runs{
      run("quadratic", 0.125, 100),
      run("quadratic", 0.0625, 100),
      run("quadratic_singular", 0.125, 100),
      run("quadratic_ill_conditioned", 0x1p-6, 200),
      run("nesterov_tridiagonal", 0.125, 200),
      run("huber", 0.0625, 100),
      run("least_squares", 0.0625, 100),
      loop_run(check, "Huber's function for T = 30, on the way", Role::within, huber(30, 0.25)),
      worst_function("Huber's worst functions, eta = 1/L", Role::witness, 4, {1, 4}, 0),
      worst_function("Huber's worst functions, eta = 1/(3L)", Role::witness, 4, {1, 12}, 0),
      worst_function("a constant better than the tight one: L R^2/(4 T + 2 + 1/1000)",
                     Role::control, 4, {1, 4}, {1, 1000}),
      loop_run(check, "eta = 2.25/L", Role::control, gradient_descent_on("quadratic", 0.28125, 40)),
      loop_run(check, "L said to be a quarter of what it is, eta = 1/L of that", Role::control,
               claiming_smoothness(gradient_descent_on("quadratic", 0.5, 10), 2)),
  };
  for (Run& one : potential_runs()) runs.push_back(std::move(one));
  return runs;
}

}  // namespace

Theorem gd_convex() {
  return {
      .id = "gd-convex",
      .title = "Gradient descent on convex functions",
      .statement = "f(theta_T) - f* <= L R^2/(2T) at eta = 1/L, and R^2/(2 eta T) below that",
      .hypotheses = {"f is L-smooth", "f is convex", "0 < eta <= 1/L"},
      .bound = "R^2/(2 eta T), R = ||theta_0 - theta*||",
      .tight = "L R^2/(4 T L eta + 2), attained by Huber's function with knee R/(2 T L eta + 1)",
      .source =
          "Beck and Teboulle 2009, SIAM J. Imaging Sci. 2(1), theorem 3.1; Drori and Teboulle "
          "2014, Math. Program. "
          "145, theorems 3.1 and 3.2",
      .runs = runs,
      .loop = check};
}

}  // namespace plumbline::theorems
