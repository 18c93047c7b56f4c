// A network of two layers with tanh between, and squared loss.
//
//   f(W1, b1, W2, b2) = 1/2 sum_n |r_n|^2,   r_n = W2 h_n + b2 - t_n,   h_n = tanh(W1 x_n + b1)
//
// Backwards: d2_n = r_n, d1_n = (W2'd2_n) (1 - h_n^2); the gradients are the sums of d1_n x_n',
// d1_n, d2_n h_n' and d2_n. With targets drawn from a Gaussian of variance 1 about the
// outputs the Fisher matrix is J'J, J the residuals' Jacobian, which is the Gauss-Newton
// matrix. The Hessian adds the residuals times the outputs' own second derivatives.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr std::size_t examples = 4;
constexpr std::size_t inputs = 2;
constexpr std::size_t hidden = 2;
constexpr std::size_t outputs = 2;
// Two inputs, and 1 for the bias.
constexpr DataTable<examples, inputs + 1> features{
    {{0.5, -1, 1}, {-1, 0.25, 1}, {0.75, 1, 1}, {-0.5, -0.75, 1}}};
constexpr DataTable<examples, outputs> targets{{{0.5, -0.25}, {-1, 0.75}, {0.25, 1}, {-0.5, 0}}};

/// A parameter's place: W[row][column], the bias being the column after the last.
struct Place {
  bool first_layer;
  std::size_t row, column;
};

constexpr std::size_t first_bias = hidden * inputs;
constexpr std::size_t second_weights = first_bias + hidden;
constexpr std::size_t second_bias = second_weights + outputs * hidden;
constexpr std::size_t parameters = second_bias + outputs;

constexpr Place place_of(std::size_t parameter) {
  if (parameter < first_bias) return {true, parameter / inputs, parameter % inputs};
  if (parameter < second_weights) return {true, parameter - first_bias, inputs};
  if (parameter < second_bias) {
    return {false, (parameter - second_weights) / hidden, (parameter - second_weights) % hidden};
  }
  return {false, parameter - second_bias, hidden};
}

/// A point or a direction, by its tensors.
template <class Number>
struct Weights {
  std::span<const Number> flat;

  const Number& first(std::size_t j, std::size_t i) const {
    return flat[i < inputs ? j * inputs + i : first_bias + j];
  }
  const Number& second(std::size_t k, std::size_t j) const {
    return flat[j < hidden ? second_weights + k * hidden + j : second_bias + k];
  }
};

/// One example's way through the network and back.
template <class Number>
struct Pass {
  Weights<Number> weights;
  std::size_t example;
  std::array<Number, hidden + 1> units;  ///< h, and 1 for the bias
  std::array<Number, hidden> slopes;     ///< 1 - h^2
  std::array<Number, outputs> residuals;
  std::array<Number, hidden> returned;  ///< W2'r

  Pass(std::span<const Number> point, std::size_t number) : weights{point}, example(number) {
    units[hidden] = Number(1);
    for (std::size_t j = 0; j < hidden; ++j) {
      units[j] = tanh(into_unit(weights, j));
      slopes[j] = Number(1) - square(units[j]);
    }
    for (std::size_t k = 0; k < outputs; ++k) {
      const Number output = sum_over<Number>(
          hidden + 1, [&](std::size_t j) { return weights.second(k, j) * units[j]; });
      residuals[k] = output - Number(targets[example][k]);
    }
    for (std::size_t j = 0; j < hidden; ++j) {
      returned[j] = sum_over<Number>(
          outputs, [&](std::size_t k) { return weights.second(k, j) * residuals[k]; });
    }
  }

  Number input(std::size_t i) const { return Number(features[example][i]); }

  /// W1 x + b1 in one unit, for these weights.
  Number into_unit(const Weights<Number>& given, std::size_t j) const {
    return sum_over<Number>(inputs + 1,
                            [&](std::size_t i) { return given.first(j, i) * input(i); });
  }

