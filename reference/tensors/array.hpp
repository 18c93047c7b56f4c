// Array<Base>: a whole tensor as one number.
//
// A rule whose elements depend on each other (a norm, a matrix product) is written over
// numbers that are tensors: the same text with the same operators, plus the operations
// below. Base is any number of reference/numbers/; hyperparameters and what is computed
// from them alone stay scalars, and meet tensors as everywhere.
//
// Elements are row-major. A shape [] is a scalar. Operands of `+ - * /`, max and min have
// equal shapes, or one of them is a scalar, or a size of 1 is repeated (a column [r, 1]
// with a row [1, c] or a matrix [r, c]). std::invalid_argument otherwise.
//
// tensors/ holds what tensor rules are made of: this number, functions of matrices, and
// the wrapper that makes an Update of a rule's text (define_tensor_rule.hpp).
#pragma once

#include <stdexcept>
#include <utility>
#include <vector>

#include "reference/numbers/carried_out.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/numbers/number.hpp"
#include "reference/rule.hpp"

namespace plumbline {

template <class Base>
class Array {
 public:
  using Element = Base;

  Array() : elements_(1) {}  ///< the scalar 0
  Array(double exact) : elements_{Base(exact)} {}
  Array(int exact) : elements_{Base(exact)} {}
  Array(Base value) : elements_{std::move(value)} {}
  template <class Other>
  requires(std::is_same_v<Other, Scalar<Base>> && !std::is_same_v<Other, Base>)
      Array(const Other& scalar)
      : elements_{Base(scalar)} {}
  /// std::invalid_argument where there are more or fewer elements than the shape has.
  Array(Shape shape, std::vector<Base> elements);

  const Shape& shape() const { return shape_; }
  std::size_t size() const { return elements_.size(); }
  const std::vector<Base>& elements() const { return elements_; }
  const Base& operator[](std::size_t place) const { return elements_[place]; }
  bool is_scalar() const { return shape_.empty(); }
  /// As a matrix: the first size, and all others. A vector is a column.
  std::size_t rows() const { return is_scalar() ? 1 : static_cast<std::size_t>(shape_.front()); }
  std::size_t columns() const { return rows() == 0 ? 0 : size() / rows(); }
  const Base& at(std::size_t row, std::size_t column) const {
    return elements_[row * columns() + column];
  }

  friend Array operator+(const Array& left, const Array& right) {
    return joined(NumberOperation::add, left, right);
  }
  friend Array operator-(const Array& left, const Array& right) {
    return joined(NumberOperation::subtract, left, right);
  }
  friend Array operator*(const Array& left, const Array& right) {
    return joined(NumberOperation::multiply, left, right);
  }
  friend Array operator/(const Array& left, const Array& right) {
    return joined(NumberOperation::divide, left, right);
  }
  friend Array max(const Array& left, const Array& right) {
    return joined(NumberOperation::max, left, right);
  }
  friend Array min(const Array& left, const Array& right) {
    return joined(NumberOperation::min, left, right);
  }
  friend Array power(const Array& base, const Array& exponent) {
    return joined(NumberOperation::power, base, exponent);
  }
  friend Array operator-(const Array& value) { return mapped(NumberOperation::negate, value); }
  friend Array square(const Array& value) { return mapped(NumberOperation::square, value); }
  friend Array sqrt(const Array& value) { return mapped(NumberOperation::sqrt, value); }
  friend Array abs(const Array& value) { return mapped(NumberOperation::abs, value); }
  friend Array sign(const Array& value) { return mapped(NumberOperation::sign, value); }
  friend Array cos(const Array& value) { return mapped(NumberOperation::cos, value); }
  friend Array exp(const Array& value) { return mapped(NumberOperation::exp, value); }
  friend Array log(const Array& value) { return mapped(NumberOperation::log, value); }
  friend Array tanh(const Array& value) { return mapped(NumberOperation::tanh, value); }
  friend Array erf(const Array& value) { return mapped(NumberOperation::erf, value); }
  friend Array as_result(const Array& value) { return with_results(value); }
  static Array pi() { return Array(plumbline::pi<Base>()); }
  /// Between scalars.
  friend bool less(const Array& left, const Array& right) {
    if (left.size() != 1 || right.size() != 1) {
      throw std::invalid_argument("tensors are not ordered");
    }
    return less(left[0], right[0]);
  }

