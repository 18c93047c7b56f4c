// `plumbline show NAME`: a rule, schedule, clipping, sampling or objective on one page.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "conformance/theorems/report.hpp"
#include "reference/catalogue.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/state_size.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/formula_page.hpp"
#include "tools/commands/law_page.hpp"
#include "tools/commands/objective_page.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

std::string limit(double value) {
  return value >= std::numeric_limits<double>::max() ? "infinity" : shortest_decimal(value);
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::element:
      return "element";
    case Unit::tensor:
      return "tensor";
    case Unit::matrix:
      return "matrix";
    case Unit::objective:
      return "objective";
  }
  return {};
}

std::string_view unit_name(ClippingUnit unit) {
  switch (unit) {
    case ClippingUnit::all_tensors:
      return "all tensors";
    case ClippingUnit::tensor:
      return "tensor";
    case ClippingUnit::row:
      return "row";
    case ClippingUnit::column:
      return "column";
    case ClippingUnit::element:
      return "element";
  }
  return {};
}

/// `only`: the one dialect to tell of; empty for all.
ordered_json describe(const auto& entry, const std::string& only) {
  ordered_json page{{"name", entry.name},
                    {"title", entry.title},
                    {"formula", entry.formula},
                    {"source", entry.source},
                    {"notes", entry.notes}};
  if constexpr (requires { entry.unit; }) page["unit"] = unit_name(entry.unit);
  page["state"] = ordered_json::array();
  if constexpr (requires { entry.state; }) {
    const std::vector<Shape> shapes = state_shapes(entry, entry.dialects.front().choices);
    for (const StateTensor& tensor : entry.state) {
      const Shape& shape = shapes[page["state"].size()];
      page["state"].push_back({{"name", tensor.name},
                               {"symbol", tensor.symbol},
                               {"meaning", tensor.meaning},
                               {"shape", shape_text(shape)},
                               {"only_with", tensor.only_with}});
    }
  }
  page["hyperparameters"] = ordered_json::array();
  for (const Hyperparameter& hyperparameter : entry.hyperparameters) {
    ordered_json line{{"name", hyperparameter.name},
                      {"symbol", hyperparameter.symbol},
                      {"meaning", hyperparameter.meaning},
                      {"default", shortest_decimal(hyperparameter.default_value)},
                      {"least", limit(hyperparameter.least)},
                      {"greatest", limit(hyperparameter.greatest)}};
    if (hyperparameter.neutral) line["neutral"] = shortest_decimal(*hyperparameter.neutral);
    page["hyperparameters"].push_back(std::move(line));
  }
  page["dialects"] = ordered_json::array();
  const Dialect* chosen = find_dialect(entry.dialects, only);
  if (!only.empty() && chosen == nullptr) {
    throw UsageError(fmt::format("{} has no dialect \"{}\"", entry.name, only));
  }
  for (const Dialect& dialect : entry.dialects) {
    if (chosen != nullptr && chosen != &dialect) continue;
    ordered_json line{{"name", dialect.name}, {"users", dialect.users}};
    ordered_json options = ordered_json::object();
    for (std::size_t i = 0; i < entry.options.size(); ++i) {
      options[std::string(entry.options[i].name)] =
          entry.options[i].choices[static_cast<std::size_t>(dialect.choices[i])];
    }
    line["options"] = std::move(options);
    line["aliases"] = ordered_json(dialect.aliases);
    line["without"] = ordered_json(dialect.without);
    if constexpr (requires { add_formula(line, entry, dialect); }) {
      add_formula(line, entry, dialect);
    }
    if constexpr (requires { entry.certified_law; }) line["laws"] = laws_of(entry, dialect);
    page["dialects"].push_back(std::move(line));
  }
  page["equivalences"] = ordered_json::array();
  for (const Equivalence& pair : entry.equivalences) {
    page["equivalences"].push_back(
        {{"first", pair.first}, {"second", pair.second}, {"reason", pair.reason}});
  }
  return page;
}

std::string text(const ordered_json& value) {
  return value.get<std::string>();
}

/// "eta, the step size"
std::string symbol_and_meaning(const ordered_json& line) {
  const std::string symbol = text(line["symbol"]);
  const std::string meaning = text(line["meaning"]);
  return symbol.empty() ? meaning : fmt::format("{}, {}", symbol, meaning);
}

