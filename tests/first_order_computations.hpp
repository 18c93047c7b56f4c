// Computations on matrices, generic over the number, for the tests of FirstOrder.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reference/numbers/number.hpp"

namespace plumbline {

template <class Number>
using Vector = std::vector<Number>;
template <class Number>
using Matrix = std::vector<Vector<Number>>;  // rows

template <class Number>
Matrix<Number> numbers(const Matrix<double>& values) {
  Matrix<Number> result;
  for (const Vector<double>& row : values) result.emplace_back(row.begin(), row.end());
  return result;
}

template <class Number>
Matrix<Number> transposed(const Matrix<Number>& matrix) {
  Matrix<Number> result(matrix[0].size());
  for (const Vector<Number>& row : matrix) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      result[column].push_back(row[column]);
    }
  }
  return result;
}

template <class Number>
Number inner(const Vector<Number>& left, const Vector<Number>& right) {
  return dot(std::span<const Number>(left), std::span<const Number>(right));
}

/// left right', rows against rows.
template <class Number>
Matrix<Number> product_with_transposed(const Matrix<Number>& left, const Matrix<Number>& right) {
  Matrix<Number> result(left.size());
  for (std::size_t row = 0; row < left.size(); ++row) {
    for (const Vector<Number>& other : right) result[row].push_back(inner(left[row], other));
  }
  return result;
}

/// Muon's Newton-Schulz steps, x <- a x + (b A + c A A) x with A = x x', from x over its norm.
template <class Number>
Matrix<Number> newton_schulz(Matrix<Number> x, int steps, double first = 3.4445,
                             double second = -4.7750, double third = 2.0315) {
  Vector<Number> squares;
  for (const Vector<Number>& row : x) {
    for (const Number& element : row) squares.push_back(square(element));
  }
  const Number divisor = sqrt(sum(std::span<const Number>(squares))) + Number(1e-7);
  for (Vector<Number>& row : x) {
    for (Number& element : row) element = element / divisor;
  }
  for (int step = 0; step < steps; ++step) {
    const Matrix<Number> gram = product_with_transposed(x, x);
    Matrix<Number> polynomial = product_with_transposed(gram, transposed(gram));
    for (std::size_t row = 0; row < gram.size(); ++row) {
      for (std::size_t column = 0; column < gram.size(); ++column) {
        polynomial[row][column] =
            Number(second) * gram[row][column] + Number(third) * polynomial[row][column];
      }
    }
    const Matrix<Number> correction = product_with_transposed(polynomial, transposed(x));
    for (std::size_t row = 0; row < x.size(); ++row) {
      for (std::size_t column = 0; column < x[row].size(); ++column) {
        x[row][column] = Number(first) * x[row][column] + correction[row][column];
      }
    }
  }
  return x;
}

/// Rows made orthogonal by the modified Gram-Schmidt process, not normalised.
template <class Number>
Matrix<Number> gram_schmidt(Matrix<Number> rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Number norm = inner(rows[row], rows[row]);
    for (std::size_t later = row + 1; later < rows.size(); ++later) {
      const Number share = inner(rows[row], rows[later]) / norm;
      for (std::size_t column = 0; column < rows[row].size(); ++column) {
        rows[later][column] = rows[later][column] - share * rows[row][column];
      }
    }
  }
  return rows;
}

/// Conjugate gradient steps for matrix x = right, from 0.
template <class Number>
Vector<Number> conjugate_gradient(const Matrix<Number>& matrix, const Vector<Number>& right,
                                  int steps) {
  Vector<Number> x(right.size(), Number(0));
  Vector<Number> residual = right;
  Vector<Number> direction = right;
  Number residual_square = inner(residual, residual);
  for (int step = 0; step < steps; ++step) {
    Vector<Number> image;
    for (const Vector<Number>& row : matrix) image.push_back(inner(row, direction));
    const Number length = residual_square / inner(direction, image);
    for (std::size_t index = 0; index < x.size(); ++index) {
      x[index] = x[index] + length * direction[index];
      residual[index] = residual[index] - length * image[index];
    }
    const Number next_square = inner(residual, residual);
    const Number ratio = next_square / residual_square;
    for (std::size_t index = 0; index < x.size(); ++index) {
      direction[index] = residual[index] + ratio * direction[index];
    }
    residual_square = next_square;
  }
  return x;
}

/// A polynomial by Horner's rule, leading coefficient first.
template <class Number>
Number horner(const Vector<double>& coefficients, const Number& x) {
  Number value(coefficients[0]);
  for (std::size_t index = 1; index < coefficients.size(); ++index) {
    value = value * x + Number(coefficients[index]);
  }
  return value;
}

}  // namespace plumbline
