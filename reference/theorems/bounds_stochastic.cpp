// One step of stochastic gradient descent, and of SAGA, on smooth, strongly convex sums.
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

// Two functions, alike probable, with slopes +-v at the minimizer of their sum. With c = (L + mu)/2
// and h = (L - mu)/2 a slope at x_0 = x* + R e is that at x* plus c R e plus at most h R in any
// direction; worst is along -w, w = (1 - gamma c) R e -+ gamma v e', which is where the step would
// end otherwise. So
//
//   E||x_1 - x*||^2 <= (gamma h R + sqrt((1 - gamma c)^2 R^2 + gamma^2 v^2))^2
//
// and it is attained where both have the Hessian c I + h S, S the reflection that takes e to
// -w/||w||.
struct OneStep {
  Rational mu, smooth, rate, variance, radius;  // variance = v^2
};

Certified one_step_bound(const OneStep& on) {
  const Certified half = ((on.smooth - on.mu) / 2).certified();
  const Rational kept = (1 - on.rate * (on.smooth + on.mu) / 2) * on.radius;
  const Rational noise = square(on.rate) * on.variance;
  return square(on.rate.certified() * half * on.radius.certified() +
                sqrt((square(kept) + noise).certified()));
}

/// Both functions from x_0 = (R, 0), one step each.
Certified worst_one_step(const OneStep& on) {
  const Certified rate = on.rate.certified();
  const Certified radius = on.radius.certified();
  const Certified middle = ((on.smooth + on.mu) / 2).certified();
  const Certified half = ((on.smooth - on.mu) / 2).certified();
  const Certified v = sqrt(on.variance.certified());
  Certified total;
  for (const int side : {1, -1}) {
    // The slope at the minimizer is (0, side v).
    const CertifiedVector way{(1 - rate * middle) * radius, Certified(-side) * rate * v};
    const Certified length = sqrt(squared_norm(way));
    // S = [[a, b], [b, -a]] takes (1, 0) to (a, b) = -way/||way||: a reflection, with the
    // eigenvalues 1 and -1.
    const Certified a = -way[0] / length;
    const Certified b = -way[1] / length;
    const CertifiedVector slope{(middle + half * a) * radius,
                                half * b * radius + Certified(side) * v};
    const CertifiedVector point{radius - rate * slope[0], -rate * slope[1]};
    total = total + squared_norm(point) / Certified(2);
  }
  return total;
}

/// Two parabolas with the curvatures mu and L, in one dimension.
Certified parabolas_one_step(const OneStep& on) {
  const Certified v = sqrt(on.variance.certified());
  Certified total;
  for (const int side : {1, -1}) {
    const Certified curvature = (side > 0 ? on.smooth : on.mu).certified();
    const Certified slope = curvature * on.radius.certified() + Certified(side) * v;
    total = total + square(on.radius.certified() - on.rate.certified() * slope) / Certified(2);
  }
  return total;
}

Run one_step_run(std::string name, Role role, Certified (*observed)(const OneStep&),
                 const Rational& claimed_variance) {
  return {.name = std::move(name),
          .role = role,
          .objective = "two quadratics, mu = 1/10, L = 1, slopes +-1 at the minimizer, R = 2",
          .rule = "gradient_descent",
          .dialect = "coupled_decay",
          .scale = Scale::log_linear,
          .series = [=] {
            Series series;
            for (long tenths = 1; tenths <= 18; ++tenths) {
              const OneStep on{{1, 10}, 1, Rational(tenths, 10), 1, 2};
              OneStep claimed = on;
              claimed.variance = claimed_variance;
              series.push_back(
                  {.step = tenths, .observed = observed(on), .bound = one_step_bound(claimed)});
            }
            return series;
          }};
}

std::vector<Run> one_step_runs() {
  return {one_step_run("quadratics turned to the worst, gamma = 1/10 .. 18/10", Role::witness,
                       worst_one_step, 1),
          one_step_run("parabolas", Role::within, parabolas_one_step, 1),
          one_step_run("the variance said to be a half", Role::control, worst_one_step, {1, 2})};
}

// Over-parametrized: the slopes at the minimizer are all 0. On parabolas of one curvature each.
std::vector<Run> overparametrized_runs() {
  const auto run = [](std::string name, Role role, const std::vector<Rational>& curvatures,
                      const Rational& claimed_mu) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = "parabolas with the same minimizer, mu = 1/10, L = 1",
               .rule = "gradient_descent",
               .dialect = "coupled_decay",
               .scale = Scale::log_linear,
               .series = [=] {
                 Series series;
                 for (long tenths = 1; tenths <= 24; ++tenths) {
                   const Rational rate(tenths, 10);
                   Rational mean;
                   for (const Rational& curvature : curvatures) {
                     mean = mean + square(1 - rate * curvature) /
                                       Rational(static_cast<long>(curvatures.size()));
                   }
                   series.push_back(exact_comparison(tenths, mean,
                                                     square(max(1 - rate * claimed_mu, rate - 1))));
                 }
                 return series;
               }};
  };
  const Rational tenth(1, 10);
  // The first is attained up to 2/(L + mu), the second from there: each is a run of its own part.
  Run low = run("all of curvature mu, gamma <= 2/(L + mu)", Role::witness, {tenth, tenth}, tenth);
  low.series = [all = low.series] {
    Series series = all();
    series.resize(18);
    return series;
  };
  Run high = run("all of curvature L, gamma >= 2/(L + mu)", Role::witness, {1, 1}, tenth);
  high.series = [all = high.series] {
    const Series series = all();
    return Series(series.begin() + 18, series.end());
  };
  return {std::move(low), std::move(high),
          run("curvatures mu, L and between", Role::within, {tenth, {1, 2}, 1}, tenth),
          run("mu said to be 1/2", Role::control, {tenth, tenth}, {1, 2})};
}

