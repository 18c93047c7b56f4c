// `plumbline list`: the catalogue.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "conformance/builtin/mutant.hpp"
#include "conformance/cases/case.hpp"
#include "conformance/cases/clipping_case.hpp"
#include "conformance/cases/initialization_case.hpp"
#include "conformance/cases/sampling_case.hpp"
#include "conformance/cases/schedule_case.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "reference/catalogue.hpp"
#include "reference/objective.hpp"
#include "reference/theorem.hpp"
#include "tools/commands/commands.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

ordered_json strings(const auto& views) {
  ordered_json list = ordered_json::array();
  for (const std::string_view view : views) list.push_back(view);
  return list;
}

void add_dialects(ordered_json& list, std::string_view kind, const auto& entries) {
  for (const auto& entry : entries) {
    for (const Dialect& dialect : entry.dialects) {
      ordered_json options = ordered_json::object();
      for (std::size_t i = 0; i < entry.options.size(); ++i) {
        const Option& option = entry.options[i];
        options[std::string(option.name)] =
            option.choices[static_cast<std::size_t>(dialect.choices[i])];
      }
      list.push_back({{"name", fmt::format("{}/{}", entry.name, dialect.name)},
                      {"kind", kind},
                      {"rule", entry.name},
                      {"dialect", dialect.name},
                      {"aliases", strings(dialect.aliases)},
                      {"equivalent_to", strings(equivalents(entry.equivalences, dialect.name))},
                      {"options", std::move(options)},
                      {"users", dialect.users}});
    }
  }
}

ordered_json named_entries(std::string_view kind, const auto& entries) {
  ordered_json list = ordered_json::array();
  for (const auto& entry : entries) {
    list.push_back({{"name", entry.name},
                    {"kind", kind},
                    {"title", entry.title},
                    {"formula", entry.formula},
                    {"dialects", entry.dialects.size()},
                    {"source", entry.source}});
  }
  return list;
}

ordered_json cases() {
  using namespace conformance;
  ordered_json list = ordered_json::array();
  const auto add = [&](const auto& entries, const auto& cases_of, const auto& steps_of) {
    for (const auto& entry : entries) {
      for (const auto& test_case : cases_of(entry)) {
        list.push_back({{"name", test_case.id},
                        {"rule", entry.name},
                        {"purpose", test_case.purpose},
                        {"steps", steps_of(test_case)}});
      }
    }
  };
  const auto one = [](const auto&) { return 1; };
  add(
      all_rules(), [](const Rule& rule) { return cases_for(rule, 1); },
      [](const Case& test_case) { return test_case.steps(); });
  add(all_schedules(), schedule_cases_for,
      [](const ScheduleCase& test_case) { return test_case.steps.size(); });
  add(
      all_clippings(), [](const Clipping& clipping) { return clipping_cases_for(clipping, 1); },
      one);
  add(
      all_samplings(), [](const Sampling& sampling) { return sampling_cases_for(sampling, 1); },
      [](const SamplingCase& test_case) { return test_case.steps(); });
  add(
      all_initializations(),
      [](const Initialization& entry) { return initialization_cases_for(entry, 1); }, one);
  return list;
}

ordered_json mutants() {
  ordered_json list = ordered_json::array();
  for (const auto& mutant : conformance::all_mutants()) {
    list.push_back({{"rule", mutant.rule},
                    {"name", mutant.name},
                    {"description", mutant.description},
                    {"class", mutant.fault_class},
                    {"dialect", mutant.dialect},
                    {"origin", mutant.origin()}});
  }
  return list;
}

ordered_json properties() {
  ordered_json list = ordered_json::array();
  for (const auto& property : conformance::all_properties()) {
    list.push_back({{"name", property->name()},
                    {"purpose", property->statement()},
                    {"by_name_only", property->by_name_only()}});
  }
  for (const auto& property : conformance::all_clipping_properties()) {
    list.push_back({{"name", property->name()},
                    {"purpose", fmt::format("of clipping: {}", property->statement())},
                    {"by_name_only", false}});
  }
  for (const auto& property : conformance::all_schedule_properties()) {
    list.push_back({{"name", property.name()},
                    {"purpose", fmt::format("of schedules: {}", property.statement())},
                    {"by_name_only", false}});
  }
  return list;
}

ordered_json objectives() {
  ordered_json list = ordered_json::array();
  for (const Objective& objective : all_objectives()) {
    list.push_back({{"name", objective.name},
                    {"kind", "objective"},
                    {"title", objective.title},
                    {"formula", objective.formula},
                    {"dimension", objective.dimension()},
                    {"source", objective.source}});
  }
  return list;
}

ordered_json theorems() {
  ordered_json list = ordered_json::array();
  for (const Theorem& theorem : all_theorems()) {
    list.push_back({{"name", theorem.id},
                    {"kind", "theorem"},
                    {"title", theorem.title},
                    {"formula", theorem.bound},
                    {"statement", theorem.statement},
                    {"source", theorem.source}});
  }
  return list;
}

ordered_json catalogue(const std::string& what) {
  if (what == "rules") return named_entries("rule", all_rules());
  if (what == "schedules") return named_entries("schedule", all_schedules());
  if (what == "clipping") return named_entries("clipping", all_clippings());
  if (what == "sampling") {
    ordered_json entries = named_entries("sampling", all_samplings());
    for (ordered_json& entry : named_entries("sampling", all_initializations())) {
      entries.push_back(std::move(entry));
    }
    return entries;
  }
  if (what == "objectives") return objectives();
  if (what == "theorems") return theorems();
  if (what == "cases") return cases();
  if (what == "properties") return properties();
  if (what == "mutants") return mutants();
  ordered_json list = ordered_json::array();
  add_dialects(list, "rule", all_rules());
  add_dialects(list, "schedule", all_schedules());
  add_dialects(list, "clipping", all_clippings());
  add_dialects(list, "sampling", all_samplings());
  add_dialects(list, "sampling", all_initializations());
  return list;
}

void print(const ordered_json& list) {
  for (const ordered_json& entry : list) {
    std::string name = entry["name"];
    if (entry.contains("class")) name = entry["rule"].get<std::string>() + "/" + name;
    const auto text = [&](const char* key) {
      return entry.contains(key) ? entry[key].get<std::string>() : std::string();
    };
    std::string detail = text("formula") + text("users") + text("purpose") + text("description");
    std::cout << fmt::format("{:<52} {}\n", name, detail);
  }
}

}  // namespace

void add_list(CLI::App& app, int&) {
  struct Options {
    std::string what, json;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("list", "list what there is");
  command
      ->add_option("what", options->what,
                   "rules, dialects, schedules, clipping, sampling, objectives, theorems, cases, "
                   "properties, mutants")
      ->required()
      ->check(CLI::IsMember({"rules", "dialects", "schedules", "clipping", "sampling", "objectives",
                             "theorems", "cases", "properties", "mutants"}));
  command->add_option("--json", options->json, "write JSON to this file (- is standard output)");
  command->callback([options] {
    const ordered_json list = catalogue(options->what);
    if (options->json.empty()) {
      print(list);
    } else {
      write_file(options->json, list.dump(2) + "\n");
    }
  });
}

}  // namespace plumbline::tools
