#include "conformance/cases/profiles.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

double pick(const Hyperparameter& hyperparameter, Values values, std::size_t index) {
  switch (values) {
    case Values::defaults:
      return hyperparameter.default_value;
    case Values::dyadic:
      return hyperparameter.dyadic;
    case Values::distinct:
      return hyperparameter.distinct;
    case Values::low_high:
      return index % 2 == 0 ? hyperparameter.low : hyperparameter.high;
    case Values::high_low:
      return index % 2 == 0 ? hyperparameter.high : hyperparameter.low;
  }
  return hyperparameter.default_value;
}

/// True when some dialect has a place for both.
bool go_together(const Rule& rule, std::string_view one, std::string_view other) {
  return std::ranges::any_of(rule.dialects, [&](const Dialect& dialect) {
    return std::ranges::find(dialect.without, one) == dialect.without.end() &&
           std::ranges::find(dialect.without, other) == dialect.without.end();
  });
}

}  // namespace

std::vector<double> profile(const Rule& rule, Values values, std::string_view with) {
  std::vector<double> result;
  for (std::size_t index = 0; index < rule.hyperparameters.size(); ++index) {
    const Hyperparameter& hyperparameter = rule.hyperparameters[index];
    const bool in_use = !hyperparameter.neutral ||
                        hyperparameter.default_value != *hyperparameter.neutral ||
                        hyperparameter.name == with;
    if (!in_use) {
      result.push_back(*hyperparameter.neutral);
    } else if (!with.empty() && hyperparameter.neutral && hyperparameter.name != with &&
               !go_together(rule, hyperparameter.name, with)) {
      result.push_back(*hyperparameter.neutral);
    } else if (hyperparameter.name == with && values == Values::defaults) {
      result.push_back(hyperparameter.distinct);
    } else {
      result.push_back(pick(hyperparameter, values, index));
    }
  }
  return result;
}

std::vector<double> with_value(const Rule& rule, std::vector<double> hyperparameters,
                               std::string_view name, double value) {
  hyperparameters[index_of(rule.hyperparameters, name).value()] = value;
  return hyperparameters;
}

bool has_hyperparameter(const Rule& rule, std::string_view name) {
  return index_of(rule.hyperparameters, name).has_value();
}

}  // namespace plumbline::conformance
