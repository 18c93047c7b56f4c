// What noise does to descent on a quadratic, exactly.
//
// On f = lambda/2 theta^2 with gradients lambda theta + noise, the noise of mean 0 and variance
// s^2 = sigma^2/B, E theta^2 obeys  E_{t+1} = (1 - eta lambda)^2 E_t + eta^2 s^2, so that
//   E_t = q^t E_0 + eta^2 s^2 (1 - q^t)/(1 - q),  q = (1 - eta lambda)^2
// with the stationary value eta s^2/(lambda (2 - eta lambda)) = (eta/B) sigma^2/(lambda (2 - eta
// lambda)): proportional to eta/B only as far as eta lambda is small beside 2.
//
// The bound of one document, O(sigma/sqrt T + 1/T) at eta = c/sqrt T, has a first term that
// vanishes with sigma. But the sum telescopes to (f_0 - f*)/(eta T) = (f_0 - f*)/(c sqrt T),
// which does not: without noise the mean squared gradient is of the order 1/sqrt T for that rate.
// It is O(1/T) for a rate that does not shrink so, min(1/L, c/(sigma sqrt T)) (Ghadimi and Lan
// 2013, corollary 2.2); for a fixed sigma > 0 whose size may go into the constant the bound holds.
#include <cmath>

#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"

