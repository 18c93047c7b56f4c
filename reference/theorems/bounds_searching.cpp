// Steps that look at the function: exact line search, with errors in the gradient too, and
// Polyak's; and what smoothness alone gives.
#include "reference/theorems/bounds.hpp"

namespace plumbline::theorems {
namespace {

// On diag(mu, L) in rational numbers. A point is (x, y), f = mu x^2/2 + L y^2/2.
struct Plane {
  Rational mu, smooth;
  Rational value(const Rational& x, const Rational& y) const {
    return (mu * square(x) + smooth * square(y)) / 2;
  }
};

Rational contraction(const Rational& mu, const Rational& smooth) {
  return square((smooth - mu) / (smooth + mu));
}

/// f after each step of exact line search, over that before all, against factor^N.
Series line_search(const Plane& plane, Rational x, Rational y, const Rational& factor) {
  const Rational first = plane.value(x, y);
  Series series;
  for (long step = 1; step <= 20; ++step) {
    const Rational along = plane.mu * x;
    const Rational across = plane.smooth * y;
    const Rational length = (square(along) + square(across)) /
                            (plane.mu * square(along) + plane.smooth * square(across));
    x = x - length * along;
    y = y - length * across;
    series.push_back(exact_comparison(step, plane.value(x, y) / first, power(factor, step)));
  }
  return series;
}

Run plane_run(std::string name, Role role, Relation relation, std::function<Series()> series) {
  return {.name = std::move(name),
          .role = role,
          .objective = "mu x^2/2 + L y^2/2",
          .relation = relation,
          .scale = Scale::log_linear,
          .series = std::move(series)};
}

std::vector<Run> line_search_runs() {
  const Plane plane{{1, 10}, 1};
  const Rational factor = contraction(plane.mu, plane.smooth);
  const auto from = [=](const Rational& x, const Rational& y, const Rational& claimed) {
    return [=] { return line_search(plane, x, y, claimed); };
  };
  return {
      plane_run("from (1/mu, 1/L)", Role::witness, Relation::at_most, from(10, 1, factor)),
      plane_run("from (1/mu, -1/L)", Role::witness, Relation::at_most, from(10, -1, factor)),
      plane_run("from (1, 1)", Role::within, Relation::at_most, from(1, 1, factor)),
      plane_run("from (3, -2)", Role::within, Relation::at_most, from(3, -2, factor)),
      plane_run("mu/L said to be 1/5 for 1/10", Role::control, Relation::at_most,
                from(10, 1, contraction({1, 5}, 1))),
  };
}

// A gradient d with ||d - g|| <= epsilon ||g||, at eta = 2/(L_e + mu_e), L_e = (1 + epsilon) L,
// mu_e = (1 - epsilon) mu.
Series inexact(const Plane& plane, const Rational& epsilon, const Rational& along_error,
               const Rational& across_error, Rational x, Rational y) {
  const Rational low = (1 - epsilon) * plane.mu;
  const Rational high = (1 + epsilon) * plane.smooth;
  const Rational rate = 2 / (low + high);
  const Rational first = plane.value(x, y);
  Series series;
  for (long step = 1; step <= 20; ++step) {
    x = x - rate * (1 + along_error) * plane.mu * x;
    y = y - rate * (1 + across_error) * plane.smooth * y;
    series.push_back(
        exact_comparison(step, plane.value(x, y) / first, power(contraction(low, high), step)));
  }
  return series;
}

std::vector<Run> inexact_runs() {
  const Plane plane{{1, 10}, 1};
  const Rational tenth(1, 10);
  const auto run = [=](std::string name, Role role, const Rational& along, const Rational& across,
                       const Rational& x, const Rational& y) {
    return plane_run(std::move(name), role, Relation::at_most,
                     [=] { return inexact(plane, tenth, along, across, x, y); });
  };
  return {
      run("1/2 L y^2, the gradient too long by a tenth", Role::witness, 0, tenth, 0, 1),
      run("1/2 mu x^2, the gradient too short by a tenth", Role::witness, -tenth, 0, 1, 0),
      run("both", Role::witness, -tenth, tenth, 10, -3),
      run("exact gradients", Role::within, 0, 0, 10, 1),
      run("the error's signs turned", Role::within, tenth, -tenth, 3, 1),
      run("the error said to be a tenth and three tenths", Role::control, 0, {3, 10}, 0, 1),
  };
}

// Polyak's step: eta = 2 (f - f*)/||g||^2, for an eta in [1/L, 1/mu]:
//   ||x_1 - x*||^2 <= (eta L - 1)(1 - eta mu)/(eta (L + mu) - 1) R^2
// It needs x^2 and y^2 alone: with x^2 = 1, y^2 = mu (1 - eta mu)/(L (eta L - 1)) has this eta.
Series polyak_distance(const Rational& more) {
  const Plane plane{{1, 10}, 1};
  const auto& [mu, smooth] = plane;
  Series series;
  for (long part = 1; part < 12; ++part) {
    const Rational rate = 1 / smooth + Rational(part, 12) * (1 / mu - 1 / smooth);
    const Rational across = mu * (1 - rate * mu) / (smooth * (rate * smooth - 1));
    const Rational value = (mu + smooth * across) / 2;
    const Rational squared_gradient = square(mu) + square(smooth) * across;
    const Rational taken = 2 * value / squared_gradient;
    const Rational after = square(1 - taken * mu) + square(1 - taken * smooth) * across;
    const Rational claimed = (taken * smooth - 1) * (1 - taken * mu) / (taken * (smooth + mu) - 1);
    series.push_back(exact_comparison(part, after / (1 + across), more * claimed));
  }
  return series;
}

/// In value, where ||g||^2 = 2L (2 - L eta)(f - f*): at eta = 2/(L + mu) alone a quadratic reaches
/// (eta L - 1)(L eta (3 - eta (L + mu)) - 1).
Series polyak_value(bool with_factor) {
  Series series;
  for (long kappa = 2; kappa <= 12; ++kappa) {
    const Rational mu(1, kappa);
    const Rational rate = 2 / (1 + mu);
    // mu^2 a + b = 2 (2 - eta) (mu a + b)/2 with a = 1.
    const Rational slope = 2 - rate;
    const Rational across = mu * (slope - mu) / (1 - slope);
    const Rational before = mu + across;
    const Rational after = square(1 - rate * mu) * mu + square(1 - rate) * across;
    const Rational claimed = (rate - 1) * (rate * (3 - rate * (1 + mu)) - 1);
    series.push_back(
        exact_comparison(kappa, after / before, with_factor ? claimed : claimed / (1 + mu)));
  }
  return series;
}

std::vector<Run> polyak_runs() {
  return {
      plane_run("distance, eta from 1/L to 1/mu", Role::witness, Relation::at_most,
                [] { return polyak_distance(1); }),
      plane_run("value at eta = 2/(L + mu), kappa = 2 .. 12", Role::witness, Relation::at_most,
                [] { return polyak_value(true); }),
      plane_run("a thousandth less", Role::control, Relation::at_most,
                [] {
                  return polyak_distance({999, 1000});
                }),
      plane_run("value, a factor less", Role::control, Relation::at_most,
                [] { return polyak_value(false); }),
  };
}

// Smooth, not convex, eta = 1/L: min_{t<=N} ||g_t||^2 <= 4L (f(x_0) - f(x_N))/(3N). The slope of
// the worst function is 1 at each x_t = -t/L, and falls to 1/2 half way between, as fast as L lets
// it: each step wins 3/(4L).
Series zigzag(const Rational& smooth, const Rational& more) {
  Series series;
  Rational won;
  for (long steps = 1; steps <= 30; ++steps) {
    // The area below the slope, two trapezia between 1 and 1/2 of the width 1/(2L).
    won = won + 2 * (Rational(1) + Rational(1, 2)) / 2 / (2 * smooth);
    series.push_back(exact_comparison(steps, 1, more * 4 * smooth * won / (3 * Rational(steps))));
  }
  return series;
}

Setting descent_on(const Problem& problem, long steps) {
  const double rate = 1 / problem.smoothness->certified().midpoint();
  return {.problem = problem,
          .rule = "gradient_descent",
          .hyperparameters = {{"learning_rate", rate}},
          .steps = steps};
}

/// The least gradient of theta_0 .. theta_N. L is a power of two.
Run least_gradient(const char* objective) {
  const Setting setting = descent_on(catalogue_problem(objective), 40);
  return {.name = objective,
          .role = Role::within,
          .objective = objective,
          .rule = setting.rule,
          .dialect = "coupled_decay",
          .hyperparameters = setting.hyperparameters,
          .series = [setting] {
            const Trajectory trajectory = trajectory_of(setting);
            const auto value = [&](long step) {
              return trajectory.objective->value(trajectory.at(step));
            };
            Series series;
            Certified least = squared_gradient(trajectory, 0);
            for (long step = 1; step <= setting.steps; ++step) {
              least = min(least, squared_gradient(trajectory, step));
              series.push_back({.step = step,
                                .observed = least,
                                .bound = Certified(4) * smoothness(setting).certified() *
                                         (value(0) - value(step)) /
                                         Certified(static_cast<double>(3 * step)),
                                .point = trajectory.at(step)});
            }
            return series;
          }};
}

std::vector<Run> nonconvex_runs() {
  const auto zigzag_run = [](std::string name, Role role, const Rational& more) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = "slope 1 at -t/L, 1/2 half way between",
               .rule = "gradient_descent",
               .dialect = "coupled_decay",
               .series = [more] { return zigzag(3, more); }};
  };
  return {zigzag_run("the slope that zigzags", Role::witness, 1), least_gradient("quadratic"),
          least_gradient("plateau"), zigzag_run("a thousandth less", Role::control, {999, 1000})};
}

