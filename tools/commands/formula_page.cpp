#include "tools/commands/formula_page.hpp"

#include <fmt/format.h>

#include <sstream>

#include "reference/formula/notation.hpp"
#include "reference/state_size.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

ordered_json counts(const std::map<Operation, int>& operations) {
  ordered_json result = ordered_json::object();
  for (const auto& [operation, count] : operations) {
    result[std::string(operation_name(operation))] = count;
  }
  return result;
}

void describe(ordered_json& entry, const Formula& formula) {
  std::string text;
  for (const std::string& line : text_lines(formula)) text += (text.empty() ? "" : "\n") + line;
  entry["formula_text"] = text;
  entry["formula_latex"] = latex(formula);
  entry["operations"] = {{"per_element", counts(formula.operations.per_element)},
                         {"per_step", counts(formula.operations.per_step)}};
}

void describe(ordered_json& entry, const Rule& rule, const Dialect& dialect,
              const Formula& formula) {
  describe(entry, formula);
  const std::vector<Shape> all = state_shapes(rule, dialect.choices);
  ordered_json tensors = ordered_json::array();
  std::vector<Shape> shapes;
  for (const std::size_t tensor : formula.state) {
    tensors.push_back(rule.state[tensor].name);
    shapes.push_back(all[tensor]);
  }
  const std::string size = size_text(shapes);
  shapes.push_back(measured_parameter);
  entry["state_memory"] = {{"size", size},
                           {"size_with_parameters", size_text(shapes)},
                           {"tensors", std::move(tensors)},
                           {"scalars", formula.scalars.size()}};
}

std::string indented(const std::string& text, std::string_view indent) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += fmt::format("{}{}\n", indent, line);
  return result;
}

std::string listed(const ordered_json& operations) {
  std::string text;
  int total = 0;
  for (const auto& [name, count] : operations.items()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.get<int>(), name);
    total += count.get<int>();
  }
  return text.empty() ? "none" : fmt::format("{} ({})", total, text);
}

std::string page_of(const ordered_json& entry, bool as_latex) {
  std::string page = indented(
      entry.at(as_latex ? "formula_latex" : "formula_text").get<std::string>(), "        ");
  const ordered_json& operations = entry.at("operations");
  page += fmt::format("      operations an element: {}\n", listed(operations.at("per_element")));
  page +=
      fmt::format("      operations a step, on scalars: {}\n", listed(operations.at("per_step")));
  if (entry.contains("state_memory")) {
    const ordered_json& memory = entry.at("state_memory");
    page += fmt::format("      state: {} beside P parameters ({} with them)",
                        memory.at("size").get<std::string>(),
                        memory.at("size_with_parameters").get<std::string>());
    const int scalars = memory.at("scalars").get<int>();
    if (scalars > 0) {
      page += fmt::format(", and {} scalar{}", scalars, scalars == 1 ? "" : "s");
    }
    page += "\n";
  }
  return page;
}

}  // namespace

void add_formula(ordered_json& entry, const Rule& rule, const Dialect& dialect) {
  const KeptHyperparameters usual = usual_hyperparameters(rule, dialect);
  const KeptHyperparameters all = all_hyperparameters(rule, dialect);
  describe(entry, rule, dialect, formula_of(rule, dialect.choices, usual));
  if (usual == all) return;
  ordered_json full;
  full["with"] = ordered_json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] && !usual[i]) full["with"].push_back(rule.hyperparameters[i].name);
  }
  describe(full, rule, dialect, formula_of(rule, dialect.choices, all));
  entry["in_full"] = std::move(full);
}

void add_formula(ordered_json& entry, const Clipping& clipping, const Dialect& dialect) {
  describe(entry, formula_of(clipping, dialect.choices));
}

void add_formula(ordered_json&, const Schedule&, const Dialect&) {}

std::string formula_page(const ordered_json& entry, bool as_latex) {
  if (!entry.contains("formula_text")) return {};
  std::string page = page_of(entry, as_latex);
  if (entry.contains("in_full")) {
    const ordered_json& full = entry.at("in_full");
    std::string names;
    for (const auto& name : full.at("with")) {
      names += (names.empty() ? "" : ", ") + name.get<std::string>();
    }
    page += fmt::format("      with {}:\n", names) + page_of(full, as_latex);
  }
  return page;
}

}  // namespace plumbline::tools
