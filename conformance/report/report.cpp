#include "conformance/report/report.hpp"

#include <algorithm>

namespace plumbline::conformance {

VerdictCounts count_verdicts(const Report& report) {
  VerdictCounts counts;
  for (const ReportedResult& reported : report.results) {
    switch (reported.result.finding.verdict) {
      case Verdict::conforms:
        ++counts.conforms;
        break;
      case Verdict::deviates:
        ++counts.deviates;
        break;
      case Verdict::unsupported:
        ++counts.unsupported;
        break;
      case Verdict::error:
        ++counts.error;
        break;
    }
  }
  return counts;
}

bool anything_checked(const Report& report) {
  return std::ranges::any_of(report.results, [](const ReportedResult& reported) {
    const Finding& finding = reported.result.finding;
    return finding.cases > 0 || std::ranges::any_of(finding.properties, [](const auto& property) {
             return property.examples > 0;
           });
  });
}

int exit_code(const Report& report) {
  bool broken = !report.complete || !anything_checked(report);
  bool otherwise = !report.expectation_problems.empty();
  for (const ReportedResult& reported : report.results) {
    const Verdict verdict = reported.result.finding.verdict;
    if (reported.expectation && reported.expectation->as_expected) continue;
    if (verdict == Verdict::error) {
      broken = true;
    } else if (reported.expectation || verdict == Verdict::deviates) {
      otherwise = true;
    }
  }
  if (broken) return 3;
  return otherwise ? 1 : 0;
}

std::string label_of(const Task& task) {
  return task.format.empty() ? task.name : task.name + "/" + task.format;
}

const PropertyFinding* failed_property(const Finding& finding) {
  const auto failed =
      std::ranges::find(finding.properties, PropertyVerdict::fails, &PropertyFinding::verdict);
  return failed == finding.properties.end() ? nullptr : &*failed;
}

std::string telling_case(const Result& result) {
  const Finding& finding = result.finding;
  // The judge begins an error's text with the case in which it was seen.
  if (finding.verdict == Verdict::error && finding.error.starts_with(result.task.name + "/")) {
    return finding.error.substr(0, finding.error.find(": "));
  }
  return finding.deviation ? finding.deviation->test_case : std::string();
}

}  // namespace plumbline::conformance
