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

/// What other rules explain what was seen, each with what had to be assumed for it.
std::string other_rules(const Finding& finding) {
  if (finding.cases == 0) return {};
  if (finding.other_rules.empty()) {
    return fmt::format("\n{:44}no other rule explains it", "");
  }
  std::string text;
  for (const OtherRule& other : finding.other_rules) {
    std::string dialect = other.dialect;
    for (const std::string& modifier : other.modifiers) dialect += fmt::format(" ({})", modifier);
    text += fmt::format("\n{:44}{} {}: {}, in {} cases", "",
                        finding.verdict == Verdict::deviates ? "it is" : "also explained by",
                        other.rule, dialect, other.cases);
    if (!other.indistinguishable_dialects.empty()) {
      text += fmt::format(", or {}", fmt::join(other.indistinguishable_dialects, ", "));
    }
    if (!other.assumed.empty()) {
      text += fmt::format("\n{:46}assumed at its default: {}", "", fmt::join(other.assumed, ", "));
    }
    if (other.cases_left_out > 0) {
      text += fmt::format("\n{:46}{} cases left out: it has no place for an option of theirs", "",
                          other.cases_left_out);
    }
  }
  return text;
}

}  // namespace

void add_identify(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App* command = app.add_subcommand(
      "identify", "name the dialect and modifiers that the subject follows, rule by rule");
  add_check_options(*command, *options);
  command->add_flag("--any-rule", options->check.any_rule,
                    "hold what the subject did against the other rules of the catalogue too: one "
                    "that calls AMSGrad Adam is told so");
  command->callback([options, &exit_code] {
    const Report report = run_check(*options);
    std::ostream& out = options->json == "-" ? std::cerr : std::cout;
    for (const ReportedResult& reported : report.results) {
      const Task& task = reported.result.task;
      out << fmt::format(
          "{:<24}{:<20}{}\n", task.name, task.format,
          identity(reported.result.finding) + (options->check.any_rule && task.kind == Kind::rule
                                                   ? other_rules(reported.result.finding)
                                                   : ""));
    }
    if (!report.complete) out << "incomplete: " << report.incomplete_reason << '\n';
    exit_code = conformance::exit_code(report);
  });
}

}  // namespace plumbline::tools