  /// The gradient of 1/2 |r|^2 in one parameter.
  Number gradient(const Place& place) const {
    if (place.first_layer) {
      return returned[place.row] * slopes[place.row] * input(place.column);
    }
    return residuals[place.row] * units[place.column];
  }

  /// The derivative of residual k in one parameter.
  Number derivative(std::size_t k, const Place& place) const {
    if (place.first_layer) {
      return weights.second(k, place.row) * slopes[place.row] * input(place.column);
    }
    return place.row == k ? units[place.column] : Number(0);
  }

  Number gauss_newton(const Place& one, const Place& other) const {
    return sum_over<Number>(
        outputs, [&](std::size_t k) { return derivative(k, one) * derivative(k, other); });
  }

  /// The second derivatives of the outputs in two parameters, times the residuals.
  Number of_outputs(const Place& one, const Place& other) const {
    if (one.first_layer && other.first_layer) {
      if (one.row != other.row) return Number(0);
      const std::size_t j = one.row;
      return returned[j] * (Number(-2) * units[j] * slopes[j]) *
             (input(one.column) * input(other.column));
    }
    if (one.first_layer == other.first_layer) return Number(0);
    const Place& first = one.first_layer ? one : other;
    const Place& second = one.first_layer ? other : one;
    if (second.column != first.row) return Number(0);
    return residuals[second.row] * slopes[first.row] * input(first.column);
  }

  /// The Hessian of 1/2 |r|^2 times a direction: the change of the gradient when the
  /// weights move that way (Pearlmutter 1994).
  std::vector<Number> hessian_vector(std::span<const Number> direction) const {
    const Weights<Number> moved{direction};
    std::array<Number, hidden + 1> unit_change;  // of the bias's 1: none
    std::array<Number, outputs> residual_change;
    std::array<Number, hidden> slope_change;
    for (std::size_t j = 0; j < hidden; ++j) unit_change[j] = slopes[j] * into_unit(moved, j);
    for (std::size_t k = 0; k < outputs; ++k) {
      residual_change[k] = sum_over<Number>(hidden + 1, [&](std::size_t j) {
        return moved.second(k, j) * units[j] + weights.second(k, j) * unit_change[j];
      });
    }
    for (std::size_t j = 0; j < hidden; ++j) {
      const Number returned_change = sum_over<Number>(outputs, [&](std::size_t k) {
        return moved.second(k, j) * residuals[k] + weights.second(k, j) * residual_change[k];
      });
      slope_change[j] =
          returned_change * slopes[j] - returned[j] * (Number(2) * units[j] * unit_change[j]);
    }
    return vector_of<Number>(parameters, [&](std::size_t p) {
      const auto [first_layer, row, column] = place_of(p);
      if (first_layer) return slope_change[row] * input(column);
      return residual_change[row] * units[column] + residuals[row] * unit_change[column];
    });
  }
};

