#include "conformance/report/json_report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "conformance/report/reproduce.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// JSON has no infinity.
double finite(double value) {
  return std::isfinite(value) ? value : 1e308;
}

OrderedJson deviation_object(const Report& report, const Result& result) {
  const Deviation& deviation = *result.finding.deviation;
  OrderedJson object{{"case", deviation.test_case},
                     {"step", deviation.step},
                     {"parameter", deviation.parameter},
                     {"element", deviation.element},
                     {"quantity", deviation.quantity},
                     {"comparison", deviation.comparison},
                     {"value", shortest_decimal(deviation.value)},
                     {"lower", shortest_decimal(deviation.lower)},
                     {"upper", shortest_decimal(deviation.upper)},
                     {"radii", finite(deviation.radii)}};
  if (!deviation.note.empty()) object["note"] = deviation.note;
  object["reproduce"] = reproduce_command(report, result);
  return object;
}

OrderedJson nearest_list(const Finding& finding) {
  OrderedJson list = OrderedJson::array();
  for (const NearestDialect& nearest : finding.nearest) {
    list.push_back(OrderedJson{{"dialect", nearest.dialect},
                               {"radii", finite(nearest.radii)},
                               {"cases_missed", nearest.cases_missed}});
  }
  return list;
}

OrderedJson property_list(const Report& report, const Result& result) {
  OrderedJson list = OrderedJson::array();
  for (const PropertyFinding& property : result.finding.properties) {
    OrderedJson object{{"name", property.name},
                       {"verdict", name_of(property.verdict)},
                       {"statement", property.statement},
                       {"must_hold", property.must_hold},
                       {"examples", property.examples}};
    if (!property.note.empty()) object["note"] = property.note;
    if (property.counterexample) {
      object["counterexample"] = OrderedJson::parse(property.counterexample->input);
      object["seen"] = property.counterexample->message;
      object["reproduce"] = reproduce_command(report, result, property);
    }
    list.push_back(std::move(object));
  }
  return list;
}

OrderedJson expectation_object(const ExpectationOutcome& outcome) {
  OrderedJson object{{"as_expected", outcome.as_expected}};
  if (!outcome.reason.empty()) object["reason"] = outcome.reason;
  if (!outcome.link.empty()) object["link"] = outcome.link;
  if (!outcome.message.empty()) object["message"] = outcome.message;
  return object;
}

OrderedJson other_rules_list(const Finding& finding) {
  OrderedJson list = OrderedJson::array();
  for (const OtherRule& other : finding.other_rules) {
    list.push_back({{"rule", other.rule},
                    {"dialect", other.dialect},
                    {"indistinguishable_dialects", other.indistinguishable_dialects},
                    {"modifiers", other.modifiers},
                    {"assumed_hyperparameters", other.assumed},
                    {"budget_used", finite(other.budget_used)},
                    {"cases", other.cases},
                    {"cases_left_out", other.cases_left_out}});
  }
  return list;
}

OrderedJson result_object(const Report& report, const ReportedResult& reported) {
  const Task& task = reported.result.task;
  const Finding& finding = reported.result.finding;
  OrderedJson object{{"kind", name_of(task.kind)},
                     {"name", task.name},
                     {"format", task.format},
                     {"verdict", name_of(finding.verdict)},
                     {"dialect", finding.dialect},
                     {"equivalent_dialects", finding.equivalent_dialects},
                     {"indistinguishable_dialects", finding.indistinguishable_dialects},
                     {"modifiers", finding.modifiers},
                     {"budget_used", finite(finding.budget_used)},
                     {"cases", finding.cases},
                     {"unsupported_cases", finding.unsupported_cases},
                     {"steps", finding.steps}};
  if (!finding.budget_case.empty()) object["budget_case"] = finding.budget_case;
  if (finding.claim_ends) object["claim_ends"] = *finding.claim_ends;
  if (finding.deviation) object["deviation"] = deviation_object(report, reported.result);
  object["nearest"] = nearest_list(finding);
  if (!finding.other_rules.empty()) object["other_rules"] = other_rules_list(finding);
  object["properties"] = property_list(report, reported.result);
  object["notes"] = finding.notes;
  // Not an `error`: the subject said what it has no place for.
  if (!finding.unsupported_reason.empty()) {
    object["unsupported_reason"] = finding.unsupported_reason;
  }
  if (!finding.error.empty()) {
    object["error"] = finding.error;
    if (!finding.fault.empty()) object["fault"] = finding.fault;
    object["reproduce"] = reproduce_command(report, reported.result);
  }
  if (reported.expectation) object["expected"] = expectation_object(*reported.expectation);
  return object;
}

}  // namespace

std::string json_report(const Report& report) {
  OrderedJson subject{{"name", report.subject.name}, {"version", report.subject.version}};
  if (!report.subject.language.empty()) subject["language"] = report.subject.language;
  OrderedJson document{{"plumbline", plumbline_version},
                       {"protocol", protocol_version},
                       {"seed", report.seed},
                       {"budget", report.budget},
                       {"subject", std::move(subject)}};
  if (!report.dialect.empty()) document["dialect"] = report.dialect;
  document["results"] = OrderedJson::array();
  bool against_expectations = !report.expectation_problems.empty();
  for (const ReportedResult& reported : report.results) {
    document["results"].push_back(result_object(report, reported));
    against_expectations = against_expectations || reported.expectation;
  }
  const VerdictCounts counts = count_verdicts(report);
  document["summary"] = OrderedJson{{"conforms", counts.conforms},
                                    {"deviates", counts.deviates},
                                    {"unsupported", counts.unsupported},
                                    {"error", counts.error}};
  if (against_expectations) document["expectation_problems"] = report.expectation_problems;
  if (!report.complete) document["incomplete_reason"] = report.incomplete_reason;
  document["complete"] = report.complete;
  // A command line need not be UTF-8; what is not is replaced, so that the report stands.
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace plumbline::conformance
