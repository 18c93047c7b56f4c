#include "tools/commands/objective_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "reference/numbers/decimal_text.hpp"
#include "tools/commands/proved_digits.hpp"

namespace plumbline::tools {
namespace {

using nlohmann::ordered_json;

std::string written(const Ratio& ratio) {
  return ratio.denominator == 1 ? std::to_string(ratio.numerator)
                                : fmt::format("{}/{}", ratio.numerator, ratio.denominator);
}

ordered_json written(const Minimizer& minimizer) {
  ordered_json point = ordered_json::array();
  for (const Ratio& coordinate : minimizer.exact) point.push_back(written(coordinate));
  for (const std::string_view coordinate : minimizer.decimal) point.push_back(coordinate);
  return point;
}

ordered_json written(const CurvatureBound& bound) {
  return {{"value", written(bound.value)}, {"tight", bound.tight}, {"source", bound.source}};
}

ordered_json digits(const std::vector<Certified>& vector) {
  ordered_json list = ordered_json::array();
  for (const Certified& value : vector) list.push_back(proved_digits(value));
  return list;
}

ordered_json digits(const Matrix<Certified>& matrix) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    const auto row = matrix.row(i);
    list.push_back(digits(std::vector<Certified>(row.begin(), row.end())));
  }
  return list;
}

/// Everything that the objective gives at its start, by name.
ordered_json at_start(const Objective& objective) {
  return certify([&] {
    const std::vector<Certified> start(objective.start.begin(), objective.start.end());
    const auto bound = objective.bind<Certified>();
    ordered_json page{{"value", proved_digits(bound->value(start))},
                      {"gradient", digits(bound->gradient(start))},
                      {"hessian", digits(bound->hessian(start))},
                      {"hessian_vector", digits(bound->hessian_vector(start, start))}};
    const auto add = [&](const char* name, const auto& quantity) {
      if (quantity) page[name] = digits(*quantity);
    };
    add("fisher", bound->fisher(start));
    add("residuals", bound->residuals(start));
    add("jacobian", bound->jacobian(start));
    add("term_gradients", bound->term_gradients(start));
    if (const auto layers = bound->layers(start)) {
      page["layers"] = ordered_json::array();
      for (const Layer<Certified>& layer : *layers) {
        ordered_json line{{"weights", objective.parameters[layer.weights].name},
                          {"bias", objective.parameters[layer.bias].name},
                          {"inputs", digits(layer.inputs)},
                          {"output_gradients", digits(layer.output_gradients)},
                          {"output_fisher", ordered_json::array()}};
        for (const auto& matrix : layer.output_fisher) {
          line["output_fisher"].push_back(digits(matrix));
        }
        page["layers"].push_back(std::move(line));
      }
    }
    return page;
  });
}

std::string text(const ordered_json& value) {
  return value.get<std::string>();
}

std::string tuple(const ordered_json& list) {
  return fmt::format("({})", fmt::join(list.get<std::vector<std::string>>(), ", "));
}

void print_bound(const ordered_json& page, const char* key, const char* words) {
  if (!page.contains(key)) return;
  const ordered_json& bound = page[key];
  std::cout << fmt::format("  {:<18} {}{}; {}\n", words, text(bound["value"]),
                           bound["tight"].get<bool>() ? "" : ", not tight", text(bound["source"]));
}

}  // namespace

ordered_json describe(const Objective& objective) {
  ordered_json page{{"name", objective.name},
                    {"kind", "objective"},
                    {"title", objective.title},
                    {"formula", objective.formula},
                    {"source", objective.source},
                    {"notes", objective.notes},
                    {"dimension", objective.dimension()}};
  page["parameters"] = ordered_json::array();
  for (const ParameterTensor& tensor : objective.parameters) {
    page["parameters"].push_back({{"name", tensor.name}, {"shape", tensor.shape}});
  }
  page["start"] = ordered_json::array();
  for (const double value : objective.start) page["start"].push_back(shortest_decimal(value));
  page["minimizers"] = ordered_json::array();
  for (const Minimizer& minimizer : objective.minimizers) {
    page["minimizers"].push_back(written(minimizer));
  }
  if (objective.minimum) page["minimum"] = written(*objective.minimum);
  if (objective.smoothness) page["smoothness"] = written(*objective.smoothness);
  if (objective.strong_convexity) page["strong_convexity"] = written(*objective.strong_convexity);
  page["spectrum"] = ordered_json::array();
  for (const double value : objective.spectrum) page["spectrum"].push_back(shortest_decimal(value));
  page["at_start"] = at_start(objective);
  return page;
}

void print_objective(const ordered_json& page) {
  std::cout << fmt::format("{}: {}\n\n  {}\n\n  source: {}\n", text(page["name"]),
                           text(page["title"]), text(page["formula"]), text(page["source"]));
  if (!text(page["notes"]).empty()) std::cout << fmt::format("  {}\n", text(page["notes"]));
  std::cout << fmt::format("\nParameters ({})\n", page["dimension"].get<std::size_t>());
  for (const auto& tensor : page["parameters"]) {
    std::cout << fmt::format("  {:<4} {}\n", text(tensor["name"]),
                             fmt::join(tensor["shape"].get<std::vector<long>>(), " x "));
  }
  std::cout << fmt::format("\nKnown\n  {:<18} {}\n", "start", tuple(page["start"]));
  for (const auto& minimizer : page["minimizers"]) {
    std::cout << fmt::format("  {:<18} {}\n", "minimizer", tuple(minimizer));
  }
  if (page.contains("minimum")) {
    std::cout << fmt::format("  {:<18} {}\n", "minimum", text(page["minimum"]));
  }
  if (!page["spectrum"].empty()) {
    std::cout << fmt::format("  {:<18} {}\n", "eigenvalues", tuple(page["spectrum"]));
  }
  print_bound(page, "smoothness", "smoothness L");
  print_bound(page, "strong_convexity", "strong convexity");
  std::vector<std::string> given;
  for (const auto& [name, value] : page["at_start"].items()) given.push_back(name);
  std::cout << fmt::format("\nGives {}\n\nAt the start\n  value {}\n  gradient\n",
                           fmt::join(given, ", "), text(page["at_start"]["value"]));
  for (const auto& value : page["at_start"]["gradient"]) {
    std::cout << fmt::format("    {}\n", text(value));
  }
}

}  // namespace plumbline::tools
