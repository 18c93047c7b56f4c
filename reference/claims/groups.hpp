// The ledger's groups: claims that belong together are derived in one file.
#pragma once

#include <vector>

#include "reference/claim.hpp"

namespace plumbline::claims {

// clang-format off
#define PLUMBLINE_CLAIM_GROUPS(apply) \
  apply(rosenbrock_runs)              \
  apply(rosenbrock_curvature)         \
  apply(quadratic_rates)              \
  apply(momentum_rates)               \
  apply(memory)                       \
  apply(formulas)                     \
  apply(schedules)                    \
  apply(warmup)                       \
  apply(decay)                        \
  apply(gradient_clipping)            \
  apply(adaptive)                     \
  apply(initialization)               \
  apply(smooth_bounds)                \
  apply(batches)                      \
  apply(stochastic)                   \
  apply(descent_lemma)                \
  apply(defaults)                     \
  apply(second_order)                 \
  apply(quasi_newton)                 \
  apply(landscapes)                   \
  apply(convergence_rates)            \
  apply(continuous)
// clang-format on

#define PLUMBLINE_DECLARE(name) std::vector<Claim> name();
PLUMBLINE_CLAIM_GROUPS(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE

}  // namespace plumbline::claims
