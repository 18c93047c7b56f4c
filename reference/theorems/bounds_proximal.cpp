// Methods for functions that are not smooth, and for online problems: proximal steps,
// subgradients, Frank and Wolfe's, and online gradient descent. In rational numbers.
#include <algorithm>

#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

using Point = std::vector<Rational>;

Run exact_run(std::string name, Role role, std::string objective, std::function<Series()> series) {
  return {.name = std::move(name),
          .role = role,
          .objective = std::move(objective),
          .series = std::move(series)};
}

Rational squared_length(const Point& point) {
  Rational total;
  for (const Rational& value : point) total = total + square(value);
  return total;
}

// Proximal point on c |x|: x moves by gamma c towards 0. The worst c after N steps from R = 1 is
// 1/(2 N gamma): f(x_N) = 1/(4 gamma N).
Series proximal_point(const Rational& gamma, const std::function<Rational(long steps)>& slope,
                      const Rational& more) {
  Series series;
  for (long steps = 1; steps <= 20; ++steps) {
    const Rational c = slope(steps);
    Rational x = 1;
    for (long i = 0; i < steps; ++i) x = max(0, x - gamma * c);
    series.push_back(exact_comparison(steps, c * x, more / (4 * gamma * Rational(steps))));
  }
  return series;
}

std::vector<Run> proximal_point_runs() {
  const Rational gamma = 3;
  const auto worst = [gamma](long steps) { return 1 / (2 * gamma * Rational(steps)); };
  return {exact_run("|x| of the worst slope, gamma = 3", Role::witness, "c |x|, c = 1/(2 gamma N)",
                    [=] { return proximal_point(gamma, worst, 1); }),
          exact_run("|x|/40", Role::within, "|x|/40",
                    [=] {
                      return proximal_point(
                          gamma, [](long) { return Rational(1, 40); }, 1);
                    }),
          exact_run("a thousandth less", Role::control, "c |x|, c = 1/(2 gamma N)", [=] {
            return proximal_point(gamma, worst, {999, 1000});
          })};
}

// Proximal gradient on 1/2 x'Dx + w ||x||_1, whose minimizer is 0: a step of 1 - gamma lambda, then
// each coordinate gamma w nearer to 0.
Series proximal_gradient(const Point& spectrum, Point x, const Rational& gamma,
                         const Rational& weight, const Rational& factor) {
  const Rational first = squared_length(x);
  Series series;
  for (long step = 1; step <= 20; ++step) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Rational moved = (1 - gamma * spectrum[i]) * x[i];
      const Rational left = max(0, abs(moved) - gamma * weight);
      x[i] = moved < Rational(0) ? -left : left;
    }
    series.push_back(exact_comparison(step, squared_length(x), power(factor, step) * first));
  }
  return series;
}

std::vector<Run> proximal_gradient_runs() {
  const Rational mu(1, 10);
  const auto run = [=](std::string name, Role role, const Rational& gamma, const Rational& weight,
                       const Point& start, const Rational& factor) {
    return exact_run(std::move(name), role, "1/2 x'Dx + w ||x||_1, D = diag(1/10, 1)", [=] {
      return proximal_gradient({mu, 1}, start, gamma, weight, factor);
    });
  };
  const Rational low = square(1 - mu);
  return {run("w = 0, along mu, gamma = 1/L", Role::witness, 1, 0, {1, 0}, low),
          run("w = 0, along L, gamma = 19/10", Role::witness, {19, 10}, 0, {0, 1}, {81, 100}),
          run("w = 1/100, gamma = 1/L", Role::within, 1, {1, 100}, {1, -2}, low),
          run("w = 1/8, gamma = 1/2", Role::within, {1, 2}, {1, 8}, {4, -3}, square(1 - mu / 2)),
          run("gamma = 2.25/L", Role::control, {9, 4}, 0, {1, 1}, square(1 - mu * 9 / 4))};
}

// The accelerated proximal gradient method with momentum i/(i + 3) on c x, x >= 0, from 1: the way
// of N steps is K c/L, K = (N^2 + 5N + 2)/8, as long as x stays positive; c = L/(2K) is worst.
Series accelerated_proximal(const Rational& more) {
  Series series;
  for (long steps = 1; steps <= 20; ++steps) {
    const Rational way = Rational(steps * steps + 5 * steps + 2, 8);
    const Rational slope = 1 / (2 * way);
    Rational x = 1, y = 1;
    for (long i = 0; i < steps; ++i) {
      const Rational before = x;
      x = max(0, y - slope);
      y = x + Rational(i, i + 3) * (x - before);
    }
    series.push_back(
        exact_comparison(steps, slope * x, more * Rational(2, steps * steps + 5 * steps + 2)));
  }
  return series;
}

