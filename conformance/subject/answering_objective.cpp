#include "conformance/subject/answering_objective.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {
namespace {

using Rows = std::vector<std::vector<double>>;

/// One rounding to the format, of a value that is known far beyond it.
std::vector<double> rounded(std::span<const Certified> values, const FormatDescription& format) {
  std::vector<double> result;
  for (const Certified& value : values) result.push_back(format.round(value.midpoint()));
  return result;
}

Rows rows_of(const Matrix<Certified>& matrix, const FormatDescription& format) {
  Rows rows;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    rows.push_back(rounded(matrix.row(row), format));
  }
  return rows;
}

/// Each example's row over all layers, side by side.
Rows layer_rows(const std::vector<Layer<Certified>>& layers,
                Matrix<Certified> Layer<Certified>::*part, const FormatDescription& format) {
  Rows rows((layers.front().*part).rows);
  for (const Layer<Certified>& layer : layers) {
    const Rows own = rows_of(layer.*part, format);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      rows[row].insert(rows[row].end(), own[row].begin(), own[row].end());
    }
  }
  return rows;
}

[[noreturn]] void decline(const plumbline::Objective& objective, const std::string& name) {
  throw SubjectDeclined(Outcome::unsupported,
                        "the objective " + std::string(objective.name) + " has no " + name);
}

Rows wanted(const plumbline::Objective& objective, const ObjectiveOf<Certified>& exact,
            const std::vector<Certified>& point, const std::string& name,
            const FormatDescription& format) {
  if (name == "hessian") return rows_of(exact.hessian(point), format);
  if (name == "fisher") {
    if (const auto fisher = exact.fisher(point)) return rows_of(*fisher, format);
  } else if (name == "jacobian") {
    if (const auto jacobian = exact.jacobian(point)) return rows_of(*jacobian, format);
  } else if (name == "residuals") {
    if (const auto residuals = exact.residuals(point)) return {rounded(*residuals, format)};
  } else if (name == "layer_inputs") {
    if (const auto all = exact.layers(point)) {
      return layer_rows(*all, &Layer<Certified>::inputs, format);
    }
  } else if (name == "layer_output_gradients") {
    if (const auto all = exact.layers(point)) {
      return layer_rows(*all, &Layer<Certified>::output_gradients, format);
    }
  }
  decline(objective, name);
}

/// As many numbers, none of them one.
Evaluation without_value(Evaluation answer) {
  const double none = std::nan("");
  answer.value = none;
  for (auto& gradient : answer.gradients) std::ranges::fill(gradient, none);
  for (auto& [name, rows] : answer.wanted) {
    for (auto& row : rows) std::ranges::fill(row, none);
  }
  return answer;
}

}  // namespace

Objective answering(const plumbline::Objective& objective, const SubjectFormat& format,
                    std::vector<AskedObjective>& asked) {
  const std::shared_ptr<const ObjectiveOf<Certified>> exact = objective.bind<Certified>();
  std::vector<std::size_t> lengths;
  for (const ParameterTensor& parameter : objective.parameters) lengths.push_back(parameter.size());
  return [&objective, &asked, exact, lengths, storage = format.storage](
             const Tensors& parameters, const Objective::Wants& want) {
    AskedObjective question{flat(parameters), {}};
    // Where it is not finite the objective has no value: NaN all over, as arithmetic gives.
    const bool finite =
        std::ranges::all_of(question.point, [](double value) { return std::isfinite(value); });
    const std::vector<double>& at = finite ? question.point : objective.start;
    const std::vector<Certified> point(at.begin(), at.end());
    const Certified value = exact->value(point);
    question.answer.value = rounded(std::span(&value, 1), storage).front();
    question.answer.gradients = as_tensors(rounded(exact->gradient(point), storage), lengths);
    for (const std::string& name : want) {
      question.answer.wanted[name] = wanted(objective, *exact, point, name, storage);
    }
    if (!finite) question.answer = without_value(std::move(question.answer));
    asked.push_back(question);
    return question.answer;
  };
}

}  // namespace plumbline::conformance
