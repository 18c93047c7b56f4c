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

template <class Listed>
const Listed& property_of(const std::unique_ptr<Listed>& listed) {
  return *listed;
}
const ScheduleProperty& property_of(const ScheduleProperty& listed) {
  return listed;
}

bool is_asked_for(const auto& property, const CheckOptions& options) {
  if constexpr (requires { property.by_name_only(); }) {
    if (options.properties.empty()) return !property.by_name_only();
  }
  return selected(options.properties, property.name());
}

void add(PropertyFinding property, Finding& finding) {
  if (property.verdict == PropertyVerdict::fails) finding.verdict = Verdict::deviates;
  finding.properties.push_back(std::move(property));
}

/// Tries what is asked for of the properties. `Scope`: the subject, the entry, the dialect that it
/// was found to follow, and in which format.
template <class Scope, class Entry, class TryOne>
void try_each(Subject& subject, const Task& task, const CheckOptions& options, const Entry& entry,
              const auto& properties, const TryOne& try_one,
              const std::function<void(const std::string&)>& progress, Finding& finding) {
  const Dialect& dialect = dialect_of(entry, finding);
  const Scope scope{subject,
                    entry,
                    dialect,
                    {dialect.choices, held_as(finding.modifiers)},
                    find_format(task.format).value()};
  for (const auto& listed : properties) {
    const auto& property = property_of(listed);
    if (!is_asked_for(property, options)) continue;
    progress(fmt::format("{} {}", task.name, property.name()));
    subject.describe();
    add(try_one(property, scope), finding);
  }
}

}  // namespace

void try_properties(Subject& subject, const Task& task, const CheckOptions& options,
                    std::span<const Trial> trials,
                    const std::function<void(const std::string&)>& progress, Finding& finding) {
  const bool cases_alone = !options.cases.empty() && options.properties.empty();
  if (options.no_properties || cases_alone) return;
  if (finding.verdict != Verdict::conforms && finding.verdict != Verdict::deviates) return;
  PropertyRun run{.examples = options.examples, .seed = options.seed, .input = options.input};
  if (task.kind == Kind::clipping) {
    try_each<ClippingScope>(
        subject, task, options, *find_clipping(task.name), all_clipping_properties(),
        [&](const ClippingProperty& property, const ClippingScope& scope) {
          return try_clipping_property(property, scope, run);
        },
        progress, finding);
  } else if (task.kind == Kind::schedule) {
    try_each<ScheduleScope>(
        subject, task, options, *find_schedule(task.name), all_schedule_properties(),
        [&](const ScheduleProperty& property, const ScheduleScope& scope) {
          return try_schedule_property(property, scope, run);
        },
        progress, finding);
  } else if (task.kind == Kind::rule) {
    const Rule& rule = *find_rule(task.name);
    // Properties put gradients in; such a rule takes its own.
    if (rule.unit == Unit::objective) return;
    run.supported = supported_hyperparameters(trials);
    try_each<PropertyScope>(
        subject, task, options, rule, all_properties(),
        [&](const Property& property, const PropertyScope& scope) {
          return try_property(property, scope, run);
        },
        progress, finding);
  }
}

}  // namespace plumbline::conformance
