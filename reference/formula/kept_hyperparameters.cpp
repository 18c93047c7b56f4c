// Which hyperparameters a dialect's formula is printed with.
#include <algorithm>

#include "reference/formula/formula.hpp"

namespace plumbline {

KeptHyperparameters all_hyperparameters(const Rule& rule, const Dialect& dialect) {
  KeptHyperparameters kept;
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    kept.push_back(std::ranges::find(dialect.without, hyperparameter.name) ==
                   dialect.without.end());
  }
  return kept;
}

KeptHyperparameters usual_hyperparameters(const Rule& rule, const Dialect& dialect) {
  const KeptHyperparameters all = all_hyperparameters(rule, dialect);
  KeptHyperparameters kept = all;
  std::vector<double> defaults;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Hyperparameter& hyperparameter = rule.hyperparameters[i];
    kept[i] = kept[i] && hyperparameter.neutral != hyperparameter.default_value;
    defaults.push_back(hyperparameter.default_value);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] || !all[i]) continue;
    const std::vector<std::size_t> live = formula_of(rule, dialect.choices, kept).state;
    for (std::size_t tensor = 0; tensor < rule.state.size(); ++tensor) {
      kept[i] = kept[i] || (in_use(rule, rule.state[tensor], defaults, dialect.choices) &&
                            std::ranges::find(live, tensor) == live.end());
    }
  }
  return kept;
}

}  // namespace plumbline
