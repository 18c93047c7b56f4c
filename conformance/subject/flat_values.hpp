// What subjects and objectives tell each other, as tensors and rows, in the flat points and
// matrices that the reference computes with; and back.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "conformance/subject/subject.hpp"
#include "reference/objective.hpp"

namespace plumbline::conformance {

/// All elements, tensor after tensor.
std::vector<double> flat(const Tensors& tensors);

/// A flat point as tensors of these lengths, whose sum is its size.
Tensors as_tensors(std::span<const double> point, std::span<const std::size_t> lengths);

/// Rows of one length; no rows: an empty matrix.
template <class Number>
Matrix<Number> matrix_of(const std::vector<std::vector<double>>& rows) {
  Matrix<Number> matrix(rows.size(), rows.empty() ? 0 : rows.front().size());
  matrix.entries.clear();
  for (const auto& row : rows) {
    matrix.entries.insert(matrix.entries.end(), row.begin(), row.end());
  }
  return matrix;
}

/// The columns from `first` on, `count` of them.
template <class Number>
Matrix<Number> columns_of(const Matrix<Number>& matrix, std::size_t first, std::size_t count) {
  Matrix<Number> part(matrix.rows, count);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    std::ranges::copy(matrix.row(row).subspan(first, count),
                      part.entries.begin() + static_cast<long>(row * count));
  }
  return part;
}

/// The matrix times the vector.
template <class Number>
std::vector<Number> image_of(const Matrix<Number>& matrix, std::span<const Number> vector) {
  std::vector<Number> image;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    image.push_back(dot<Number>(matrix.row(row), vector));
  }
  return image;
}

}  // namespace plumbline::conformance
