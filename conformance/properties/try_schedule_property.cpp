// Trying a property of schedules: random questions, and the way down to a small one that fails.
#include <algorithm>
#include <cmath>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/properties/trying.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

constexpr int most_shrink_attempts = 200;

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

/// The smallest question found on the way down that fails as this one does.
void shrink(const ScheduleProperty& property, const ScheduleScope& scope,
            ScheduleQuestion& question, Observation& seen) {
  int attempts = 0;
  for (bool found = true; found;) {
    found = false;
    for (ScheduleQuestion& smaller : smaller_questions(question, scope.dialect)) {
      if (++attempts > most_shrink_attempts) return;
      Observation again = property.observe(scope, smaller);
      if (again.kind != Kind::otherwise) continue;
      seen = std::move(again);
      question = std::move(smaller);
      found = true;
      break;
    }
  }
}

}  // namespace

PropertyFinding try_schedule_property(const ScheduleProperty& property, const ScheduleScope& scope,
                                      const PropertyRun& run) {
  PropertyFinding finding = untried(property, Prediction::holds);
  if (!run.input.empty()) {
    const ScheduleQuestion given =
        as_held(read_schedule_question(scope.schedule, run.input), scope.candidate);
    const Observation seen = property.observe(scope, given);
    finding.examples = 1;
    if (is_failure(seen)) {
      fail(finding, schedule_question_text(given), seen);
      return finding;
    }
    finding.note = seen.message;
    if (seen.kind == Kind::as_expected) finding.verdict = PropertyVerdict::holds;
    return finding;
  }

  std::mt19937_64 random(
      random_seed(property.name(), scope.format.name, scope.schedule.name, run.seed));
  // A question is of many steps: half as many tell as much.
  const int wanted = std::max(1, run.examples / 2);
  for (int tried = 0; finding.examples < wanted && tried < 4 * wanted; ++tried) {
    const bool bare = tried % 2 == 1;
    ScheduleQuestion question = as_held(
        random_schedule_question(scope.schedule, scope.dialect, bare, random), scope.candidate);
    Observation seen = property.observe(scope, question);
    if (seen.kind == Kind::not_applicable) {
      if (finding.examples == 0) finding.note = seen.message;
      continue;
    }
    if (++finding.examples == 1) finding.note = seen.message;
    if (!is_failure(seen)) continue;
    if (run.shrinks && seen.kind == Kind::otherwise) shrink(property, scope, question, seen);
    finding.note.clear();
    fail(finding, schedule_question_text(question), seen);
    return finding;
  }
  if (finding.examples > 0) finding.verdict = PropertyVerdict::holds;
  return finding;
}

}  // namespace plumbline::conformance
