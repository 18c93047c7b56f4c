#include "reference/rule.hpp"

#include <algorithm>

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

bool in_use(const Rule& rule, const StateTensor& tensor, std::span<const double> hyperparameters,
            std::span<const int> choices) {
  const std::string_view condition = tensor.only_with;
  if (condition.empty()) return true;
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

std::optional<std::size_t> index_of(std::span<const Hyperparameter> hyperparameters,
                                    std::string_view name) {
  for (std::size_t index = 0; index < hyperparameters.size(); ++index) {
    if (hyperparameters[index].name == name) return index;
  }
  return std::nullopt;
}

}  // namespace plumbline
