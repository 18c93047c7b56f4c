// Operations of tensor rules on symbols, each of which stands for a whole tensor: a
// formula is that of a wide matrix. See operations.hpp.
#pragma once

#include "reference/numbers/traced.hpp"

namespace plumbline {

inline Traced as_matrix(const Traced& value) {
  return value;
}
inline Traced in_shape_of(const Traced&, const Traced& value) {
  return value;
}
inline Traced draws_like(const Traced&, const Traced& draws) {
  return draws;
}
inline Traced last_draw(const Traced&) {
  return Traced(Symbol{.name = "u", .subscript = "t"});
}
inline Traced draws_in_rows(const Traced&, const Traced& draws) {
  return draws;
}
inline bool is_matrix(const Traced&) {
  return true;
}
inline bool is_tall(const Traced&) {
  return false;
}
inline Traced row_count(const Traced&) {
  return Traced(Symbol{.name = "rows"});
}
inline Traced column_count(const Traced&) {
  return Traced(Symbol{.name = "columns"});
}
inline Traced identity_like(const Traced&) {
  return Traced(Symbol{.name = "I", .of_element = true});
}

inline Traced unit_at(const Traced&, std::size_t) {
  return Traced(Symbol{.name = "e", .subscript = "i", .of_element = true});
}
inline std::size_t history_length(const Traced&) {
  return 1;
}
inline Traced newest_rows(const Traced& history, long) {
  return history;
}
inline Traced row(const Traced& history, std::size_t place) {
  return Traced(Operation::row, {history, Traced(static_cast<double>(place + 1))});
}
inline Traced entry(const Traced& column, std::size_t place) {
  return row(column, place);
}
inline bool is_held(const Traced&, std::size_t) {
  return true;
}
inline Traced pushed(const Traced& history, const Traced& newest) {
  return Traced(Operation::pushed, {history, newest});
}
inline Traced diagonal(const Traced& matrix) {
  return Traced(Operation::diagonal, {matrix});
}
inline Traced unit_at_greatest(const Traced& value) {
  return Traced(Operation::unit_at_greatest, {value});
}

inline Traced transposed(const Traced& value) {
  return Traced(Operation::transpose, {value});
}
inline Traced total(const Traced& value) {
  return Traced(Operation::sum, {value});
}
inline Traced least(const Traced& value) {
  return Traced(Operation::least, {value});
}
inline Traced mean(const Traced& value) {
  return Traced(Operation::mean, {value});
}
inline Traced norm(const Traced& value) {
  return Traced(Operation::norm, {value});
}
inline Traced row_means(const Traced& value) {
  return Traced(Operation::row_means, {value});
}
inline Traced column_means(const Traced& value) {
  return Traced(Operation::column_means, {value});
}
inline Traced inverse(const Traced& value) {
  return Traced(Operation::inverse, {value});
}
inline Traced eigenvectors(const Traced& value) {
  return Traced(Operation::eigenvectors, {value});
}
inline Traced mean_decay(const Traced& value) {
  return Traced(Operation::mean_decay, {value});
}
inline Traced orthonormal(const Traced& value) {
  return Traced(Operation::orthonormal, {value});
}
inline Traced matrix_product(const Traced& left, const Traced& right) {
  return Traced(Operation::matrix_product, {left, right});
}
inline Traced squared_distances(const Traced& left, const Traced& right) {
  return Traced(Operation::squared_distances, {left, right});
}
inline Traced inner_product(const Traced& left, const Traced& right) {
  return Traced(Operation::inner_product, {left, right});
}
inline Traced inverse_root(const Traced& matrix, const Traced& order) {
  return Traced(Operation::inverse_root, {matrix, order});
}

}  // namespace plumbline