void print_theorem(const ordered_json& page) {
  std::cout << fmt::format("{}: {}\n\n  {}\n\nHypotheses\n", text(page["name"]),
                           text(page["title"]), text(page["statement"]));
  for (const auto& hypothesis : page["hypotheses"]) {
    std::cout << fmt::format("  {}\n", text(hypothesis));
  }
  std::cout << fmt::format("\nBound\n  {}\n\nTight\n  {}\n\nSource\n  {}\n", text(page["bound"]),
                           text(page["tight"]), text(page["source"]));
}

void print(const ordered_json& page, bool as_latex) {
  std::cout << fmt::format("{}: {}\n\n", text(page["name"]), text(page["title"]));
  // Below, each dialect has the formula of its own code.
  if (!page["dialects"].empty() && !page["dialects"][0].contains("formula_text")) {
    std::cout << fmt::format("  {}\n  (as written, not derived from the code)\n\n",
                             text(page["formula"]));
  }
  std::cout << fmt::format("  source: {}\n", text(page["source"]));
  if (!text(page["notes"]).empty()) std::cout << fmt::format("  {}\n", text(page["notes"]));
  std::cout << "\nState\n";
  if (page["state"].empty()) std::cout << "  none\n";
  for (const auto& tensor : page["state"]) {
    const std::string condition = text(tensor["only_with"]);
    std::cout << fmt::format("  {:<24} {}; {}{}\n", text(tensor["name"]),
                             symbol_and_meaning(tensor), text(tensor["shape"]),
                             condition.empty() ? "" : fmt::format("  (with {})", condition));
  }
  std::cout << "\nHyperparameters\n";
  for (const auto& line : page["hyperparameters"]) {
    std::cout << fmt::format(
        "  {:<24} default {:<8} in [{}, {}]{}  {}\n", text(line["name"]), text(line["default"]),
        text(line["least"]), text(line["greatest"]),
        line.contains("neutral") ? fmt::format(", not sent at {}", text(line["neutral"])) : "",
        symbol_and_meaning(line));
  }
  std::cout << "\nDialects\n";
  for (const auto& line : page["dialects"]) {
    std::string options;
    for (const auto& [name, choice] : line["options"].items()) {
      options += fmt::format("{}{}={}", options.empty() ? "" : ", ", name, text(choice));
    }
    std::cout << fmt::format("  {}\n      {}\n      {}\n", text(line["name"]), options,
                             text(line["users"]));
    std::cout << formula_page(line, as_latex);
    if (line.contains("laws")) std::cout << law_page(line["laws"]);
  }
  for (const auto& pair : page["equivalences"]) {
    std::cout << fmt::format("\n  {} and {} are the same function: {}\n", text(pair["first"]),
                             text(pair["second"]), text(pair["reason"]));
  }
}

}  // namespace

void add_show(CLI::App& app, int&) {
  struct Options {
    std::string name, json, dialect;
    bool latex = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("show", "show a rule, schedule, clipping, sampling, objective or theorem");
  command
      ->add_option("name", options->name,
                   "its name, as `list` gives it; a theorem's too with theorem/ before it")
      ->required();
  command->add_option("--json", options->json, "write JSON to this file (- is standard output)");
  command->add_option("--dialect", options->dialect, "only this one of its dialects");
  command->add_flag("--latex", options->latex, "formulas as LaTeX");
  command->callback([options] {
    ordered_json page;
    const auto find = [&](const auto* entry) {
      if (entry != nullptr) page = describe(*entry, options->dialect);
    };
    find(find_rule(options->name));
    find(find_schedule(options->name));
    find(find_clipping(options->name));
    find(find_sampling(options->name));
    find(find_initialization(options->name));
    const Objective* objective = find_objective(options->name);
    if (objective != nullptr) page = describe(*objective);
    // A rule goes before a theorem of its name (lbfgs), which has its kind before it then.
    const std::string kind = "theorem/";
    const bool by_kind = options->name.rfind(kind, 0) == 0;
    const Theorem* theorem =
        page.is_null() ? find_theorem(options->name.substr(by_kind ? kind.size() : 0)) : nullptr;
    if (theorem != nullptr) page = conformance::describe(*theorem);
    if (page.is_null()) {
      throw UsageError(
          fmt::format("no rule, schedule, clipping, sampling, objective or theorem \"{}\"; see "
                      "`plumbline list rules`",
                      options->name));
    }
    if (!options->json.empty()) {
      write_file(options->json, page.dump(2) + "\n");
    } else if (objective != nullptr) {
      print_objective(page);
    } else if (theorem != nullptr) {
      print_theorem(page);
    } else {
      print(page, options->latex);
    }
  });
}

}  // namespace plumbline::tools
