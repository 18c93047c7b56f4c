// How a schedule's file becomes a catalogue entry. A schedule is a struct with
// `Options` and
//   template <class Number> static Number value(hyperparameters, options, t)
// or, where a step needs the one before, `values` for all steps at once.
#pragma once

#include <array>
#include <bit>

#include "reference/schedule.hpp"

namespace plumbline {

template <class ScheduleText, class Number>
std::vector<Number> schedule_values(std::span<const double> hyperparameters,
                                    std::span<const int> choices, Access access,
                                    std::span<const long> steps) {
  using Options = typename ScheduleText::Options;
  std::array<int, sizeof(Options) / sizeof(int)> raw{};
  for (std::size_t i = 0; i < raw.size() && i < choices.size(); ++i) raw[i] = choices[i];
  const Options options = std::bit_cast<Options>(raw);

  if constexpr (requires {
                  ScheduleText::template values<Number>(hyperparameters, options, access, steps);
                }) {
    std::vector<Number> result =
        ScheduleText::template values<Number>(hyperparameters, options, access, steps);
    for (Number& value : result) value = as_result(value);
    return result;
  } else {
    std::vector<Number> result;
    for (const long step : steps) {
      result.push_back(
          as_result(ScheduleText::template value<Number>(hyperparameters, options, step)));
    }
    return result;
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

}  // namespace plumbline