template <class Number>
class Network final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Vector off = *residuals(point);
    return Number(0.5) *
           sum_over<Number>(off.size(), [&](std::size_t i) { return square(off[i]); });
  }

  Vector gradient(Point point) const override {
    const auto passes = passes_at(point);
    return vector_of<Number>(parameters, [&](std::size_t p) {
      return sum_over<Number>(examples,
                              [&](std::size_t n) { return passes[n].gradient(place_of(p)); });
    });
  }

  Matrix<Number> hessian(Point point) const override {
    const auto passes = passes_at(point);
    return symmetric_of<Number>(parameters, [&](std::size_t p, std::size_t q) {
      const Place one = place_of(p);
      const Place other = place_of(q);
      return sum_over<Number>(examples, [&](std::size_t n) {
        return passes[n].gauss_newton(one, other) + passes[n].of_outputs(one, other);
      });
    });
  }

  Vector hessian_vector(Point point, Point direction) const override {
    std::vector<Vector> images;
    for (const Pass<Number>& pass : passes_at(point)) {
      images.push_back(pass.hessian_vector(direction));
    }
    return vector_of<Number>(parameters, [&](std::size_t p) {
      return sum_over<Number>(examples, [&](std::size_t n) { return images[n][p]; });
    });
  }

  std::optional<Matrix<Number>> fisher(Point point) const override {
    const auto passes = passes_at(point);
    return symmetric_of<Number>(parameters, [&](std::size_t p, std::size_t q) {
      return sum_over<Number>(examples, [&](std::size_t n) {
        return passes[n].gauss_newton(place_of(p), place_of(q));
      });
    });
  }

  std::optional<Vector> residuals(Point point) const override {
    const auto passes = passes_at(point);
    return vector_of<Number>(examples * outputs, [&](std::size_t i) {
      return passes[i / outputs].residuals[i % outputs];
    });
  }

  std::optional<Matrix<Number>> jacobian(Point point) const override {
    const auto passes = passes_at(point);
    return matrix_of<Number>(examples * outputs, parameters, [&](std::size_t i, std::size_t p) {
      return passes[i / outputs].derivative(i % outputs, place_of(p));
    });
  }

  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    const auto passes = passes_at(point);
    return matrix_of<Number>(examples, parameters, [&](std::size_t n, std::size_t p) {
      return passes[n].gradient(place_of(p));
    });
  }

  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    const auto passes = passes_at(point);
    Layer<Number> first{
        .weights = 0,
        .bias = 1,
        .inputs = matrix_of<Number>(
            examples, inputs, [&](std::size_t n, std::size_t i) { return passes[n].input(i); }),
        .output_gradients = matrix_of<Number>(examples, hidden,
                                              [&](std::size_t n, std::size_t j) {
                                                return passes[n].returned[j] * passes[n].slopes[j];
                                              }),
        .output_fisher = {}};
    Layer<Number> second{
        .weights = 2,
        .bias = 3,
        .inputs = matrix_of<Number>(
            examples, hidden, [&](std::size_t n, std::size_t j) { return passes[n].units[j]; }),
        .output_gradients =
            matrix_of<Number>(examples, outputs,
                              [&](std::size_t n, std::size_t k) { return passes[n].residuals[k]; }),
        .output_fisher = {}};
    for (const Pass<Number>& pass : passes) {
      // The unit's bias is what its output gradient is the derivative in.
      first.output_fisher.push_back(symmetric_of<Number>(hidden, [&](std::size_t j, std::size_t l) {
        return pass.gauss_newton({true, j, inputs}, {true, l, inputs});
      }));
      second.output_fisher.push_back(symmetric_of<Number>(
          outputs, [](std::size_t k, std::size_t l) { return Number(k == l ? 1 : 0); }));
    }
    return std::vector<Layer<Number>>{std::move(first), std::move(second)};
  }

 private:
  static std::vector<Pass<Number>> passes_at(Point point) {
    std::vector<Pass<Number>> passes;
    passes.reserve(examples);
    for (std::size_t n = 0; n < examples; ++n) passes.emplace_back(point, n);
    return passes;
  }
};

}  // namespace

Objective network() {
  return {.name = "network",
          .title = "A network of two layers, tanh and squared loss",
          .formula = "1/2 sum_n |W2 tanh(W1 x_n + b1) + b2 - t_n|^2",
          .source =
              "Rumelhart, Hinton and Williams 1986, Nature 323; Pearlmutter 1994, Neural "
              "Comput. 6(1), for the Hessian times a vector",
          .parameters = {{"W1", {2, 2}}, {"b1", {2}}, {"W2", {2, 2}}, {"b2", {2}}},
          .start = {0.5, -0.25, -0.75, 1, 0.125, -0.5, 1, -0.5, 0.25, 0.75, -0.125, 0.375},
          .notes =
              "4 examples; symmetric in the order of the units and in the sign of each, so that "
              "no minimizer is the only one",
          .bindings = objective_bindings<Network>()};
}

}  // namespace plumbline::objectives
