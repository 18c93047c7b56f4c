// Stochastic gradient descent on finite sums: the expectation over all paths, exactly, by
// enumeration of every path of choices.
//
// Convex, with stochastic gradients of length at most G, for the mean of f over the first T
// points theta_0 .. theta_{T-1}:
//
//   E[1/T sum f(theta_t)] - f* <= R^2/(2 eta T) + eta G^2/2
//
// which at eta = R/(G sqrt T) is R G/sqrt T (by convexity the same holds at their mean).
//
// Smooth and perhaps not convex, with stochastic gradients whose variance is at most s^2:
//
//   1/T sum E||f'(theta_t)||^2 <= 2 (f(theta_0) - f*)/(eta T) + L eta s^2,   eta <= 1/L
//
// which at eta = c/sqrt T is O(1/sqrt T).
#include <cmath>
#include <map>

#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

/// One term of a sum, of one variable.
struct Term {
  std::function<Certified(const Certified&)> value, slope;
};

struct FiniteSum {
  std::string name;
  std::vector<Term> terms;
  std::vector<Rational> chances;  ///< how likely each term is drawn: alike, unless it is a control

  Certified mean_of(const Certified& x, bool of_slope) const {
    Certified total;
    for (const Term& term : terms) total = total + (of_slope ? term.slope(x) : term.value(x));
    return total / Certified(static_cast<double>(terms.size()));
  }
};

std::vector<Rational> alike(long count) {
  return std::vector<Rational>(static_cast<std::size_t>(count), Rational(1, count));
}

/// 4 (x - c)^2 within 1/8 of c, |x - c| - 1/16 outside: Huber's loss, no slope above G = 1.
Term huber_term(const Rational& centre) {
  const auto inner = [](const Certified& off) { return min(abs(off), Certified(0.125)); };
  return {[=](const Certified& x) {
            const Certified off = x - centre.certified();
            return Certified(8) * inner(off) * (abs(off) - inner(off) / Certified(2));
          },
          [=](const Certified& x) {
            return Certified(8) *
                   max(Certified(-0.125), min(x - centre.certified(), Certified(0.125)));
          }};
}

/// (x - c)^2/(1 + (x - c)^2): L = 2, no slope above 3 sqrt 3/8, and not convex.
Term well_term(const Rational& centre) {
  return {[=](const Certified& x) {
            const Certified squared = square(x - centre.certified());
            return squared / (1 + squared);
          },
          [=](const Certified& x) {
            const Certified off = x - centre.certified();
            return Certified(2) * off / square(1 + square(off));
          }};
}

/// The expectation of sum_{t<T} quantity(theta_t) over all paths of gradient descent, the rule of
/// the catalogue. It has no state, so that a path is where it is.
template <class Quantity>
Certified expected_sum(const FiniteSum& sum, const CertifiedVector& point, double rate, long steps,
                       const Quantity& quantity) {
  Certified here = quantity(point[0]);
  if (steps == 1) return here;
  Certified later;
  for (std::size_t i = 0; i < sum.terms.size(); ++i) {
    if (sign_of(sum.chances[i]) == 0) continue;
    SteppedRule<Certified> descent("gradient_descent", "", {{"learning_rate", rate}}, point);
    descent.step({sum.terms[i].slope(point[0])});
    later = later + sum.chances[i].certified() *
                        expected_sum(sum, descent.point(), rate, steps - 1, quantity);
  }
  return here + later;
}

/// The bounds at the rate as it is, a binary64 number near c/sqrt T.
double rate_for(double factor, long steps) {
  return factor / std::sqrt(static_cast<double>(steps));
}

constexpr long most_steps = 7;

/// Of a setting that has the finite sum and says whether its rate is constant.
template <class Setting>
Run run_of(std::string name, Role role, Setting setting, Series (*series)(const Setting&)) {
  Run run{.name = std::move(name),
          .role = role,
          .objective = setting.sum.name,
          .rule = "gradient_descent",
          .dialect = "coupled_decay"};
  if (role != Role::control && !setting.constant_rate)
    run.proved_slope = [] { return Certified(-0.5); };
  run.series = [setting = std::move(setting), series] { return series(setting); };
  return run;
}

struct Convex {
  FiniteSum sum;
  Rational minimizer;
  double start, factor;
  bool constant_rate = false;
  Rational claimed_slope = 1;
};

