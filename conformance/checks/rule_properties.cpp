#include <fmt/format.h>

#include <algorithm>

#include "conformance/checks/check.hpp"
#include "conformance/properties/property.hpp"

namespace plumbline::conformance {
namespace {

/// The dialect that the finding names; where it names none that is in use, the first.
const Dialect& dialect_of(const Rule& rule, const Finding& finding) {
  const Dialect* dialect = find_dialect(rule.dialects, finding.dialect);
  return dialect == nullptr ? rule.dialects.front() : *dialect;
}

bool is_selected(const Property& property, const CheckOptions& options) {
  if (!options.properties.empty()) return selected(options.properties, property.name());
  return !property.by_name_only();
}

}  // namespace

void try_properties(Subject& subject, const Task& task, const CheckOptions& options,
                    const std::function<void(const std::string&)>& progress, Finding& finding) {
  const bool cases_alone = !options.cases.empty() && options.properties.empty();
  if (options.no_properties || cases_alone) return;
  if (finding.verdict != Verdict::conforms && finding.verdict != Verdict::deviates) return;
  const Rule& rule = *find_rule(task.name);
  const Dialect& dialect = dialect_of(rule, finding);
  const PropertyScope scope{subject,
                            rule,
                            dialect,
                            {dialect.choices, held_as(finding.modifiers)},
                            find_format(task.format).value()};
  for (const auto& property : all_properties()) {
    if (!is_selected(*property, options)) continue;
    progress(fmt::format("{} {}", task.name, property->name()));
    subject.describe();
    finding.properties.push_back(
        try_property(*property, scope,
                     {.examples = options.examples, .seed = options.seed, .input = options.input}));
    if (finding.properties.back().verdict == PropertyVerdict::fails) {
      finding.verdict = Verdict::deviates;
    }
  }
}

}  // namespace plumbline::conformance
