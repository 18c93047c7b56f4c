#include "conformance/builtin/minimizer.hpp"

#include <algorithm>

#include "conformance/builtin/bound_rule.hpp"

namespace plumbline::conformance {
namespace {

/// The objective as the rule's text wants it, asked over there.
template <class Number>
class AskedAway final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  AskedAway(const Objective& objective, const CreateRequest& request)
      : objective_(objective), lengths_(request.lengths()) {
    for (const ParameterRequest& parameter : request.parameters) {
      shapes_.push_back(parameter.shape);
    }
  }

  Number value(Point point) const override { return Number(ask(point, {}).value); }
  Vector gradient(Point point) const override {
    Vector gradient;
    for (const auto& tensor : ask(point, {}).gradients) {
      gradient.insert(gradient.end(), tensor.begin(), tensor.end());
    }
    return gradient;
  }
  Matrix<Number> hessian(Point point) const override { return matrix(point, "hessian"); }
  Vector hessian_vector(Point point, Point direction) const override {
    const Matrix<Number> hessian = matrix(point, "hessian");
    Vector image;
    for (std::size_t row = 0; row < hessian.rows; ++row) {
      image.push_back(dot<Number>(hessian.row(row), direction));
    }
    return image;
  }
  std::optional<Matrix<Number>> fisher(Point point) const override {
    return matrix(point, "fisher");
  }
  std::optional<Vector> residuals(Point point) const override {
    return matrix(point, "residuals").entries;
  }
  std::optional<Matrix<Number>> jacobian(Point point) const override {
    return matrix(point, "jacobian");
  }
  /// The parameters are weights [outputs, inputs] and a bias, of one layer after the other.
  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    const Matrix<Number> inputs = matrix(point, "layer_inputs");
    const Matrix<Number> gradients = matrix(point, "layer_output_gradients");
    std::vector<Layer<Number>> layers;
    std::size_t input = 0;
    std::size_t output = 0;
    for (std::size_t weights = 0; weights + 1 < shapes_.size(); weights += 2) {
      const auto output_size = static_cast<std::size_t>(shapes_[weights].at(0));
      const auto input_size = static_cast<std::size_t>(shapes_[weights].at(1));
      layers.push_back({.weights = weights,
                        .bias = weights + 1,
                        .inputs = columns_of(inputs, input, input_size),
                        .output_gradients = columns_of(gradients, output, output_size),
                        .output_fisher = {}});
      input += input_size;
      output += output_size;
    }
    return layers;
  }

 private:
  const Objective& objective_;
  std::vector<std::size_t> lengths_;
  std::vector<std::vector<long>> shapes_;

  static Matrix<Number> columns_of(const Matrix<Number>& matrix, std::size_t first,
                                   std::size_t count) {
    Matrix<Number> part(matrix.rows, count);
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      std::ranges::copy(matrix.row(row).subspan(first, count), &part.at(row, 0));
    }
    return part;
  }

  Evaluation ask(Point point, const Objective::Wants& want) const {
    Tensors tensors;
    std::size_t next = 0;
    for (const std::size_t length : lengths_) {
      auto& tensor = tensors.emplace_back();
      for (std::size_t i = 0; i < length; ++i) tensor.push_back(point[next++].value());
    }
    return objective_(tensors, want);
  }

  Matrix<Number> matrix(Point point, const std::string& name) const {
    const Evaluation evaluation = ask(point, {name});
    const auto& rows = evaluation.wanted.at(name);
    Matrix<Number> matrix(rows.size(), rows.empty() ? 0 : rows.front().size());
    matrix.entries.clear();
    for (const auto& row : rows) {
      matrix.entries.insert(matrix.entries.end(), row.begin(), row.end());
    }
    return matrix;
  }
};

template <class Number>
std::vector<Number> as_numbers(std::span<const double> values) {
  return {values.begin(), values.end()};
}

template <class Format>
Tensors minimized(const Rule& rule, std::span<const double> hyperparameters,
                  std::span<const int> choices, const FormatDescription& storage,
                  const CreateRequest& request, long steps, const Objective& objective,
                  const Mutant* mutant) {
  using Number = Plain<Format>;
  const auto update = bound_rule<Number>(rule, hyperparameters, choices, mutant);
  const AskedAway<Number> asked(objective, request);
  std::vector<Number> point;
  for (const ParameterRequest& parameter : request.parameters) {
    point.insert(point.end(), parameter.values.begin(), parameter.values.end());
  }
  SharedState<Number> shared = update->start_shared({static_cast<long>(point.size())});
  StateTensors<Number> state = update->start_state(point, shared);
  for (long step = 1; step <= steps; ++step) {
    const auto at = static_cast<std::size_t>(step - 1);
    std::vector<Number> draws;
    if (at < request.draws.size()) draws = as_numbers<Number>(request.draws[at]);
    update->advance(shared);
    update->apply_on(&asked, point, draws, state, shared);
    for (Number& value : point) value = Number(storage.round(value.value()));
  }
  Tensors result;
  std::size_t next = 0;
  for (const std::size_t length : request.lengths()) {
    auto& tensor = result.emplace_back();
    for (std::size_t i = 0; i < length; ++i) tensor.push_back(point[next++].value());
  }
  return result;
}

}  // namespace

Tensors minimize_by(const Rule& rule, std::span<const double> hyperparameters,
                    std::span<const int> choices, const SubjectFormat& format,
                    const CreateRequest& request, long steps, const Objective& objective,
                    const Mutant* mutant) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    return minimized<Format>(rule, hyperparameters, choices, format.storage, request, steps,
                             objective, mutant);
  });
}

}  // namespace plumbline::conformance