// Polyak and Lojasiewicz: f - f* <= ||g||^2/(2 mu), at eta = 1/L; with m = -L the factor is
// ((L - m)(m - mu) mu/L + (L - m)^2)/(L - m + mu)^2 = 2 (L - mu)/(2L + mu).
Rational lojasiewicz_factor(const Rational& mu, const Rational& smooth) {
  const Rational low = -smooth;
  return ((smooth - low) * (low - mu) * mu / smooth + square(smooth - low)) /
         square(smooth - low + mu);
}

EndBound lojasiewicz() {
  return {.end = [](const Problem& problem,
                    long steps) { return trajectory_of(descent_on(problem, steps)).points.back(); },
          .observed = gap_at,
          .bound =
              [](const Problem& problem, long steps) {
                const Rational factor =
                    lojasiewicz_factor(*problem.strong_convexity, *problem.smoothness);
                return power(factor, steps).certified() * first_gap(problem);
              }};
}

std::vector<Run> lojasiewicz_runs() {
  std::vector<Run> runs;
  add_catalogue_runs(runs, lojasiewicz(), {"quadratic", "quadratic_ill_conditioned"}, 30);
  // mu of the singular quadratic is that of its least eigenvalue but 0: not convex strongly, but
  // with this inequality.
  runs.push_back(end_run("quadratic_singular, mu = 1/2", Role::within, lojasiewicz(),
                         with_strong_convexity(catalogue_problem("quadratic_singular"), {1, 2}),
                         30));
  runs.push_back(
      end_run("1/2 x'Dx, mu said to be 16 times what it is", Role::control, lojasiewicz(),
              with_strong_convexity(diagonal_quadratic({0.03125, 1}, {1, 0}), {1, 2}), 30));
  for (Run& run : runs) run.scale = Scale::log_linear;
  return runs;
}

}  // namespace

