// `plumbline claims`: the ledger of what the documents say, each sentence decided.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "reference/claim.hpp"
#include "tools/commands/globs.hpp"
#include "tools/commands/progress.hpp"
#include "tools/pages/claims_page.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

struct ClaimsOptions {
  std::vector<std::string> ids, documents, verdicts;
  std::string json, html;
};

struct Row {
  const Claim* claim;
  Finding finding;
};

std::string reproduce_command(const Claim& claim) {
  return claim.reproduce.empty() ? "plumbline claims " + claim.id : claim.reproduce;
}

ordered_json row_object(const Row& row) {
  const auto& [claim, finding] = row;
  ordered_json object{{"id", claim->id},
                      {"document", claim->document},
                      {"line", claim->line},
                      {"sentence", claim->sentence},
                      {"computed", claim->computed},
                      {"verdict", name_of(finding.verdict)}};
  if (!finding.condition.empty()) object["condition"] = finding.condition;
  object["figures"] = ordered_json::array();
  for (const auto& [name, value] : finding.figures) {
    object["figures"].push_back({{"name", name}, {"value", value}});
  }
  if (!finding.counterexample.empty()) object["counterexample"] = finding.counterexample;
  object["reproduce"] = reproduce_command(*claim);
  return object;
}

/// How many there are of each verdict, in the order in which the verdicts are explained.
std::vector<std::pair<std::string_view, long>> summary(const std::vector<Row>& rows) {
  std::vector<std::pair<std::string_view, long>> counts;
  for (const ClaimVerdict verdict : {ClaimVerdict::holds, ClaimVerdict::holds_under,
                                     ClaimVerdict::refuted, ClaimVerdict::convention}) {
    counts.emplace_back(name_of(verdict), std::ranges::count(rows, verdict, [](const Row& row) {
                          return row.finding.verdict;
                        }));
  }
  return counts;
}

ordered_json report_of(const std::vector<Row>& rows) {
  ordered_json list = ordered_json::array();
  for (const Row& row : rows) list.push_back(row_object(row));
  ordered_json counts = ordered_json::object();
  for (const auto& [verdict, count] : summary(rows)) counts[std::string(verdict)] = count;
  return {{"claims", std::move(list)}, {"summary", std::move(counts)}, {"complete", true}};
}

/// All of a row; `whole`: with figures of verdicts that hold, too.
void print(std::ostream& out, const Row& row, bool whole) {
  const auto& [claim, finding] = row;
  out << fmt::format("{:<12} {:<38} {}\n", name_of(finding.verdict), claim->id, claim->sentence);
  constexpr const char* line = "{:<12} {:<38} {}\n";
  if (!finding.condition.empty()) {
    const char* word = finding.verdict == ClaimVerdict::convention ? "dialects" : "under";
    out << fmt::format(line, "", fmt::format("  {}", word), finding.condition);
  }
  if (!finding.counterexample.empty()) {
    out << fmt::format(line, "", "  but", finding.counterexample);
  }
  if (!whole) return;
  out << fmt::format(line, "", "  document", fmt::format("{}:{}", claim->document, claim->line));
  out << fmt::format(line, "", "  computed", claim->computed);
  for (const auto& [name, value] : finding.figures) {
    out << fmt::format(line, "", "  figure", fmt::format("{}: {}", name, value));
  }
  out << fmt::format(line, "", "  reproduce", reproduce_command(*claim)) << '\n';
}

void run(const ClaimsOptions& options) {
  std::vector<std::string_view> ids, documents;
  for (const Claim& claim : all_claims()) {
    ids.push_back(claim.id);
    documents.push_back(claim.document);
  }
  refuse_globs_without_match(options.ids, ids, "claims", "ledger");
  refuse_globs_without_match(options.documents, documents, "--document", "ledger");
  const ProgressLine progress;
  std::vector<const Claim*> wanted;
  for (const Claim& claim : all_claims()) {
    if (conformance::selected(options.ids, claim.id) &&
        conformance::selected(options.documents, claim.document)) {
      wanted.push_back(&claim);
    }
  }
  std::vector<Row> rows;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    progress.show(fmt::format("[{}/{}] {}", i + 1, wanted.size(), wanted[i]->id));
    Row row{wanted[i], wanted[i]->find()};
    if (options.verdicts.empty() ||
        std::ranges::count(options.verdicts, name_of(row.finding.verdict)) > 0) {
      rows.push_back(std::move(row));
    }
  }
  progress.clear();

  std::ostream& out = options.json == "-" ? std::cerr : std::cout;
  std::string_view document;
  for (const Row& row : rows) {
    if (row.claim->document != document) {
      document = row.claim->document;
      out << fmt::format("{}{}\n", &row == rows.data() ? "" : "\n", document);
    }
    print(out, row, !options.ids.empty());
  }
  std::string counts;
  for (const auto& [verdict, count] : summary(rows)) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, verdict);
  }
  out << fmt::format("\n{} claims: {}\n", rows.size(), counts);
  const ordered_json report = report_of(rows);
  if (!options.json.empty()) write_file(options.json, report.dump(2) + "\n");
  if (!options.html.empty()) write_file(options.html, claims_page(report));
}

}  // namespace

void add_claims(CLI::App& app, int&) {
  const auto options = std::make_shared<ClaimsOptions>();
  CLI::App* command = app.add_subcommand(
      "claims", "decide every quantitative sentence of the documents under seeds/");
  command->add_option("id", options->ids, "only these claims (globs), with all their figures");
  command->add_option("--document", options->documents, "only of these documents (globs)")
      ->allow_extra_args(false);
  command
      ->add_option("--verdict", options->verdicts,
                   "only with this verdict: holds, \"holds under\", refuted, convention")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"holds", "holds under", "refuted", "convention"}));
  command->add_option("--json", options->json, "write JSON to this file (- is standard output)");
  command->add_option("--html", options->html, "write a page with the ledger to this file");
  command->callback([options] { run(*options); });
}

}  // namespace plumbline::tools
