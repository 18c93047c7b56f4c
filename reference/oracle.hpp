// What a rule asks of its objective, on the numbers that the rule's text runs on.
//
// A point and a direction are flat vectors [n] of all parameters; a gradient is one too, and
// a Hessian and a Fisher matrix are matrices [n, n]; residuals [m, 1], their Jacobian [m, n].
// Objectives that have no Fisher matrix, residuals or layers throw std::invalid_argument.
//
// A layer's parameters are one matrix [outputs, inputs + 1], the bias its last column; its
// inputs [examples, inputs + 1] end in a 1 for that, and its output gradients are [examples,
// outputs], so that gradients' inputs is the gradient in that matrix. A formula is that of
// one layer.
#pragma once

#include <cstddef>
#include <vector>

namespace plumbline {

/// Which side of a layer's matrix a square matrix belongs to.
enum class LayerSide { inputs, outputs };

/// Where a layer stands among all of them.
struct LayerPlace {
  std::size_t outputs, inputs;  ///< the sizes of its matrix
  std::size_t in_point;         ///< where its parameters begin
  /// Where its square matrices begin in state tensors that hold one for each layer.
  std::size_t in_output_squares, in_input_squares;
};

/// What a layer saw at a point.
template <class Value>
struct SeenLayer {
  LayerPlace place;
  Value inputs, output_gradients;
};

template <class Value>
class Oracle {
 public:
  virtual ~Oracle() = default;
  virtual Value value(const Value& point) const = 0;
  virtual Value gradient(const Value& point) const = 0;
  virtual Value hessian(const Value& point) const = 0;
  virtual Value hessian_vector(const Value& point, const Value& direction) const = 0;
  virtual Value fisher(const Value& point) const = 0;
  virtual Value residuals(const Value& point) const = 0;
  virtual Value jacobian(const Value& point) const = 0;
  virtual std::vector<SeenLayer<Value>> layers(const Value& point) const = 0;
  /// A vector like `point` that has the layer's matrix in its place, and 0 elsewhere.
  virtual Value in_point(const Value& point, const LayerPlace& place,
                         const Value& matrix) const = 0;
  /// Of a state tensor that holds a square matrix for each layer, that of this layer.
  virtual Value layer_square(const Value& squares, const LayerPlace& place,
                             LayerSide side) const = 0;
  /// The tensor with another matrix in its place.
  virtual Value with_layer_square(const Value& squares, const LayerPlace& place, LayerSide side,
                                  const Value& square) const = 0;
};

}  // namespace plumbline