Theorem bounds_gd_exact_line_search() {
  return {.id = "bounds/gd-exact-line-search",
          .title = "Gradient descent with exact line search",
          .statement = "f(x_N) - f* <= ((L - mu)/(L + mu))^(2N) (f(x_0) - f*)",
          .hypotheses = {"f is L-smooth and mu-strongly convex"},
          .bound = "((L - mu)/(L + mu))^(2N)",
          .tight = "attained by diag(mu, L) from (1/mu, 1/L), exactly, at every step",
          .source = "de Klerk, Glineur and Taylor 2017, Optim. Lett. 11, theorem 1.2",
          .runs = line_search_runs};
}

Theorem bounds_gd_inexact() {
  return {.id = "bounds/gd-inexact",
          .title = "Gradient descent with a relative error in the gradient",
          .statement =
              "f(x_N) - f* <= ((L_e - mu_e)/(L_e + mu_e))^(2N) (f(x_0) - f*) at "
              "eta = 2/(L_e + mu_e), L_e = (1 + e) L, mu_e = (1 - e) mu",
          .hypotheses = {"f is L-smooth and mu-strongly convex", "||d - g|| <= e ||g||"},
          .bound = "((L_e - mu_e)/(L_e + mu_e))^(2N)",
          .tight =
              "attained by 1/2 L x^2 with gradients too long by e, and by 1/2 mu x^2 with "
              "gradients too short",
          .source = "de Klerk, Glineur and Taylor 2020, SIAM J. Optim. 30(3), theorem 5.3",
          .runs = inexact_runs};
}

