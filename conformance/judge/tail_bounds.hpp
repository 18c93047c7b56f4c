// How far a count or a mean may stray by chance: bounds on tails, with stated error
// probability.
//
// A subject's generator is taken to be ideal given its seed. Every test below rejects an
// ideal generator with a probability that is bounded by a theorem, not by an approximation;
// the bounds of a case's tests add up to no more than `false_alarms_per_case`, and those of
// all cases that a run can have to no more than `false_alarms_per_run` (the union bound, so
// it does not matter how tests depend on each other). Subjects are deterministic given the
// seed, and so are verdicts.
//
//   counts   K ~ Binomial(n, p):  P(K >= k) <= exp(-n kl(k/n, p)) for k/n >= p, and
//            P(K <= k) likewise below p; kl(q, p) = q ln(q/p) + (1-q) ln((1-q)/(1-p))
//            (Hoeffding 1963, JASA 58, theorem 1, inequality 2.1)
//   means    of n independent values in [0, 1] with mean p: the same, k/n the mean
//            (the same theorem)
//
// A test at the limit L = ln(2 T/alpha) has two sides of probability exp(-L) = alpha/(2 T)
// each, so T tests together have at most alpha.
#pragma once

#include <cstddef>
#include <string>

namespace plumbline::conformance {

inline constexpr double false_alarms_per_run = 1e-9;
/// More statistical cases than a run has, over all formats; a test counts them.
inline constexpr double most_statistical_cases = 1000;
inline constexpr double false_alarms_per_case = false_alarms_per_run / most_statistical_cases;

/// What is to be said of a value outside such a bound.
std::string chance_note();

/// ln(2 T/alpha): where each of T two-sided tests of one case ends.
double tail_limit(std::size_t tests);

/// kl(q, p): the relative entropy of a coin of chance q to one of chance p.
double relative_entropy(double q, double p);

/// The last value inside on the way from `inside` to `end`; `share` is above 1 outside, and
/// rises on that way.
template <class Share>
double last_inside(const Share& share, double inside, double end) {
  if (share(end) <= 1) return end;
  double outside = end;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (inside + outside) / 2;
    (share(middle) <= 1 ? inside : outside) = middle;
  }
  return inside;
}

/// A count out of n, or a sum of n values in [0, 1], against the chance p.
struct CountBound {
  double trials = 0;
  double chance = 0;
  double limit = 0;  ///< of tail_limit

  /// Square root of n kl(count/n, p)/limit: about the distance from n p in half-widths of
  /// what is accepted. Above 1 is outside.
  double share(double count) const;
  double lower() const;  ///< the least count inside
  double upper() const;  ///< the greatest
};

}  // namespace plumbline::conformance
