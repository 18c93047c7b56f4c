// `plumbline mutants`: what the harness catches of its own mutants.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "conformance/checks/check.hpp"
#include "conformance/mutants/matrix.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/progress.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;
using nlohmann::ordered_json;

struct MutantsOptions {
  MatrixOptions matrix;
  std::string json;
};

ordered_json search_object(const Search& search) {
  ordered_json object{{"caught", search.caught}, {"tried", search.tried}};
  if (search.caught) object["shown_by"] = search.shown_by;
  return object;
}

ordered_json mutant_object(const MutantResult& result) {
  const Mutant& mutant = *result.mutant;
  ordered_json object{{"rule", mutant.rule},         {"name", mutant.name},
                      {"verdict", result.verdict()}, {"description", mutant.description},
                      {"class", mutant.fault_class}, {"dialect", mutant.dialect},
                      {"origin", mutant.origin()},   {"kind", sort_of(mutant)}};
  if (result.equivalent != nullptr) {
    object["equivalent_to"] = result.equivalent->dialect;
    object["reason"] = result.equivalent->reason;
  }
  ordered_json formats = ordered_json::object();
  for (const auto& [format, hunt] : result.hunts) {
    formats[format] = {{"verdict", hunt.caught() ? "caught" : "alive"},
                       {"cases", search_object(hunt.cases)},
                       {"properties", search_object(hunt.properties)}};
  }
  object["formats"] = std::move(formats);
  return object;
}

ordered_json tally_object(const Tally& tally) {
  return {{"mutants", tally.mutants},
          {"equivalent", tally.equivalent},
          {"caught_by_cases_alone", tally.by_cases},
          {"caught_by_properties_alone", tally.by_properties},
          {"caught_by_both", tally.by_both},
          {"alive", tally.alive},
          {"share_caught", tally.share_caught()}};
}

std::vector<std::string> formats_of(const std::vector<MutantResult>& results) {
  std::vector<std::string> formats;
  for (const MutantResult& result : results) {
    for (const auto& [format, hunt] : result.hunts) {
      if (std::ranges::find(formats, format) == formats.end()) formats.push_back(format);
    }
  }
  std::ranges::sort(formats);
  return formats;
}

Tally tally_of(const std::vector<MutantResult>& results, const std::string& format) {
  Tally tally;
  for (const MutantResult& result : results) tally.add(result, format);
  return tally;
}

std::string json_text(const std::vector<MutantResult>& results, std::size_t every) {
  ordered_json list = ordered_json::array();
  long caught = 0;
  long alive = 0;
  long equivalent = 0;
  for (const MutantResult& result : results) {
    list.push_back(mutant_object(result));
    const std::string_view verdict = result.verdict();
    ++(verdict == "caught" ? caught : verdict == "alive" ? alive : equivalent);
  }
  ordered_json formats = ordered_json::object();
  for (const std::string& format : formats_of(results)) {
    formats[format] = tally_object(tally_of(results, format));
    formats[format]["least_share"] = least_share_caught(format);
  }
  const ordered_json document{{"mutants", std::move(list)},
                              {"summary",
                               {{"one_in", every},
                                {"caught", caught},
                                {"alive", alive},
                                {"equivalent", equivalent},
                                {"formats", std::move(formats)}}}};
  return document.dump(2) + "\n";
}

template <class Value>
Value middle(std::vector<Value> values) {
  if (values.empty()) return {};
  const auto half = values.begin() + static_cast<long>(values.size() / 2);
  std::ranges::nth_element(values, half);
  return *half;
}

constexpr const char* row_format = "{:<22}{:<31}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}{:>7}\n";

void print_row(std::ostream& out, std::string_view rule, std::string_view kind,
               const Tally& tally) {
  const std::string cases = fmt::format("{}", middle(tally.cases_to_catch));
  out << fmt::format(row_format, rule, kind, tally.mutants, tally.by_cases, tally.by_properties,
                     tally.by_both, tally.alive, tally.equivalent, cases);
}

