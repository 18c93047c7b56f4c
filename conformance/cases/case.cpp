#include "conformance/cases/case.hpp"

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {

bool Case::changes_rate(long step) const {
  return !learning_rates.empty() && !std::isnan(learning_rates[static_cast<std::size_t>(step - 1)]);
}

bool Case::is_checkpoint(long step) const {
  return std::ranges::find(checkpoints, step) != checkpoints.end();
}

SubjectFormat Case::format_of(const CaseParameter& parameter, const SubjectFormat& format) const {
  return parameter.format.empty() ? format : find_format(parameter.format).value();
}

bool Case::fits(const SubjectFormat& format) const {
  for (const auto& step : draws) {
    if (!std::ranges::all_of(step, [&](double value) { return format.storage.holds(value); })) {
      return false;
    }
  }
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    const FormatDescription storage = format_of(parameters[index], format).storage;
    const auto held = [&](double value) { return storage.holds(value); };
    if (!std::ranges::all_of(parameters[index].initial, held)) return false;
    for (const auto& step : gradients) {
      if (step[index] && !std::ranges::all_of(*step[index], held)) return false;
    }
  }
  return !beside || beside->fits(format);
}

double start_for(const Rule& rule, double value) {
  constexpr double small = 0.125;
  if (!rule.positive_parameters) return value;
  return value == 0 ? small : std::abs(value);
}

std::vector<Shape> parameter_shapes(const Case& test_case) {
  std::vector<Shape> shapes;
  for (const CaseParameter& parameter : test_case.parameters) shapes.push_back(parameter.shape);
  return shapes;
}

bool applies(const Case& test_case, const Dialect& dialect) {
  const auto has_place = [&](const std::vector<double>& values) {
    return has_place_for(dialect, test_case.rule->hyperparameters, values);
  };
  return has_place(test_case.hyperparameters) && std::ranges::all_of(test_case.groups, has_place);
}

}  // namespace plumbline::conformance