namespace plumbline::claims {
namespace {

/// The stationary variance over (eta/B) sigma^2, lambda = 1.
Rational noise_scale(const Rational& eta) {
  return 1 / (2 - eta);
}

/// Multiplying eta and B by k leaves the stationary variance as it was, to a tenth.
Finding linear_scaling(const std::vector<std::pair<Rational, long>>& settings) {
  Readings readings;
  std::string example;
  for (const auto& [eta, factor] : settings) {
    const Rational ratio = noise_scale(eta * factor) / noise_scale(eta);
    const bool kept = ratio < Rational(11, 10);
    const std::string words =
        "eta lambda = " + eta.text() + ", both times " + std::to_string(factor);
    readings.add(words, kept);
    readings.add(figure("stationary variance afterwards over before, " + words, ratio.text()));
    if (!kept) {
      example = words + ": eta/B is the same, the iterate's variance " +
                figure("", ratio.certified(), 6).value + " times as large";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// The mean over t < T of E|grad|^2 = lambda^2 E theta^2, lambda = 1, from theta = 1.
Certified mean_squared_gradient(const Certified& eta, const Certified& noise, long steps) {
  const Certified q = square(1 - eta);
  const Certified stationary = square(eta) * noise / (1 - q);
  const Certified transient = (1 - stationary) * (1 - power(q, whole(steps))) / (1 - q);
  return stationary + transient / whole(steps);
}

enum class Rate { inverse_root, at_most_one };

/// The mean squared gradient over sigma/sqrt T + 1/T, or over 1/sqrt T or 1/T alone, stays below 4
/// for T up to 10^8.
enum class Order { both, inverse_root, inverse };
Finding sgd_bound(const std::vector<std::pair<Rate, int>>& settings, Order order = Order::both) {
  Readings readings;
  std::string example;
  for (const auto& [rate, sigma] : settings) {
    bool bounded = true;
    const std::string words = "sigma = " + std::to_string(sigma) +
                              (rate == Rate::inverse_root ? ", eta = 1/(2 sqrt T)"
                                                          : ", eta = min(1/2, 1/(2 sigma sqrt T))");
    for (const long root : {10L, 100L, 1000L, 10000L}) {
      const long steps = root * root;
      const Certified eta = rate == Rate::inverse_root || sigma > 0 ? Certified::ratio(1, 2 * root)
                                                                    : Certified::ratio(1, 2);
      const Certified found = mean_squared_gradient(eta, sigma * sigma, steps);
      const Certified first = 1 / whole(root);
      const Certified second = 1 / whole(steps);
      const Certified share = found / (order == Order::both           ? sigma * first + second
                                       : order == Order::inverse_root ? first
                                                                      : second);
      bounded = bounded && less(share, 4);
      if (root == 100 || root == 10000) {
        readings.add(figure(std::string("mean squared gradient over ") +
                                (order == Order::both           ? "sigma/sqrt T + 1/T"
                                 : order == Order::inverse_root ? "1/sqrt T"
                                                                : "1/T") +
                                ", T = " + std::to_string(steps) + ", " + words,
                            share));
      }
      if (root == 10000 && !bounded) {
        example = "f = theta^2/2 from 1, " + words + ": at T = 10^8 the mean squared gradient is " +
                  figure("", share, 6).value + " times 1/T, and grows as sqrt T";
      }
    }
    readings.add(words, bounded);
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Convex: E gap after T steps at eta = c/sqrt T is O(1/sqrt T), over quadratics of all curvatures.
Finding last_gap_below(long constant, long horizon_power) {
  Readings readings;
  bool bounded = true;
  Certified worst;
  for (const long root : {10L, 100L, 1000L}) {
    Certified most;
    const long steps = root * root;
    for (int shift = 0; shift <= 14; ++shift) {
      const Certified lambda = Certified(std::ldexp(1.0, -shift));
      const Certified eta = Certified::ratio(1, 2 * root);
      const Certified q = square(1 - eta * lambda);
      const Certified left = power(q, whole(steps));
      const Certified second = left + square(eta) * (1 - left) / (1 - q);
      most = max(most, lambda / 2 * second);
    }
    // T^(power/2) times the gap.
    const Certified scaled = most * power(whole(root), whole(horizon_power));
    bounded = bounded && less(scaled, Certified::ratio(constant, 100));
    worst = scaled;
    readings.add(
        figure("greatest expected gap over quadratics, T = " + std::to_string(steps), most));
  }
  readings.add("quadratics of curvature 2^-14 to 1, sigma = 1, last iterate", bounded);
  return readings.finding();
}

struct Metric {
  std::string words;
  enum class Kind { gap, gradient_norm, fixed_rate, strongly_convex } kind;
};

/// Twice the steps, and what they gain: the quotient of before and after, T = 10^6.
Finding doubling_gains(const std::vector<Metric>& metrics, const Certified& stated) {
  Readings readings;
  std::string example;
  const long steps = 1000000;
  for (const Metric& metric : metrics) {
    Certified gain;
    const auto mean = [](long count, const Certified& divisor) {
      return mean_squared_gradient(1 / (2 * divisor), 1, count);
    };
    const Certified root = sqrt(whole(steps));
    const Certified later_root = sqrt(whole(2 * steps));
    switch (metric.kind) {
      case Metric::Kind::gap:
        gain = mean(steps, root) / mean(2 * steps, later_root);
        break;
      case Metric::Kind::gradient_norm:
        gain = sqrt(mean(steps, root) / mean(2 * steps, later_root));
        break;
      case Metric::Kind::fixed_rate:
        gain = mean(steps, root) / mean(2 * steps, root);
        break;
      case Metric::Kind::strongly_convex: {
        // eta_t = 1/t averages the noise; step by step.
        Certified second = 1, first;
        for (long t = 1; t <= 4000; ++t) {
          const Certified eta = 1 / whole(t);
          second = square(1 - eta) * second + square(eta);
          if (t == 2000) first = second;
        }
        gain = first / second;
        break;
      }
    }
    // To one per cent.
    const bool right = less(abs(gain - stated), stated / 100);
    readings.add(metric.words, right);
    readings.add(figure("T steps over 2 T, " + metric.words, gain));
    if (!right && example.empty()) {
      example = metric.words + ": twice the steps gain a factor of " + figure("", gain, 6).value;
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

const Metric by_gap{"squared gradient, eta = c/sqrt T chosen anew", Metric::Kind::gap};
const Metric by_norm{"the gradient's norm, eta chosen anew", Metric::Kind::gradient_norm};
const Metric by_fixed{"squared gradient, eta kept", Metric::Kind::fixed_rate};
const Metric by_strong{"E theta^2 for the strongly convex rate eta = 1/t",
                       Metric::Kind::strongly_convex};

/// sum eta_t = infinity and sum eta_t^2 < infinity are what makes SGD converge: on theta^2/2 with
/// noise 1, from 1, E theta_T^2 goes below 1/1000 in 2000 steps of eta_t.
struct Decreasing {
  std::string words;
  bool fulfils;  ///< the Robbins-Monro conditions, by the tails said in the words
  Certified (*rate)(long t);
};
const std::vector<Decreasing>& rates() {
  static const std::vector<Decreasing> all{
      {"1/t (sum infinite, sum of squares pi^2/6)", true, [](long t) { return 1 / whole(t); }},
      {"1/2 constant (sum of squares infinite)", false, [](long) { return Certified(0.5); }},
      {"2^-t (sum 1)", false, [](long t) { return Certified(std::ldexp(1.0, int(-t))); }},
  };
  return all;
}
Finding robbins_monro_decides(bool right_way) {
  Readings readings;
  bool decides = true;
  for (const auto& [words, fulfils, rate] : rates()) {
    Certified second = 1;
    for (long t = 1; t <= 2000; ++t) {
      if (t > 900 && words.starts_with("2^")) break;  // nothing moves any more
      const Certified eta = rate(t);
      second = square(1 - eta) * second + square(eta);
    }
    const bool converges = less(second, Certified::ratio(1, 1000));
    decides = decides && converges == (fulfils == right_way);
    readings.add(figure("E theta^2 after 2000 steps, eta_t = " + words, second));
  }
  readings.add("three schedules on theta^2/2 with noise of variance 1", decides);
  return readings.finding();
}

}  // namespace

std::vector<Claim> stochastic() {
  std::vector<Claim> claims;
  for (const Sentence& place :
       {Sentence{lecture_notes, 66, "linear-scaling",
                 "the noise scale is proportional to eta/B: scale eta with B"},
        Sentence{foundations, 113, "linear-scaling",
                 "scaling rules: eta linear in the batch size"}}) {
    claims.push_back(
        {.id = claim_id(place.document, place.name),
         .document = place.document,
         .line = place.line,
         .sentence = place.sentence,
         .computed =
             "the stationary variance of SGD on a quadratic, eta and B multiplied alike, in "
             "rationals; kept is within a tenth",
         .compute =
             [] {
               return linear_scaling(
                   {{Rational(1, 100), 8}, {Rational(1, 10), 2}, {Rational(1, 10), 8}});
             },
         .planted = "... for eta lambda = 1/100",
         .compute_planted =
             [] {
               return linear_scaling({{Rational(1, 100), 8}});
             }});
  }
  claims.insert(
      claims.end(),
      {{.id = "000-sgd-bound",
        .document = lecture_notes,
        .line = 60,
        .sentence = "eta = c/sqrt T: mean squared gradient O(sigma/sqrt T + 1/T)",
        .computed = "the exact expectation on theta^2/2, T = 100 to 10^8, over sigma/sqrt T + 1/T; "
                    "bounded is below 4",
        .compute =
            [] {
              Finding finding = sgd_bound({{Rate::inverse_root, 1}, {Rate::inverse_root, 0}});
              if (finding.verdict == ClaimVerdict::holds_under) {
                finding.condition =
                    "sigma > 0, on which O's constant may depend: " + finding.condition;
              }
              return finding;
            },
        .planted = "... at eta = min(1/2, c/(sigma sqrt T))",
        .compute_planted =
            [] {
              return sgd_bound({{Rate::at_most_one, 1}, {Rate::at_most_one, 0}});
            }},
       {.id = "000-table-sgd-convex",
        .document = lecture_notes,
        .line = 154,
        .sentence = "the table: SGD, convex, eta ~ 1/sqrt T: expected gap O(1/sqrt T)",
        .computed = "the exact expected gap of the last iterate over quadratics, T = 100 to 10^6, "
                    "times sqrt T",
        .compute = [] { return last_gap_below(40, 1); },
        .planted = "O(1/T)",
        .compute_planted = [] { return last_gap_below(40, 2); }},
       {.id = "000-table-sgd-nonconvex",
        .document = lecture_notes,
        .line = 155,
        .sentence = "the table: SGD, non-convex: mean squared gradient O(1/sqrt T)",
        .computed = "the exact expectation on theta^2/2, T = 100 to 10^8, times sqrt T, with noise "
                    "and without; bounded is below 4",
        .compute =
            [] {
              return sgd_bound({{Rate::inverse_root, 1}, {Rate::inverse_root, 0}},
                               Order::inverse_root);
            },
        .planted = "O(1/T)",
        .compute_planted =
            [] {
              return sgd_bound({{Rate::inverse_root, 1}, {Rate::inverse_root, 0}}, Order::inverse);
            }},
       {.id = "000-doubling-steps",
        .document = lecture_notes,
        .line = 156,
        .sentence = "doubling the number of SGD steps gives a sqrt 2 times improvement",
        .computed = "exact expectations on theta^2/2 with noise of variance 1, T = 10^6 (2000 for "
                    "1/t) and 2 T "
                    "to one per cent",
        .compute =
            [] {
              return doubling_gains({by_gap, by_norm, by_fixed, by_strong}, sqrt(Certified(2)));
            },
        .planted = "... of the squared gradient, eta chosen anew",
        .compute_planted = [] { return doubling_gains({by_gap}, sqrt(Certified(2))); }},
       {.id = "003-robbins-monro",
        .document = encyclopedia,
        .line = 37,
        .sentence = "convergence needs sum alpha = infinity and sum alpha^2 < infinity",
        .computed = "E theta^2 on a noisy quadratic after 2000 steps of schedules that fulfil and "
                    "break each condition; converged is below 1/1000",
        .compute = [] { return robbins_monro_decides(true); },
        .planted = "convergence needs a broken condition",
        .compute_planted = [] { return robbins_monro_decides(false); }}});
  return claims;
}

}  // namespace plumbline::claims
