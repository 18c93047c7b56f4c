// How an objective's file becomes a catalogue entry, and the sums that objectives are
// made of. Included by the objectives' own files only: this is where their templates are
// instantiated.
#pragma once

#include <array>

#include "reference/objective.hpp"

namespace plumbline {

/// Exact data, row by row: one row an example, its features the columns.
template <std::size_t rows, std::size_t columns>
using DataTable = std::array<std::array<double, columns>, rows>;

/// The sum of the terms that `term(i)` gives for i = 0, ..., count - 1.
template <class Number, class Term>
Number sum_over(std::size_t count, const Term& term) {
  std::vector<Number> terms;
  terms.reserve(count);
  for (std::size_t i = 0; i < count; ++i) terms.push_back(term(i));
  return sum(std::span<const Number>(terms));
}

/// A vector of what `element(i)` gives for i = 0, ..., count - 1.
template <class Number, class Element>
std::vector<Number> vector_of(std::size_t count, const Element& element) {
  std::vector<Number> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(element(i));
  return values;
}

/// The matrix of what `element(i, j)` gives.
template <class Number, class Element>
Matrix<Number> matrix_of(std::size_t rows, std::size_t columns, const Element& element) {
  Matrix<Number> matrix(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) matrix.at(i, j) = element(i, j);
  }
  return matrix;
}

/// The symmetric matrix of what `element(i, j)` gives for j <= i.
template <class Number, class Element>
Matrix<Number> symmetric_of(std::size_t size, const Element& element) {
  Matrix<Number> matrix(size, size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      matrix.at(i, j) = element(i, j);
      if (j < i) matrix.at(j, i) = matrix.at(i, j);
    }
  }
  return matrix;
}

/// Data times a vector: one number a row.
template <class Number, std::size_t rows, std::size_t columns>
std::vector<Number> rows_times(const DataTable<rows, columns>& data,
                               std::span<const Number> vector) {
  return vector_of<Number>(rows, [&](std::size_t i) {
    return sum_over<Number>(columns, [&](std::size_t j) { return Number(data[i][j]) * vector[j]; });
  });
}

/// The data's rows, each times its weight, added up.
template <class Number, std::size_t rows, std::size_t columns>
std::vector<Number> weighted_rows(const DataTable<rows, columns>& data,
                                  const std::vector<Number>& weights) {
  return vector_of<Number>(columns, [&](std::size_t j) {
    return sum_over<Number>(rows, [&](std::size_t i) { return weights[i] * Number(data[i][j]); });
  });
}

/// The rows' outer products with themselves, each times its weight, added up.
template <class Number, std::size_t rows, std::size_t columns>
Matrix<Number> weighted_outer_products(const DataTable<rows, columns>& data,
                                       const std::vector<Number>& weights) {
  return symmetric_of<Number>(columns, [&](std::size_t j, std::size_t k) {
    return sum_over<Number>(
        rows, [&](std::size_t i) { return weights[i] * Number(data[i][j] * data[i][k]); });
  });
}

/// Each row times its weight.
template <class Number, std::size_t rows, std::size_t columns>
Matrix<Number> scaled_rows(const DataTable<rows, columns>& data,
                           const std::vector<Number>& weights) {
  return matrix_of<Number>(
      rows, columns, [&](std::size_t i, std::size_t j) { return weights[i] * Number(data[i][j]); });
}

template <class Number>
std::vector<Number> elementwise_product(const std::vector<Number>& left,
                                        const std::vector<Number>& right) {
  return vector_of<Number>(left.size(), [&](std::size_t i) { return left[i] * right[i]; });
}

template <class Number, template <class> class ObjectiveText>
std::unique_ptr<ObjectiveOf<Number>> bind_objective() {
  return std::make_unique<ObjectiveText<Number>>();
}

/// The bindings of `ObjectiveText<Number>`, made with no arguments, to every number.
template <template <class> class ObjectiveText>
ObjectiveBindings objective_bindings() {
#define PLUMBLINE_BIND(...) &bind_objective<__VA_ARGS__, ObjectiveText>,
  return {PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(PLUMBLINE_BIND) nullptr};
#undef PLUMBLINE_BIND
}

template <class Number, template <class> class ObjectiveText, const auto& data>
std::unique_ptr<ObjectiveOf<Number>> bind_objective_on() {
  return std::make_unique<ObjectiveText<Number>>(data);
}

/// ... made from `data`, for objectives of one family.
template <template <class> class ObjectiveText, const auto& data>
ObjectiveBindings objective_bindings() {
#define PLUMBLINE_BIND(...) &bind_objective_on<__VA_ARGS__, ObjectiveText, data>,
  return {PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(PLUMBLINE_BIND) nullptr};
#undef PLUMBLINE_BIND
}

}  // namespace plumbline
