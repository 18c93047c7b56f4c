// The heavy ball on quadratics, and off them.
//
//   theta_{t+1} = theta_t - eta f'(theta_t) + beta (theta_t - theta_{t-1}),  theta_{-1} = theta_0
//
// On a quadratic each eigenvalue has a recurrence of its own, with the characteristic roots of
// z^2 - (1 + beta - eta lambda) z + beta. Polyak's choice, eta = 4/(sqrt L + sqrt mu)^2 and
// beta = rho^2 with rho = (sqrt kappa - 1)/(sqrt kappa + 1), makes both roots as large as rho
// at every lambda in [mu, L], and no other choice makes them all smaller. The error is then at
// most (1 + (1 + rho) T) rho^T of the first, since with roots rho e^(+-i phi)
//
//   e_t = rho^t (cos t phi + (sin t phi/sin phi) (1 - beta - eta lambda)/(2 rho)) e_0,
//   |sin t phi/sin phi| <= t,  |1 - beta - eta lambda| <= 2 rho (1 + rho)
//
// and that is attained at lambda = L, where phi = pi.
//
// Off quadratics the same choice need not converge: Lessard, Recht and Packard's function,
// with the slope L below 1, mu up to 2 and L from there, has a cycle of three points.
#include "reference/rule.hpp"
#include "reference/theorems/hypotheses.hpp"

namespace plumbline::theorems {
namespace {

/// eta, beta and rho. All rational where sqrt kappa and mu are.
struct Tuned {
  Rational rate, momentum, factor;
};

/// For mu = 1 and kappa = root^2: eta = 4/(root + 1)^2.
Tuned tuned(long root) {
  const Rational factor(root - 1, root + 1);
  return {Rational(4) / square(Rational(root + 1)), square(factor), factor};
}

Setting heavy_ball(Problem problem, double rate, double momentum, long steps) {
  return {.problem = std::move(problem),
          .rule = "momentum",
          .dialect = "rate_inside",
          .hyperparameters = {{"learning_rate", rate}, {"momentum", momentum}},
          .steps = steps};
}

/// rho of the setting: the root of its momentum.
Certified factor(const Setting& setting) {
  return sqrt(setting.hyperparameter("momentum").certified());
}

/// Of z^2 - (1 + beta - eta lambda) z + beta: the roots are of one magnitude, sqrt beta, where
/// the discriminant is not positive.
Rational discriminant(const Rational& rate, const Rational& momentum, const Rational& eigenvalue) {
  return square(1 + momentum - rate * eigenvalue) - 4 * momentum;
}

std::vector<Hypothesis> hypotheses(const Setting& setting) {
  const Rational rate = setting.hyperparameter("learning_rate");
  const Rational momentum = setting.hyperparameter("momentum");
  bool complex = true;
  for (const Rational& eigenvalue : setting.problem.spectrum) {
    complex = complex && discriminant(rate, momentum, eigenvalue) <= 0;
  }
  return {is_quadratic(setting),
          is_strongly_convex(setting),
          {"(1 - sqrt beta)^2 <= eta lambda <= (1 + sqrt beta)^2 for all eigenvalues", complex},
          {"the velocity is a sum, not a mean", setting.catalogue_dialect().name != "averaged"},
          is_plain(setting)};
}

Series series(const Setting& setting, const Trajectory& trajectory) {
  const Certified rho = factor(setting);
  const Certified first = squared_distance(setting.problem, trajectory, 0);
  Series series;
  for (long step = 1; step <= trajectory.steps(); ++step) {
    const Certified times = 1 + (1 + rho) * Certified(static_cast<double>(step));
    series.push_back({.step = step,
                      .observed = squared_distance(setting.problem, trajectory, step),
                      .bound = square(times * whole_power(rho, step)) * first,
                      .point = trajectory.at(step)});
  }
  return series;
}

Certified slope(const Setting& setting) {
  return Certified(2) * log(factor(setting));
}

constexpr LoopCheck check{.rule = "momentum",
                          .dialect = "rate_inside",
                          .scale = Scale::log_linear,
                          .hypotheses = hypotheses,
                          .series = series,
                          .proved_slope = slope};

/// The spectral radius at eigenvalues 0, 1, ..., steps of the way from mu to L, against rho.
Run spectral_radius(std::string name, Role role, long root, const Tuned& parameters) {
  return {.name = std::move(name),
          .role = role,
          .objective = "eigenvalues from 1 to " + std::to_string(root * root),
          .rule = "momentum",
          .dialect = "rate_inside",
          .scale = Scale::log_linear,
          .series = [root, parameters] {
            const auto& [rate, momentum, factor] = parameters;
            Series series;
            constexpr long parts = 32;
            for (long part = 0; part <= parts; ++part) {
              const Rational eigenvalue = 1 + Rational(part, parts) * (root * root - 1);
              const Rational inner = discriminant(rate, momentum, eigenvalue);
              // Real roots: the larger one. Else their product is momentum.
              Certified radius = sqrt(momentum.certified());
              if (Rational(0) < inner) {
                radius = (abs((1 + momentum - rate * eigenvalue).certified()) +
                          sqrt(inner.certified())) /
                         Certified(2);
              }
              series.push_back({.step = part,
                                .observed = radius,
                                .bound = factor.certified(),
                                .point = {eigenvalue.certified()}});
            }
            return series;
          }};
}

std::vector<Run> quadratic_runs() {
  const auto within = [](const char* objective, double rate, double momentum) {
    return loop_run(check, objective, Role::within,
                    heavy_ball(catalogue_problem(objective), rate, momentum, 80));
  };
  Setting highest = heavy_ball(diagonal_quadratic({9}, {1.5}), 0.25, 0.25, 80);
  Tuned less_momentum = tuned(3);
  less_momentum.momentum = {15, 64};
  Tuned more_momentum = tuned(3);
  more_momentum.momentum = {17, 64};
  Tuned larger_rate = tuned(3);
  larger_rate.rate = {9, 32};
  return {
      spectral_radius("spectral radius, kappa = 9", Role::witness, 3, tuned(3)),
      spectral_radius("spectral radius, kappa = 49", Role::witness, 7, tuned(7)),
      spectral_radius("spectral radius, kappa = 10000", Role::witness, 100, tuned(100)),
      within("quadratic", 0.25, 0.25),
      within("quadratic", 0.1875, 0.390625),
      within("quadratic_ill_conditioned", 0x1p-6, 0.94140625),
      loop_run(check, "diag(1, 9), kappa = 9", Role::within,
               heavy_ball(diagonal_quadratic({1, 9}, {1, -1}), 0.25, 0.25, 80)),
      loop_run(check, "1/2 L x^2", Role::witness, highest),
      spectral_radius("less momentum, the same rate said of it", Role::control, 3, less_momentum),
      spectral_radius("more momentum, the same rate said of it", Role::control, 3, more_momentum),
      spectral_radius("a larger eta, the same rate said of it", Role::control, 3, larger_rate),
      loop_run(check, "eta past 2 (1 + beta)/L", Role::control,
               heavy_ball(catalogue_problem("quadratic"), 0.3125, 0.1875, 40)),
      loop_run(check, "an eigenvalue below mu", Role::control,
               heavy_ball(diagonal_quadratic({0.25, 9}, {1, 1}), 0.25, 0.25, 80)),
  };
}

// mu = 1, kappa = 49: eta = 1/16 and beta = 9/16, exact in binary64.
constexpr double cycling_rate = 0.0625;
constexpr double cycling_momentum = 0.5625;

/// f with the slope 49 x below 1, x + 48 up to 2, 49 x - 48 from there.
class ThreeSlopes final : public OwnFunction {
 public:
  Certified value(Point point) const override {
    const Certified& x = point[0];
    Certified steep = Certified(49) * square(x) / Certified(2);
    if (is_below(x, 1)) return steep;
    // The slope is less than 49 x by 48 (x - 1) up to 2, and by 48 past it.
    const Certified past_first = x - 1;
    if (is_below(x, 2)) return steep - Certified(24) * square(past_first);
    return steep - Certified(24) - Certified(48) * (x - 2);
  }
  Vector gradient(Point point) const override {
    const Certified& x = point[0];
    const Certified less_steep = max(Certified(0), min(x - 1, Certified(1)));
    return {Certified(49) * x - Certified(48) * less_steep};
  }

