// `plumbline identify`: names the dialect that a subject follows, rule by rule.
#include <fmt/format.h>

#include <iostream>

#include "tools/commands/check_options.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;

/// "paper, running products in binary32" and what else fits.
std::string identity(const Finding& finding) {
  std::string text = finding.dialect;
  for (const std::string& modifier : finding.modifiers) text += fmt::format(" ({})", modifier);
  if (finding.verdict == Verdict::deviates) {
    text = fmt::format("none; nearest {}", text);
  } else if (finding.verdict == Verdict::unsupported) {
    text = "unsupported";
  } else if (finding.verdict == Verdict::error) {
    text = fmt::format("{}error: {}", finding.dialect.empty() ? "" : finding.dialect + "; ",
                       finding.error.substr(0, finding.error.find('\n')));
  }
  const auto also = [&](const char* word, const std::vector<std::string>& names) {
    if (!names.empty()) text += fmt::format("\n{:44}{} {}", "", word, fmt::join(names, ", "));
  };
  also("the same function as", finding.equivalent_dialects);
  also("not told apart here from", finding.indistinguishable_dialects);
  return text;
}

}  // namespace

void add_identify(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App* command = app.add_subcommand(
      "identify", "name the dialect and modifiers that the subject follows, rule by rule");
  add_check_options(*command, *options);
  command->callback([options, &exit_code] {
    const Report report = run_check(*options);
    std::ostream& out = options->json == "-" ? std::cerr : std::cout;
    for (const ReportedResult& reported : report.results) {
      const Task& task = reported.result.task;
      out << fmt::format("{:<24}{:<20}{}\n", task.name, task.format,
                         identity(reported.result.finding));
    }
    if (!report.complete) out << "incomplete: " << report.incomplete_reason << '\n';
    exit_code = conformance::exit_code(report);
  });
}

}  // namespace plumbline::tools
