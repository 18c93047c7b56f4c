#include "conformance/theorems/report.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

using nlohmann::ordered_json;

ordered_json as_json(const JudgedStep& step) {
  ordered_json line{{"step", step.step}, {"observed", step.observed}, {"bound", step.bound}};
  if (step.tight) line["tight"] = *step.tight;
  if (step.radius) line["radius"] = *step.radius;
  return line;
}

ordered_json as_json(const BrokenBound& found) {
  return {{"step", found.step},
          {"observed", found.observed},
          {"bound", found.bound},
          {"of", found.of_tight ? "tight" : "bound"},
          {"point", found.point}};
}

ordered_json as_json(const JudgedRun& run) {
  ordered_json page{{"name", run.name},           {"role", name_of(run.role)},
                    {"objective", run.objective}, {"rule", run.rule},
                    {"dialect", run.dialect},     {"hyperparameters", ordered_json::object()}};
  for (const NamedNumber& one : run.hyperparameters) page["hyperparameters"][one.name] = one.value;
  if (!run.format.empty()) page["format"] = run.format;
  page["verdict"] = name_of(run.decision);
  page["as_expected"] = run.as_expected();
  if (!run.reason.empty()) page["reason"] = run.reason;
  if (!run.failed_hypotheses.empty()) page["failed_hypotheses"] = run.failed_hypotheses;
  page["relation"] = run.relation == Relation::at_most ? "at most" : "equal";
  page["precision"] = run.precision;
  page["steps"] = run.steps.empty() ? 0 : run.steps.back().step;
  if (run.largest_ratio) {
    page["largest_ratio"] = *run.largest_ratio;
    page["at_step"] = run.at_step;
  }
  if (run.tight_ratio) page["tight_ratio"] = *run.tight_ratio;
  page["attained"] = run.attained;
  page["attained_exactly"] = run.attained_exactly;
  page["scale"] = run.scale == Scale::log_log ? "log-log" : "log-linear";
  if (run.slope) page["slope"] = {{"fitted", run.slope->fitted}, {"proved", run.slope->proved}};
  if (run.claim_ends_at) page["claim_ends_at"] = *run.claim_ends_at;
  if (run.counterexample) page["counterexample"] = as_json(*run.counterexample);
  page["series"] = ordered_json::array();
  for (const JudgedStep& step : run.steps) page["series"].push_back(as_json(step));
  return page;
}

}  // namespace

ordered_json describe(const Theorem& theorem) {
  return {{"name", theorem.id},
          {"kind", "theorem"},
          {"id", theorem.id},
          {"title", theorem.title},
          {"statement", theorem.statement},
          {"hypotheses", theorem.hypotheses},
          {"bound", theorem.bound},
          {"tight", theorem.tight},
          {"source", theorem.source}};
}

ordered_json as_json(const JudgedTheorem& judged) {
  ordered_json page = describe(*judged.theorem);
  page.erase("name");
  page.erase("kind");
  page["verdict"] = verdict_of(judged);
  if (const auto largest = judged.largest_ratio()) page["largest_ratio"] = *largest;
  page["not_as_expected"] = ordered_json::array();
  for (const JudgedRun& run : judged.runs) {
    if (!run.as_expected()) page["not_as_expected"].push_back(run.name);
  }
  page["runs"] = ordered_json::array();
  for (const JudgedRun& run : judged.runs) page["runs"].push_back(as_json(run));
  return page;
}

std::string_view verdict_of(const JudgedTheorem& judged) {
  const auto all_are = [&](Decision decision) {
    return std::ranges::all_of(judged.runs,
                               [&](const JudgedRun& run) { return run.decision == decision; });
  };
  if (all_are(Decision::unsupported)) return "unsupported";
  return judged.holds() ? "holds" : "does not hold";
}

ordered_json theorem_report(std::span<const JudgedTheorem> theorems,
                            const SubjectDescription* subject) {
  ordered_json page{{"plumbline", "1.0.0"}};
  if (subject != nullptr)
    page["subject"] = {{"name", subject->name}, {"version", subject->version}};
  page["theorems"] = ordered_json::array();
  for (const JudgedTheorem& judged : theorems) page["theorems"].push_back(as_json(judged));
  page["complete"] = true;
  return page;
}

}  // namespace plumbline::conformance
