// Checks of an optimizer that owns its loop, whatever rule it follows: line searches,
// conjugate gradients, quasi-Newton methods.
//
// No formula is known here, so what is checked is what every minimizer must do, on
// objectives whose minimiser is known exactly. The one thing asked of it by name is
// `gradient_tolerance`: the Euclidean norm of the gradient at the answer is to be no more.
// From that alone follows how far the answer may be from the minimiser:
//
//   a quadratic with Hessian A, least eigenvalue mu: g = A (x - c), so |x - c| <= |g| / mu;
//   Rosenbrock's 100 (y - x^2)^2 + (1 - x)^2: with d = y - x^2 the gradient is
//     (-400 x d - 2 (1 - x), 200 d), so |g| <= tau gives |d| <= tau / 200,
//     |1 - x| <= tau (1 + 2 |x|) / 2, hence |1 - x| <= 1.5 tau / (1 - tau) = r, and
//     |1 - y| <= r (2 + r) + tau / 200.
//
// The objectives are evaluated in quadruple precision and rounded once to the format, so
// that their own error is a unit roundoff. Rounding at the answer adds to the gradient at
// most the Hessian's norm times a few units of |x|.
#pragma once

#include <string>
#include <vector>

#include "conformance/named_checks/named_checks.hpp"

namespace plumbline::conformance {

struct MinimizerCheckOptions {
  std::string name;        ///< what the subject serves `minimize` under
  SubjectFactory subject;  ///< called once
  std::string format = "binary64";
  /// It may take: steepest descent needs some ten thousand on Rosenbrock's function.
  long steps = 100000;
  /// Asked for as the hyperparameter of that name.
  double gradient_tolerance = 0x1p-20;
  std::vector<KnownDeviation> known_deviations = {};
};

/// The checks, each on every objective that suits it: "reaches/rosenbrock", ...
///   descends         the value at the answer is not above the start's
///   reaches          the minimiser, to the tolerance above
///   finite           every point evaluated is finite and of the right shape
///   stays            started at the minimiser (gradient exactly 0) it answers just that
///   deterministic    twice the same: the same points and the same answer, to the bit
///   translation      the objective moved: the first point moves along to rounding, and the
///                    answer to the tolerance of both
///   not-late         the objective is not called after the answer was given
///   answer-evaluated the answer is a point that was evaluated, or as low as the lowest
///   two-tensors      the same minimum with the parameters in two tensors
/// A check is skipped where the subject says `unsupported`; "descends" on the first
/// objective fails instead, so that a subject that is asked in vain does not pass.
std::vector<NamedCheck> minimizer_checks(const MinimizerCheckOptions& options);

}  // namespace plumbline::conformance
