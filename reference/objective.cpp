#include "reference/objective.hpp"

#include <algorithm>

namespace plumbline {

// One line an objective; the order is that of reports.
#define PLUMBLINE_OBJECTIVES(apply)                                                               \
  apply(quadratic_line) apply(quadratic_round) apply(quadratic) apply(quadratic_ill_conditioned)  \
      apply(quadratic_indefinite) apply(quadratic_singular) apply(nesterov_tridiagonal)           \
          apply(rosenbrock) apply(rosenbrock_chained) apply(saddle) apply(plateau)                \
              apply(least_squares) apply(huber) apply(logistic) apply(logistic_l2) apply(softmax) \
                  apply(network)

namespace objectives {
#define PLUMBLINE_DECLARE(name) Objective name();
PLUMBLINE_OBJECTIVES(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
}  // namespace objectives

std::span<const Objective> all_objectives() {
#define PLUMBLINE_CALL(name) objectives::name(),
  static const std::vector<Objective> all{PLUMBLINE_OBJECTIVES(PLUMBLINE_CALL)};
#undef PLUMBLINE_CALL
  return all;
}

const Objective* find_objective(std::string_view name) {
  const auto found = std::ranges::find(all_objectives(), name, &Objective::name);
  return found == all_objectives().end() ? nullptr : &*found;
}

}  // namespace plumbline
