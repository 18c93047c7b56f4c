#include "conformance/checks/examination.hpp"

#include <algorithm>

#include "conformance/checks/other_rules.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {
namespace {

/// What the subject claims of a name: {"dialect": ..., "formats": [...]}.
std::string claimed_dialect(const nlohmann::json& claims, const Task& task) {
  const auto claim = claims.find(task.name);
  if (claim == claims.end() || !claim->is_object()) return {};
  if (const auto formats = claim->find("formats"); formats != claim->end()) {
    if (formats->is_array() && !task.format.empty() &&
        std::ranges::find(*formats, nlohmann::json(task.format)) == formats->end()) {
      return {};
    }
  }
  return claim->contains("dialect") && (*claim)["dialect"].is_string()
             ? (*claim)["dialect"].get<std::string>()
             : std::string();
}

Conventions conventions_of(const Task& task) {
  const auto of = [](const auto& entry) {
    return Conventions{entry.options, entry.dialects, entry.equivalences};
  };
  switch (task.kind) {
    case Kind::rule:
      return of(*find_rule(task.name));
    case Kind::schedule:
      return of(*find_schedule(task.name));
    case Kind::clipping:
      return of(*find_clipping(task.name));
  }
  return {};
}

/// For a given input: no cases are run, the subject is taken to be what is demanded.
Finding as_demanded(const Demands& demands) {
  Finding finding;
  finding.verdict = Verdict::conforms;
  finding.dialect =
      demands.required_dialect.empty() ? demands.claimed_dialect : demands.required_dialect;
  if (!demands.required_modifier.empty() && demands.required_modifier != "none") {
    finding.modifiers.push_back(demands.required_modifier);
  }
  return finding;
}

std::optional<Examination> judged(const Task& task, std::vector<Trial> trials,
                                  const Demands& demands) {
  if (trials.empty()) return std::nullopt;
  Finding finding = decide(conventions_of(task), trials, demands);
  return Examination{task, std::move(trials), std::move(finding), rounding_model().budget,
                     rounding_model().flushes_subnormals};
}

}  // namespace

std::optional<Examination> examine(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  const SubjectDescription& description = subject.describe();
  const RoundingScope scope(
      {.budget = options.budget, .flushes_subnormals = description.flushes_subnormals});
  const Demands demands{.required_dialect = options.dialect,
                        .required_modifier = options.modifier,
                        .claimed_dialect = claimed_dialect(description.claims, task),
                        .thorough = options.thorough};
  switch (task.kind) {
    case Kind::rule: {
      if (!options.input.empty()) {
        return Examination{
            task, {}, as_demanded(demands), options.budget, description.flushes_subnormals};
      }
      auto examination = judged(task, rule_trials(subject, task, options, progress), demands);
      if (examination && options.any_rule) {
        examination->finding.other_rules = explaining_rules(task.name, examination->trials);
      }
      return examination;
    }
    case Kind::clipping:
      if (!options.input.empty()) {
        return Examination{
            task, {}, as_demanded(demands), options.budget, description.flushes_subnormals};
      }
      return judged(task, clipping_trials(subject, task, options, progress), demands);
    case Kind::schedule: {
      // The protocol does not say in which format a schedule is computed: binary64
      // first, then binary32.
      const auto in_format = [&](const char* format) {
        const Task held_in{task.kind, task.name, format};
        return judged(held_in, schedule_trials(subject, held_in, options, progress), demands);
      };
      auto examination = in_format("binary64");
      if (examination && examination->finding.verdict == Verdict::deviates) {
        auto narrower = in_format("binary32");
        if (narrower && narrower->finding.verdict == Verdict::conforms) return narrower;
      }
      return examination;
    }
  }
  return std::nullopt;
}

Finding case_finding(const Examination& examination, const Trial& trial) {
  const RoundingScope scope(
      {.budget = examination.budget, .flushes_subnormals = examination.flushes_subnormals});
  const Conventions conventions = conventions_of(examination.task);
  const Finding& whole = examination.finding;
  Finding finding;
  finding.dialect = whole.dialect;
  finding.modifiers = whole.modifiers;
  switch (trial.ended.outcome) {
    case Outcome::unsupported:
    case Outcome::refused:
      finding.verdict = Verdict::unsupported;
      finding.unsupported_cases = 1;
      finding.unsupported_reason = trial.ended.message;
      return finding;
    case Outcome::subject_error:
    case Outcome::fault:
      finding.verdict = Verdict::error;
      finding.error = trial.id + ": " + trial.ended.message;
      finding.fault = trial.ended.outcome == Outcome::fault
                          ? std::string(fault_text(trial.ended.fault))
                          : std::string("error reported by the subject");
      return finding;
    case Outcome::ran:
      break;
  }
  const Dialect* dialect = find_dialect(conventions.dialects, whole.dialect);
  if (dialect == nullptr) dialect = &conventions.dialects.front();
  Comparison comparison =
      compare_trial(trial, dialect, {dialect->choices, held_as(whole.modifiers)});
  finding.verdict = comparison.deviation ? Verdict::deviates : Verdict::conforms;
  finding.cases = 1;
  finding.steps = trial.steps;
  finding.budget_used = comparison.budget_used;
  finding.budget_case = trial.id;
  finding.claim_ends = comparison.claim_ends;
  finding.deviation = std::move(comparison.deviation);
  return finding;
}

std::vector<std::string> case_ids(const Task& task, const CheckOptions& options) {
  switch (task.kind) {
    case Kind::rule:
      return rule_case_ids(task, options);
    case Kind::clipping:
      return clipping_case_ids(task, options);
    case Kind::schedule:
      return schedule_case_ids(task, options);
  }
  return {};
}

}  // namespace plumbline::conformance
