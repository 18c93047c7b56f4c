// Trying a property of schedules: random questions, and the way down to a small one that fails.
#include <algorithm>
#include <cmath>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/properties/trying.hpp"

namespace plumbline::conformance {
namespace {

/// Smaller questions: fewer steps, smaller counts, plain values, and what may rest at rest.
std::vector<ScheduleQuestion> smaller_questions(const ScheduleQuestion& question,
                                                const Dialect& dialect) {
  std::vector<ScheduleQuestion> list;
  const auto with_steps = [&](long until) {
    ScheduleQuestion& fewer = list.emplace_back(question);
    fewer.until = until;
    fewer.from = std::min(question.from, until);
  };
  if (question.until > 1) {
    with_steps(question.until / 2);
    with_steps(question.until - 1);
  }
  if (question.from > 1) list.emplace_back(question).from = 1;
  for (std::size_t i = 0; i < question.hyperparameters.size(); ++i) {
    const Hyperparameter& hyperparameter = question.schedule->hyperparameters[i];
    const double value = question.hyperparameters[i];
    const auto with_value = [&](double smaller) {
      if (smaller != value) list.emplace_back(question).hyperparameters[i] = smaller;
    };
    if (hyperparameter.neutral) with_value(*hyperparameter.neutral);
    if (hyperparameter.neutral == value) continue;
    if (hyperparameter.kind == Hyperparameter::Kind::count) {
      with_value(std::floor(value / 2));
      with_value(value - 1);
    } else if (value != 1 && value != 0.5 && value != 0.25) {
      for (const double plain : {1.0, 0.5, 0.25}) with_value(plain);
    }
  }
  std::erase_if(list, [&](const ScheduleQuestion& smaller) {
    return !is_meant(smaller) ||
           !has_place_for(dialect, smaller.schedule->hyperparameters, smaller.hyperparameters);
  });
  return list;
}

/// What the subject holds of the question.
ScheduleQuestion as_held(ScheduleQuestion question, const Candidate& candidate) {
  question.hyperparameters = held_hyperparameters(question.hyperparameters, candidate);
  return question;
}

}  // namespace

PropertyFinding try_schedule_property(const ScheduleProperty& property, const ScheduleScope& scope,
                                      const PropertyRun& run) {
  std::mt19937_64 random(
      random_seed(property.name(), scope.format.name, scope.schedule.name, run.seed));
  const InputKind<ScheduleQuestion> questions{
      .observe =
          [&](const ScheduleQuestion& question) { return property.observe(scope, question); },
      .at_random =
          [&](int tried) {
            const bool bare = tried % 2 == 1;
            return as_held(random_schedule_question(scope.schedule, scope.dialect, bare, random),
                           scope.candidate);
          },
      .smaller =
          [&](const ScheduleQuestion& question) {
            return smaller_questions(question, scope.dialect);
          },
      .text = schedule_question_text};
  PropertyFinding finding = untried(property, Prediction::holds);
  if (!run.input.empty()) {
    return try_given(std::move(finding),
                     as_held(read_schedule_question(scope.schedule, run.input), scope.candidate),
                     questions);
  }
  // A question is of many steps: half as many tell as much.
  return try_at_random(std::move(finding), std::max(1, run.examples / 2), run.shrinks, questions);
}

}  // namespace plumbline::conformance
