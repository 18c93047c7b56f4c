// How a schedule's file becomes a catalogue entry. A schedule is a struct with
// `Options` and
//   template <class Number> static Number value(hyperparameters, options, t)
// or, where a step needs the one before, `values` for all steps at once, made of the two below;
// and what is known of its rates besides, up to a step (schedule_facts.hpp),
//   template <class Number> static ScheduleFacts<Number> facts(hyperparameters, options, until).
#pragma once

#include "reference/options.hpp"
#include "reference/schedule.hpp"

namespace plumbline {

/// The rates at `steps`, each by itself.
template <class Number, class RateAt>
std::vector<Number> each_step(std::span<const long> steps, const RateAt& rate_at) {
  std::vector<Number> rates;
  for (const long step : steps) rates.push_back(rate_at(step));
  return rates;
}

/// The rates at `steps` (rising), each made of the one before: next(rate of step t - 1, t).
/// `rate` is that of step 0. A library that works so jumps to a step by the closed form.
template <class Number, class Next>
std::vector<Number> step_by_step(Number rate, std::span<const long> steps, const Next& next) {
  std::vector<Number> rates;
  long step = 0;
  for (const long wanted : steps) {
    while (step < wanted) rate = next(rate, ++step);
    rates.push_back(rate);
  }
  return rates;
}

template <class ScheduleText, class Number>
std::vector<Number> schedule_values(std::span<const double> hyperparameters,
                                    std::span<const int> choices, Access access,
                                    std::span<const long> steps) {
  const auto options = options_from<typename ScheduleText::Options>(choices);
  if constexpr (requires {
                  ScheduleText::template values<Number>(hyperparameters, options, access, steps);
                }) {
    std::vector<Number> result =
        ScheduleText::template values<Number>(hyperparameters, options, access, steps);
    for (Number& value : result) value = as_result(value);
    return result;
  } else {
    return each_step<Number>(steps, [&](long step) {
      return as_result(ScheduleText::template value<Number>(hyperparameters, options, step));
    });
  }
}

template <class ScheduleText>
ScheduleBindings schedule_bindings() {
#define PLUMBLINE_BIND(...) &schedule_values<ScheduleText, __VA_ARGS__>,
#define PLUMBLINE_BIND_MUTATED(...) PLUMBLINE_BIND(Mutated<__VA_ARGS__>)
  return {PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND)
              PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_BIND_MUTATED) nullptr};
#undef PLUMBLINE_BIND_MUTATED
#undef PLUMBLINE_BIND
}

template <class ScheduleText, class Number>
ScheduleFacts<Number> schedule_facts(std::span<const double> hyperparameters,
                                     std::span<const int> choices, long until) {
  return ScheduleText::template facts<Number>(
      hyperparameters, options_from<typename ScheduleText::Options>(choices), until);
}

template <class ScheduleText>
FactBindings fact_bindings() {
  return {&schedule_facts<ScheduleText, Rounded<Binary64>>,
          &schedule_facts<ScheduleText, Certified>};
}

}  // namespace plumbline
