#include "conformance/report/wording.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

/// Deviations and errors keep a row each: the place differs from format to format.
bool foldable(Verdict verdict) {
  return verdict == Verdict::conforms || verdict == Verdict::unsupported;
}

bool says_the_same(const ReportedResult& one, const ReportedResult& other) {
  const Finding& left = one.result.finding;
  const Finding& right = other.result.finding;
  const auto outcome = [](const ReportedResult& reported) {
    const auto& expectation = reported.expectation;
    return expectation ? fmt::format("{}\n{}\n{}\n{}", expectation->as_expected,
                                     expectation->reason, expectation->link, expectation->message)
                       : std::string();
  };
  return one.result.task.kind == other.result.task.kind &&
         one.result.task.name == other.result.task.name && left.verdict == right.verdict &&
         dialect_text(left) == dialect_text(right) && left.notes == right.notes &&
         outcome(one) == outcome(other);
}

std::string radii_text(double radii) {
  return std::isfinite(radii) ? fmt::format("{:.3g} radii", radii) : "infinitely many radii";
}

std::string place_text(const Deviation& deviation, Kind kind) {
  std::vector<std::string> parts;
  if (deviation.step > 0 || kind == Kind::schedule) {
    parts.push_back(fmt::format("step {}", deviation.step));
  }
  if (!deviation.parameter.empty()) {
    parts.push_back(fmt::format("{}[{}]", deviation.parameter, deviation.element));
  }
  if (!deviation.quantity.empty()) parts.push_back(deviation.quantity);
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string_view comparison_text(std::string_view comparison) {
  if (comparison == "trajectory") return " (along the trajectory)";
  if (comparison == "step") return " (in one step, from the subject's own state)";
  return "";
}

std::string nearest_text(const Finding& finding) {
  std::vector<std::string> parts;
  for (const NearestDialect& nearest : finding.nearest) {
    parts.push_back(nearest.cases_missed == 0
                        ? fmt::format("{} (explains all)", nearest.dialect)
                        : fmt::format("{} ({} off, misses {} of {} cases)", nearest.dialect,
                                      radii_text(nearest.radii), nearest.cases_missed,
                                      finding.cases));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

void add_deviation(std::vector<Fact>& facts, const Deviation& deviation, Kind kind) {
  facts.push_back({"case", deviation.test_case});
  // A dialect with no place for a hyperparameter has no value to compare.
  if (deviation.quantity != "hyperparameters") {
    facts.push_back({"where", place_text(deviation, kind) +
                                  std::string(comparison_text(deviation.comparison))});
    facts.push_back(
        {"value", fmt::format("{}, {} from the centre of what is allowed",
                              shortest_decimal(deviation.value), radii_text(deviation.radii))});
    facts.push_back({"allowed", fmt::format("[{}, {}]", shortest_decimal(deviation.lower),
                                            shortest_decimal(deviation.upper))});
  }
  if (!deviation.note.empty()) facts.push_back({"note", deviation.note});
}

/// The first few in full; the others by name, since they often have one cause.
void add_failed_properties(std::vector<Fact>& facts, const Finding& finding) {
  constexpr std::size_t shown = 3;
  std::vector<std::string> more;
  std::size_t failed = 0;
  for (const PropertyFinding& property : finding.properties) {
    if (property.verdict != PropertyVerdict::fails) continue;
    if (++failed > shown) {
      more.push_back(property.name);
      continue;
    }
    facts.push_back({"property", fmt::format("{}: {}{}", property.name, property.statement,
                                             property.must_hold ? "" : " (which must not be so)")});
    facts.push_back({"seen", property.counterexample->message});
    facts.push_back({"input", property.counterexample->input});
  }
  if (!more.empty()) {
    facts.push_back(
        {"also fail", fmt::format("{} (in full in the JSON report)", fmt::join(more, ", "))});
  }
}

std::string counted(long count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// "190 properties hold, 12 say nothing here": over all results; empty where none ran.
std::string properties_text(const Report& report) {
  long holds = 0;
  long fails = 0;
  long skipped = 0;
  for (const ReportedResult& reported : report.results) {
    for (const PropertyFinding& property : reported.result.finding.properties) {
      if (property.verdict == PropertyVerdict::holds) ++holds;
      if (property.verdict == PropertyVerdict::fails) ++fails;
      if (property.verdict == PropertyVerdict::skipped) ++skipped;
    }
  }
  if (holds + fails + skipped == 0) return {};
  return fmt::format("{}, {} fail, {} skipped or without meaning for the rule",
                     counted(holds, "property holds", "properties hold"), fails, skipped);
}

void add_expectations(std::vector<Remark>& remarks, const Report& report) {
  long listed = 0;
  long otherwise = 0;
  std::vector<std::string> unexplained;
  for (const ReportedResult& reported : report.results) {
    if (!reported.expectation) continue;
    if (!reported.expectation->as_expected) {
      ++otherwise;
    } else if (!reported.expectation->reason.empty()) {
      ++listed;
    }
    if (reported.expectation->reason.starts_with(unexplained_mark)) {
      unexplained.push_back(label_of(reported.result.task));
    }
  }
  if (listed > 0) {
    remarks.push_back({fmt::format("{} as the expectation file says",
                                   counted(listed, "result is", "results are"))});
  }
  if (!unexplained.empty()) {
    constexpr std::size_t shown = 8;
    if (unexplained.size() > shown) {
      const std::size_t more = unexplained.size() - shown;
      unexplained.resize(shown);
      unexplained.push_back(fmt::format("and {} more", more));
    }
    remarks.push_back(
        {fmt::format("unexplained in the expectation file: {}", fmt::join(unexplained, ", "))});
  }
  if (otherwise > 0) {
    remarks.push_back(
        {fmt::format("{} not as expected", counted(otherwise, "result is", "results are")), true});
  }
  for (const std::string& problem : report.expectation_problems) {
    remarks.push_back({problem, true});
  }
}

}  // namespace

std::vector<Row> folded(const Report& report) {
  std::vector<Row> rows;
  for (const ReportedResult& reported : report.results) {
    const auto same = std::ranges::find_if(rows, [&](const Row& row) {
      return foldable(reported.result.finding.verdict) && says_the_same(row.first(), reported);
    });
    if (same != rows.end()) {
      same->results.push_back(&reported);
    } else {
      rows.push_back({{&reported}});
    }
  }
  return rows;
}

std::vector<std::string> formats_of(const Report& report, Kind kind) {
  std::vector<std::string> formats;
  for (const ReportedResult& reported : report.results) {
    const Task& task = reported.result.task;
    if (task.kind != kind || task.format.empty()) continue;
    if (std::ranges::find(formats, task.format) == formats.end()) formats.push_back(task.format);
  }
  return formats;
}

std::string dialect_text(const Finding& finding) {
  std::string text = finding.dialect;
  if (finding.verdict == Verdict::conforms && !finding.indistinguishable_dialects.empty()) {
    text += fmt::format(" +{}", finding.indistinguishable_dialects.size());
  }
  if (finding.verdict == Verdict::deviates && finding.deviation && !text.empty()) {
    text = "nearest: " + text;
  }
  for (const std::string& modifier : finding.modifiers) {
    text += (text.empty() ? "" : ", ") + modifier;
  }
  return text;
}

std::string budget_text(const Row& row) {
  const Finding& finding = row.first().result.finding;
  if (finding.deviation) return "over";
  if (finding.verdict != Verdict::conforms && finding.verdict != Verdict::deviates) return "-";
  double used = 0;
  for (const ReportedResult* reported : row.results) {
    used = std::max(used, reported->result.finding.budget_used);
  }
  const double percent = 100 * used;
  return percent > 0 && percent < 1 ? "<1%" : fmt::format("{:.0f}%", percent);
}

std::string cases_text(const Row& row) {
  long cases = 0;
  long unsupported = 0;
  for (const ReportedResult* reported : row.results) {
    cases += reported->result.finding.cases;
    unsupported += reported->result.finding.unsupported_cases;
  }
  return unsupported == 0 ? std::to_string(cases)
                          : fmt::format("{} (+{} unsupported)", cases, unsupported);
}

std::vector<Fact> facts_of(const Result& result) {
  const Finding& finding = result.finding;
  std::vector<Fact> facts;
  if (!finding.fault.empty()) facts.push_back({"fault", finding.fault});
  if (finding.verdict == Verdict::unsupported && !finding.unsupported_reason.empty()) {
    facts.push_back({"because", finding.unsupported_reason});
  }
  if (!finding.error.empty()) facts.push_back({"seen", finding.error});
  if (finding.deviation) add_deviation(facts, *finding.deviation, result.task.kind);
  if (finding.deviation && !finding.nearest.empty()) {
    facts.push_back({"nearest", nearest_text(finding)});
  }
  add_failed_properties(facts, finding);
  for (const std::string& note : finding.notes) facts.push_back({"note", note});
  if (finding.verdict == Verdict::conforms) {
    const auto list = [&](std::string label, const std::vector<std::string>& dialects) {
      if (dialects.empty()) return;
      facts.push_back({std::move(label), fmt::format("{}", fmt::join(dialects, ", "))});
    };
    list("same function", finding.equivalent_dialects);
    list("not told apart", finding.indistinguishable_dialects);
  }
  if (finding.claim_ends) {
    facts.push_back({"claim ends", fmt::format("at step {}: from there on, trajectories say little",
                                               *finding.claim_ends)});
  }
  return facts;
}

std::string headline(const Result& result) {
  const Finding& finding = result.finding;
  std::string text = fmt::format("{} {}", label_of(result.task), name_of(finding.verdict));
  if (const std::string test_case = telling_case(result); !test_case.empty()) {
    text += fmt::format(" in case {}", test_case);
  }
  const auto failed = failed_property(finding);
  if (failed != nullptr && !finding.deviation) text += ", property " + failed->name;
  if (finding.verdict == Verdict::deviates && finding.deviation) {
    const std::string place = place_text(*finding.deviation, result.task.kind);
    if (!place.empty()) text += ", " + place;
  }
  if (finding.verdict == Verdict::error && !finding.fault.empty()) text += ": " + finding.fault;
  return text;
}

bool worth_reproducing(const Finding& finding) {
  return finding.verdict == Verdict::deviates || finding.verdict == Verdict::error;
}

std::string summary_line(const Report& report) {
  const VerdictCounts counts = count_verdicts(report);
  return fmt::format("{} conform, {} deviate, {} unsupported, {} errors", counts.conforms,
                     counts.deviates, counts.unsupported, counts.error);
}

std::vector<Remark> remarks(const Report& report) {
  std::vector<Remark> remarks;
  long cases = 0;
  long steps = 0;
  long unsupported = 0;
  for (const ReportedResult& reported : report.results) {
    cases += reported.result.finding.cases;
    steps += reported.result.finding.steps;
    unsupported += reported.result.finding.unsupported_cases;
  }
  std::string ran = fmt::format("{} ran, {}", counted(cases, "case", "cases"),
                                counted(steps, "step", "steps in all"));
  if (unsupported > 0) {
    ran += fmt::format("; {} skipped as unsupported", counted(unsupported, "case", "cases"));
  }
  remarks.push_back({std::move(ran)});
  if (std::string properties = properties_text(report); !properties.empty()) {
    remarks.push_back({std::move(properties)});
  }
  add_expectations(remarks, report);
  if (!report.complete) {
    remarks.push_back({"incomplete: " + report.incomplete_reason, true});
  }
  if (!anything_checked(report)) remarks.push_back({"nothing was checked", true});
  return remarks;
}

}  // namespace plumbline::conformance
