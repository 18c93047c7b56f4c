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

std::vector<std::string> reproduce_parts(const Report& report, const Result& result) {
  std::vector<std::string> parts{"plumbline", "check"};
  const auto option = [&](std::string_view name, std::string_view value) {
    parts.push_back(fmt::format("{} {}", name, shell_quoted(value)));
  };
  const Task& task = result.task;
  option(fmt::format("--{}", name_of(task.kind)), glob_escaped(task.name));
  if (task.kind != Kind::schedule && !task.format.empty()) {
    option("--format", glob_escaped(task.format));
  }
  if (const std::string test_case = telling_case(result); !test_case.empty()) {
    option("--case", glob_escaped(test_case));
  }
  if (report.seed != CheckOptions{}.seed) option("--seed", std::to_string(report.seed));
  if (report.budget != CheckOptions{}.budget) option("--budget", shortest_decimal(report.budget));
  if (const std::string dialect = dialect_to_ask_for(report, result.finding); !dialect.empty()) {
    option("--dialect", dialect);
  }
  if (result.finding.verdict == Verdict::deviates && result.finding.deviation) {
    const auto& modifiers = result.finding.modifiers;
    option("--modifier", modifiers.empty() ? "none" : std::string_view(modifiers.front()));
  }
  if (!report.plugin.empty()) option("--plugin", report.plugin);
  if (report.in_process) parts.emplace_back("--in-process");
  if (!report.command.empty()) {
    parts.emplace_back("--");
    for (const std::string& argument : report.command) parts.push_back(shell_quoted(argument));
  }
  return parts;
}

std::string reproduce_command(const Report& report, const Result& result) {
  return fmt::format("{}", fmt::join(reproduce_parts(report, result), " "));
}

}  // namespace plumbline::conformance
