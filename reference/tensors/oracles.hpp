// An objective as an Oracle on every number of rules by objective.
#pragma once

#include <algorithm>

#include "reference/objective.hpp"
#include "reference/oracle.hpp"
#include "reference/tensors/mutated_operations.hpp"
#include "reference/tensors/tensor_arithmetic.hpp"
#include "reference/tensors/traced_operations.hpp"

namespace plumbline {

/// On tensors of numbers: the objective's own answers.
template <class Number>
class ObjectiveOracle final : public Oracle<typename TensorArithmetic<Number>::Value> {
 public:
  using Arithmetic = TensorArithmetic<Number>;
  using Value = typename Arithmetic::Value;

  explicit ObjectiveOracle(const ObjectiveOf<Number>& objective) : objective_(objective) {}

  Value value(const Value& point) const override {
    const Number answer = objective_.value(left(point));
    return Arithmetic::entered({}, std::span(&answer, 1));
  }
  Value gradient(const Value& point) const override {
    return Arithmetic::entered(point.shape(), objective_.gradient(left(point)));
  }
  Value hessian(const Value& point) const override {
    return entered(objective_.hessian(left(point)));
  }
  Value hessian_vector(const Value& point, const Value& direction) const override {
    return Arithmetic::entered(point.shape(),
                               objective_.hessian_vector(left(point), left(direction)));
  }
  Value fisher(const Value& point) const override {
    return entered(known(objective_.fisher(left(point)), "a Fisher matrix"));
  }
  Value residuals(const Value& point) const override {
    const auto answer = known(objective_.residuals(left(point)), "residuals");
    return Arithmetic::entered({static_cast<long>(answer.size()), 1}, answer);
  }
  Value jacobian(const Value& point) const override {
    return entered(known(objective_.jacobian(left(point)), "residuals"));
  }
  std::size_t layer_count(const Value& point) const override { return layers(point).size(); }
  Value layer_inputs(const Value& point, std::size_t layer) const override {
    const Matrix<Number> inputs = layers(point).at(layer).inputs;
    Matrix<Number> result(inputs.rows, inputs.columns + 1);
    for (std::size_t row = 0; row < inputs.rows; ++row) {
      std::ranges::copy(inputs.row(row), &result.at(row, 0));
      result.at(row, inputs.columns) = Number(1);
    }
    return entered(result);
  }
  Value layer_output_gradients(const Value& point, std::size_t layer) const override {
    return entered(layers(point).at(layer).output_gradients);
  }
  /// Weights and bias of each layer stand one after the other in the point.
  Value in_point(const Value& point, std::size_t layer, const Value& matrix) const override {
    const std::vector<Number> given = left(matrix);
    std::vector<Number> result(point.size());
    std::size_t first = 0;
    const auto all = layers(point);
    for (std::size_t before = 0; before < layer; ++before) {
      first += all[before].output_gradients.columns * (all[before].inputs.columns + 1);
    }
    const std::size_t outputs = all[layer].output_gradients.columns;
    const std::size_t inputs = all[layer].inputs.columns;
    for (std::size_t row = 0; row < outputs; ++row) {
      const auto from = given.begin() + static_cast<std::ptrdiff_t>(row * (inputs + 1));
      std::copy_n(from, inputs, result.begin() + static_cast<std::ptrdiff_t>(first + row * inputs));
      result[first + outputs * inputs + row] = from[static_cast<std::ptrdiff_t>(inputs)];
    }
    return Arithmetic::entered(point.shape(), result);
  }
  Value layer_square(const Value& squares, const Value& point, std::size_t layer,
                     LayerSide side) const override {
    const auto [first, size] = place_of_square(squares, point, layer, side);
    const std::vector<Number> all = left(squares);
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(first);
    const std::vector<Number> square(from, from + static_cast<std::ptrdiff_t>(size * size));
    return Arithmetic::entered({static_cast<long>(size), static_cast<long>(size)}, square);
  }
  Value with_layer_square(const Value& squares, const Value& point, std::size_t layer,
                          LayerSide side, const Value& square) const override {
    std::vector<Number> all = left(squares);
    const auto first =
        static_cast<std::ptrdiff_t>(place_of_square(squares, point, layer, side).first);
    std::ranges::copy(left(square), all.begin() + first);
    return Arithmetic::entered(squares.shape(), all);
  }

 private:
  const ObjectiveOf<Number>& objective_;

  /// Where the layer's square matrix starts among those of all layers, and its size.
  std::pair<std::size_t, std::size_t> place_of_square(const Value& squares, const Value& point,
                                                      std::size_t layer, LayerSide side) const {
    const auto all = layers(point);
    const auto size_of = [side](const Layer<Number>& one) {
      return side == LayerSide::inputs ? one.inputs.columns + 1 : one.output_gradients.columns;
    };
    std::size_t first = 0;
    for (std::size_t before = 0; before < layer; ++before) {
      first += size_of(all[before]) * size_of(all[before]);
    }
    const std::size_t size = size_of(all[layer]);
    if (squares.size() < first + size * size) {
      throw std::logic_error("SharedState::layers are not those of the objective");
    }
    return {first, size};
  }

  std::vector<Layer<Number>> layers(const Value& point) const {
    return known(objective_.layers(left(point)), "layers");
  }

