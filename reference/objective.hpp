// An objective as the catalogue knows it: what it is fed, what is known of it exactly,
// and its value and derivatives bound to any number.
//
// Rules that need more than a gradient (a Hessian, a Fisher matrix, activations) and
// closed-loop trajectories, whose gradient is taken at their own point, run on these.
// The formulas are in the objectives' own files, compiled there for every number
// (define_objective.hpp).
//
// All parameters together are one flat point: the tensors in their order, each row by
// row. Gradients, directions and the rows and columns of matrices have that order too.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "reference/numbers/number.hpp"

namespace plumbline {

/// A dense matrix, row by row; made of zeros.
template <class Number>
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<Number> entries;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), entries(row_count * column_count) {}

  Number& at(std::size_t row, std::size_t column) { return entries[row * columns + column]; }
  const Number& at(std::size_t row, std::size_t column) const {
    return entries[row * columns + column];
  }
  std::span<const Number> row(std::size_t index) const {
    return std::span(entries).subspan(index * columns, columns);
  }
};

/// What one layer, outputs = weights inputs + bias, saw and passed back. Each example is a
/// term of the objective; its gradient in the weights is the outer product of its output
/// gradient and its input, and in the bias the output gradient.
template <class Number>
struct Layer {
  std::size_t weights;              ///< the tensor's index among the parameters, outputs x inputs
  std::size_t bias;                 ///< ... and the bias's, of length outputs
  Matrix<Number> inputs;            ///< examples x inputs
  Matrix<Number> output_gradients;  ///< examples x outputs, for the targets given
  /// For each example, outputs x outputs: the mean of the output gradient's outer product
  /// with itself where the target is drawn from the model at this point.
  std::vector<Matrix<Number>> output_fisher;
};

/// An objective on one kind of number. A point and a direction have as many elements as
/// there are parameters.
///
/// The objective is a sum of terms where it has any: one an example, with an equal share
/// of the regularization in each. Nothing is averaged over the examples.
template <class Number>
class ObjectiveOf {
 public:
  using Vector = std::vector<Number>;
  using Point = std::span<const Number>;

  virtual ~ObjectiveOf() = default;

  virtual Number value(Point point) const = 0;
  virtual Vector gradient(Point point) const = 0;
  /// Symmetric to the bit. Where the gradient has a kink, the value on one side of it;
  /// which side a point is on must be decided, as it is for `less`.
  virtual Matrix<Number> hessian(Point point) const = 0;
  /// The Hessian times a direction, not formed from the Hessian.
  virtual Vector hessian_vector(Point point, Point direction) const = 0;

  /// The Fisher information of the model at this point: the mean, over targets drawn from
  /// the model itself, of the outer products of the terms' gradients, summed. Without the
  /// regularization, which is no part of the model.
  virtual std::optional<Matrix<Number>> fisher(Point) const { return std::nullopt; }

  /// r of an objective that is 1/2 r'r, and its Jacobian, residuals x parameters.
  virtual std::optional<Vector> residuals(Point) const { return std::nullopt; }
  virtual std::optional<Matrix<Number>> jacobian(Point) const { return std::nullopt; }

  /// The gradients of the terms, terms x parameters. They add up to the gradient.
  virtual std::optional<Matrix<Number>> term_gradients(Point) const { return std::nullopt; }

  /// The layers in their order, from the inputs on.
  virtual std::optional<std::vector<Layer<Number>>> layers(Point) const { return std::nullopt; }
};

/// Lists the numbers that every objective is compiled for.
#define PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(apply)                                            \
  apply(Certified) apply(Rounded<Binary64>) apply(Rounded<Binary32>) apply(Rounded<BFloat16>) \
      apply(Rounded<Binary16>) apply(Plain<Binary64>) apply(Plain<Binary32>)                  \
          apply(Plain<BFloat16>) apply(Plain<Binary16>)

template <class Number>
using BindObjective = std::unique_ptr<ObjectiveOf<Number>> (*)();

#define PLUMBLINE_BIND_TYPE(...) BindObjective<__VA_ARGS__>,
using ObjectiveBindings =
    std::tuple<PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(PLUMBLINE_BIND_TYPE) std::nullptr_t>;
#undef PLUMBLINE_BIND_TYPE

/// A rational number, in lowest terms with a positive denominator.
struct Ratio {
  long numerator = 0;
  long denominator = 1;
};

/// One tensor of an objective's parameters.
struct ParameterTensor {
  std::string_view name;
  std::vector<long> shape;

  std::size_t size() const {
    std::size_t count = 1;
    for (const long length : shape) count *= static_cast<std::size_t>(length);
    return count;
  }
};

/// A point where the objective is least, at least in its neighbourhood: exactly, or each
/// coordinate as a decimal within one unit of its last digit.
struct Minimizer {
  std::vector<Ratio> exact = {};
  std::vector<std::string_view> decimal = {};
};

/// A bound of the Hessian's eigenvalues at all points.
struct CurvatureBound {
  Ratio value;
  bool tight;  ///< no better one holds
  std::string_view source;
};

struct Objective {
  std::string_view name;
  std::string_view title;
  std::string_view formula = {};
  std::string_view source = {};
  std::vector<ParameterTensor> parameters = {};
  std::vector<double> start = {};  ///< where trajectories begin; exact in bfloat16
  std::vector<Minimizer> minimizers = {};
  std::optional<Ratio> minimum = {};  ///< the least value of all, where it is rational
  /// The gradient's Lipschitz constant: no eigenvalue's magnitude is above it.
  std::optional<CurvatureBound> smoothness = {};
  /// No eigenvalue is below it.
  std::optional<CurvatureBound> strong_convexity = {};
  std::vector<double> spectrum =
      {};  ///< the eigenvalues, where they are exact and the same everywhere
  std::string_view notes = {};
  ObjectiveBindings bindings;

  /// How many parameters there are in all tensors.
  std::size_t dimension() const { return start.size(); }

  template <class Number>
  std::unique_ptr<ObjectiveOf<Number>> bind() const {
    return std::get<BindObjective<Number>>(bindings)();
  }
};

/// Every objective, in the order of reports.
std::span<const Objective> all_objectives();
/// By name; null where there is none.
const Objective* find_objective(std::string_view name);

}  // namespace plumbline
