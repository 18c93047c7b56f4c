#include "conformance/report/expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/report/wording.hpp"
#include "reference/catalogue.hpp"

namespace plumbline::conformance {
namespace {

bool covers(const Expectation& entry, const Task& task) {
  return std::ranges::any_of(expectation_names(task),
                             [&](const std::string& name) { return matches(entry.name, name); });
}

/// Tasks are the same when expectations can't tell them apart.
bool same_task(const Task& one, const Task& other) {
  return expectation_names(one) == expectation_names(other);
}

std::span<const Dialect> dialects_of(const Task& task) {
  const auto of = [](const auto* entry) {
    return entry == nullptr ? std::span<const Dialect>()
                            : std::span<const Dialect>(entry->dialects);
  };
  switch (task.kind) {
    case Kind::rule:
      return of(find_rule(task.name));
    case Kind::schedule:
      return of(find_schedule(task.name));
    case Kind::clipping:
      return of(find_clipping(task.name));
    case Kind::sampling:
      if (const Sampling* sampling = find_sampling(task.name)) return of(sampling);
      return of(find_initialization(task.name));
  }
  return {};
}

/// All names that the dialect found may be called by: its own, its aliases', and those of
/// dialects that are the same function or explain all that was seen as well.
std::vector<std::string> dialect_names(const Result& result) {
  const Finding& finding = result.finding;
  std::vector<std::string> names{finding.dialect};
  const auto add = [&](const auto& more) { names.insert(names.end(), more.begin(), more.end()); };
  add(finding.equivalent_dialects);
  if (finding.verdict == Verdict::conforms) add(finding.indistinguishable_dialects);
  for (const Dialect& dialect : dialects_of(result.task)) {
    if (std::ranges::find(names, dialect.name) != names.end()) add(dialect.aliases);
  }
  return names;
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

std::string quoted_list(std::vector<std::string> texts) {
  for (std::string& text : texts) text = in_quotes(text);
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

bool same_names(std::vector<std::string> one, std::vector<std::string> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  return one == other;
}

ExpectationOutcome outcome_for(const ReportedResult& reported, const ExpectationFile& file,
                               std::optional<std::size_t> place) {
  const Verdict verdict = reported.result.finding.verdict;
  if (!place) {
    if (verdict == Verdict::conforms) return {};
    return {.as_expected = false,
            .message = fmt::format("no entry covers this, so it should conform; it is \"{}\"",
                                   name_of(verdict))};
  }
  const Expectation& entry = file.entries[*place];
  const std::string found = difference(entry, reported.result);
  return {.as_expected = found.empty(),
          .reason = entry.reason,
          .link = entry.link,
          .message = found.empty() ? std::string()
                                   : fmt::format("entry {} ({}) {}", *place + 1,
                                                 in_quotes(entry.name), found)};
}

}  // namespace

std::vector<std::string> expectation_names(const Task& task) {
  const std::string with_kind = fmt::format("{}/{}", name_of(task.kind), task.name);
  std::vector<std::string> names{task.name, with_kind};
  if (task.kind != Kind::schedule && !task.format.empty()) {
    names.push_back(task.name + "/" + task.format);
    names.push_back(with_kind + "/" + task.format);
  }
  return names;
}

Coverage coverage_of(std::span<const Expectation> entries, std::span<const ReportedResult> results,
                     std::span<const Task> all_tasks) {
  Coverage coverage;
  coverage.covered.resize(entries.size());
  coverage.awaited.resize(entries.size());
  coverage.known.resize(entries.size());
  const auto first_match = [&](const Task& task) {
    std::optional<std::size_t> first;
    for (std::size_t place = 0; place < entries.size(); ++place) {
      if (!covers(entries[place], task)) continue;
      coverage.known[place] = true;
      if (!first) first = place;
    }
    return first;
  };
  for (std::size_t index = 0; index < results.size(); ++index) {
    const auto place = first_match(results[index].result.task);
    coverage.entry_of.push_back(place);
    if (place) coverage.covered[*place].push_back(index);
  }
  for (const Task& task : all_tasks) {
    const bool ran = std::ranges::any_of(results, [&](const ReportedResult& reported) {
      return same_task(reported.result.task, task);
    });
    const auto place = first_match(task);
    if (place && !ran) coverage.awaited[*place] = true;
  }
  return coverage;
}

std::string difference(const Expectation& entry, const Result& result) {
  const Finding& finding = result.finding;
  if (finding.verdict != entry.verdict) {
    if (finding.verdict == Verdict::conforms) {
      return fmt::format("says \"{}\", but it conforms: better than expected, so the entry must go",
                         name_of(entry.verdict));
    }
    return fmt::format("says \"{}\", but it is \"{}\"", name_of(entry.verdict),
                       name_of(finding.verdict));
  }
  if (entry.dialect) {
    const auto names = dialect_names(result);
    if (std::ranges::none_of(names,
                             [&](const auto& name) { return matches(*entry.dialect, name); })) {
      return fmt::format("says the dialect {}, but it is {}", in_quotes(*entry.dialect),
                         in_quotes(finding.dialect));
    }
  }
  if (entry.modifiers && !same_names(*entry.modifiers, finding.modifiers)) {
    return fmt::format("says the modifiers {}, but they are {}", quoted_list(*entry.modifiers),
                       quoted_list(finding.modifiers));
  }
  if (entry.test_case && !matches(*entry.test_case, telling_case(result))) {
    return fmt::format("says the case {}, but it is {}", in_quotes(*entry.test_case),
                       in_quotes(telling_case(result)));
  }
  return {};
}

void apply_expectations(Report& report, const ExpectationFile& file,
                        std::span<const Task> all_tasks) {
  const Coverage coverage = coverage_of(file.entries, report.results, all_tasks);
  for (std::size_t index = 0; index < report.results.size(); ++index) {
    report.results[index].expectation =
        outcome_for(report.results[index], file, coverage.entry_of[index]);
  }
  report.expectation_problems.clear();
  for (std::size_t place = 0; place < file.entries.size(); ++place) {
    const Expectation& entry = file.entries[place];
    const auto problem = [&](std::string_view text) {
      report.expectation_problems.push_back(
          fmt::format("{}: entry {} ({}) {}", file.path, place + 1, in_quotes(entry.name), text));
    };
    const std::size_t count = coverage.covered[place].size();
    if (count == 0 && !coverage.awaited[place]) {
      problem(coverage.known[place] ? "covers nothing: entries before it cover all that it matches"
                                    : "matches nothing that is checked");
    }
    if (entry.at_most && count > *entry.at_most) {
      problem(fmt::format("covers {} results, but may cover at most {}", count, *entry.at_most));
    }
  }
}

}  // namespace plumbline::conformance
