// A convex online problem on which Adam goes to the worst point, and AMSGrad does not.
//
//   f_t(x) = C x where t = 1 mod 3, else -x,   x in [-1, 1],   C = 3
//
// Three of them sum to (C - 2) x: -1 is best. With beta1 = 0 and beta2 = 1/(1 + C^2), and
// eta_t = eta/sqrt t, Adam forgets each large gradient before it counts: x is back at 1 after
// every third step. So every three steps cost it at least 2C - 4 more than the best point, and its
// average regret does not vanish.
#include <cmath>

#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

constexpr double slope = 3;  // C
constexpr double rate = 0.5;
// Near 1/(1 + C^2) = 1/10: what is certified is the rule with this very number.
constexpr double decay = 0.1;
constexpr long rounds = 150;

struct Round {
  Certified regret;  ///< after three steps more
  Certified point;   ///< and where it then is
};

/// The regret, against -1, after each three steps of the rule from 1.
std::vector<Round> play(std::string_view rule, std::string_view dialect, double first_rate) {
  SteppedRule<Certified> played(
      rule, dialect,
      {{"learning_rate", first_rate}, {"beta1", 0}, {"beta2", decay}, {"epsilon", 0}},
      {Certified(1)});
  std::vector<Round> result;
  Certified regret;
  for (long step = 1; step <= 3 * rounds; ++step) {
    const Certified gradient(step % 3 == 1 ? slope : -1.0);
    regret = regret + gradient * (played.point()[0] + 1);
    played.set_learning_rate(first_rate / std::sqrt(static_cast<double>(step)));
    played.step({gradient});
    // The projection onto [-1, 1].
    played.move_to({max(Certified(-1), min(played.point()[0], Certified(1)))});
    if (step % 3 == 0) result.push_back({regret, played.point()[0]});
  }
  return result;
}

Run played_run(std::string name, Role role, std::string rule, std::string dialect,
               std::function<Series()> series) {
  return {.name = std::move(name),
          .role = role,
          .objective = "3 x, -x, -x in turn on [-1, 1]",
          .rule = std::move(rule),
          .dialect = std::move(dialect),
          .hyperparameters = {{"learning_rate", rate}, {"beta1", 0}, {"beta2", decay}},
          .series = std::move(series)};
}

/// The least average regret that a rule is said to have, against what it has.
std::function<Series()> at_least(std::string rule, std::string dialect) {
  return [rule = std::move(rule), dialect = std::move(dialect)] {
    Series series;
    long steps = 0;
    for (const Round& round : play(rule, dialect, rate)) {
      steps += 3;
      series.push_back({.step = steps,
                        .observed = Certified(2 * slope - 4) / Certified(3),
                        .bound = round.regret / Certified(static_cast<double>(steps)),
                        .point = {round.point}});
    }
    return series;
  };
}

/// Zinkevich's bound for a rate eta/sqrt t and a preconditioner that does not fall:
/// D^2 sqrt(v_T)/(2 eta_T) + sum eta_t g_t^2/(2 sqrt(v_t)), with sqrt(v) between the root of
/// (1 - beta2) C^2, which the first step leaves, and C.
Series amsgrad_regret(double first_rate) {
  Series series;
  long steps = 0;
  const Certified least_root = Certified(slope) * sqrt((1 - Rational::of(decay)).certified());
  Certified rates;
  for (const Round& round : play("amsgrad", "uncorrected", first_rate)) {
    for (int i = 0; i < 3; ++i) {
      ++steps;
      const Certified gradient(steps % 3 == 1 ? slope : -1.0);
      rates =
          rates + Certified(first_rate / std::sqrt(static_cast<double>(steps))) * square(gradient);
    }
    const Certified last(first_rate / std::sqrt(static_cast<double>(steps)));
    const Certified bound = Certified(4) * Certified(slope) / (Certified(2) * last) +
                            rates / (Certified(2) * least_root);
    const Certified count(static_cast<double>(steps));
    series.push_back({.step = steps,
                      .observed = round.regret / count,
                      .bound = bound / count,
                      .point = {round.point}});
  }
  return series;
}

std::vector<Run> runs() {
  Run back = played_run(
      "Adam is back at 1 after every third step", Role::witness, "adam", "uncorrected", [] {
        Series series;
        long steps = 0;
        for (const Round& round : play("adam", "uncorrected", rate)) {
          steps += 3;
          series.push_back({.step = steps, .observed = round.point, .bound = Certified(1)});
        }
        return series;
      });
  back.relation = Relation::equal;
  Run amsgrad = played_run("AMSGrad's average regret falls as 1/sqrt T", Role::within, "amsgrad",
                           "uncorrected", [] { return amsgrad_regret(rate); });
  amsgrad.proved_slope = [] { return Certified(-0.5); };
  return {
      std::move(back),
      played_run("Adam's average regret stays above (2C - 4)/3", Role::within, "adam",
                 "uncorrected", at_least("adam", "uncorrected")),
      played_run("Adam with bias corrections: the same", Role::within, "adam", "paper",
                 at_least("adam", "paper")),
      std::move(amsgrad),
      played_run("AMSGrad, said to do no better than Adam", Role::control, "amsgrad", "uncorrected",
                 at_least("amsgrad", "uncorrected")),
      played_run(
          "Adam, said to have AMSGrad's vanishing regret", Role::control, "adam", "uncorrected",
          [] {
            Series bounds = amsgrad_regret(rate);
            const std::vector<Round> adam = play("adam", "uncorrected", rate);
            for (std::size_t i = 0; i < bounds.size(); ++i) {
              bounds[i].observed = adam[i].regret / Certified(static_cast<double>(bounds[i].step));
              bounds[i].point = {adam[i].point};
            }
            return bounds;
          }),
  };
}

}  // namespace

Theorem adam_nonconvergence() {
  return {.id = "adam-nonconvergence",
          .title = "Adam need not converge",
          .statement =
              "on f_t(x) = C x every third step, else -x, on [-1, 1], Adam with beta1 = 0 "
              "and beta2 = 1/(1 + C^2) goes to the worst point, and its average regret "
              "stays above (2C - 4)/3; AMSGrad's vanishes",
          .hypotheses = {"C > 2", "beta1 = 0, beta2 = 1/(1 + C^2), eta_t = eta/sqrt t",
                         "eta < sqrt(1 - beta2)"},
          .bound = "R_T/T >= (2C - 4)/3 for Adam; R_T/T = O(1/sqrt T) for AMSGrad",
          .tight = "Adam is at 1 after every third step, exactly",
          .source = "Reddi, Kale and Kumar 2018, ICLR, theorem 1",
          .runs = runs};
}

}  // namespace plumbline::theorems
