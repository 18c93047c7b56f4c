// Operations on whole tensors, for every number of tensor rules: Array<Base>, Traced and
// Mutated<Array<Base>> (the latter two in their own files).
//
// Results are scalars [], columns [r, 1], rows [1, c] or matrices [r, c].
#pragma once

#include <algorithm>

#include "reference/numbers/first_order.hpp"
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
/// A step's draws in rows as long as the point.
template <class Base>
Array<Base> draws_in_rows(const Array<Base>& point, const Array<Base>& draws) {
  const std::size_t length = point.size();
  return Array<Base>({static_cast<long>(draws.size() / length), static_cast<long>(length)},
                     draws.elements());
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
/// The least of all elements.
template <class Base>
Array<Base> least(const Array<Base>& value) {
  Base result = value[0];
  for (std::size_t place = 1; place < value.size(); ++place) result = min(result, value[place]);
  return Array<Base>(std::move(result));
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
/// The Euclidean (of a matrix: Frobenius) norm. Of squares, which no enclosure lets be
/// negative, as a product of two might be.
template <class Base>
Array<Base> norm(const Array<Base>& value) {
  return sqrt(total(square(value)));
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

/// Of each row of `left` the squared Euclidean distances from those of `right`, which are as
/// long: [rows of left, rows of right].
template <class Base>
Array<Base> squared_distances(const Array<Base>& left, const Array<Base>& right) {
  if (left.columns() != right.columns()) throw std::invalid_argument("rows of different lengths");
  std::vector<Base> distances;
  distances.reserve(left.rows() * right.rows());
  for (std::size_t one = 0; one < left.rows(); ++one) {
    for (std::size_t other = 0; other < right.rows(); ++other) {
      std::vector<Base> squares;
      for (std::size_t column = 0; column < left.columns(); ++column) {
        squares.push_back(square(left.at(one, column) - right.at(other, column)));
      }
      distances.push_back(sum(std::span<const Base>(squares)));
    }
  }
  return Array<Base>({static_cast<long>(left.rows()), static_cast<long>(right.rows())},
                     std::move(distances));
}

/// The identity with as many rows as the matrix has.
template <class Base>
Array<Base> identity_like(const Array<Base>& matrix) {
  const std::size_t size = matrix.rows();
  std::vector<Base> elements(size * size);
  for (std::size_t i = 0; i < size; ++i) elements[i * size + i] = Base(1);
  return Array<Base>({static_cast<long>(size), static_cast<long>(size)}, std::move(elements));
}

/// The elements on the diagonal of a square matrix, as a vector [n].
template <class Base>
Array<Base> diagonal(const Array<Base>& matrix) {
  std::vector<Base> elements;
  for (std::size_t i = 0; i < matrix.rows(); ++i) elements.push_back(matrix.at(i, i));
  return Array<Base>({static_cast<long>(matrix.rows())}, std::move(elements));
}

/// In the shape of `model`: 1 at this place, modulo the size, and 0 elsewhere.
template <class Base>
Array<Base> unit_at(const Array<Base>& model, std::size_t place) {
  std::vector<Base> elements(model.size());
  if (!elements.empty()) elements[place % elements.size()] = Base(1);
  return Array<Base>(model.shape(), std::move(elements));
}
/// The same at the greatest element, the first one of equals.
template <class Base>
Array<Base> unit_at_greatest(const Array<Base>& value) {
  std::size_t greatest = 0;
  for (std::size_t place = 1; place < value.size(); ++place) {
    if (less(value[greatest], value[place])) greatest = place;
  }
  return unit_at(value, greatest);
}

// Histories (StateShape::history and history_column): the newest row first, zeros where
// nothing is held yet.

/// How many rows a history has. A formula is written for one.
template <class Base>
std::size_t history_length(const Array<Base>& history) {
  return history.rows();
}
/// The newest rows, up to `count` of them. A formula is written for all that are held.
template <class Base>
Array<Base> newest_rows(const Array<Base>& history, long count) {
  Shape shape = history.shape();
  shape.front() = std::min(shape.front(), count);
  const auto first = history.elements().begin();
  const auto size = static_cast<std::ptrdiff_t>(element_count(shape));
  return Array<Base>(std::move(shape), {first, first + size});
}
/// One row, as a vector; 0 is the newest.
template <class Base>
Array<Base> row(const Array<Base>& history, std::size_t place) {
  const auto first =
      history.elements().begin() + static_cast<std::ptrdiff_t>(place * history.columns());
  return Array<Base>({static_cast<long>(history.columns())},
                     {first, first + static_cast<std::ptrdiff_t>(history.columns())});
}
/// One number of a column, as a scalar.
template <class Base>
Array<Base> entry(const Array<Base>& column, std::size_t place) {
  return Array<Base>(column[place]);
}
/// Whether this number of a column is certainly not 0. Undecided: both are followed.
template <class Base>
bool is_held(const Array<Base>& column, std::size_t place) {
  return less(Base(0), column[place]) || less(column[place], Base(0));
}
/// The history with one more row, which is its newest, and without its oldest one.
template <class Base>
Array<Base> pushed(const Array<Base>& history, const Array<Base>& newest) {
  if (newest.size() != history.columns()) throw std::invalid_argument("a row of another length");
  std::vector<Base> elements = newest.elements();
  elements.insert(elements.end(), history.elements().begin(),
                  history.elements().end() - static_cast<std::ptrdiff_t>(newest.size()));
  return Array<Base>(history.shape(), std::move(elements));
}

/// The numbers that tensors are made of.
#define PLUMBLINE_FOR_EACH_ELEMENT(apply)                                               \
  apply(Certified) apply(Plain<Binary64>) apply(Plain<Binary32>) apply(Plain<BFloat16>) \
      apply(Plain<Binary16>) apply(FirstOrder<Binary64>) apply(FirstOrder<Binary32>)    \
          apply(FirstOrder<BFloat16>) apply(FirstOrder<Binary16>)

// Compiled once for each of them, in operations.cpp, and not in every rule. `kind` is `extern
// template` or `template`.
#define PLUMBLINE_TENSORS_OF(kind, ...)                                                         \
  kind class Array<__VA_ARGS__>;                                                                \
  kind Array<__VA_ARGS__> moving_mean(const Scalar<Array<__VA_ARGS__>>&,                        \
                                      const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&);    \
  kind Array<__VA_ARGS__> total(const Array<__VA_ARGS__>&);                                     \
  kind Array<__VA_ARGS__> least(const Array<__VA_ARGS__>&);                                     \
  kind Array<__VA_ARGS__> mean(const Array<__VA_ARGS__>&);                                      \
  kind Array<__VA_ARGS__> norm(const Array<__VA_ARGS__>&);                                      \
  kind Array<__VA_ARGS__> row_means(const Array<__VA_ARGS__>&);                                 \
  kind Array<__VA_ARGS__> column_means(const Array<__VA_ARGS__>&);                              \
  kind Array<__VA_ARGS__> transposed(const Array<__VA_ARGS__>&);                                \
  kind Array<__VA_ARGS__> identity_like(const Array<__VA_ARGS__>&);                             \
  kind Array<__VA_ARGS__> diagonal(const Array<__VA_ARGS__>&);                                  \
  kind Array<__VA_ARGS__> unit_at_greatest(const Array<__VA_ARGS__>&);                          \
  kind Array<__VA_ARGS__> row(const Array<__VA_ARGS__>&, std::size_t);                          \
  kind Array<__VA_ARGS__> inner_product(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&);  \
  kind Array<__VA_ARGS__> pushed(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&);         \
  kind Array<__VA_ARGS__> in_shape_of(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&);    \
  kind Array<__VA_ARGS__> matrix_product(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&); \
  kind Array<__VA_ARGS__> squared_distances(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&);

#define PLUMBLINE_EXTERN(...) PLUMBLINE_TENSORS_OF(extern template, __VA_ARGS__)
PLUMBLINE_FOR_EACH_ELEMENT(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN

}  // namespace plumbline
