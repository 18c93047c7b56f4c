#include "conformance/mutants/certified_equality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "conformance/cases/case.hpp"
#include "conformance/cases/clipping_case.hpp"
#include "conformance/cases/schedule_case.hpp"
#include "conformance/judge/closed_loop.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

constexpr int precision = 512;
constexpr double agreement = 0x1p-100;  // relative: far below any format's roundings

/// Equal as far as the enclosures tell, which is very far. A value that may be 0 is held
/// against the `largest` of those beside it.
bool agree(const Certified& one, const Certified& other, double largest) {
  if (Certified::disjoint(one, other)) return false;
  // The norm of gradients whose squares overflow is past what ends are shown in: not measured.
  if (std::isinf(one.midpoint()) && one.midpoint() == other.midpoint()) return true;
  const Certified difference = one - other;
  const double gap = std::max(std::abs(difference.lower()), std::abs(difference.upper()));
  // So is what is left of a late decay, at the other end.
  const double shown = std::numeric_limits<double>::min();
  const bool may_be_zero = one.lower() <= 0 && one.upper() >= 0;
  const double beside = may_be_zero ? agreement * agreement * largest : 0;
  return gap <= std::max({shown, beside, agreement * std::abs(one.midpoint()),
                          agreement * std::abs(other.midpoint())});
}

bool agree(const std::vector<Certified>& one, const std::vector<Certified>& other) {
  double largest = 0;
  for (const Certified& value : one) largest = std::max(largest, std::abs(value.midpoint()));
  return std::ranges::equal(one, other, [&](const Certified& a, const Certified& b) {
    return agree(a, b, std::isfinite(largest) ? largest : 0);
  });
}

/// What came of comparing one case.
enum class Agreement { same, different, not_certified };

/// One parameter on enclosures.
class Runner {
 public:
  Runner(std::unique_ptr<Update<Certified>> update, const CaseParameter& parameter,
         const Case& test_case)
      : update_(std::move(update)),
        objective_(test_case.objective == nullptr ? nullptr
                                                  : test_case.objective->bind<Certified>()),
        parameter_(parameter.initial.begin(), parameter.initial.end()),
        shared_(update_->start_shared(parameter.shape)) {
    shared_.layers = layers_of(parameter_shapes(test_case));
    state_ = update_->start_state(parameter_, shared_);
  }

  void set_learning_rate(double rate) { update_->set_learning_rate(rate); }
  void step(const std::vector<double>& gradient) {
    const std::vector<Certified> exact(gradient.begin(), gradient.end());
    update_->advance(shared_);
    update_->apply(parameter_, exact, state_, shared_);
  }

  void step_on_objective(const std::vector<double>& draws) {
    const std::vector<Certified> exact(draws.begin(), draws.end());
    update_->advance(shared_);
    update_->apply_on(objective_.get(), parameter_, exact, state_, shared_);
  }

  /// Where the first gradient is asked for. What state a subject starts with is judged by
  /// what its first step makes of it: one that the step writes over is as good as any.
  std::vector<Certified> first_point() const {
    const auto points = update_->look_ahead(parameter_, state_, shared_);
    return points ? *points : parameter_;
  }

  /// All that a subject shows after a step: the parameter, the state in use, the look-ahead
  /// point.
  std::vector<Certified> shown(const std::vector<bool>& state_in_use) const {
    std::vector<Certified> values = parameter_;
    for (std::size_t i = 0; i < state_.size(); ++i) {
      if (state_in_use[i]) values.insert(values.end(), state_[i].begin(), state_[i].end());
    }
    if (const auto points = update_->look_ahead(parameter_, state_, shared_)) {
      values.insert(values.end(), points->begin(), points->end());
    }
    return values;
  }

 private:
  std::unique_ptr<Update<Certified>> update_;
  std::unique_ptr<ObjectiveOf<Certified>> objective_;
  std::vector<Certified> parameter_;
  SharedState<Certified> shared_;
  StateTensors<Certified> state_;
};

