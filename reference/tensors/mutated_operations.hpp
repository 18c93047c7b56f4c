// Operations of tensor rules on Mutated<Array<Base>>; see operations.hpp.
#pragma once

#include "reference/numbers/mutated.hpp"
#include "reference/tensors/operations.hpp"

namespace plumbline {

template <class Base>
using MutatedArray = Mutated<Array<Base>>;

// Views, counts and constants: nothing in them goes wrong.
template <class Base>
MutatedArray<Base> as_matrix(const MutatedArray<Base>& value) {
  return {as_matrix(value.value()), value.expression()};
}
template <class Base>
MutatedArray<Base> in_shape_of(const MutatedArray<Base>& model, const MutatedArray<Base>& value) {
  return {in_shape_of(model.value(), value.value()), value.expression()};
}
template <class Base>
MutatedArray<Base> draws_like(const MutatedArray<Base>& point, const MutatedArray<Base>& draws) {
  return {draws_like(point.value(), draws.value()), draws.expression()};
}
template <class Base>
MutatedArray<Base> last_draw(const MutatedArray<Base>& draws) {
  return {last_draw(draws.value()), draws.expression()};
}
template <class Base>
MutatedArray<Base> draws_in_rows(const MutatedArray<Base>& point, const MutatedArray<Base>& draws) {
  return {draws_in_rows(point.value(), draws.value()), draws.expression()};
}
template <class Base>
bool is_matrix(const MutatedArray<Base>& value) {
  return is_matrix(value.value());
}
template <class Base>
bool is_tall(const MutatedArray<Base>& value) {
  return is_tall(value.value());
}
template <class Base>
MutatedArray<Base> row_count(const MutatedArray<Base>& value) {
  return {row_count(value.value()), input_expression(Input::constant)};
}
template <class Base>
MutatedArray<Base> column_count(const MutatedArray<Base>& value) {
  return {column_count(value.value()), input_expression(Input::constant)};
}
template <class Base>
MutatedArray<Base> identity_like(const MutatedArray<Base>& matrix) {
  return {identity_like(matrix.value()), input_expression(Input::constant)};
}

template <class Base>
MutatedArray<Base> diagonal(const MutatedArray<Base>& matrix) {
  return {diagonal(matrix.value()), matrix.expression()};
}
template <class Base>
MutatedArray<Base> unit_at(const MutatedArray<Base>& model, std::size_t place) {
  return {unit_at(model.value(), place), input_expression(Input::constant)};
}
template <class Base>
std::size_t history_length(const MutatedArray<Base>& history) {
  return history_length(history.value());
}
template <class Base>
MutatedArray<Base> newest_rows(const MutatedArray<Base>& history, long count) {
  return {newest_rows(history.value(), count), history.expression()};
}
template <class Base>
MutatedArray<Base> row(const MutatedArray<Base>& history, std::size_t place) {
  return {row(history.value(), place), history.expression()};
}
template <class Base>
MutatedArray<Base> entry(const MutatedArray<Base>& column, std::size_t place) {
  return {entry(column.value(), place), column.expression()};
}
template <class Base>
bool is_held(const MutatedArray<Base>& column, std::size_t place) {
  return is_held(column.value(), place);
}

#define PLUMBLINE_MUTATED_OPERATION(function, operation)                     \
  template <class Base>                                                      \
  MutatedArray<Base> function(const MutatedArray<Base>& value) {             \
    return MutatedArray<Base>::of_tensor(NumberOperation::operation, value); \
  }
PLUMBLINE_MUTATED_OPERATION(transposed, transpose)
PLUMBLINE_MUTATED_OPERATION(total, total)
PLUMBLINE_MUTATED_OPERATION(mean, mean)
PLUMBLINE_MUTATED_OPERATION(norm, norm)
PLUMBLINE_MUTATED_OPERATION(row_means, row_means)
PLUMBLINE_MUTATED_OPERATION(column_means, column_means)
PLUMBLINE_MUTATED_OPERATION(inverse, inverse)
PLUMBLINE_MUTATED_OPERATION(eigenvectors, eigenvectors)
PLUMBLINE_MUTATED_OPERATION(orthonormal, orthonormal)
PLUMBLINE_MUTATED_OPERATION(unit_at_greatest, unit_at_greatest)
PLUMBLINE_MUTATED_OPERATION(mean_decay, mean_decay)
PLUMBLINE_MUTATED_OPERATION(least, least)
#undef PLUMBLINE_MUTATED_OPERATION

template <class Base>
MutatedArray<Base> matrix_product(const MutatedArray<Base>& left, const MutatedArray<Base>& right) {
  return MutatedArray<Base>::of_tensors(NumberOperation::matrix_product, left, right);
}
template <class Base>
MutatedArray<Base> squared_distances(const MutatedArray<Base>& left,
                                     const MutatedArray<Base>& right) {
  return MutatedArray<Base>::of_tensors(NumberOperation::squared_distances, left, right);
}
template <class Base>
MutatedArray<Base> pushed(const MutatedArray<Base>& history, const MutatedArray<Base>& newest) {
  return MutatedArray<Base>::of_tensors(NumberOperation::pushed, history, newest);
}
template <class Base>
MutatedArray<Base> inner_product(const MutatedArray<Base>& left, const MutatedArray<Base>& right) {
  return MutatedArray<Base>::of_tensors(NumberOperation::inner_product, left, right);
}
template <class Base>
MutatedArray<Base> inverse_root(const MutatedArray<Base>& matrix, const MutatedArray<Base>& order) {
  return MutatedArray<Base>::of_tensors(NumberOperation::inverse_root, matrix, order);
}

}  // namespace plumbline
