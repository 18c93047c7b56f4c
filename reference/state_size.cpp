#include "reference/state_size.hpp"

#include <algorithm>

#include "reference/formula/formula.hpp"

namespace plumbline {

std::vector<Shape> state_shapes(const Rule& rule, std::span<const int> choices) {
  std::vector<double> defaults;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    defaults.push_back(hyperparameter.default_value);
  }
  return rule.bind<Plain<Binary64>>(defaults, choices)->state_shapes(measured_parameter);
}

std::vector<Shape> kept_shapes(const Rule& rule, const Dialect& dialect) {
  const std::vector<Shape> all = state_shapes(rule, dialect.choices);
  std::vector<Shape> kept;
  for (const std::size_t tensor :
       formula_of(rule, dialect.choices, usual_hyperparameters(rule, dialect)).state) {
    kept.push_back(all[tensor]);
  }
  return kept;
}

std::string shape_text(const Shape& shape) {
  if (shape == measured_parameter) return "the parameter's";
  if (shape.empty()) return "a scalar";
  std::string text;
  for (const long size : shape) {
    const std::string side = size == measured_parameter[0]   ? "rows"
                             : size == measured_parameter[1] ? "columns"
                             : size == measured_parameter[0] * measured_parameter[1]
                                 ? "P"
                                 : std::to_string(size);
    text += (text.empty() ? "" : " x ") + side;
  }
  return text;
}

std::string size_text(const std::vector<Shape>& shapes) {
  const long rows = measured_parameter[0];
  const long columns = measured_parameter[1];
  struct Term {
    std::string_view name;
    Shape shape;
    long count = 0;
  };
  std::vector<Term> terms{{"P", measured_parameter},
                          {"rows^2", {rows, rows}},
                          {"columns^2", {columns, columns}},
                          {"rows", {rows, 1}},
                          {"columns", {1, columns}}};
  long numbers = 0;
  for (const Shape& shape : shapes) {
    const auto term = std::ranges::find(terms, shape, &Term::shape);
    if (term != terms.end()) {
      ++term->count;
    } else if (shape.size() == 2 && shape[1] == rows * columns) {
      terms.front().count += shape[0];  // a history of the parameter
    } else {
      numbers += static_cast<long>(element_count(shape));
    }
  }
  std::string text;
  for (const Term& term : terms) {
    if (term.count == 0) continue;
    if (!text.empty()) text += " + ";
    if (term.count != 1) text += std::to_string(term.count);
    text += term.name;
  }
  if (numbers > 0 || text.empty()) {
    text += (text.empty() ? "" : " + ") + std::to_string(numbers);
  }
  return text;
}

}  // namespace plumbline