std::vector<Run> accelerated_proximal_runs() {
  return {exact_run("c x on x >= 0", Role::witness, "c x on x >= 0, c = 4 L/(N^2 + 5N + 2)",
                    [] { return accelerated_proximal(1); }),
          exact_run("the smooth bound 2L/((N + 2)(N + 3)), said of it", Role::control,
                    "c x on x >= 0, c = 4 L/(N^2 + 5N + 2)", [] {
                      Series series = accelerated_proximal(1);
                      Series smooth;
                      for (const Comparison& one : series) {
                        const long n = one.step;
                        smooth.push_back(exact_comparison(n, Rational(2, n * n + 5 * n + 2),
                                                          Rational(2, (n + 2) * (n + 3))));
                      }
                      return smooth;
                    })};
}

// Subgradients of M max_i |x_i| in N + 1 = k^2 dimensions from (1, ..., 1)/k, so that R = 1, with
// steps R/(M k): each step takes down the first coordinate that is greatest, and after N steps one
// is still where it was.
Series subgradient(const Rational& more) {
  Series series;
  for (long k = 2; k <= 6; ++k) {
    const long steps = k * k - 1;
    Point x(static_cast<std::size_t>(k * k), Rational(1, k));
    const auto greatest = [&] {
      Rational value;
      for (const Rational& one : x) value = max(value, abs(one));
      return value;
    };
    Rational least = greatest();
    for (long step = 0; step < steps; ++step) {
      const Rational top = greatest();
      for (Rational& one : x) {
        if (!(abs(one) == top)) continue;
        one = one - Rational(sign_of(one), k);
        break;
      }
      least = min(least, greatest());
    }
    series.push_back(exact_comparison(steps, 2 * least, more * 2 * Rational(1, k)));
  }
  return series;
}

std::vector<Run> subgradient_runs() {
  return {exact_run("M max |x_i|, M = 2, N + 1 = k^2", Role::witness,
                    "2 max |x_i| in N + 1 dimensions", [] { return subgradient(1); }),
          exact_run("a thousandth less", Role::control, "2 max |x_i| in N + 1 dimensions", [] {
            return subgradient({999, 1000});
          })};
}

// Frank and Wolfe's method on 1/2 ||x - c||^2 over the simplex of n corners, whose diameter is
// sqrt 2, with steps 2/(k + 2): f(x_N) - f* <= 2 L D^2/(N + 2). c lies in the simplex, so f* = 0.
Series frank_wolfe(const Point& centre, const Rational& diameter_squared) {
  Point x(centre.size());
  x[0] = 1;
  Series series;
  for (long k = 0; k < 30; ++k) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < x.size(); ++i) {
      if (x[i] - centre[i] < x[best] - centre[best]) best = i;
    }
    const Rational step(2, k + 2);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = (1 - step) * x[i] + (i == best ? step : Rational(0));
    }
    Point off;
    for (std::size_t i = 0; i < x.size(); ++i) off.push_back(x[i] - centre[i]);
    series.push_back(
        exact_comparison(k + 1, squared_length(off) / 2, 2 * diameter_squared / Rational(k + 3)));
  }
  return series;
}

std::vector<Run> frank_wolfe_runs() {
  const Point inside{{1, 2}, {1, 3}, {1, 6}};
  const Point middle(5, Rational(1, 5));
  return {exact_run("three corners", Role::within, "1/2 ||x - (1/2, 1/3, 1/6)||^2",
                    [=] { return frank_wolfe(inside, 2); }),
          exact_run("the middle of five corners", Role::within, "1/2 ||x - 1/5||^2",
                    [=] { return frank_wolfe(middle, 2); }),
          exact_run("D said to be a fifth of what it is", Role::control, "1/2 ||x - 1/5||^2", [=] {
            return frank_wolfe(middle, {2, 25});
          })};
}

// Online gradient descent, eta = D/(M sqrt N), N = k^2: against losses M e_1, M e_2, ... in turn
// from x - x* = eta (M, ..., M), of length D, it ends at x*, and nothing is lost in the proof:
// regret = D^2/(2 eta) + eta M^2 N/2.
Series online(bool orthogonal, const Rational& more) {
  Series series;
  const Rational slope = 1;
  const Rational diameter(1, 2);
  for (long k = 1; k <= 6; ++k) {
    const long rounds = k * k;
    const Rational rate = diameter / (slope * Rational(k));
    Point x(static_cast<std::size_t>(rounds), rate * slope);
    if (!orthogonal) {
      std::fill(x.begin(), x.end(), Rational(0));
      x[0] = diameter;
    }
    Rational regret;
    for (long round = 0; round < rounds; ++round) {
      const std::size_t axis = orthogonal ? static_cast<std::size_t>(round) : 0;
      regret = regret + slope * x[axis];
      x[axis] = x[axis] - rate * slope;
      // The set is the ball of radius D about x*: one loss in turn never leaves it.
      if (!orthogonal) x[axis] = max(-diameter, x[axis]);
    }
    series.push_back(exact_comparison(rounds, regret, more * slope * diameter * Rational(k)));
  }
  return series;
}

