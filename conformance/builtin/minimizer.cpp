#include "conformance/builtin/minimizer.hpp"

#include "conformance/builtin/bound_rule.hpp"
#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {
namespace {

template <class Number>
std::vector<Number> as_numbers(std::span<const double> values) {
  return {values.begin(), values.end()};
}

template <class Number>
std::vector<double> as_doubles(std::span<const Number> values) {
  std::vector<double> result;
  for (const Number& value : values) result.push_back(value.value());
  return result;
}

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
    return as_numbers<Number>(flat(ask(point, {}).gradients));
  }
  Matrix<Number> hessian(Point point) const override { return matrix(point, "hessian"); }
  Vector hessian_vector(Point point, Point direction) const override {
    return image_of(matrix(point, "hessian"), direction);
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

  Evaluation ask(Point point, const Objective::Wants& want) const {
    return objective_(as_tensors(as_doubles<Number>(point), lengths_), want);
  }

  Matrix<Number> matrix(Point point, const std::string& name) const {
    return matrix_of<Number>(ask(point, {name}).wanted.at(name));
  }
};

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
  return as_tensors(as_doubles<Number>(point), request.lengths());
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