Series convex_series(const Convex& setting) {
  Series series;
  const Certified least = setting.sum.mean_of(setting.minimizer.certified(), false);
  const Rational radius = abs(Rational::of(setting.start) - setting.minimizer);
  for (long steps = 1; steps <= most_steps; ++steps) {
    const double rate = setting.constant_rate ? setting.factor : rate_for(setting.factor, steps);
    const Certified total =
        expected_sum(setting.sum, {Certified(setting.start)}, rate, steps,
                     [&](const Certified& x) { return setting.sum.mean_of(x, false); });
    const Rational exact_rate = Rational::of(rate);
    const Rational bound = square(radius) / (2 * exact_rate * Rational(steps)) +
                           exact_rate * square(setting.claimed_slope) / 2;
    series.push_back({.step = steps,
                      .observed = total / Certified(static_cast<double>(steps)) - least,
                      .bound = bound.certified()});
  }
  return series;
}

Run convex_run(std::string name, Role role, Convex setting) {
  return run_of(std::move(name), role, std::move(setting), convex_series);
}

/// Absolute values |x - c|, whose slopes are -1, 0 and 1: every path stays on start + k eta, so
/// that the chances of all 3^T paths are gathered by k. Longer runs are exact that way too.
struct Absolute {
  std::vector<Rational> centres;
  std::vector<Rational> chances;
  Rational least;  ///< of their mean
  double start;
  Rational distance;  ///< from the start to a minimizer

  Rational mean_at(const Rational& x) const {
    Rational total;
    for (const Rational& centre : centres) total = total + abs(x - centre);
    return total / Rational(static_cast<long>(centres.size()));
  }
};

/// 1/T of the expected sum over t < T of f(theta_t) - f*.
Certified expected_mean_gap(const Absolute& sum, const Rational& rate, long steps) {
  std::map<long, Certified> chances{{0, Certified(1)}};
  Certified total;
  for (long step = 0; step < steps; ++step) {
    std::map<long, Certified> next;
    for (const auto& [k, chance] : chances) {
      const Rational x = Rational::of(sum.start) + Rational(k) * rate;
      total = total + chance * (sum.mean_at(x) - sum.least).certified();
      for (std::size_t i = 0; i < sum.centres.size(); ++i) {
        if (sign_of(sum.chances[i]) == 0) continue;
        Certified& there = next[k - sign_of(x - sum.centres[i])];
        there = there + chance * sum.chances[i].certified();
      }
    }
    chances = std::move(next);
  }
  return total / Certified(static_cast<double>(steps));
}

Run absolute_run(std::string name, Role role, const Absolute& sum) {
  Run run{.name = std::move(name),
          .role = role,
          .objective = "mean of |x + 1|, |x| and |x - 1/2|, G = 1",
          .rule = "gradient_descent",
          .dialect = "coupled_decay"};
  if (role != Role::control) run.proved_slope = [] { return Certified(-0.5); };
  run.series = [sum] {
    Series series;
    for (long root = 1; root <= 16; root *= 2) {
      const long steps = root * root;
      const Rational rate = sum.distance / Rational(root);
      series.push_back({.step = steps,
                        .observed = expected_mean_gap(sum, rate, steps),
                        .bound = (sum.distance / Rational(root)).certified()});
    }
    return series;
  };
  return run;
}

std::vector<Run> convex_runs() {
  const auto sum = [](std::vector<Rational> chances) {
    return FiniteSum{"mean of Huber's losses at -1, 0 and 1/2, G = 1",
                     {huber_term(-1), huber_term(0), huber_term({1, 2})},
                     std::move(chances)};
  };
  const std::vector<Rational> centres{-1, 0, {1, 2}};
  return {
      absolute_run("eta = R/(G sqrt T), R = 2, T up to 256", Role::within,
                   {centres, alike(3), {1, 2}, 2, 2}),
      absolute_run("eta = R/(G sqrt T), R = 1/2, T up to 256", Role::within,
                   {centres, alike(3), {1, 2}, -0.5, {1, 2}}),
      absolute_run("a biased draw: the first term alone, T up to 256", Role::control,
                   {centres, {1, 0, 0}, {1, 2}, 0.125, {1, 8}}),
      convex_run("eta = R/(G sqrt T), R = 2", Role::within, {sum(alike(3)), 0, 2, 2}),
      convex_run("eta = R/(G sqrt T), R = 1/2", Role::within, {sum(alike(3)), 0, -0.5, 0.5}),
      convex_run("eta = 1/(8 sqrt T), R = 1", Role::within, {sum(alike(3)), 0, 1, 0.125}),
      convex_run("eta = 1/8 throughout", Role::within, {sum(alike(3)), 0, 0.25, 0.125, true}),
      convex_run("a biased draw: the first term alone", Role::control,
                 {sum({1, 0, 0}), 0, 0, 0.25, true}),
      convex_run("G said to be 1/4", Role::control, {sum(alike(3)), 0, 0, 0.5, true, {1, 4}}),
  };
}

