#include "conformance/builtin/distortions.hpp"

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {

void distort_hyperparameters(const Rule& rule, const Mutant& mutant, std::vector<double>& values) {
  double& value = values[mutant.target];
  switch (mutant.slip) {
    case Slip::hyperparameter_scaled:
      value *= mutant.factor;
      break;
    case Slip::hyperparameter_dropped:
      value = rule.hyperparameters[mutant.target].neutral.value_or(0);
      break;
    case Slip::hyperparameter_negated:
      value = -value;
      break;
    case Slip::hyperparameter_squared:
      value *= value;
      break;
    case Slip::hyperparameter_rooted:
      value = std::sqrt(value);
      break;
    case Slip::hyperparameter_complemented:
      value = 1 - value;
      break;
    case Slip::hyperparameters_swapped:
      std::swap(value, values[mutant.other]);
      break;
    case Slip::hyperparameter_times_rate:
      value *= values[0];
      break;
    case Slip::hyperparameter_over_rate:
      value /= values[0];
      break;
    case Slip::decay_scales_gradient:  // the gradient's part is the optimizer's
      value = 0;
      break;
    default:
      break;
  }
}

/// The same hyperparameters, by name, for another rule.
std::vector<double> translated(const Rule& from, const Rule& to,
                               const std::vector<double>& values) {
  std::vector<double> result;
  for (const Hyperparameter& hyperparameter : to.hyperparameters) {
    std::string_view name = hyperparameter.name;
    if (name == "rho") name = "beta2";
    const auto index = index_of(from.hyperparameters, name);
    result.push_back(index ? values[*index]
                           : hyperparameter.neutral.value_or(hyperparameter.default_value));
  }
  return result;
}

FormatDescription narrower(const FormatDescription& storage) {
  FormatDescription narrow = Binary32::description;
  narrow.precision = storage.precision == 53 ? 24 : storage.precision - 6;
  return narrow;
}

}  // namespace plumbline::conformance