/// Rule by rule and kind by kind; the columns count hunts, one for each mutant and format.
void print_matrix(std::ostream& out, const std::vector<MutantResult>& results) {
  out << fmt::format(row_format, "rule", "kind of mistake", "mutants", "cases", "proper.", "both",
                     "alive", "equiv.", "tried");
  for (std::size_t first = 0; first < results.size();) {
    std::size_t end = first;
    const std::string& rule = results[first].mutant->rule;
    std::vector<std::pair<std::string_view, Tally>> kinds;
    for (; end < results.size() && results[end].mutant->rule == rule; ++end) {
      const std::string_view kind = sort_of(*results[end].mutant);
      auto found = std::ranges::find(kinds, kind, &std::pair<std::string_view, Tally>::first);
      if (found == kinds.end()) found = kinds.insert(kinds.end(), {kind, {}});
      found->second.add(results[end]);
    }
    for (const auto& [kind, tally] : kinds) print_row(out, rule, kind, tally);
    first = end;
  }
  out << '\n';
  for (const std::string& format : formats_of(results)) {
    const Tally tally = tally_of(results, format);
    print_row(out, format, fmt::format("{:.2f}% caught", 100 * tally.share_caught()), tally);
  }
  out << "\ncases, proper(ties), both: by what alone, or by both, a hunt ended; tried: cases up to "
         "the\nfirst that shows the mutant, in the middle of all\n";
}

void print_survivors(std::ostream& out, const std::vector<MutantResult>& results) {
  for (const MutantResult& result : results) {
    for (const auto& [format, hunt] : result.hunts) {
      if (hunt.caught()) continue;
      out << fmt::format("alive in {}: {}/{} ({}; {})\n", format, result.mutant->rule,
                         result.mutant->name, result.mutant->dialect, result.mutant->description);
    }
  }
}

int run(MutantsOptions& options) {
  MatrixOptions& matrix = options.matrix;
  const bool known = std::ranges::any_of(
      all_mutants(), [&](const Mutant& mutant) { return selected(matrix.rules, mutant.rule); });
  if (!known) throw UsageError("--rule: no rule, schedule, clipping or sampling of that name");
  const auto formats = {"binary64", "binary32", "bfloat16+binary32"};
  if (std::ranges::none_of(formats, [&](const char* f) { return selected(matrix.formats, f); })) {
    throw UsageError("--format: mutants are hunted in binary64, binary32 and bfloat16+binary32");
  }
  const ProgressLine progress;
  if (progress.is_shown()) {
    matrix.progress = [&](std::size_t done, std::size_t all, const std::string& what) {
      if (done % 16 != 0 && done != all) return;
      progress.show(fmt::format("[{}/{}] {}", done, all, what.substr(0, 70)));
    };
  }
  const std::vector<MutantResult> results = hunt_all(matrix);
  progress.clear();

  std::ostream& out = options.json == "-" ? std::cerr : std::cout;
  print_matrix(out, results);
  print_survivors(out, results);
  if (progress.is_shown()) {
    Tally all;
    for (const MutantResult& result : results) all.add(result);
    std::cerr << fmt::format(
        "time to the first case that shows a mutant: {:.1f} ms in the middle\n",
        1e3 * middle(all.seconds_to_catch));
  }
  if (!options.json.empty()) write_file(options.json, json_text(results, matrix.every));
  const bool alive = std::ranges::any_of(
      results, [](const MutantResult& result) { return result.verdict() == "alive"; });
  return alive ? 1 : 0;
}

}  // namespace

void add_mutants(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<MutantsOptions>();
  CLI::App* command = app.add_subcommand(
      "mutants", "put the built-in subject's mutants to the cases and properties of a check");
  command
      ->add_option("--rule", options->matrix.rules,
                   "only these rules, schedules, clippings and samplings (globs; repeatable)")
      ->allow_extra_args(false);
  command->add_option("--format", options->matrix.formats, "only these formats (globs)")
      ->allow_extra_args(false);
  const std::map<std::string, PropertyHunts> hunts{{"none", PropertyHunts::none},
                                                   {"survivors", PropertyHunts::survivors},
                                                   {"all", PropertyHunts::all}};
  command
      ->add_option("--properties", options->matrix.properties,
                   "hunt by properties too: all mutants (default), survivors of the cases, none")
      ->transform(CLI::CheckedTransformer(hunts));
  command
      ->add_option("--one-in", options->matrix.every,
                   "a sample of so many: of each list of mutants the first, and one in N after it")
      ->check(CLI::Range(1, 1000000));
  options->matrix.jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  command->add_option("--jobs", options->matrix.jobs, "threads (default: one a core)")
      ->check(CLI::Range(1, 256));
  command->add_option("--json", options->json, "write JSON to this file (- is standard output)");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace plumbline::tools
