#include "conformance/mutants/hunt.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {
namespace {

constexpr std::uint64_t plain_seed = 1;
constexpr double plain_budget = 2;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The cases of a rule, made once.
const std::vector<Case>& cases_of(const Rule& rule) {
  static std::mutex mutex;
  static std::map<std::string_view, std::vector<Case>> made;
  const std::lock_guard lock(mutex);
  auto& cases = made[rule.name];
  if (cases.empty()) cases = cases_for(rule, plain_seed);
  return cases;
}

/// The ways of holding hyperparameters that still explain all that was seen.
class Explanations {
 public:
  explicit Explanations(const Dialect& dialect) : dialect_(&dialect) {}

  /// True when nothing explains the mutant any more. A case that the subject declined
  /// says nothing.
  bool refuted_by(const Trial& trial) {
    if (trial.ended.outcome == Outcome::subject_error || trial.ended.outcome == Outcome::fault) {
      return true;
    }
    if (trial.ended.outcome != Outcome::ran) return false;
    std::erase_if(held_, [&](Held held) {
      return trial.compare({dialect_->choices, held}).deviation.has_value();
    });
    return held_.empty();
  }

 private:
  const Dialect* dialect_;
  std::vector<Held> held_{Held::exactly, Held::in_binary32, Held::powers_in_binary32};
};

/// One case of a rule put to the subject; compared on demand, as a check does.
Trial trial_of(Subject& subject, const Case& test_case, const SubjectFormat& format) {
  const auto recording = std::make_shared<const Recording>(record(subject, test_case, format));
  return {.id = test_case.id,
          .ended = *recording,
          .steps = test_case.steps(),
          .applies = [&](const Dialect& dialect) { return applies(test_case, dialect); },
          .compare =
              [&test_case, recording, &format](const Candidate& candidate) {
                return compare(test_case, *recording, candidate, format);
              }};
}

void hunt_in_rule(const Rule& rule, const Mutant& mutant, const SubjectFormat& format,
                  Search& search) {
  BuiltInSubject subject({.mutant = mutant.rule + "/" + mutant.name});
  Explanations explanations(*find_dialect(rule.dialects, mutant.dialect));
  for (const Case& test_case : cases_of(rule)) {
    if (!test_case.fits(format)) continue;
    ++search.tried;
    if (!explanations.refuted_by(trial_of(subject, test_case, format))) continue;
    search.caught = true;
    search.shown_by = test_case.id;
    return;
  }
}

void hunt_in_trials(const std::vector<Trial>& trials, const Dialect& dialect, Search& search) {
  Explanations explanations(dialect);
  for (const Trial& trial : trials) {
    ++search.tried;
    if (!explanations.refuted_by(trial)) continue;
    search.caught = true;
    search.shown_by = trial.id;
    return;
  }
}

}  // namespace

std::vector<std::string> hunting_formats(std::string_view rule) {
  if (find_sampling(rule) != nullptr) return {"binary64"};  // indices have no format: once
  if (find_rule(rule) != nullptr) return {"binary64", "binary32", "bfloat16+binary32"};
  return {"binary64", "binary32"};
}

Search hunt_by_cases(const Mutant& mutant, const std::string& format) {
  const Stopwatch watch;
  const RoundingScope scope({.budget = plain_budget, .flushes_subnormals = false});
  Search result;
  if (const Rule* rule = find_rule(mutant.rule)) {
    hunt_in_rule(*rule, mutant, find_format(format).value(), result);
  } else {
    BuiltInSubject subject({.mutant = mutant.rule + "/" + mutant.name});
    const CheckOptions options;
    const auto silent = [](const std::string&) {};
    if (const Schedule* schedule = find_schedule(mutant.rule)) {
      hunt_in_trials(
          schedule_trials(subject, {Kind::schedule, mutant.rule, format}, options, silent),
          *find_dialect(schedule->dialects, mutant.dialect), result);
    } else if (const Sampling* sampling = find_sampling(mutant.rule)) {
      hunt_in_trials(sampling_trials(subject, {Kind::sampling, mutant.rule, ""}, options, silent),
                     *find_dialect(sampling->dialects, mutant.dialect), result);
    } else if (const Initialization* initialization = find_initialization(mutant.rule)) {
      hunt_in_trials(
          initialization_trials(subject, {Kind::sampling, mutant.rule, format}, options, silent),
          *find_dialect(initialization->dialects, mutant.dialect), result);
    } else {
      hunt_in_trials(
          clipping_trials(subject, {Kind::clipping, mutant.rule, format}, options, silent),
          *find_dialect(find_clipping(mutant.rule)->dialects, mutant.dialect), result);
    }
  }
  result.seconds = watch.seconds();
  return result;
}

