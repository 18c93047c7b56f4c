// A learning-rate schedule as the catalogue knows it: eta_t for t counted from 0.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "reference/rule.hpp"
#include "reference/schedule_facts.hpp"

namespace plumbline {

/// How a subject was asked: one step after the other from 0, or at once.
enum class Access { sequential, direct };

/// The learning rates used at `steps` (rising), for hyperparameters and choices in the
/// schedule's order.
template <class Number>
using ScheduleValues = std::vector<Number> (*)(std::span<const double> hyperparameters,
                                               std::span<const int> choices, Access access,
                                               std::span<const long> steps);

#define PLUMBLINE_VALUES_TYPE(...) ScheduleValues<__VA_ARGS__>,
#define PLUMBLINE_MUTATED_TYPE(...) ScheduleValues<Mutated<__VA_ARGS__>>,
using ScheduleBindings =
    std::tuple<PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_VALUES_TYPE)
                   PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_MUTATED_TYPE) std::nullptr_t>;
#undef PLUMBLINE_MUTATED_TYPE
#undef PLUMBLINE_VALUES_TYPE

/// The facts up to a step, for hyperparameters and choices in the schedule's order.
template <class Number>
using FactsUpTo = ScheduleFacts<Number> (*)(std::span<const double> hyperparameters,
                                            std::span<const int> choices, long until);
using FactBindings = std::tuple<FactsUpTo<Rounded<Binary64>>, FactsUpTo<Certified>>;

struct Schedule {
  std::string_view name;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::vector<Hyperparameter> hyperparameters;
  std::vector<Option> options;
  std::vector<Dialect> dialects;
  std::vector<Equivalence> equivalences;
  std::string_view notes;
  /// True where programs may refuse steps past total_steps.
  bool ends = false;
  /// The steps, rising and up to `until`, at which one formula hands over to the next in one of
  /// the dialects; null where none does.
  std::vector<long> (*seams)(std::span<const double> hyperparameters, long until) = nullptr;
  ScheduleBindings bindings;
  FactBindings known_facts;

  template <class Number>
  ScheduleFacts<Number> facts(std::span<const double> hyperparameter_values,
                              std::span<const int> choices, long until) const {
    return std::get<FactsUpTo<Number>>(known_facts)(hyperparameter_values, choices, until);
  }

  template <class Number>
  std::vector<Number> values(std::span<const double> hyperparameter_values,
                             std::span<const int> choices, Access access,
                             std::span<const long> steps) const {
    return std::get<ScheduleValues<Number>>(bindings)(hyperparameter_values, choices, access,
                                                      steps);
  }

  /// The same with one mistake in it; null: none.
  template <class Number>
  std::vector<Number> mutated_values(std::span<const double> hyperparameter_values,
                                     std::span<const int> choices, Access access,
                                     std::span<const long> steps, const Mutation* mutation) const {
    std::vector<Number> result;
    for (const long step : steps) {
      MutationScope scope(mutation, Phase::schedule, step, hyperparameter_values);
      const std::vector<Mutated<Number>> value = std::get<ScheduleValues<Mutated<Number>>>(
          bindings)(hyperparameter_values, choices, access, std::span<const long>(&step, 1));
      scope.output(value.front());
      result.push_back(value.front().value());
    }
    return result;
  }
};

}  // namespace plumbline
