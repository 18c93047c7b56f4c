// What an initialization drew against one law.
#pragma once

#include <vector>

#include "conformance/cases/initialization_case.hpp"
#include "conformance/judge/comparison.hpp"

namespace plumbline::conformance {

struct InitializationRecording : Ended {
  std::vector<double> values;  ///< of the case's seed
  std::vector<double> again;   ///< of the same seed
  std::vector<double> others;  ///< of the other seed
};

/// F(x) of a law.
double distribution_function(const DrawLaw<Plain<Binary64>>& law, double x);

/// First what must be so: finite values inside the law's bounds (to four roundings of the
/// format), the same seed twice the same, another seed not. Then what an ideal generator gives
/// but for an error probability of `false_alarms_per_case` (tail_bounds.hpp): mean, variance,
/// the whole distribution, the greatest magnitude, no more zeros than a coarse grid has, and
/// that neighbours, rows and seeds do not know of each other's signs. The bounds, for n values and
/// at the limit L = ln(2 T/alpha):
///
///   mean          bounded values: those of means (tail_bounds.hpp), on (x + b)/(2 b)
///                 normal: P(|mean| >= t) <= 2 exp(-n t^2/(2 s^2))
///   variance      bounded: those of means, on x^2/b^2
///                 normal, r = sum x^2/(n s^2): P(r >= q) <= exp(-n/2 (q - 1 - ln q)), and the
///                 same below 1 (Chernoff, of chi-square)
///   distribution  P(sup |F_n - F| > e) <= 2 exp(-2 n e^2) (Massart 1990, with the constant 2)
///   greatest      P(max |x| <= m) = P(|x| <= m)^n, exactly; P(max |x| >= m) <= n P(|x| >= m)
///   zeros         Binomial(n, p) with p at most 2^-20, a grid sixteen times coarser than
///   binary32's signs         of n pairs that overlap nowhere: Binomial(n, 1/2)
Comparison compare_draws(const InitializationCase& test_case,
                         const InitializationRecording& recording,
                         const DrawLaw<Plain<Binary64>>& law, const FormatDescription& format);

}  // namespace plumbline::conformance