struct Nonconvex {
  FiniteSum sum;
  Rational lower_bound;  ///< of f
  double start, factor;
  Rational variance = {27, 64};  ///< the square of 3 sqrt 3/8
  bool constant_rate = false;
};

Series nonconvex_series(const Nonconvex& setting) {
  Series series;
  const Rational smoothness = 2;
  const Certified start(setting.start);
  const Certified first = setting.sum.mean_of(start, false) - setting.lower_bound.certified();
  for (long steps = 1; steps <= most_steps; ++steps) {
    const double rate = setting.constant_rate ? setting.factor : rate_for(setting.factor, steps);
    const Rational exact_rate = Rational::of(rate);
    const Certified total =
        expected_sum(setting.sum, {start}, rate, steps,
                     [&](const Certified& x) { return square(setting.sum.mean_of(x, true)); });
    series.push_back({.step = steps,
                      .observed = total / Certified(static_cast<double>(steps)),
                      .bound = first * (2 / (exact_rate * Rational(steps))).certified() +
                               (smoothness * exact_rate * setting.variance).certified()});
  }
  return series;
}

Run nonconvex_run(std::string name, Role role, Nonconvex setting) {
  return run_of(std::move(name), role, std::move(setting), nonconvex_series);
}

std::vector<Run> nonconvex_runs() {
  const auto sum = [](std::vector<Rational> chances) {
    return FiniteSum{"mean of wells at -1, 0 and 1/2, L = 2",
                     {well_term(-1), well_term(0), well_term({1, 2})},
                     std::move(chances)};
  };
  // Two wells near each other: convex between, and least at 0, where f = a^2/(1 + a^2).
  const FiniteSum near{
      "mean of wells at -1/4 and 1/4, L = 2", {well_term({-1, 4}), well_term({1, 4})}, alike(2)};
  return {
      nonconvex_run("eta = 1/(2 sqrt T)", Role::within, {sum(alike(3)), 0, 2, 0.5}),
      nonconvex_run("eta = 1/(8 sqrt T)", Role::within, {sum(alike(3)), 0, -0.5, 0.125}),
      nonconvex_run("eta = 1/2 throughout", Role::within,
                    {sum(alike(3)), 0, 0.25, 0.5, {27, 64}, true}),
      nonconvex_run("two wells, from their least point", Role::within,
                    {near, {1, 17}, 0, 0.5, {27, 64}, true}),
      nonconvex_run("two wells, the variance said to be 0", Role::control,
                    {near, {1, 17}, 0x1p-10, 0.5, 0, true}),
  };
}

}  // namespace

Theorem sgd_convex() {
  return {.id = "sgd-convex",
          .title = "Stochastic gradient descent on convex functions",
          .statement = "E[1/T sum_{t<T} f(theta_t)] - f* <= R G/sqrt T at eta = R/(G sqrt T)",
          .hypotheses = {"f is convex", "the stochastic gradient is unbiased",
                         "no stochastic gradient is longer than G"},
          .bound = "R^2/(2 eta T) + eta G^2/2",
          .tight = "to a constant",
          .source =
              "Nemirovski, Juditsky, Lan and Shapiro 2009, SIAM J. Optim. 19(4); "
              "Shalev-Shwartz and Ben-David 2014, theorem 14.8",
          .runs = convex_runs};
}

Theorem sgd_nonconvex() {
  return {.id = "sgd-nonconvex",
          .title = "Stochastic gradient descent on smooth functions",
          .statement =
              "1/T sum_{t<T} E||f'(theta_t)||^2 <= 2 (f(theta_0) - f*)/(eta T) + "
              "L eta s^2 for eta <= 1/L: O(1/sqrt T) at eta = c/sqrt T",
          .hypotheses = {"f is L-smooth", "the stochastic gradient is unbiased",
                         "its variance is at most s^2", "eta <= 1/L"},
          .bound = "2 (f(theta_0) - f*)/(eta T) + L eta s^2",
          .tight = "to a constant",
          .source = "Ghadimi and Lan 2013, SIAM J. Optim. 23(4), theorem 2.1",
          .runs = nonconvex_runs};
}

}  // namespace plumbline::theorems
