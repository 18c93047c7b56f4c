#include "conformance/cases/objective_cases.hpp"

#include <algorithm>

#include "conformance/cases/profiles.hpp"
#include "conformance/cases/stream.hpp"

namespace plumbline::conformance {
namespace {

struct Plan {
  std::string name;
  std::string purpose;
  std::vector<double> hyperparameters;
  long steps;
  bool golden;
  std::uint64_t draws = 1;  ///< the stream that they are of
  double detail = 0;        ///< of a draw, relative to it: more than short formats hold
};

/// A loop on the objective from its own start.
Case build(const Rule& rule, const plumbline::Objective& objective, const Plan& plan) {
  Case result;
  result.rule = &rule;
  result.id = std::string(rule.name) + "/" + std::string(objective.name) + "/" + plan.name;
  result.purpose = plan.purpose;
  result.hyperparameters = plan.hyperparameters;
  result.objective = &objective;
  result.golden = plan.golden;
  std::size_t first = 0;
  for (const ParameterTensor& tensor : objective.parameters) {
    const auto from = objective.start.begin() + static_cast<std::ptrdiff_t>(first);
    result.parameters.push_back(
        {.name = std::string(tensor.name),
         .shape = tensor.shape,
         .initial = {from, from + static_cast<std::ptrdiff_t>(tensor.size())}});
    first += tensor.size();
  }
  for (long step = 1; step <= plan.steps; ++step) {
    result.gradients.emplace_back(result.parameters.size());
    result.checkpoints.push_back(step);
  }
  return result;
}

/// The draws of a step are standard normal values and, behind them, uniform ones.
void add_draws(Case& test_case, std::size_t count, const Plan& plan) {
  const std::size_t normal = count - test_case.rule->uniform_draws;
  for (long step = 1; count > 0 && step <= test_case.steps(); ++step) {
    std::vector<double>& draws = test_case.draws.emplace_back();
    for (std::size_t i = 0; i < count; ++i) {
      const StreamKind kind = i < normal ? StreamKind::gaussian : StreamKind::uniform;
      const double value = stream_value({kind, 0, plan.draws}, step, 0, i);
      draws.push_back(value + plan.detail * value);
    }
  }
}

bool has_wanted(const Rule& rule, const plumbline::Objective& objective) {
  const auto bound = objective.bind<Certified>();
  const std::vector<Certified> start(objective.start.begin(), objective.start.end());
  return std::ranges::all_of(rule.wants, [&](std::string_view wanted) {
    if (wanted == "fisher") return bound->fisher(start).has_value();
    if (wanted == "residuals") return bound->residuals(start).has_value();
    if (wanted == "layers") return bound->layers(start).has_value();
    return true;
  });
}

/// False where the first step has no value, as with a matrix that cannot be inverted.
bool has_first_step(const Case& test_case) {
  const Rule& rule = *test_case.rule;
  const auto update =
      rule.bind<Certified>(test_case.hyperparameters, rule.dialects.front().choices);
  const auto objective = test_case.objective->bind<Certified>();
  const auto& start = test_case.objective->start;
  std::vector<Certified> point(start.begin(), start.end());
  SharedState<Certified> shared = update->start_shared({static_cast<long>(point.size())});
  shared.layers = layers_of(parameter_shapes(test_case));
  auto state = update->start_state(point, shared);
  update->advance(shared);
  const std::vector<Certified> draws(update->draw_count(point.size()));
  try {
    update->apply_on(objective.get(), point, draws, state, shared);
  } catch (const MaybeSingular&) {
    return false;
  }
  return true;
}

std::vector<double> all_distinct(const Rule& rule) {
  std::vector<double> values;
  for (const Hyperparameter& one : rule.hyperparameters) values.push_back(one.distinct);
  return values;
}

bool suits(const Rule& rule, const plumbline::Objective& objective) {
  return rule.objectives.empty()
             ? has_wanted(rule, objective)
             : std::ranges::find(rule.objectives, objective.name) != rule.objectives.end();
}

/// A rule that picks one of many draws shows little in a step: it is asked to pick again and
/// again, with each optional hyperparameter in turn.
void add_other_draws(const Rule& rule, long steps, std::vector<Plan>& plans) {
  std::vector<std::string_view> optional;
  for (const Hyperparameter& one : rule.hyperparameters) {
    if (one.neutral) optional.push_back(one.name);
  }
  constexpr Values profiles[] = {Values::distinct, Values::low_high, Values::high_low};
  for (std::size_t number = 0; number < 12; ++number) {
    const std::string_view with = optional[number % optional.size()];
    plans.push_back({"draws-" + std::to_string(number + 2), "M7: other draws to pick from",
                     profile(rule, profiles[number % 3], with), steps, false, number + 2});
  }
  const auto add_detailed = [&](const char* name, double detail) {
    plans.push_back({name, "M23: a draw is taken with all its digits",
                     profile(rule, Values::defaults), steps, false, 14, detail});
  };
  add_detailed("detailed-draws", 0x1p-12);
  add_detailed("most-detailed-draws", 0x1p-30);
  if (index_of(rule.hyperparameters, "history_size")) {
    plans.push_back({"history-of-one", "M15: a value that deviates from none",
                     with_value(rule, profile(rule, Values::defaults), "history_size", 1), steps,
                     false, 15});
  }
}

/// A rule that picks one of many draws in a step.
bool picks(const plumbline::Objective& objective, std::size_t draws) {
  return draws >= 2 * objective.dimension();
}

/// Steps beyond a few. Chance needs more of them to try all that can happen (more trials than
/// there are dimensions, after which some adapt), fewer where a step has many draws; and so
/// does a history. On a quadratic an exact search along conjugate directions soon has nothing
/// left to do.
long more_steps_for(const Rule& rule, const plumbline::Objective& objective, std::size_t draws) {
  if (picks(objective, draws)) return 4;
  if (draws > 0) return std::max<long>(8, static_cast<long>(objective.dimension()) + 4);
  if (!index_of(rule.hyperparameters, "history_size")) return 0;
  return objective.spectrum.empty() ? 3 : 2;
}

/// An exact search along conjugate directions soon ends on a quadratic.
bool soon_done(const Rule& rule, const plumbline::Objective& objective) {
  return index_of(rule.hyperparameters, "history_size").has_value() && !objective.spectrum.empty();
}

/// Of a rule that searches along a line: first lengths on both sides of the good ones.
void add_searches(const Rule& rule, const plumbline::Objective& objective, long more_steps,
                  std::vector<Plan>& plans) {
  if (!index_of(rule.hyperparameters, "sufficient_decrease")) return;
  const long steps = soon_done(rule, objective) ? 4 : 3 + more_steps;
  const auto add = [&](std::string name, std::string purpose, const std::vector<double>& values,
                       double length, long count) {
    plans.push_back({std::move(name), std::move(purpose),
                     with_value(rule, values, "learning_rate", length), count, true});
  };
  const auto searching = profile(rule, Values::distinct, "sufficient_decrease");
  add("first-length-too-long", "M7: halved until f decreases enough", searching, 12, steps);
  add("length-too-long", "M7: halved once, now and then", searching, 2, 4 + more_steps);
  if (objective.name == "plateau") return;  // no length is good there
  // For those that fix c.
  const auto defaults = profile(rule, Values::defaults);
  const auto no_pair = with_value(rule, defaults, "curvature_threshold", 0x1p20);
  add("length-far-too-long", "M7: a bracket that is narrowed", defaults, 40, steps);
  add("length-far-too-short", "M7: lengths that grow", defaults, 0x1p-3, steps);
  add("no-pair-far-too-long", "M7: narrowed where every pair is turned away", no_pair, 40, steps);
  add("no-pair-too-long", "M7: the same from a length below 1", no_pair, 0.125, steps);
}

/// Of a rule whose damping grows where a step is turned down.
void add_adapting_damping(const Rule& rule, std::vector<Plan>& plans) {
  if (!index_of(rule.hyperparameters, "increase_factor")) return;
  const auto add = [&](std::string name, std::string purpose, const std::vector<double>& values,
                       double damping) {
    plans.push_back({std::move(name), std::move(purpose),
                     with_value(rule, values, "damping", damping), 8, true});
  };
  const auto defaults = profile(rule, Values::defaults);
  add("little-damping", "M7: steps that are turned down", defaults, 0x1p-8);
  add("least-damping", "M7: one step after the other is turned down", defaults, 0x1p-20);
  add("all-distinct-little-damping", "M9: turned down, factors of their own", all_distinct(rule),
      0x1p-8);
  add("slow-decrease", "M7: damping that stays, so that gains are no better than fair",
      with_value(rule, defaults, "decrease_factor", 0.5), 1);
  add("much-damping", "M7: steps that gain less than the model says", defaults, 8);
}

std::vector<Plan> plans_for(const Rule& rule, const plumbline::Objective& objective,
                            std::size_t draws) {
  const long more_steps = more_steps_for(rule, objective, draws);
  std::vector<Plan> plans{
      {"defaults", "M7, M10: each step at its own point", profile(rule, Values::defaults),
       4 + (soon_done(rule, objective) ? 0 : more_steps), true},
      {"distinct", "M9: hyperparameters unlike each other", profile(rule, Values::distinct),
       3 + more_steps, true},
      {"dyadic", "exact in binary32", profile(rule, Values::dyadic), 3, false}};
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    if (!hyperparameter.neutral) continue;
    if (hyperparameter.default_value != *hyperparameter.neutral) {
      plans.push_back({"without-" + std::string(hyperparameter.name),
                       "M8: " + std::string(hyperparameter.name) + " is left out",
                       with_value(rule, profile(rule, Values::defaults), hyperparameter.name,
                                  *hyperparameter.neutral),
                       3, true});
      if (!has_first_step(build(rule, objective, plans.back()))) plans.pop_back();
      continue;
    }
    plans.push_back({"with-" + std::string(hyperparameter.name),
                     "M8, M25: " + std::string(hyperparameter.name) + " must matter",
                     profile(rule, Values::distinct, hyperparameter.name), 3 + more_steps, true});
  }
  plans.push_back({"all-distinct", "M9: all hyperparameters on, and unlike each other",
                   all_distinct(rule), 3 + more_steps, true});
  add_searches(rule, objective, more_steps, plans);
  add_adapting_damping(rule, plans);
  if (picks(objective, draws)) add_other_draws(rule, 3 + more_steps, plans);
  return plans;
}

}  // namespace