  static std::vector<Number> left(const Value& value) {
    std::vector<Number> elements(value.size());
    Arithmetic::leave(value, elements);
    return elements;
  }
  static Value entered(const Matrix<Number>& matrix) {
    return Arithmetic::entered({static_cast<long>(matrix.rows), static_cast<long>(matrix.columns)},
                               matrix.entries);
  }
  template <class Answer>
  static Answer known(std::optional<Answer> answer, const char* what) {
    if (!answer) throw std::invalid_argument(std::string("the objective has no ") + what);
    return *std::move(answer);
  }
};

/// On Mutated tensors: the answers as they are.
template <class Base>
class MutatedOracle final : public Oracle<MutatedArray<Base>> {
 public:
  using Value = MutatedArray<Base>;
  explicit MutatedOracle(const ObjectiveOf<Base>& objective) : plain_(objective) {}

  Value value(const Value& point) const override {
    return Value::answered(NumberOperation::objective_value, point, plain_.value(point.value()));
  }
  Value gradient(const Value& point) const override {
    return Value::answered(NumberOperation::objective_gradient, point,
                           plain_.gradient(point.value()));
  }
  Value hessian(const Value& point) const override {
    return Value::answered(NumberOperation::objective_hessian, point,
                           plain_.hessian(point.value()));
  }
  Value hessian_vector(const Value& point, const Value& direction) const override {
    return Value::answered(NumberOperation::objective_hessian_vector, direction,
                           plain_.hessian_vector(point.value(), direction.value()));
  }
  Value fisher(const Value& point) const override {
    return Value::answered(NumberOperation::objective_fisher, point, plain_.fisher(point.value()));
  }
  Value residuals(const Value& point) const override {
    return Value::answered(NumberOperation::objective_residuals, point,
                           plain_.residuals(point.value()));
  }
  Value jacobian(const Value& point) const override {
    return Value::answered(NumberOperation::objective_jacobian, point,
                           plain_.jacobian(point.value()));
  }
  // What the layers saw is given, as a gradient is to other rules; its place is a view.
  std::size_t layer_count(const Value& point) const override {
    return plain_.layer_count(point.value());
  }
  Value layer_inputs(const Value& point, std::size_t layer) const override {
    return {plain_.layer_inputs(point.value(), layer),
            input_expression(Input::gradient, static_cast<int>(2 * layer) + 1)};
  }
  Value layer_output_gradients(const Value& point, std::size_t layer) const override {
    return {plain_.layer_output_gradients(point.value(), layer),
            input_expression(Input::gradient, static_cast<int>(2 * layer) + 2)};
  }
  Value in_point(const Value& point, std::size_t layer, const Value& matrix) const override {
    return {plain_.in_point(point.value(), layer, matrix.value()), matrix.expression()};
  }
  Value layer_square(const Value& squares, const Value& point, std::size_t layer,
                     LayerSide side) const override {
    return {plain_.layer_square(squares.value(), point.value(), layer, side), squares.expression()};
  }
  Value with_layer_square(const Value& squares, const Value& point, std::size_t layer,
                          LayerSide side, const Value& square) const override {
    return {plain_.with_layer_square(squares.value(), point.value(), layer, side, square.value()),
            square.expression()};
  }

 private:
  ObjectiveOracle<Base> plain_;
};

// Instantiated once, in oracles.cpp: each has many functions, on many numbers.
#define PLUMBLINE_EXTERN(...) extern template class ObjectiveOracle<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN
#define PLUMBLINE_EXTERN(...) extern template class MutatedOracle<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN

/// On symbols: the questions themselves.
class TracedOracle final : public Oracle<Traced> {
 public:
  Traced value(const Traced& point) const override {
    return Traced(Operation::objective_value, {point});
  }
  Traced gradient(const Traced& point) const override {
    return Traced(Operation::objective_gradient, {point});
  }
  Traced hessian(const Traced& point) const override {
    return Traced(Operation::objective_hessian, {point});
  }
  Traced hessian_vector(const Traced& point, const Traced& direction) const override {
    return Traced(Operation::objective_hessian_vector, {point, direction});
  }
  Traced fisher(const Traced& point) const override {
    return Traced(Operation::objective_fisher, {point});
  }
  Traced residuals(const Traced& point) const override {
    return Traced(Operation::objective_residuals, {point});
  }
  Traced jacobian(const Traced& point) const override {
    return Traced(Operation::objective_jacobian, {point});
  }
  std::size_t layer_count(const Traced&) const override { return 1; }
  Traced layer_inputs(const Traced&, std::size_t) const override {
    return Traced(Symbol{"a", "t-1", true});
  }
  Traced layer_output_gradients(const Traced&, std::size_t) const override {
    return Traced(Symbol{"d", "t-1", true});
  }
  Traced in_point(const Traced&, std::size_t, const Traced& matrix) const override {
    return matrix;
  }
  Traced layer_square(const Traced& squares, const Traced&, std::size_t, LayerSide) const override {
    return squares;
  }
  Traced with_layer_square(const Traced&, const Traced&, std::size_t, LayerSide,
                           const Traced& square) const override {
    return square;
  }
};

}  // namespace plumbline