namespace {

Search hunt_in_clipping(const Clipping& clipping, const Mutant& mutant, const std::string& format) {
  Search result;
  const Stopwatch watch;
  const RoundingScope rounding({.budget = plain_budget, .flushes_subnormals = false});
  BuiltInSubject subject({.mutant = mutant.rule + "/" + mutant.name});
  const Dialect& dialect = *find_dialect(clipping.dialects, mutant.dialect);
  const ClippingScope scope{
      subject, clipping, dialect, {dialect.choices}, find_format(format).value()};
  for (const auto& property : all_clipping_properties()) {
    ++result.tried;
    const PropertyFinding finding =
        try_clipping_property(*property, scope, {.seed = plain_seed, .shrinks = false});
    if (finding.verdict != PropertyVerdict::fails) continue;
    result.caught = true;
    result.shown_by = property->name();
    break;
  }
  result.seconds = watch.seconds();
  return result;
}

Search hunt_in_schedule(const Schedule& schedule, const Mutant& mutant, const std::string& format) {
  Search result;
  const Stopwatch watch;
  const RoundingScope rounding({.budget = plain_budget, .flushes_subnormals = false});
  BuiltInSubject subject({.mutant = mutant.rule + "/" + mutant.name});
  const Dialect& dialect = *find_dialect(schedule.dialects, mutant.dialect);
  const ScheduleScope scope{
      subject, schedule, dialect, {dialect.choices}, find_format(format).value()};
  for (const ScheduleProperty& property : all_schedule_properties()) {
    ++result.tried;
    const PropertyFinding finding =
        try_schedule_property(property, scope, {.seed = plain_seed, .shrinks = false});
    if (finding.verdict != PropertyVerdict::fails) continue;
    result.caught = true;
    result.shown_by = property.name();
    break;
  }
  result.seconds = watch.seconds();
  return result;
}

}  // namespace

Search hunt_by_properties(const Mutant& mutant, const std::string& format) {
  if (const Clipping* clipping = find_clipping(mutant.rule)) {
    return hunt_in_clipping(*clipping, mutant, format);
  }
  if (const Schedule* schedule = find_schedule(mutant.rule)) {
    return hunt_in_schedule(*schedule, mutant, format);
  }
  Search result;
  const Rule* rule = find_rule(mutant.rule);
  // Properties put gradients in; a rule that asks its objective takes its own.
  if (rule == nullptr || rule->unit == Unit::objective) return result;
  const Stopwatch watch;
  const RoundingScope rounding({.budget = plain_budget, .flushes_subnormals = false});
  BuiltInSubject subject({.mutant = mutant.rule + "/" + mutant.name});
  const Dialect& dialect = *find_dialect(rule->dialects, mutant.dialect);
  const Candidate candidate{dialect.choices, Held::exactly};
  const PropertyScope scope{subject, *rule, dialect, candidate, find_format(format).value()};
  for (const auto& property : all_properties()) {
    if (property->by_name_only()) continue;
    ++result.tried;
    const PropertyFinding finding =
        try_property(*property, scope, {.seed = plain_seed, .shrinks = false});
    if (finding.verdict != PropertyVerdict::fails) continue;
    result.caught = true;
    result.shown_by = property->name();
    break;
  }
  result.seconds = watch.seconds();
  return result;
}

}  // namespace plumbline::conformance
