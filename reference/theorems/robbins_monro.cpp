// Robbins and Monro's conditions: sum eta_t = infinity, sum eta_t^2 < infinity.
//
// Partial sums of the catalogue's schedules against proved ends. For eta_t = eta/(1 + k t) the
// integral gives
//
//   sum_{t<T} eta_t >= eta/k log(1 + k T)                  grows without bound
//   sum_{t<T} eta_t^2 <= eta^2 (1 + 1/k)                   stays
//
// so the conditions hold; a constant rate fails the second, an exponential one the first, since its
// sum stays below eta/(1 - gamma). What they decide is shown on f(x) = 1/2 x^2 with gradients
// x - xi, E[xi] = 0, E[xi^2] = 1, where the second moment m_t = E[x_t^2] follows
//
//   m_{t+1} = (1 - eta_t)^2 m_t + eta_t^2
//
// exactly: at eta_t = 1/(t + 1) it is 1/T, at a constant rate it stays at eta/(2 - eta), and
// with a finite sum of rates the start is never forgotten.
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

constexpr long steps = 200;

/// What is not given has its default.
CertifiedVector rates(std::string_view schedule, const NamedNumbers& given) {
  return certified_rates(schedule, "", given, steps);
}

CertifiedVector inverse_time(double rate, double decay) {
  return rates("inverse_time", {{"learning_rate", rate}, {"inverse_decay", decay}});
}
CertifiedVector constant(double rate) {
  return rates("constant", {{"learning_rate", rate}});
}
CertifiedVector exponential(double rate, double factor) {
  return rates("exponential", {{"learning_rate", rate}, {"decay_rate", factor}});
}

/// The sum of the first t + 1 terms, at t.
CertifiedVector partial_sums(const CertifiedVector& terms, bool squared) {
  CertifiedVector sums;
  Certified total;
  for (const Certified& term : terms) {
    total = total + (squared ? square(term) : term);
    sums.push_back(total);
  }
  return sums;
}

using Curve = std::function<Certified(long)>;
Curve level(const Certified& value) {
  return [value](long) { return value; };
}

Run compared(std::string name, Role role, Relation relation, std::string schedule,
             const std::function<CertifiedVector()>& values, const std::function<Curve()>& limit,
             bool limit_is_below = false) {
  return {.name = std::move(name),
          .role = role,
          .objective = "1/2 x^2 with noise of variance 1",
          .rule = std::move(schedule),
          .relation = relation,
          .series = [=] {
            Series series;
            const CertifiedVector all = values();
            const Curve curve = limit();
            for (long step = 1; step <= static_cast<long>(all.size()); ++step) {
              const Certified& value = all[static_cast<std::size_t>(step - 1)];
              const Certified limit_here = curve(step);
              series.push_back({.step = step,
                                .observed = limit_is_below ? limit_here : value,
                                .bound = limit_is_below ? value : limit_here});
            }
            return series;
          }};
}

/// m_1, m_2, ... from m_0 = start.
CertifiedVector second_moments(const CertifiedVector& rates, const Certified& start) {
  CertifiedVector moments;
  Certified moment = start;
  for (const Certified& rate : rates) {
    moment = square(1 - rate) * moment + square(rate);
    moments.push_back(moment);
  }
  return moments;
}

std::vector<Run> runs() {
  // eta = 1, k = 1: sum >= log(1 + T), and sum of squares <= 2.
  const auto logarithm = [] {
    return Curve([](long step) { return log(Certified(static_cast<double>(step) + 1)); });
  };
  Run averaged = compared(
      "eta_t = 1/(t + 1): m_T = 1/T", Role::witness, Relation::equal, "inverse_time",
      [] { return second_moments(inverse_time(1, 1), Certified(9)); },
      [] { return Curve([](long step) { return Certified::ratio(1, step); }); });
  averaged.proved_slope = [] { return Certified(-1); };
  return {
      compared(
          "eta_t = 1/(1 + t): the sum grows as log T", Role::within, Relation::at_most,
          "inverse_time", [] { return partial_sums(inverse_time(1, 1), false); }, logarithm, true),
      compared(
          "eta_t = 1/(1 + t): the squares' sum stays below 2", Role::within, Relation::at_most,
          "inverse_time", [] { return partial_sums(inverse_time(1, 1), true); },
          [] { return level(Certified(2)); }),
      compared(
          "eta_t = 2^-1 (7/8)^t: the sum stays below eta/(1 - gamma) = 4", Role::within,
          Relation::at_most, "exponential",
          [] { return partial_sums(exponential(0.5, 0.875), false); },
          [] { return level(Certified(4)); }),
      std::move(averaged),
      compared(
          "eta_t = 1/4: m_T stays above eta/(2 - eta) = 1/7", Role::within, Relation::at_most,
          "constant", [] { return second_moments(constant(0.25), Certified(9)); },
          [] { return level(Certified::ratio(1, 7)); }, true),
      // prod (1 - eta_t) >= 1 - sum eta_t, with sum eta_t = 1/2: a quarter of m_0 is left at least.
      compared(
          "eta_t = 2^-4 (7/8)^t: a quarter of m_0 = 9 is never forgotten", Role::within,
          Relation::at_most, "exponential",
          [] { return second_moments(exponential(0.0625, 0.875), Certified(9)); },
          [] { return level(Certified(2.25)); }, true),
      compared(
          "a constant rate, said to have squares that add up to 2", Role::control,
          Relation::at_most, "constant", [] { return partial_sums(constant(0.25), true); },
          [] { return level(Certified(2)); }),
      compared(
          "an exponential rate, said to have a sum above log T", Role::control, Relation::at_most,
          "exponential", [] { return partial_sums(exponential(0.5, 0.875), false); }, logarithm,
          true),
      compared(
          "a constant rate, said to converge as 10/T", Role::control, Relation::at_most, "constant",
          [] { return second_moments(constant(0.25), Certified(9)); },
          [] { return Curve([](long step) { return Certified::ratio(10, step); }); }),
  };
}

}  // namespace

Theorem robbins_monro() {
  return {.id = "robbins-monro",
          .title = "Robbins and Monro's conditions",
          .statement =
              "with sum eta_t = infinity and sum eta_t^2 < infinity stochastic gradient "
              "descent converges; 1/t fulfils both, a constant rate fails the second, an "
              "exponential one the first",
          .hypotheses = {"unbiased gradients of bounded variance", "f is strongly convex"},
          .bound =
              "sum_{t<T} eta/(1 + k t) >= eta/k log(1 + k T), its squares <= eta^2 (1 + 1/k); "
              "m_{t+1} = (1 - eta_t)^2 m_t + eta_t^2 on 1/2 x^2",
          .tight = "m_T = 1/T at eta_t = 1/(t + 1), exactly",
          .source = "Robbins and Monro 1951, Ann. Math. Statist. 22(3)",
          .runs = runs};
}

}  // namespace plumbline::theorems
