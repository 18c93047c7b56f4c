#include "conformance/named_checks/named_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/examination.hpp"
#include "conformance/named_checks/golden_cases.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/report/wording.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {
namespace {

using Status = CheckOutcome::Status;

/// The subject and what all its cases showed, made when the first check asks.
class Shared {
 public:
  explicit Shared(NamedCheckOptions options) : options_(std::move(options)) {}

  const NamedCheckOptions& options() const { return options_; }
  const Task& task() const { return options_.task; }

  Subject& subject() {
    if (!subject_) subject_ = options_.subject();
    return *subject_;
  }

  const Examination& examination() {
    if (!examination_) {
      // The dialect must not depend on which of the checks are run.
      auto found = examine(subject(), task(), options_.check, [](const std::string&) {});
      if (!found) throw SubjectUnusable("no case is selected");
      examination_ = std::move(*found);
    }
    return *examination_;
  }

  const GoldenCases& golden_cases() {
    if (!golden_cases_) golden_cases_.emplace(options_.golden_folder, *find_rule(task().name));
    return *golden_cases_;
  }

 private:
  NamedCheckOptions options_;
  std::unique_ptr<Subject> subject_;
  std::optional<Examination> examination_;
  std::optional<GoldenCases> golden_cases_;
};

std::string lines_of(const Task& task, const Finding& finding) {
  std::string text;
  for (const Fact& fact : facts_of({task, finding})) {
    text += fmt::format("\n  {:<8} {}", fact.label, fact.text);
  }
  return text;
}

std::string followed(const Finding& finding) {
  std::string text = finding.dialect;
  for (const std::string& modifier : finding.modifiers) text += ", " + modifier;
  return text;
}

/// One case, golden or not, by itself. `whole` is what all cases showed.
CheckOutcome outcome_of(const Task& task, Finding finding, const Finding& whole) {
  switch (finding.verdict) {
    case Verdict::conforms:
      return {Status::passed, fmt::format("{:.0f}% of the budget, held to {}",
                                          100 * finding.budget_used, followed(finding))};
    case Verdict::unsupported:
      return {Status::skipped, finding.unsupported_reason};
    case Verdict::error:
      return {Status::failed, "the subject failed" + lines_of(task, finding)};
    case Verdict::deviates:
      break;
  }
  finding.nearest = whole.nearest;
  finding.cases = whole.cases;
  const std::string_view held =
      whole.verdict == Verdict::conforms ? "the dialect it follows" : "the nearest dialect";
  return {Status::failed, fmt::format("deviates from {} {}, {}{}", task.name, followed(finding),
                                      held, lines_of(task, finding))};
}

CheckOutcome whole_outcome(const Examination& examination) {
  const Finding& finding = examination.finding;
  const std::string lines = lines_of(examination.task, finding);
  switch (finding.verdict) {
    case Verdict::conforms:
      return {Status::passed,
              fmt::format("follows {}, {:.0f}% of the budget, {} cases, {} unsupported{}",
                          followed(finding), 100 * finding.budget_used, finding.cases,
                          finding.unsupported_cases, lines)};
    case Verdict::deviates:
      return {Status::failed, fmt::format("follows no dialect of {}; nearest is {}{}",
                                          examination.task.name, followed(finding), lines)};
    case Verdict::unsupported:
      return {Status::failed, "no case is supported, so nothing was checked" + lines};
    case Verdict::error:
      break;
  }
  return {Status::failed, "the subject failed" + lines};
}

CheckOutcome acceptance_outcome(Shared& shared, const std::string& id) {
  const Examination& examination = shared.examination();
  const auto trial = std::ranges::find(examination.trials, id, &Trial::id);
  if (trial == examination.trials.end()) return {Status::failed, "the case did not run"};
  return outcome_of(examination.task, case_finding(examination, *trial), examination.finding);
}

CheckOutcome golden_outcome(Shared& shared, const std::string& id) {
  const Finding& whole = shared.examination().finding;
  const Rule& rule = *find_rule(shared.task().name);
  const Dialect* dialect = find_dialect(rule.dialects, whole.dialect);
  if (dialect == nullptr) dialect = &rule.dialects.front();
  return outcome_of(shared.task(),
                    shared.golden_cases().check(shared.subject(), id, *dialect, whole.modifiers,
                                                shared.task().format),
                    whole);
}

CheckOutcome property_outcome(Shared& shared, const std::string& name) {
  const Examination& examination = shared.examination();
  Finding finding = examination.finding;
  finding.deviation.reset();
  finding.nearest.clear();
  finding.claim_ends.reset();
  CheckOptions options = shared.options().check;
  options.properties = {name};
  options.input = shared.options().property_input;
  const RoundingScope scope(
      {.budget = examination.budget, .flushes_subnormals = examination.flushes_subnormals});
  try_properties(
      shared.subject(), examination.task, options, examination.trials, [](const std::string&) {},
      finding);
  if (finding.properties.empty()) {
    return {Status::failed, "not tried, since the cases show no dialect" +
                                lines_of(shared.task(), examination.finding)};
  }
  const PropertyFinding& property = finding.properties.front();
  switch (property.verdict) {
    case PropertyVerdict::skipped:
      return {Status::skipped, property.note};
    case PropertyVerdict::holds:
      return {Status::passed,
              fmt::format("{} {} on {} cases, as the formula says", property.statement,
                          property.must_hold ? "holds" : "fails", property.examples)};
    case PropertyVerdict::fails:
      break;
  }
  CheckOutcome outcome{Status::failed, "a property of " + followed(finding) + " fails"};
  finding.notes.clear();
  outcome.text += lines_of(shared.task(), finding);
  outcome.counterexample = property.counterexample->input;
  return outcome;
}

NamedCheck named(const std::shared_ptr<Shared>& shared, std::string name,
                 std::function<CheckOutcome(Shared&)> body) {
  return with_known_deviations(
      {std::move(name), [shared, body = std::move(body)] { return body(*shared); }},
      shared->options().known_deviations);
}

void check_task(const Task& task) {
  const bool known = task.kind == Kind::rule       ? find_rule(task.name) != nullptr
                     : task.kind == Kind::schedule ? find_schedule(task.name) != nullptr
                     : task.kind == Kind::clipping ? find_clipping(task.name) != nullptr
                                                   : find_sampling(task.name) != nullptr ||
                                                         find_initialization(task.name) != nullptr;
  if (!known) {
    throw std::invalid_argument(fmt::format("no {} \"{}\"", name_of(task.kind), task.name));
  }
  const bool has_format = task.kind != Kind::schedule && find_sampling(task.name) == nullptr;
  if (has_format && !find_format(task.format)) {
    throw std::invalid_argument(fmt::format("no format \"{}\"", task.format));
  }
}

/// Turns the outcome of a known deviation round.
CheckOutcome turned(CheckOutcome outcome, const std::string& reason) {
  switch (outcome.status) {
    case Status::failed:
      return {Status::passed, fmt::format("deviates as known: {}\n{}", reason, outcome.text)};
    case Status::passed:
      return {Status::failed, fmt::format("is listed as a known deviation ({}) but conforms: {}",
                                          reason, outcome.text)};
    case Status::skipped:
      break;
  }
  return outcome;
}

}  // namespace