/// Runs `reference` and `mutated`; where the reference itself has no enclosure, nothing
/// is said.
template <class Reference, class MutatedOne>
Agreement compare_runs(Reference&& reference, MutatedOne&& mutated) {
  try {
    reference();
  } catch (const std::exception&) {
    return Agreement::not_certified;
  }
  try {
    return mutated() ? Agreement::same : Agreement::different;
  } catch (const std::exception&) {
    return Agreement::different;
  }
}

std::vector<bool> state_in_use(const Rule& rule, const std::vector<double>& hyperparameters,
                               const std::vector<int>& choices, const Shape& parameter) {
  std::vector<bool> used;
  for (const StateTensor& tensor : rule.state) {
    used.push_back(in_use(rule, tensor, hyperparameters, choices, parameter));
  }
  return used;
}

Agreement compare_parameter(const Case& test_case, std::size_t index, const Dialect& own,
                            const Dialect& dialect, const Mutation& mutation) {
  const Rule& rule = *test_case.rule;
  const bool on_objective = test_case.objective != nullptr;
  const CaseParameter parameter =
      on_objective ? flat_point(test_case) : test_case.parameters[index];
  const auto& hyperparameters = test_case.hyperparameters_of(parameter);
  const auto used = state_in_use(rule, hyperparameters, dialect.choices, parameter.shape);
  if (used != state_in_use(rule, hyperparameters, own.choices, parameter.shape))
    return Agreement::different;

  std::optional<Runner> reference;
  std::optional<Runner> mutant;
  std::vector<Certified> wanted;
  const auto start_reference = [&] {
    reference.emplace(rule.bind<Certified>(hyperparameters, dialect.choices), parameter, test_case);
    wanted = reference->first_point();
  };
  const auto start_mutant = [&] {
    mutant.emplace(rule.bind_mutated<Certified>(hyperparameters, own.choices, mutation), parameter,
                   test_case);
    return agree(wanted, mutant->first_point());
  };
  Agreement so_far = compare_runs(start_reference, start_mutant);
  for (long step = 1; step <= test_case.steps() && so_far == Agreement::same; ++step) {
    const auto at = static_cast<std::size_t>(step - 1);
    if (test_case.changes_rate(step)) {
      reference->set_learning_rate(test_case.learning_rates[at]);
      mutant->set_learning_rate(test_case.learning_rates[at]);
    }
    const Gradient& gradient = test_case.gradients[at][index];
    if (!gradient && !on_objective) continue;
    const std::vector<double> draws =
        at < test_case.draws.size() ? test_case.draws[at] : std::vector<double>{};
    const auto take_step = [&](Runner& runner) {
      if (on_objective) {
        runner.step_on_objective(draws);
      } else {
        runner.step(*gradient);
      }
    };
    const auto step_reference = [&] {
      take_step(*reference);
      wanted = reference->shown(used);
    };
    const auto step_mutant = [&] {
      take_step(*mutant);
      return agree(wanted, mutant->shown(used));
    };
    so_far = compare_runs(step_reference, step_mutant);
  }
  return so_far;
}

/// True when no case tells the two apart, and most could.
template <class Cases, class Compare>
bool all_agree(const Cases& cases, const Compare& compare) {
  std::size_t certified = 0;
  std::size_t asked = 0;
  for (const auto& test_case : cases) {
    const std::optional<Agreement> result = compare(test_case);
    if (!result) continue;
    if (*result == Agreement::different) return false;
    ++asked;
    if (*result == Agreement::same) ++certified;
  }
  return certified * 3 >= asked * 2 && certified > 0;
}

/// The dialect itself, or the subject would decline the case; and never the other one.
template <class SomeCase>
std::optional<Agreement> only_where_both_apply(const SomeCase& test_case, const Dialect& own,
                                               const Dialect& dialect) {
  if (!applies(test_case, own)) return std::nullopt;
  return applies(test_case, dialect) ? Agreement::same : Agreement::different;
}