// SAGA on n parabolas l_i (x - a_i)^2/2, gamma = 1/(2 (mu n + L)), in rational numbers:
//   V = 1/n sum l_i (p_i - x*)^2/2 + (x - x*)^2/(2 n gamma (1 - mu gamma))
// falls by 1 - gamma mu in expectation over the function drawn.
struct Saga {
  std::vector<Rational> curvatures, centres, memory;
  Rational point;
};

Series saga(const Saga& from, const Rational& claimed_mu) {
  const auto count = static_cast<long>(from.curvatures.size());
  Rational weighted, weight, low = from.curvatures[0], high = from.curvatures[0];
  for (std::size_t i = 0; i < from.curvatures.size(); ++i) {
    weighted = weighted + from.curvatures[i] * from.centres[i];
    weight = weight + from.curvatures[i];
    low = min(low, from.curvatures[i]);
    high = max(high, from.curvatures[i]);
  }
  const Rational minimizer = weighted / weight;
  const Rational rate = 1 / (2 * (low * Rational(count) + high));
  const auto lyapunov = [&](const Saga& at) {
    Rational total = square(at.point - minimizer) / (2 * Rational(count) * rate * (1 - low * rate));
    for (std::size_t i = 0; i < at.memory.size(); ++i) {
      total = total + at.curvatures[i] * square(at.memory[i] - minimizer) / (2 * Rational(count));
    }
    return total;
  };
  // The expectation, from every state in turn that drawing 0, 1, 2, ... leads to.
  Saga state = from;
  Series series;
  for (long step = 1; step <= 12; ++step) {
    const auto slope = [&](std::size_t i, const Rational& x) {
      return state.curvatures[i] * (x - state.centres[i]);
    };
    Rational mean_slope, expected;
    for (std::size_t i = 0; i < state.memory.size(); ++i) {
      mean_slope = mean_slope + slope(i, state.memory[i]) / Rational(count);
    }
    std::vector<Saga> next;
    for (std::size_t drawn = 0; drawn < state.memory.size(); ++drawn) {
      Saga one = state;
      one.memory[drawn] = state.point;
      one.point = state.point - rate * (slope(drawn, state.point) -
                                        slope(drawn, state.memory[drawn]) + mean_slope);
      expected = expected + lyapunov(one) / Rational(count);
      next.push_back(std::move(one));
    }
    series.push_back(exact_comparison(step, expected, (1 - rate * claimed_mu) * lyapunov(state)));
    state = next[static_cast<std::size_t>(step % count)];
  }
  return series;
}

std::vector<Run> saga_runs() {
  const auto run = [](std::string name, Role role, const Saga& from, const Rational& mu) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = "sum l_i (x - a_i)^2/2",
               .scale = Scale::log_linear,
               .series = [=] { return saga(from, mu); }};
  };
  const Rational mu(1, 10);
  const Saga spread{{mu, {1, 2}, 1}, {1, -2, 3}, {0, 0, 0}, 5};
  const Saga alike{{mu, mu, mu, mu, mu}, {0, 1, -1, 2, -2}, {3, 3, 3, 3, 3}, 3};
  const Saga far{{mu, 1, 1, 1, 1}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, 1};
  return {run("three parabolas, memory at 0", Role::within, spread, mu),
          run("five alike", Role::within, alike, mu),
          run("memory at the minimizer", Role::within, far, mu),
          run("mu said to be 1", Role::control, alike, 1)};
}

}  // namespace

Theorem bounds_sgd_one_step() {
  return {.id = "bounds/sgd-one-step",
          .title = "One step of stochastic gradient descent",
          .statement =
              "E||x_1 - x*||^2 <= (gamma (L - mu) R/2 + sqrt((1 - gamma (L + mu)/2)^2 R^2 + "
              "gamma^2 v^2))^2",
          .hypotheses = {"each function is L-smooth and mu-strongly convex",
                         "the mean of their squared slopes at x* is v^2"},
          .bound = "(gamma (L - mu) R/2 + sqrt((1 - gamma (L + mu)/2)^2 R^2 + gamma^2 v^2))^2",
          .tight = "attained by two quadratics in the plane",
          .source =
              "PEPit, stochastic_gradient_descent; the witness is derived in "
              "bounds_stochastic.cpp",
          .runs = one_step_runs};
}

Theorem bounds_sgd_overparametrized() {
  return {.id = "bounds/sgd-overparametrized",
          .title = "One step of stochastic gradient descent, over-parametrized",
          .statement = "E||x_1 - x*||^2 <= max(1 - gamma mu, gamma L - 1)^2 R^2",
          .hypotheses = {"each function is L-smooth and mu-strongly convex",
                         "all have the same minimizer"},
          .bound = "max(1 - gamma mu, gamma L - 1)^2 R^2",
          .tight = "attained by parabolas that are all alike, exactly",
          .source = "PEPit, stochastic_gradient_descent in the over-parametrized setting",
          .runs = overparametrized_runs};
}

Theorem bounds_saga() {
  return {.id = "bounds/saga",
          .title = "SAGA",
          .statement = "E[V_{t+1}] <= (1 - gamma mu) V_t at gamma = 1/(2 (mu n + L))",
          .hypotheses = {"each function is L-smooth and mu-strongly convex"},
          .bound = "(1 - gamma mu) V_t",
          .tight = "empirically (PEPit); no function that attains it is here",
          .source = "Defazio, Bach and Lacoste-Julien 2014, NIPS, theorem 1",
          .runs = saga_runs};
}

}  // namespace plumbline::theorems