Theorem bounds_polyak_steps() {
  return {.id = "bounds/polyak-steps",
          .title = "Polyak's steps",
          .statement =
              "||x_1 - x*||^2 <= (eta L - 1)(1 - eta mu)/(eta (L + mu) - 1) R^2 where "
              "eta = 2 (f - f*)/||g||^2; in value, (eta L - 1)(L eta (3 - eta (L + mu)) - 1)",
          .hypotheses = {"f is L-smooth and mu-strongly convex", "1/L <= eta <= 1/mu"},
          .bound = "(eta L - 1)(1 - eta mu)/(eta (L + mu) - 1)",
          .tight = "attained by diag(mu, L) at every such eta; in value at eta = 2/(L + mu)",
          .source = "Barre, Taylor and d'Aspremont 2020, COLT, propositions 1 and 2",
          .runs = polyak_runs};
}

Theorem bounds_gd_nonconvex() {
  return {.id = "bounds/gd-nonconvex",
          .title = "Gradient descent on smooth functions: the least gradient",
          .statement = "min_{t<=N} ||g_t||^2 <= 4L (f(x_0) - f(x_N))/(3N) at eta = 1/L",
          .hypotheses = {"f is L-smooth", "eta = 1/L"},
          .bound = "4L (f(x_0) - f(x_N))/(3N)",
          .tight = "attained by a function of one variable whose slope zigzags between 1 and 1/2",
          .source =
              "Abbaszadehpeivasti, de Klerk and Zamani 2022, Optim. Lett. 16(6); Taylor 2017, "
              "thesis, page 190",
          .runs = nonconvex_runs};
}

Theorem bounds_gd_lojasiewicz() {
  return {.id = "bounds/gd-lojasiewicz",
          .title = "Gradient descent by Polyak and Lojasiewicz's inequality",
          .statement =
              "f(x_N) - f* <= c^N (f(x_0) - f*) at eta = 1/L, "
              "c = ((L - m)(m - mu) mu/L + (L - m)^2)/(L - m + mu)^2 with m = -L, which is "
              "2 (L - mu)/(2L + mu)",
          .hypotheses = {"f is L-smooth", "f - f* <= ||g||^2/(2 mu)"},
          .bound = "c^N (f(x_0) - f*)",
          .tight =
              "of one step (PEPit's semidefinite program); no function that attains it is here. "
              "PEPit's formula for eta < 1/L adds mu (1 - L eta), which has the wrong dimension",
          .source = "Abbaszadehpeivasti, de Klerk and Zamani 2023, Optim. Lett., theorem 3",
          .runs = lojasiewicz_runs};
}

}  // namespace plumbline::theorems
