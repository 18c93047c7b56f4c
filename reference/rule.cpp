#include "reference/rule.hpp"

#include <algorithm>

#include "reference/state_in_use.hpp"

namespace plumbline {

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const long size : shape) count *= static_cast<std::size_t>(size);
  return count;
}

Shape state_shape(StateShape kind, const Shape& parameter, long history) {
  const long rows = parameter.empty() ? 1 : parameter.front();
  long columns = 1;
  for (std::size_t i = 1; i < parameter.size(); ++i) columns *= parameter[i];
  switch (kind) {
    case StateShape::parameter:
      return parameter;
    case StateShape::rows:
      return {rows, 1};
    case StateShape::columns:
      return {1, columns};
    case StateShape::row_square:
      return {rows, rows};
    case StateShape::column_square:
      return {columns, columns};
    case StateShape::history:
      return {history, rows * columns};
    case StateShape::history_column:
      return {history, 1};
    default:
      return {};
  }
}

std::vector<Shape> layers_of(std::span<const Shape> parameters) {
  std::vector<Shape> layers;
  for (std::size_t i = 0; i + 1 < parameters.size(); ++i) {
    const Shape& weights = parameters[i];
    if (weights.size() == 2 && parameters[i + 1] == Shape{weights[0]}) {
      layers.push_back({weights[0], weights[1] + 1});
    }
  }
  return layers;
}

const Dialect* find_dialect(std::span<const Dialect> dialects, std::string_view name) {
  for (const Dialect& dialect : dialects) {
    if (dialect.name == name) return &dialect;
  }
  for (const Dialect& dialect : dialects) {
    if (std::ranges::find(dialect.aliases, name) != dialect.aliases.end()) return &dialect;
  }
  return nullptr;
}

std::vector<std::string_view> equivalents(std::span<const Equivalence> equivalences,
                                          std::string_view dialect) {
  // Equivalence is transitive: follow the pairs until no new name turns up.
  std::vector<std::string_view> found{dialect};
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const Equivalence& pair : equivalences) {
      for (const auto& [one, other] :
           {std::pair(pair.first, pair.second), std::pair(pair.second, pair.first)}) {
        if (one == found[next] && std::ranges::find(found, other) == found.end()) {
          found.push_back(other);
        }
      }
    }
  }
  found.erase(found.begin());
  std::ranges::sort(found);
  return found;
}

namespace {

/// One condition of StateTensor::only_with.
bool holds(std::string_view condition, const Rule& rule, std::span<const double> hyperparameters,
           std::span<const int> choices, const Shape& parameter) {
  if (condition == "matrix") return parameter.size() >= 2;
  if (condition == "not matrix") return parameter.size() < 2;
  if (condition == "tall")
    return state_shape(StateShape::rows, parameter)[0] >
           state_shape(StateShape::columns, parameter)[1];
  if (condition == "not tall") {
    return !holds("tall", rule, hyperparameters, choices, parameter);
  }
  const std::size_t equals = condition.find('=');
  if (equals == std::string_view::npos) {
    const std::size_t index = index_of(rule.hyperparameters, condition).value();
    return hyperparameters[index] != rule.hyperparameters[index].neutral;
  }
  const bool negated = condition[equals - 1] == '!';
  const std::string_view name = condition.substr(0, negated ? equals - 1 : equals);
  const std::string_view choice = condition.substr(equals + 1);
  for (std::size_t index = 0; index < rule.options.size(); ++index) {
    const Option& option = rule.options[index];
    if (option.name != name) continue;
    return (option.choices[static_cast<std::size_t>(choices[index])] == choice) != negated;
  }
  return false;
}

std::vector<std::string_view> parts_of(std::string_view text, std::string_view joint) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(joint); end != std::string_view::npos; end = text.find(joint)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + joint.size());
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

bool in_use(const Rule& rule, const StateTensor& tensor, std::span<const double> hyperparameters,
            std::span<const int> choices, const Shape& parameter) {
  if (tensor.only_with.empty()) return true;
  return std::ranges::any_of(parts_of(tensor.only_with, " or "), [&](std::string_view all) {
    return std::ranges::all_of(parts_of(all, " and "), [&](std::string_view condition) {
      return holds(condition, rule, hyperparameters, choices, parameter);
    });
  });
}

bool in_use(const Rule& rule, const StateTensor& tensor, std::span<const double> hyperparameters,
            std::span<const int> choices) {
  return in_use(rule, tensor, hyperparameters, choices, {1, 1});
}

std::optional<std::size_t> index_of(std::span<const Hyperparameter> hyperparameters,
                                    std::string_view name) {
  for (std::size_t index = 0; index < hyperparameters.size(); ++index) {
    if (hyperparameters[index].name == name) return index;
  }
  return std::nullopt;
}

bool has_place_for(const Dialect& dialect, std::span<const Hyperparameter> description,
                   std::span<const double> values) {
  return std::ranges::none_of(dialect.without, [&](std::string_view name) {
    const auto index = index_of(description, name);
    return index && values[*index] != description[*index].neutral;
  });
}

}  // namespace plumbline
