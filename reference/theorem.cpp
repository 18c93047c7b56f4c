#include "reference/theorem.hpp"

#include <algorithm>

#include "reference/rule.hpp"

namespace plumbline {

// One line a theorem; the order is that of reports.
// clang-format off
#define PLUMBLINE_THEOREMS(apply)   \
  apply(descent_lemma)              \
  apply(one_step_decrease)          \
  apply(gd_convex)                  \
  apply(gd_strongly_convex_value)   \
  apply(gd_strongly_convex_distance) \
  apply(gd_quadratic)               \
  apply(gd_nonconvex)               \
  apply(nesterov_convex)            \
  apply(nesterov_strongly_convex)   \
  apply(heavy_ball_quadratic)       \
  apply(heavy_ball_divergence)      \
  apply(sgd_unbiased)               \
  apply(sgd_variance)               \
  apply(sgd_convex)                 \
  apply(sgd_nonconvex)              \
  apply(robbins_monro)              \
  apply(linear_scaling)             \
  apply(adam_bias)                  \
  apply(adam_step_bound)            \
  apply(adam_nonconvergence)        \
  apply(adagrad_monotone)           \
  apply(decay_equivalence)          \
  apply(clipping)                   \
  apply(newton_quadratic)           \
  apply(conjugate_gradient)         \
  apply(lbfgs)                      \
  apply(mirror_descent)             \
  apply(natural_gradient)           \
  apply(gradient_flow)              \
  apply(bounds_gd_contraction)      \
  apply(bounds_gd_schedule)         \
  apply(bounds_gd_quadratic_growth) \
  apply(bounds_gd_silver)           \
  apply(bounds_gd_quadratic_value)  \
  apply(bounds_gd_exact_line_search) \
  apply(bounds_gd_inexact)          \
  apply(bounds_polyak_steps)        \
  apply(bounds_gd_nonconvex)        \
  apply(bounds_gd_lojasiewicz)      \
  apply(bounds_nesterov_simple)     \
  apply(bounds_fista)               \
  apply(bounds_ogm)                 \
  apply(bounds_ogm_g)               \
  apply(bounds_conjugate_gradient)  \
  apply(bounds_heavy_ball_quadratic_growth) \
  apply(bounds_triple_momentum)     \
  apply(bounds_item)                \
  apply(bounds_heavy_ball_smooth)   \
  apply(bounds_robust_momentum)     \
  apply(bounds_proximal_point)      \
  apply(bounds_proximal_gradient)   \
  apply(bounds_accelerated_proximal) \
  apply(bounds_subgradient)         \
  apply(bounds_frank_wolfe)         \
  apply(bounds_online_gradient_descent) \
  apply(bounds_sgd_one_step)        \
  apply(bounds_sgd_overparametrized) \
  apply(bounds_saga)
// clang-format on

namespace theorems {
#define PLUMBLINE_DECLARE(name) Theorem name();
PLUMBLINE_THEOREMS(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
}  // namespace theorems

Comparison exact_comparison(long step, const Rational& observed, const Rational& bound) {
  return {.step = step,
          .observed = observed.certified(),
          .bound = bound.certified(),
          .order = sign_of(observed - bound)};
}

Run loop_run(const LoopCheck& check, std::string name, Role role, const Setting& setting) {
  Run run{.name = std::move(name),
          .role = role,
          .objective = setting.problem.name,
          .rule = setting.rule,
          .dialect = std::string(setting.catalogue_dialect().name),
          .hyperparameters = setting.hyperparameters,
          .scale = check.scale};
  run.series = [series = check.series, setting] { return series(setting, trajectory_of(setting)); };
  if (check.proved_slope != nullptr && role != Role::control) {
    run.proved_slope = [slope = check.proved_slope, setting] { return slope(setting); };
  }
  run.setting = setting;
  return run;
}

std::span<const Theorem> all_theorems() {
#define PLUMBLINE_CALL(name) theorems::name(),
  static const std::vector<Theorem> all{PLUMBLINE_THEOREMS(PLUMBLINE_CALL)};
#undef PLUMBLINE_CALL
  return all;
}

const Theorem* find_theorem(std::string_view id) {
  const auto found = std::ranges::find(all_theorems(), id, &Theorem::id);
  return found == all_theorems().end() ? nullptr : &*found;
}

}  // namespace plumbline
