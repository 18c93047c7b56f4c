// A question about a schedule, put to a subject and to the reference.
#include <numeric>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/schedule_property.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

std::vector<long> steps_from(long first, long until) {
  std::vector<long> steps(static_cast<std::size_t>(until - first + 1));
  std::iota(steps.begin(), steps.end(), first);
  return steps;
}

/// Where correct rates of the format lie.
void accept_rates(AnsweredRates& rates, const ScheduleScope& scope,
                  std::span<const double> hyperparameters, Access access) {
  with_arithmetic(scope.format.arithmetic, [&]<class Format>() {
    for (const auto& interval : scope.schedule.values<Rounded<Format>>(
             hyperparameters, scope.candidate.choices, access, rates.steps)) {
      const auto lower = static_cast<Quadruple>(interval.lower());
      const auto upper = static_cast<Quadruple>(interval.upper());
      constexpr Quadruple infinity = std::numeric_limits<double>::infinity();
      if (interval.may_be_nan() || lower == -infinity || upper == infinity) {
        throw NoAnswer{{Kind::not_applicable, "any answer is accepted"}};
      }
      rates.lower.push_back(lower);
      rates.upper.push_back(upper);
    }
  });
}

}  // namespace

const ScheduleFacts<Rounded<Binary64>>& AskedSchedule::facts() const {
  if (!facts_) facts_ = facts(question_.until);
  return *facts_;
}

ScheduleFacts<Rounded<Binary64>> AskedSchedule::facts(long until) const {
  return scope_.schedule.facts<Rounded<Binary64>>(question_.hyperparameters,
                                                  scope_.candidate.choices, until);
}

AnsweredRates AskedSchedule::rates(Access access, const std::vector<long>& steps) const {
  AnsweredRates rates{steps, {}, {}, {}};
  accept_rates(rates, scope_, question_.hyperparameters, access);
  auto answer = scope_.subject.schedule_values(
      {.schedule = std::string(scope_.schedule.name),
       .hyperparameters = named_values(scope_.schedule.hyperparameters, question_.hyperparameters),
       .steps = steps,
       .access = access});
  if (answer.ended().outcome != Outcome::fault) scope_.subject.case_ended_well();
  if (!answer.ok()) throw NoAnswer{observation_of(answer.ended())};
  rates.values = std::move(*answer);
  return rates;
}

AnsweredRates AskedSchedule::all_from(long first) const {
  const std::vector<long> steps = steps_from(first, question_.until);
  try {
    return rates(Access::sequential, steps);
  } catch (const NoAnswer& none) {
    if (none.observation.kind != Kind::not_applicable) throw;
    return rates(Access::direct, steps);
  }
}

std::vector<Rounded<Binary64>> AskedSchedule::exact(const std::vector<long>& steps) const {
  return scope_.schedule.values<Rounded<Binary64>>(question_.hyperparameters,
                                                   scope_.candidate.choices, Access::direct, steps);
}

}  // namespace plumbline::conformance
