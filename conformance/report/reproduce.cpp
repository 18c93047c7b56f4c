#include "conformance/report/reproduce.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

/// The dialect to hold the subject to, so that the case by itself is judged as it was
/// among all cases. Left to itself, a lone case may well be explained by another dialect.
std::string dialect_to_ask_for(const Report& report, const Finding& finding) {
  if (!report.dialect.empty()) return report.dialect;
  if (finding.verdict != Verdict::deviates) return {};
  // Where the dialect found explains all, the subject deviates from the one that it
  // claims, and its claim needs no option.
  const bool misses_some = std::ranges::any_of(finding.nearest, [&](const NearestDialect& nearest) {
    return nearest.dialect == finding.dialect && nearest.cases_missed > 0;
  });
  return misses_some ? finding.dialect : std::string();
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
  if (!text.empty() && text.find_first_not_of(plain) == text.npos) return std::string(text);
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

std::string glob_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (std::string_view("*?[\\").find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

namespace {

std::string option(std::string_view name, std::string_view value) {
  return fmt::format("{} {}", name, shell_quoted(value));
}

/// The command's beginning, which names the task.
std::vector<std::string> check_of(const Task& task) {
  std::vector<std::string> parts{
      "plumbline", "check",
      option(fmt::format("--{}", name_of(task.kind)), glob_escaped(task.name))};
  if (task.kind != Kind::schedule && !task.format.empty()) {
    parts.push_back(option("--format", glob_escaped(task.format)));
  }
  return parts;
}

/// The command's end, which starts the subject.
void add_subject(std::vector<std::string>& parts, const Report& report) {
  if (!report.plugin.empty()) parts.push_back(option("--plugin", report.plugin));
  if (report.in_process) parts.emplace_back("--in-process");
  if (report.command.empty()) return;
  parts.emplace_back("--");
  for (const std::string& argument : report.command) parts.push_back(shell_quoted(argument));
}

}  // namespace

std::vector<std::string> reproduce_parts(const Report& report, const Result& result) {
  const PropertyFinding* failed = failed_property(result.finding);
  if (failed != nullptr && !result.finding.deviation) {
    return reproduce_parts(report, result, *failed);
  }
  std::vector<std::string> parts = check_of(result.task);
  const auto add = [&](std::string_view name, std::string_view value) {
    parts.push_back(option(name, value));
  };
  if (const std::string test_case = telling_case(result); !test_case.empty()) {
    add("--case", glob_escaped(test_case));
  }
  if (report.seed != CheckOptions{}.seed) add("--seed", std::to_string(report.seed));
  if (report.budget != CheckOptions{}.budget) add("--budget", shortest_decimal(report.budget));
  if (const std::string dialect = dialect_to_ask_for(report, result.finding); !dialect.empty()) {
    add("--dialect", dialect);
  }
  if (result.finding.verdict == Verdict::deviates && result.finding.deviation) {
    const auto& modifiers = result.finding.modifiers;
    add("--modifier", modifiers.empty() ? "none" : std::string_view(modifiers.front()));
  }
  add_subject(parts, report);
  return parts;
}

std::vector<std::string> reproduce_parts(const Report& report, const Result& result,
                                         const PropertyFinding& property) {
  std::vector<std::string> parts = check_of(result.task);
  parts.push_back(option("--property", glob_escaped(property.name)));
  if (report.budget != CheckOptions{}.budget) {
    parts.push_back(option("--budget", shortest_decimal(report.budget)));
  }
  if (!result.finding.dialect.empty()) {
    parts.push_back(option("--dialect", result.finding.dialect));
  }
  for (const std::string& modifier : result.finding.modifiers) {
    parts.push_back(option("--modifier", modifier));
  }
  parts.push_back(option("--input", property.counterexample->input));
  add_subject(parts, report);
  return parts;
}

std::string reproduce_command(const Report& report, const Result& result) {
  return fmt::format("{}", fmt::join(reproduce_parts(report, result), " "));
}

std::string reproduce_command(const Report& report, const Result& result,
                              const PropertyFinding& property) {
  return fmt::format("{}", fmt::join(reproduce_parts(report, result, property), " "));
}

}  // namespace plumbline::conformance