NamedCheck with_known_deviations(NamedCheck check, std::vector<KnownDeviation> known) {
  std::erase_if(known, [&](const KnownDeviation& deviation) {
    return !matches(deviation.checks, check.name);
  });
  auto run = [body = std::move(check.run), known = std::move(known)] {
    CheckOutcome outcome;
    try {
      outcome = body();
    } catch (const std::exception& failure) {
      outcome = {Status::failed, failure.what()};
    }
    return known.empty() ? outcome : turned(std::move(outcome), known.front().reason);
  };
  return {std::move(check.name), std::move(run)};
}

std::vector<NamedCheck> named_checks(const NamedCheckOptions& options) {
  const Task& task = options.task;
  check_task(task);
  const auto shared = std::make_shared<Shared>(options);
  std::vector<NamedCheck> checks{
      named(shared, "verdict", [](Shared& all) { return whole_outcome(all.examination()); })};
  const auto add = [&](std::string_view kind, const std::string& id,
                       CheckOutcome (*outcome)(Shared&, const std::string&)) {
    checks.push_back(named(shared, std::string(kind) + id.substr(task.name.size()),
                           [id, outcome](Shared& all) { return outcome(all, id); }));
  };
  for (const std::string& id : case_ids(task, options.check)) {
    add("acceptance", id, acceptance_outcome);
  }
  const auto add_property = [&](const auto& property, bool by_name_only) {
    const std::string name(property.name());
    const bool wanted = options.check.properties.empty()
                            ? options.check.cases.empty() && !by_name_only
                            : selected(options.check.properties, name);
    if (options.check.no_properties || !wanted) return;
    checks.push_back(named(shared, "property/" + name,
                           [name](Shared& all) { return property_outcome(all, name); }));
  };
  if (task.kind == Kind::rule) {
    for (const auto& property : all_properties()) add_property(*property, property->by_name_only());
  } else if (task.kind == Kind::clipping) {
    for (const auto& property : all_clipping_properties()) add_property(*property, false);
  } else if (task.kind == Kind::schedule) {
    for (const ScheduleProperty& property : all_schedule_properties()) {
      add_property(property, false);
    }
  }
  if (task.kind == Kind::rule && !options.golden_folder.empty()) {
    for (const std::string& id : golden_case_ids(*find_rule(task.name), task.format)) {
      if (selected(options.check.cases, id)) add("golden", id, golden_outcome);
    }
  }
  return checks;
}

}  // namespace plumbline::conformance