 private:
  Shape shape_;
  std::vector<Base> elements_;

  // Not inline: every rule would compile them again, for every number.
  static Shape common_shape(const Array& left, const Array& right);
  static Array mapped(NumberOperation operation, const Array& value);
  static Array joined(NumberOperation operation, const Array& left, const Array& right);
  static Array with_results(const Array& value);
};

template <class Base>
Array<Base>::Array(Shape shape, std::vector<Base> elements)
    : shape_(std::move(shape)), elements_(std::move(elements)) {
  if (elements_.size() != element_count(shape_)) {
    throw std::invalid_argument("a tensor with another number of elements than its shape's");
  }
}

/// The shape of the result; the sizes of 1 are repeated.
template <class Base>
Shape Array<Base>::common_shape(const Array& left, const Array& right) {
  if (left.shape_ == right.shape_ || right.is_scalar()) return left.shape_;
  if (left.is_scalar()) return right.shape_;
  bool fit = left.shape_.size() == right.shape_.size();
  Shape shape;
  for (std::size_t i = 0; fit && i < left.shape_.size(); ++i) {
    const long one = left.shape_[i];
    const long other = right.shape_[i];
    fit = one == other || one == 1 || other == 1;
    shape.push_back(one == 1 ? other : one);
  }
  if (!fit || shape.size() != 2) throw std::invalid_argument("tensors of different shapes");
  return shape;
}

template <class Base>
Array<Base> Array<Base>::mapped(NumberOperation operation, const Array& value) {
  std::vector<Base> elements;
  elements.reserve(value.size());
  for (const Base& element : value.elements_) elements.push_back(carried_out(operation, element));
  return Array(value.shape_, std::move(elements));
}

template <class Base>
Array<Base> Array<Base>::with_results(const Array& value) {
  std::vector<Base> elements;
  elements.reserve(value.size());
  for (const Base& element : value.elements_) elements.push_back(as_result(element));
  return Array(value.shape_, std::move(elements));
}

template <class Base>
Array<Base> Array<Base>::joined(NumberOperation operation, const Array& left, const Array& right) {
  Shape shape = common_shape(left, right);
  const std::size_t count = element_count(shape);
  std::vector<Base> elements;
  elements.reserve(count);
  const bool alike = left.size() == count && right.size() == count;
  const std::size_t columns = shape.size() == 2 ? static_cast<std::size_t>(shape[1]) : count;
  const auto place = [&](const Array& operand, std::size_t i) -> std::size_t {
    if (alike || operand.size() == count) return i;
    if (operand.size() == 1) return 0;
    return operand.rows() == 1 ? i % columns : i / columns;
  };
  for (std::size_t i = 0; i < count; ++i) {
    elements.push_back(
        carried_out(operation, left.elements_[place(left, i)], right.elements_[place(right, i)]));
  }
  return Array(std::move(shape), std::move(elements));
}

template <class Base>
struct NumberTraits<Array<Base>> {
  using Scalar = typename NumberTraits<Base>::Scalar;
};

/// Element by element; see numbers/moving_mean.hpp. The tensors have one shape.
template <class Base>
Array<Base> moving_mean(const Scalar<Array<Base>>& beta, const Array<Base>& mean,
                        const Array<Base>& value) {
  if (mean.size() != value.size()) throw std::invalid_argument("a mean of different shapes");
  std::vector<Base> elements;
  elements.reserve(mean.size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    elements.push_back(moving_mean(beta, mean[i], value[i]));
  }
  return Array<Base>(mean.shape(), std::move(elements));
}

template <class Value>
inline constexpr bool is_array = false;
template <class Base>
inline constexpr bool is_array<Array<Base>> = true;
template <class Base>
inline constexpr bool holds_tensors<Array<Base>> = true;

}  // namespace plumbline
