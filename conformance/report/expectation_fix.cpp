// Expectation files brought up to date.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/report/expectation.hpp"
#include "conformance/report/reproduce.hpp"

namespace plumbline::conformance {
namespace {

using OrderedJson = nlohmann::ordered_json;  // the fields of an entry keep their order

constexpr std::string_view written_by_fix = "unexplained: written by --fix";

/// The name glob of one result and no other.
std::string exact_name(const Task& task) {
  return glob_escaped(expectation_names(task).back());
}

/// The entry as it must be for this result: what it says already, with what was found.
OrderedJson updated(OrderedJson entry, const Result& result) {
  const Finding& finding = result.finding;
  const auto replace = [&](const char* field, const OrderedJson& value, bool has_a_place) {
    if (!entry.contains(field)) return;
    if (has_a_place) {
      entry[field] = value;
    } else {
      entry.erase(field);
    }
  };
  const bool compared =
      finding.verdict == Verdict::conforms || finding.verdict == Verdict::deviates;
  const bool failed = finding.verdict == Verdict::deviates || finding.verdict == Verdict::error;
  entry["verdict"] = name_of(finding.verdict);
  replace("dialect", glob_escaped(finding.dialect), compared && !finding.dialect.empty());
  replace("modifiers", finding.modifiers, compared);
  const std::string test_case = telling_case(result);
  replace("case", glob_escaped(test_case), failed && !test_case.empty());
  return entry;
}

/// The entry for one of the results that another entry covers.
OrderedJson exception_to(OrderedJson entry, const Expectation& meaning, const Result& result) {
  entry = updated(std::move(entry), result);
  entry["name"] = exact_name(result.task);
  entry.erase("at_most");
  if (meaning.verdict != Verdict::conforms && result.finding.verdict == Verdict::conforms) {
    // Why it was bad says nothing of why it is good now.
    entry["reason"] = written_by_fix;
    entry.erase("link");
  }
  return entry;
}

/// One entry's share of a pass: gives what stands in its place.
std::vector<OrderedJson> fixed_entry(const OrderedJson& entry, const Expectation& meaning,
                                     const std::vector<const Result*>& covered, bool awaited) {
  if (covered.empty())
    return awaited ? std::vector<OrderedJson>{entry} : std::vector<OrderedJson>();
  std::vector<const Result*> otherwise;
  for (const Result* result : covered) {
    if (!difference(meaning, *result).empty()) otherwise.push_back(result);
  }
  if (otherwise.empty()) {
    OrderedJson kept = entry;
    if (meaning.at_most) kept["at_most"] = std::max(*meaning.at_most, covered.size());
    return {kept};
  }
  const auto conforms = [](const Result* result) {
    return result->finding.verdict == Verdict::conforms;
  };
  if (otherwise.size() == covered.size() && !awaited) {
    const bool bettered = meaning.verdict != Verdict::conforms;
    if (bettered && std::ranges::all_of(covered, conforms)) return {};
    const OrderedJson whole = updated(entry, *covered.front());
    if (std::ranges::all_of(
            covered, [&](const Result* result) { return updated(entry, *result) == whole; })) {
      return {whole};
    }
  }
  // Before the entry, so that they win.
  std::vector<OrderedJson> entries;
  for (const Result* result : otherwise) entries.push_back(exception_to(entry, meaning, *result));
  entries.push_back(entry);
  return entries;
}

/// True when something changed. Dropping an entry leaves its results to later ones, so
/// that passes go on until nothing does. They come to an end: each drops an entry, makes
/// one fit all that it covers, or gives a result an entry of its own that fits.
bool fix_once(OrderedJson& list, const std::string& path, const Report& report,
              std::span<const Task> all_tasks) {
  const ExpectationFile file = parse_expectations(list.dump(), path);
  const Coverage coverage = coverage_of(file.entries, report.results, all_tasks);
  OrderedJson fixed = OrderedJson::array();
  for (std::size_t place = 0; place < file.entries.size(); ++place) {
    std::vector<const Result*> covered;
    for (const std::size_t index : coverage.covered[place]) {
      covered.push_back(&report.results[index].result);
    }
    for (OrderedJson& entry :
         fixed_entry(list[place], file.entries[place], covered, coverage.awaited[place])) {
      fixed.push_back(std::move(entry));
    }
  }
  const bool changed = fixed != list;
  list = std::move(fixed);
  return changed;
}

void add_missing(OrderedJson& list, const std::string& path, const Report& report) {
  const ExpectationFile file = parse_expectations(list.dump(), path);
  const Coverage coverage = coverage_of(file.entries, report.results, {});
  for (std::size_t index = 0; index < report.results.size(); ++index) {
    const Result& result = report.results[index].result;
    if (coverage.entry_of[index] || result.finding.verdict == Verdict::conforms) continue;
    list.push_back(OrderedJson{{"name", exact_name(result.task)},
                               {"verdict", name_of(result.finding.verdict)},
                               {"reason", written_by_fix}});
  }
}

}  // namespace

std::string fix_expectations(std::string_view text, const std::string& path, const Report& report,
                             std::span<const Task> all_tasks) {
  parse_expectations(text, path);
  OrderedJson document = OrderedJson::parse(text);
  OrderedJson& list = document.is_object() ? document["expectations"] : document;
  while (fix_once(list, path, report, all_tasks)) {
  }
  add_missing(list, path, report);
  return document.dump(2) + "\n";
}

}  // namespace plumbline::conformance