 private:
  static bool is_below(const Certified& x, int edge) { return less(x, Certified(edge)); }
};

Problem three_slopes(double start) {
  return {.name = "slope 49 x below 1, x + 48 up to 2, 49 x - 48 from there",
          .start = {start},
          .minimizer = {Rational(0)},
          .minimum = Rational(0),
          .smoothness = Rational(49),
          .strong_convexity = Rational(1),
          .convex = true,
          .bind = [] { return std::make_unique<ThreeSlopes>(); }};
}

/// The cycle p, q, r: with S = p + q + r, 16 q = -24 p - 9 r, 16 r = -24 q - 9 p and
/// 16 p = -24 r + 48 - 9 q. So S = 48/49 and p : q : r = 40 : -303 : 432.
std::vector<Rational> cycle() {
  const Rational unit = Rational(48, 49) / 169;
  return {40 * unit, -303 * unit, 432 * unit};
}

/// The rule's own recurrence, in rational numbers: where the point after (before, at) is.
Rational next_point(const Rational& before, const Rational& at) {
  const Rational slope = 49 * at - 48 * max(0, min(at - 1, 1));
  return at - Rational::of(cycling_rate) * slope + Rational::of(cycling_momentum) * (at - before);
}

/// Thrice around: the rule comes back to each point of the cycle exactly.
Series around_the_cycle() {
  const std::vector<Rational> points = cycle();
  Series series;
  Rational before = points[2];
  Rational at = points[0];
  for (long step = 1; step <= 9; ++step) {
    const Rational next = next_point(before, at);
    before = at;
    at = next;
    series.push_back(exact_comparison(step, at, points[static_cast<std::size_t>(step % 3)]));
  }
  return series;
}

/// The rule of the catalogue from rest: every third point against the cycle's own.
Series into_the_cycle(const Setting& setting) {
  const Trajectory trajectory = trajectory_of(setting);
  const CertifiedVector points = certified(cycle());
  Series series;
  for (long step = setting.steps - 29; step <= setting.steps; ++step) {
    // The place in the cycle is that of the nearest point.
    const Certified& at = trajectory.at(step)[0];
    std::size_t nearest = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (less(abs(at - points[i]), abs(at - points[nearest]))) nearest = i;
    }
    series.push_back(
        {.step = step, .observed = at, .bound = points[nearest], .point = trajectory.at(step)});
  }
  return series;
}

std::vector<Run> divergence_runs() {
  const auto run = [](std::string name, Role role, const Setting& setting) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = setting.problem.name,
               .rule = setting.rule,
               .dialect = setting.dialect,
               .hyperparameters = setting.hyperparameters};
  };
  const Setting from_rest = heavy_ball(three_slopes(3.25), cycling_rate, cycling_momentum, 400);
  Run exact = run("the cycle (p, q, r) = (1920, -14544, 20736)/8281, thrice around", Role::witness,
                  from_rest);
  exact.relation = Relation::equal;
  exact.scale = Scale::log_linear;
  exact.series = around_the_cycle;
  Run reached = run("from rest at 3.25 the rule ends in the cycle", Role::witness, from_rest);
  reached.relation = Relation::equal;
  reached.scale = Scale::log_linear;
  reached.series = [from_rest] { return into_the_cycle(from_rest); };
  // What heavy-ball-quadratic says, where f is no quadratic.
  Run rate = run("the rate of quadratics, said of this function", Role::control, from_rest);
  rate.scale = Scale::log_linear;
  rate.series = [from_rest] { return series(from_rest, trajectory_of(from_rest)); };
  // Gradient descent converges there.
  Setting descent = gradient_descent_on(three_slopes(3.25), 0.03125, 100);
  descent.problem.smoothness = 49;
  Run converges = run("gradient descent does converge on it, eta = 1/32", Role::within, descent);
  converges.scale = Scale::log_linear;
  converges.series = [descent] {
    const Trajectory trajectory = trajectory_of(descent);
    const Certified first = squared_distance(descent.problem, trajectory, 0);
    Series series;
    for (long step = 1; step <= trajectory.steps(); ++step) {
      series.push_back({.step = step,
                        .observed = squared_distance(descent.problem, trajectory, step),
                        .bound = whole_power(square(Rational(31, 32)).certified(), step) * first,
                        .point = trajectory.at(step)});
    }
    return series;
  };
  return {std::move(exact), std::move(reached), std::move(rate), std::move(converges)};
}

}  // namespace

