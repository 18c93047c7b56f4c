#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/check.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/schedule_property.hpp"

namespace plumbline::conformance {
namespace {

/// The dialect that the finding names; where it names none that is in use, the first.
const Dialect& dialect_of(const auto& entry, const Finding& finding) {
  const Dialect* dialect = find_dialect(entry.dialects, finding.dialect);
  return dialect == nullptr ? entry.dialects.front() : *dialect;
}

/// What the subject took in the cases that ran, each once.
std::vector<std::vector<double>> supported_hyperparameters(std::span<const Trial> trials) {
  std::vector<std::vector<double>> supported;
  for (const Trial& trial : trials) {
    if (trial.ended.outcome != Outcome::ran) continue;
    if (std::ranges::find(supported, trial.hyperparameters) != supported.end()) continue;
    supported.push_back(trial.hyperparameters);
  }
  return supported;
}

bool is_selected(const Property& property, const CheckOptions& options) {
  if (!options.properties.empty()) return selected(options.properties, property.name());
  return !property.by_name_only();
}

void add(PropertyFinding property, Finding& finding) {
  if (property.verdict == PropertyVerdict::fails) finding.verdict = Verdict::deviates;
  finding.properties.push_back(std::move(property));
}

void try_on_clipping(Subject& subject, const Task& task, const CheckOptions& options,
                     const std::function<void(const std::string&)>& progress, Finding& finding) {
  const Clipping& clipping = *find_clipping(task.name);
  const Dialect& dialect = dialect_of(clipping, finding);
  const ClippingScope scope{subject,
                            clipping,
                            dialect,
                            {dialect.choices, held_as(finding.modifiers)},
                            find_format(task.format).value()};
  for (const auto& property : all_clipping_properties()) {
    if (!selected(options.properties, property->name())) continue;
    progress(fmt::format("{} {}", task.name, property->name()));
    subject.describe();
    add(try_clipping_property(
            *property, scope,
            {.examples = options.examples, .seed = options.seed, .input = options.input}),
        finding);
  }
}

void try_on_schedule(Subject& subject, const Task& task, const CheckOptions& options,
                     const std::function<void(const std::string&)>& progress, Finding& finding) {
  const Schedule& schedule = *find_schedule(task.name);
  const Dialect& dialect = dialect_of(schedule, finding);
  const ScheduleScope scope{subject,
                            schedule,
                            dialect,
                            {dialect.choices, held_as(finding.modifiers)},
                            find_format(task.format).value()};
  for (const ScheduleProperty& property : all_schedule_properties()) {
    if (!selected(options.properties, property.name())) continue;
    progress(fmt::format("{} {}", task.name, property.name()));
    subject.describe();
    add(try_schedule_property(
            property, scope,
            {.examples = options.examples, .seed = options.seed, .input = options.input}),
        finding);
  }
}

}  // namespace

void try_properties(Subject& subject, const Task& task, const CheckOptions& options,
                    std::span<const Trial> trials,
                    const std::function<void(const std::string&)>& progress, Finding& finding) {
  const bool cases_alone = !options.cases.empty() && options.properties.empty();
  if (options.no_properties || cases_alone) return;
  if (finding.verdict != Verdict::conforms && finding.verdict != Verdict::deviates) return;
  if (task.kind == Kind::clipping) {
    try_on_clipping(subject, task, options, progress, finding);
    return;
  }
  if (task.kind == Kind::schedule) {
    try_on_schedule(subject, task, options, progress, finding);
    return;
  }
  if (task.kind != Kind::rule) return;
  const Rule& rule = *find_rule(task.name);
  // Properties put gradients in; such a rule takes its own.
  if (rule.unit == Unit::objective) return;
  const Dialect& dialect = dialect_of(rule, finding);
  const PropertyScope scope{subject,
                            rule,
                            dialect,
                            {dialect.choices, held_as(finding.modifiers)},
                            find_format(task.format).value()};
  const auto supported = supported_hyperparameters(trials);
  for (const auto& property : all_properties()) {
    if (!is_selected(*property, options)) continue;
    progress(fmt::format("{} {}", task.name, property->name()));
    subject.describe();
    add(try_property(*property, scope,
                     {.examples = options.examples,
                      .seed = options.seed,
                      .supported = supported,
                      .input = options.input}),
        finding);
  }
}

}  // namespace plumbline::conformance
