// Operations on whole tensors, for every number of tensor rules: Array<Base>, Traced and
// Mutated<Array<Base>> (the latter two in their own files).
//
// Results are scalars [], columns [r, 1], rows [1, c] or matrices [r, c].
#pragma once

#include "reference/tensors/array.hpp"

namespace plumbline {

/// The tensor as a matrix of its first size by all others.
template <class Base>
Array<Base> as_matrix(const Array<Base>& value) {
  return Array<Base>({static_cast<long>(value.rows()), static_cast<long>(value.columns())},
                     value.elements());
}
/// The elements of `value` in the shape of `model`.
template <class Base>
Array<Base> in_shape_of(const Array<Base>& model, const Array<Base>& value) {
  return Array<Base>(model.shape(), value.elements());
}
/// True for two sizes and more. A formula is written for a matrix.
template <class Base>
bool is_matrix(const Array<Base>& value) {
  return value.shape().size() >= 2;
}
/// More rows than columns. A formula is written for a wide matrix.
template <class Base>
bool is_tall(const Array<Base>& value) {
  return value.rows() > value.columns();
}
/// Of a step's draws those for the point's elements, in its shape: the first ones.
template <class Base>
Array<Base> draws_like(const Array<Base>& point, const Array<Base>& draws) {
  const auto first = draws.elements().begin();
  return Array<Base>(point.shape(), {first, first + static_cast<std::ptrdiff_t>(point.size())});
}
/// Of a step's draws the last one, as a scalar.
template <class Base>
Array<Base> last_draw(const Array<Base>& draws) {
  return Array<Base>(draws.elements().back());
}
template <class Base>
Array<Base> row_count(const Array<Base>& value) {
  return Array<Base>(static_cast<double>(value.rows()));
}
template <class Base>
Array<Base> column_count(const Array<Base>& value) {
  return Array<Base>(static_cast<double>(value.columns()));
}

/// The sum of all elements, added in any order.
template <class Base>
Array<Base> total(const Array<Base>& value) {
  return Array<Base>(sum(std::span<const Base>(value.elements())));
}
/// The mean of all elements.
template <class Base>
Array<Base> mean(const Array<Base>& value) {
  return total(value) / Array<Base>(static_cast<double>(value.size()));
}
/// The sum of the products of elements at the same place.
template <class Base>
Array<Base> inner_product(const Array<Base>& left, const Array<Base>& right) {
  return Array<Base>(
      dot(std::span<const Base>(left.elements()), std::span<const Base>(right.elements())));
}
/// The Euclidean (of a matrix: Frobenius) norm.
template <class Base>
Array<Base> norm(const Array<Base>& value) {
  return sqrt(inner_product(value, value));
}

template <class Base>
Array<Base> row_means(const Array<Base>& matrix) {
  std::vector<Base> means;
  const auto columns = static_cast<double>(matrix.columns());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    const auto first = matrix.elements().data() + row * matrix.columns();
    means.push_back(sum(std::span<const Base>(first, matrix.columns())) / Base(columns));
  }
  return Array<Base>({static_cast<long>(matrix.rows()), 1}, std::move(means));
}

template <class Base>
Array<Base> transposed(const Array<Base>& matrix) {
  std::vector<Base> elements;
  elements.reserve(matrix.size());
  for (std::size_t column = 0; column < matrix.columns(); ++column) {
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
      elements.push_back(matrix.at(row, column));
    }
  }
  return Array<Base>({static_cast<long>(matrix.columns()), static_cast<long>(matrix.rows())},
                     std::move(elements));
}
template <class Base>
Array<Base> column_means(const Array<Base>& matrix) {
  return transposed(row_means(transposed(matrix)));
}

template <class Base>
Array<Base> matrix_product(const Array<Base>& left, const Array<Base>& right) {
  if (left.columns() != right.rows()) throw std::invalid_argument("matrices that do not fit");
  const Array<Base> columns = transposed(right);
  const std::size_t inner = left.columns();
  std::vector<Base> elements;
  elements.reserve(left.rows() * right.columns());
  for (std::size_t row = 0; row < left.rows(); ++row) {
    for (std::size_t column = 0; column < right.columns(); ++column) {
      elements.push_back(
          dot(std::span<const Base>(left.elements().data() + row * inner, inner),
              std::span<const Base>(columns.elements().data() + column * inner, inner)));
    }
  }
  return Array<Base>({static_cast<long>(left.rows()), static_cast<long>(right.columns())},
                     std::move(elements));
}

/// The identity with as many rows as the matrix has.
template <class Base>
Array<Base> identity_like(const Array<Base>& matrix) {
  const std::size_t size = matrix.rows();
  std::vector<Base> elements(size * size);
  for (std::size_t i = 0; i < size; ++i) elements[i * size + i] = Base(1);
  return Array<Base>({static_cast<long>(size), static_cast<long>(size)}, std::move(elements));
}

}  // namespace plumbline