Theorem heavy_ball_quadratic() {
  return {.id = "heavy-ball-quadratic",
          .title = "The heavy ball on a quadratic",
          .statement =
              "with eta = 4/(sqrt L + sqrt mu)^2 and momentum rho^2 the spectral radius is "
              "rho = (sqrt kappa - 1)/(sqrt kappa + 1) at every eigenvalue, and "
              "||theta_T - theta*|| <= (1 + (1 + rho) T) rho^T R",
          .hypotheses = {"f is a quadratic with eigenvalues in [mu, L], mu > 0",
                         "(1 - sqrt beta)^2 <= eta lambda <= (1 + sqrt beta)^2",
                         "the velocity is a sum, not a mean"},
          .bound = "||theta_T - theta*||^2 <= (1 + (1 + rho) T)^2 rho^(2T) R^2, rho = sqrt beta",
          .tight = "exact: attained by 1/2 L x^2",
          .source =
              "Polyak 1964, USSR Comput. Math. Math. Phys. 4(5); the bound with its "
              "constant is derived in heavy_ball.cpp",
          .runs = quadratic_runs,
          .loop = check};
}

Theorem heavy_ball_divergence() {
  return {.id = "heavy-ball-divergence",
          .title = "The heavy ball off quadratics",
          .statement =
              "with the parameters that are best for quadratics the heavy ball can cycle "
              "on a smooth, strongly convex function",
          .hypotheses =
              {"f is L-smooth and mu-strongly convex, and no quadratic",
               "eta = 4/(sqrt L + sqrt mu)^2, momentum ((sqrt kappa - 1)/(sqrt kappa + 1))^2"},
          .bound = "theta_{t+3} = theta_t: an exact cycle, which the rule is drawn into",
          .tight = "exact, in rational numbers; mu = 1, L = 49",
          .source =
              "Lessard, Recht and Packard 2016, SIAM J. Optim. 26(1): their function with "
              "L = 49 for 25, so that eta and momentum are exact",
          .runs = divergence_runs};
}

}  // namespace plumbline::theorems