std::vector<Run> online_runs() {
  return {
      exact_run("losses at right angles", Role::witness, "x_1, x_2, ... in turn",
                [] { return online(true, 1); }),
      exact_run("the same loss throughout", Role::within, "x_1", [] { return online(false, 1); }),
      exact_run("a thousandth less", Role::control, "x_1, x_2, ... in turn", [] {
        return online(true, {999, 1000});
      })};
}

}  // namespace

Theorem bounds_proximal_point() {
  return {.id = "bounds/proximal-point",
          .title = "The proximal point method",
          .statement = "f(x_N) - f* <= R^2/(4 gamma N)",
          .hypotheses = {"f is convex"},
          .bound = "R^2/(4 gamma N)",
          .tight = "attained by c |x|, c = R/(2 gamma N), exactly",
          .source = "Taylor, Hendrickx and Glineur 2017, SIAM J. Optim. 27(3), theorem 4.1",
          .runs = proximal_point_runs};
}

Theorem bounds_proximal_gradient() {
  return {.id = "bounds/proximal-gradient",
          .title = "The proximal gradient method",
          .statement = "||x_N - x*||^2 <= max((1 - L gamma)^2, (1 - mu gamma)^2)^N R^2",
          .hypotheses = {"f is L-smooth and mu-strongly convex, h convex", "0 < gamma < 2/L"},
          .bound = "max((1 - L gamma)^2, (1 - mu gamma)^2)^N R^2",
          .tight = "attained by quadratics with h = 0, exactly",
          .source = "Taylor, Hendrickx and Glineur 2018, J. Optim. Theory Appl. 178, theorem 3.1",
          .runs = proximal_gradient_runs};
}

Theorem bounds_accelerated_proximal() {
  return {.id = "bounds/accelerated-proximal",
          .title = "The accelerated proximal gradient method",
          .statement = "F(x_N) - F* <= 2 L R^2/(N^2 + 5N + 2), momentum i/(i + 3)",
          .hypotheses = {"f is L-smooth and convex, h convex"},
          .bound = "2 L R^2/(N^2 + 5N + 2)",
          .tight = "attained by a linear function on a half-line, exactly",
          .source = "Taylor, Hendrickx and Glineur 2017, SIAM J. Optim. 27(3), table 1",
          .runs = accelerated_proximal_runs};
}

Theorem bounds_subgradient() {
  return {.id = "bounds/subgradient",
          .title = "The subgradient method",
          .statement = "min_{t<=N} f(x_t) - f* <= M R/sqrt(N + 1) at steps R/(M sqrt(N + 1))",
          .hypotheses = {"f is convex", "no subgradient is longer than M"},
          .bound = "M R/sqrt(N + 1)",
          .tight = "attained by M max |x_i| in N + 1 dimensions, exactly",
          .source =
              "Drori and Teboulle 2016, Math. Program. 160, for the lower bound; Nesterov "
              "2004, section 3.2.3",
          .runs = subgradient_runs};
}

Theorem bounds_frank_wolfe() {
  return {.id = "bounds/frank-wolfe",
          .title = "Frank and Wolfe's method",
          .statement = "f(x_N) - f* <= 2 L D^2/(N + 2) with steps 2/(k + 2)",
          .hypotheses = {"f is L-smooth and convex on a set of diameter D"},
          .bound = "2 L D^2/(N + 2)",
          .tight = "no: 0.0783 for 0.1667 at N = 10 (PEPit)",
          .source = "Jaggi 2013, ICML, theorem 1",
          .runs = frank_wolfe_runs};
}

Theorem bounds_online_gradient_descent() {
  return {
      .id = "bounds/online-gradient-descent",
      .title = "Online gradient descent",
      .statement = "sum f_t(x_t) - sum f_t(x*) <= M D sqrt N at eta = D/(M sqrt N)",
      .hypotheses = {"convex losses with subgradients of length at most M", "||x_1 - x*|| <= D"},
      .bound = "M D sqrt N",
      .tight = "attained by losses at right angles to each other, exactly",
      .source = "Zinkevich 2003, ICML; Orabona 2019, arXiv:1912.13213, chapter 2",
      .runs = online_runs};
}

}  // namespace plumbline::theorems
