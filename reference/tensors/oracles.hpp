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
  std::vector<SeenLayer<Value>> layers(const Value& point) const override {
    std::vector<SeenLayer<Value>> seen;
    LayerPlace next{};
    for (const Layer<Number>& layer : known(objective_.layers(left(point)), "layers")) {
      next.outputs = layer.output_gradients.columns;
      next.inputs = layer.inputs.columns + 1;
      seen.push_back({next, entered(with_ones(layer.inputs)), entered(layer.output_gradients)});
      next.in_point += next.outputs * next.inputs;
      next.in_output_squares += next.outputs * next.outputs;
      next.in_input_squares += next.inputs * next.inputs;
    }
    return seen;
  }
  /// Weights and bias of each layer stand one after the other in the point.
  Value in_point(const Value& point, const LayerPlace& place, const Value& matrix) const override {
    const std::vector<Number> given = left(matrix);
    std::vector<Number> result(point.size());
    const std::size_t weights = place.inputs - 1;
    for (std::size_t row = 0; row < place.outputs; ++row) {
      const auto from = given.begin() + static_cast<std::ptrdiff_t>(row * place.inputs);
      const auto into = result.begin() + static_cast<std::ptrdiff_t>(place.in_point);
      std::copy_n(from, weights, into + static_cast<std::ptrdiff_t>(row * weights));
      into[static_cast<std::ptrdiff_t>(place.outputs * weights + row)] =
          from[static_cast<std::ptrdiff_t>(weights)];
    }
    return Arithmetic::entered(point.shape(), result);
  }
  Value layer_square(const Value& squares, const LayerPlace& place, LayerSide side) const override {
    const auto [first, size] = square_in(squares, place, side);
    const std::vector<Number> all = left(squares);
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(first);
    const std::vector<Number> square(from, from + static_cast<std::ptrdiff_t>(size * size));
    return Arithmetic::entered({static_cast<long>(size), static_cast<long>(size)}, square);
  }
  Value with_layer_square(const Value& squares, const LayerPlace& place, LayerSide side,
                          const Value& square) const override {
    std::vector<Number> all = left(squares);
    const std::size_t first = square_in(squares, place, side).first;
    std::ranges::copy(left(square), all.begin() + static_cast<std::ptrdiff_t>(first));
    return Arithmetic::entered(squares.shape(), all);
  }

 private:
  const ObjectiveOf<Number>& objective_;

  /// Where the layer's square matrix begins, and its size.
  static std::pair<std::size_t, std::size_t> square_in(const Value& squares,
                                                       const LayerPlace& place, LayerSide side) {
    const bool of_inputs = side == LayerSide::inputs;
    const std::size_t first = of_inputs ? place.in_input_squares : place.in_output_squares;
    const std::size_t size = of_inputs ? place.inputs : place.outputs;
    if (squares.size() < first + size * size) {
      throw std::logic_error("SharedState::layers are not those of the objective");
    }
    return {first, size};
  }
  static Matrix<Number> with_ones(const Matrix<Number>& inputs) {
    Matrix<Number> result(inputs.rows, inputs.columns + 1);
    for (std::size_t row = 0; row < inputs.rows; ++row) {
      std::ranges::copy(inputs.row(row), &result.at(row, 0));
      result.at(row, inputs.columns) = Number(1);
    }
    return result;
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
  std::vector<SeenLayer<Value>> layers(const Value& point) const override {
    std::vector<SeenLayer<Value>> seen;
    for (const auto& layer : plain_.layers(point.value())) {
      const int number = static_cast<int>(2 * seen.size());
      seen.push_back({layer.place,
                      {layer.inputs, input_expression(Input::gradient, number + 1)},
                      {layer.output_gradients, input_expression(Input::gradient, number + 2)}});
    }
    return seen;
  }
  Value in_point(const Value& point, const LayerPlace& place, const Value& matrix) const override {
    return {plain_.in_point(point.value(), place, matrix.value()), matrix.expression()};
  }
  Value layer_square(const Value& squares, const LayerPlace& place, LayerSide side) const override {
    return {plain_.layer_square(squares.value(), place, side), squares.expression()};
  }
  Value with_layer_square(const Value& squares, const LayerPlace& place, LayerSide side,
                          const Value& square) const override {
    return {plain_.with_layer_square(squares.value(), place, side, square.value()),
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
  std::vector<SeenLayer<Traced>> layers(const Traced&) const override {
    return {{{}, Traced(Symbol{"a", "t-1", true}), Traced(Symbol{"d", "t-1", true})}};
  }
  Traced in_point(const Traced&, const LayerPlace&, const Traced& matrix) const override {
    return matrix;
  }
  Traced layer_square(const Traced& squares, const LayerPlace&, LayerSide) const override {
    return squares;
  }
  Traced with_layer_square(const Traced&, const LayerPlace&, LayerSide,
                           const Traced& square) const override {
    return square;
  }
};

}  // namespace plumbline
