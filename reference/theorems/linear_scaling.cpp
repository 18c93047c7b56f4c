// Learning rate over batch size sets the noise of stochastic gradient descent.
//
// On 1/N sum lambda/2 (x - a_i)^2 with batches drawn with replacement the gradient is
// lambda (x - mean) plus noise of variance lambda^2 s^2/B, whatever x is. So the variance of
// theta_t about the minimizer follows
//
//   V_{t+1} = (1 - eta lambda)^2 V_t + eta^2 lambda^2 s^2/B
//
// and is at last eta lambda s^2/(B (2 - eta lambda)): to first order in eta lambda it is
// (eta/B) lambda s^2/2, a function of eta/B. Not exactly: the same eta/B with a larger eta has
// more.
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

// Terms at 0, 1, 5 and -2: mean 1, s^2 = 13/2.
const std::vector<Rational> centres{0, 1, 5, -2};
const Rational mean = 1;
const Rational variance = {13, 2};
const Rational curvature = 2;

/// E[(theta_T - mean)^2] from `start` over all paths of batches of B, drawn with replacement.
Rational by_enumeration(const Rational& point, const Rational& rate, long batch, long steps) {
  if (steps == 0) return square(point - mean);
  // The batches as sums of centres: all N^B of them.
  std::vector<Rational> sums{0};
  for (long drawn = 0; drawn < batch; ++drawn) {
    std::vector<Rational> next;
    for (const Rational& sum : sums) {
      for (const Rational& centre : centres) next.push_back(sum + centre);
    }
    sums = std::move(next);
  }
  Rational total;
  for (const Rational& sum : sums) {
    const Rational gradient = curvature * (point - sum / batch);
    total = total + by_enumeration(point - rate * gradient, rate, batch, steps - 1);
  }
  return total / Rational(static_cast<long>(sums.size()));
}

Rational next_variance(const Rational& now, const Rational& rate, long batch) {
  return square(1 - rate * curvature) * now + square(rate * curvature) * variance / batch;
}

Rational stationary(const Rational& rate, long batch) {
  return rate * curvature * variance / (Rational(batch) * (2 - rate * curvature));
}

Run scaling_run(std::string name, Role role, Relation relation, std::function<Series()> series) {
  return {.name = std::move(name),
          .role = role,
          .objective = "1/4 sum (x - a_i)^2, a = 0, 1, 5, -2",
          .rule = "gradient_descent",
          .dialect = "coupled_decay",
          .relation = relation,
          .scale = Scale::log_linear,
          .series = std::move(series)};
}

std::vector<Run> runs() {
  const auto enumerated = [](long batch, long most) {
    return [batch, most] {
      Series series;
      const Rational rate(1, 8);
      Rational expected = square(Rational(3) - mean);
      for (long steps = 1; steps <= most; ++steps) {
        expected = next_variance(expected, rate, batch);
        series.push_back(exact_comparison(steps, by_enumeration(3, rate, batch, steps), expected));
      }
      return series;
    };
  };
  const auto from = [](const Rational& start, const Rational& rate, long batch) {
    return [=] {
      Series series;
      Rational now = start;
      for (long step = 1; step <= 60; ++step) {
        now = next_variance(now, rate, batch);
        const Rational limit = stationary(rate, batch);
        // What is left of the start: exactly this.
        series.push_back(exact_comparison(
            step, now, limit + power(square(1 - rate * curvature), step) * (start - limit)));
      }
      return series;
    };
  };
  // eta and B multiplied by k = 1, 2, ..., 8 together, from eta = 1/64.
  const auto together = [](const std::function<Rational(long)>& said) {
    return [said] {
      Series series;
      for (long k = 1; k <= 8; ++k) {
        series.push_back(exact_comparison(k, stationary(Rational(k, 64), k), said(k)));
      }
      return series;
    };
  };
  const auto first_order = [](long) { return Rational(1, 64) * curvature * variance / 2; };
  return {
      scaling_run("all paths, B = 1", Role::witness, Relation::equal, enumerated(1, 6)),
      scaling_run("all paths, B = 2", Role::witness, Relation::equal, enumerated(2, 3)),
      scaling_run("the way to the stationary variance, eta = 1/8, B = 1", Role::witness,
                  Relation::equal, from(4, {1, 8}, 1)),
      scaling_run("the way to the stationary variance, eta = 3/4, B = 8", Role::witness,
                  Relation::equal, from(4, {3, 4}, 8)),
      scaling_run(
          "eta and B times k: V stays, but for 2/(2 - eta lambda)", Role::witness, Relation::equal,
          together([=](long k) { return first_order(k) * 2 / (2 - Rational(k, 64) * curvature); })),
      scaling_run("eta and B times k: within 2 eta lambda of the first order", Role::within,
                  Relation::at_most, together([=](long k) {
                    return first_order(k) * (1 + 2 * Rational(k, 64) * curvature);
                  })),
      scaling_run("eta and B times k, said to leave the variance as it is", Role::control,
                  Relation::equal, together(first_order)),
      scaling_run("eta times k alone, said to leave the variance as it is", Role::control,
                  Relation::equal,
                  [] {
                    Series series;
                    for (long k = 1; k <= 8; ++k) {
                      series.push_back(exact_comparison(k, stationary(Rational(k, 64), 1),
                                                        stationary({1, 64}, 1)));
                    }
                    return series;
                  }),
  };
}

}  // namespace

Theorem linear_scaling() {
  return {.id = "linear-scaling",
          .title = "The linear scaling rule",
          .statement =
              "on a quadratic the stationary variance of stochastic gradient descent is "
              "eta lambda s^2/(B (2 - eta lambda)): to first order a function of eta/B",
          .hypotheses = {"f is a quadratic", "batches are drawn with replacement",
                         "0 < eta < 2/lambda"},
          .bound = "V_{t+1} = (1 - eta lambda)^2 V_t + eta^2 lambda^2 s^2/B",
          .tight = "an equality, in rational numbers, by enumeration of all paths",
          .source =
              "Mandt, Hoffman and Blei 2017, J. Mach. Learn. Res. 18; Goyal et al. 2017, "
              "arXiv:1706.02677, for the rule",
          .runs = runs};
}

}  // namespace plumbline::theorems