bool equals(const Rule& rule, const Dialect& own, const Dialect& dialect,
            const Mutation& mutation) {
  const auto compare_case = [&](const Case& test_case) -> std::optional<Agreement> {
    const auto both = only_where_both_apply(test_case, own, dialect);
    if (both != Agreement::same) return both;
    Agreement worst = Agreement::same;
    const std::size_t parts = test_case.objective == nullptr ? test_case.parameters.size() : 1;
    for (std::size_t index = 0; index < parts; ++index) {
      const Agreement one = compare_parameter(test_case, index, own, dialect, mutation);
      if (one == Agreement::different) return one;
      if (one == Agreement::not_certified) worst = one;
    }
    return worst;
  };
  const std::vector<Case>& cases = [&]() -> const std::vector<Case>& {
    static const Rule* of = nullptr;
    static std::vector<Case> kept;
    if (of != &rule) kept = cases_for(rule, 1);
    of = &rule;
    return kept;
  }();
  return all_agree(cases, compare_case);
}

bool equals(const Schedule& schedule, const Dialect& own, const Dialect& dialect,
            const Mutation& mutation) {
  return all_agree(
      schedule_cases_for(schedule), [&](const ScheduleCase& asked) -> std::optional<Agreement> {
        const auto both = only_where_both_apply(asked, own, dialect);
        if (both != Agreement::same) return both;
        Agreement worst = Agreement::same;
        for (const long step : asked.steps) {
          const std::span<const long> one(&step, 1);
          std::vector<Certified> wanted;
          const auto reference = [&] {
            wanted = schedule.values<Certified>(asked.hyperparameters, dialect.choices,
                                                asked.access, one);
          };
          const auto mutant = [&] {
            return agree(wanted,
                         schedule.mutated_values<Certified>(asked.hyperparameters, own.choices,
                                                            asked.access, one, &mutation));
          };
          const Agreement result = compare_runs(reference, mutant);
          if (result == Agreement::different) return result;
          if (result == Agreement::not_certified) worst = result;
        }
        return worst;
      });
}

bool equals(const Clipping& clipping, const Dialect& own, const Dialect& dialect,
            const Mutation& mutation) {
  return all_agree(
      clipping_cases_for(clipping, 1), [&](const ClippingCase& asked) -> std::optional<Agreement> {
        std::vector<Certified> wanted;
        const auto all_of = [](Clipped<Certified> result) {
          std::vector<Certified> values;
          if (result.norm) values.push_back(std::move(*result.norm));
          for (const auto& gradient : result.gradients) {
            values.insert(values.end(), gradient.begin(), gradient.end());
          }
          return values;
        };
        const auto reference = [&] {
          wanted = all_of(clipped<Certified>(asked, asked.hyperparameters, dialect.choices));
        };
        const auto mutant = [&] {
          return agree(wanted, all_of(wrongly_clipped<Certified>(asked, asked.hyperparameters,
                                                                 own.choices, mutation)));
        };
        return compare_runs(reference, mutant);
      });
}

template <class Entry>
std::vector<std::string> equal_dialects(const Entry& entry, const Mutant& mutant) {
  const Dialect& own = *find_dialect(entry.dialects, mutant.dialect);
  std::vector<std::string> found;
  if (equals(entry, own, own, *mutant.mutation)) found.emplace_back(own.name);
  for (const Dialect& dialect : entry.dialects) {
    // A dialect that takes other hyperparameters is told apart by that alone.
    if (&dialect != &own && dialect.without == own.without &&
        equals(entry, own, dialect, *mutant.mutation)) {
      found.emplace_back(dialect.name);
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> certified_equals(const Mutant& mutant) {
  if (!mutant.mutation) return {};
  Certified::set_precision(precision);
  if (const Rule* rule = find_rule(mutant.rule)) return equal_dialects(*rule, mutant);
  if (const Schedule* schedule = find_schedule(mutant.rule)) {
    return equal_dialects(*schedule, mutant);
  }
  return equal_dialects(*find_clipping(mutant.rule), mutant);
}

}  // namespace plumbline::conformance