std::vector<Case> objective_cases_for(const Rule& rule) {
  std::vector<Case> cases;
  for (const plumbline::Objective& objective : all_objectives()) {
    if (!suits(rule, objective)) continue;
    const auto update =
        rule.bind<Plain<Binary64>>(profile(rule, Values::defaults), rule.dialects.front().choices);
    const std::size_t draws = update->draw_count(objective.dimension());
    std::vector<Plan> plans = plans_for(rule, objective, draws);
    for (auto plan = plans.begin(); plan != plans.end();) {
      const bool again = std::any_of(plans.begin(), plan, [&](const Plan& before) {
        return before.hyperparameters == plan->hyperparameters && before.draws == plan->draws &&
               before.detail == plan->detail;
      });
      plan = again ? plans.erase(plan) : std::next(plan);
    }
    for (const Plan& plan : plans) {
      cases.push_back(build(rule, objective, plan));
      add_draws(cases.back(), draws, plan);
    }
  }
  return cases;
}

std::vector<Case> closed_loops_for(const Rule& rule) {
  std::vector<Case> cases;
  if (rule.unit == Unit::objective) return cases;
  for (const std::string_view name : {"rosenbrock", "quadratic", "logistic", "saddle"}) {
    const plumbline::Objective* objective = find_objective(name);
    if (objective == nullptr) continue;
    // In Rosenbrock's valley a greater rate leads away, faster than any number can tell.
    std::vector<double> hyperparameters = profile(rule, Values::defaults);
    if (name == "rosenbrock") hyperparameters[0] = std::min(hyperparameters[0], 0x1p-11);
    Case loop = build(rule, *objective,
                      {"closed-loop", "the gradient of the objective, at the rule's own point",
                       hyperparameters, 10, true});
    loop.checkpoints = {1, 2, 5, 10};
    if (loop.parameters.size() != 1) continue;
    for (double& value : loop.parameters.front().initial) value = start_for(rule, value);
    Shape& shape = loop.parameters.front().shape;
    if (rule.unit == Unit::matrix) {
      const auto size = static_cast<long>(loop.parameters.front().initial.size());
      shape = size % 2 == 0 ? Shape{2, size / 2} : Shape{1, size};
    }
    cases.push_back(std::move(loop));
  }
  return cases;
}

}  // namespace plumbline::conformance
