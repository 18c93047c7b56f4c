#include "reference/catalogue.hpp"

#include <algorithm>
#include <array>

namespace plumbline {

// One line a rule; the order is that of reports.
// clang-format off
#define PLUMBLINE_RULES(apply) \
  apply(gradient_descent)      \
  apply(momentum)              \
  apply(nesterov)              \
  apply(adagrad)               \
  apply(adadelta)              \
  apply(rmsprop)               \
  apply(adam)                  \
  apply(adamw)                 \
  apply(amsgrad)               \
  apply(adamax)                \
  apply(nadam)                 \
  apply(radam)                 \
  apply(yogi)                  \
  apply(adabelief)             \
  apply(lion)                  \
  apply(signsgd)               \
  apply(rprop)                 \
  apply(asgd)                  \
  apply(lamb)                  \
  apply(lars)                  \
  apply(muon)                  \
  apply(adafactor)             \
  apply(shampoo)               \
  apply(soap)                  \
  apply(newton)                \
  apply(gauss_newton)          \
  apply(levenberg_marquardt)   \
  apply(natural_gradient)      \
  apply(hessian_free)          \
  apply(kfac)                  \
  apply(conjugate_gradient)    \
  apply(linear_conjugate_gradient) \
  apply(lbfgs)                 \
  apply(coordinate_descent)    \
  apply(mirror_descent)        \
  apply(gradient_flow)         \
  apply(evolution_strategy)    \
  apply(simulated_annealing)   \
  apply(bayesian_optimization)
// clang-format on
// clang-format off
#define PLUMBLINE_SCHEDULES(apply)  \
  apply(constant)                   \
  apply(step_decay)                 \
  apply(multistep)                  \
  apply(exponential)                \
  apply(polynomial)                 \
  apply(linear)                     \
  apply(cosine_annealing)           \
  apply(cosine_warm_restarts)       \
  apply(linear_warmup)              \
  apply(linear_warmup_linear_decay) \
  apply(linear_warmup_cosine)       \
  apply(warmup_inverse_sqrt)        \
  apply(noam)                       \
  apply(wsd)                        \
  apply(cyclical)                   \
  apply(one_cycle)                  \
  apply(one_cycle_momentum)         \
  apply(cyclical_momentum)          \
  apply(inverse_time)               \
  apply(inverse_sqrt_horizon)
// clang-format on
#define PLUMBLINE_CLIPPINGS(apply)                                                       \
  apply(global_norm) apply(global_norm_1) apply(global_norm_infinity) apply(tensor_norm) \
      apply(tensor_norm_1) apply(tensor_norm_infinity) apply(value) apply(adaptive)
#define PLUMBLINE_SAMPLINGS(apply) apply(without_replacement) apply(with_replacement)

#define PLUMBLINE_INITIALIZATIONS(apply)                                                          \
  apply(xavier_normal) apply(xavier_uniform) apply(he_normal) apply(he_uniform) apply(small_init) \
      apply(truncated_normal)

#define PLUMBLINE_CALL(name) name(),
namespace rules {
#define PLUMBLINE_DECLARE(name) Rule name();
PLUMBLINE_RULES(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
static const std::vector<Rule>& all() {
  static const std::vector<Rule> rules{PLUMBLINE_RULES(PLUMBLINE_CALL)};
  return rules;
}
}  // namespace rules

namespace schedules {
#define PLUMBLINE_DECLARE(name) Schedule name();
PLUMBLINE_SCHEDULES(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
static const std::vector<Schedule>& all() {
  static const std::vector<Schedule> schedules{PLUMBLINE_SCHEDULES(PLUMBLINE_CALL)};
  return schedules;
}
}  // namespace schedules

namespace clippings {
#define PLUMBLINE_DECLARE(name) Clipping name();
PLUMBLINE_CLIPPINGS(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
static const std::vector<Clipping>& all() {
  static const std::vector<Clipping> clippings{PLUMBLINE_CLIPPINGS(PLUMBLINE_CALL)};
  return clippings;
}
}  // namespace clippings

namespace samplings {
#define PLUMBLINE_DECLARE(name) Sampling name();
PLUMBLINE_SAMPLINGS(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
static const std::vector<Sampling>& all() {
  static const std::vector<Sampling> samplings{PLUMBLINE_SAMPLINGS(PLUMBLINE_CALL)};
  return samplings;
}
}  // namespace samplings

namespace initializations {
#define PLUMBLINE_DECLARE(name) Initialization name();
PLUMBLINE_INITIALIZATIONS(PLUMBLINE_DECLARE)
#undef PLUMBLINE_DECLARE
static const std::vector<Initialization>& all() {
  static const std::vector<Initialization> all{PLUMBLINE_INITIALIZATIONS(PLUMBLINE_CALL)};
  return all;
}
}  // namespace initializations

namespace {
template <class Entry>
const Entry* find(std::span<const Entry> entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  return found == entries.end() ? nullptr : &*found;
}
}  // namespace

std::span<const Rule> all_rules() {
  return rules::all();
}
std::span<const Schedule> all_schedules() {
  return schedules::all();
}
std::span<const Clipping> all_clippings() {
  return clippings::all();
}
std::span<const Sampling> all_samplings() {
  return samplings::all();
}
std::span<const Initialization> all_initializations() {
  return initializations::all();
}

const Rule* find_rule(std::string_view name) {
  return find(all_rules(), name);
}
const Schedule* find_schedule(std::string_view name) {
  return find(all_schedules(), name);
}
const Clipping* find_clipping(std::string_view name) {
  return find(all_clippings(), name);
}
const Sampling* find_sampling(std::string_view name) {
  return find(all_samplings(), name);
}
const Initialization* find_initialization(std::string_view name) {
  return find(all_initializations(), name);
}

}  // namespace plumbline
