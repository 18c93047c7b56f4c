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
  apply(gradient_flow)
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
