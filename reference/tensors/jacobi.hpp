// Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations (Golub and
// Van Loan, Matrix Computations, 8.5), on any real type with + - * /, sqrt and abs.
//
// The result is an approximation: whoever needs a proof encloses it after the fact.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace plumbline {

template <class Real>
struct Eigensystem {
  std::vector<Real> values;                ///< descending
  std::vector<std::vector<Real>> vectors;  ///< by value; each of unit length
};

/// `matrix` by [row][column], symmetric. `magnitude` gives a value's magnitude in binary64, and
/// `negligible` is the share of the largest element below which an element counts as zero.
template <class Real, class Magnitude>
Eigensystem<Real> eigensystem(std::vector<std::vector<Real>> matrix, double negligible,
                              const Magnitude& magnitude) {
  const std::size_t size = matrix.size();
  std::vector<std::vector<Real>> vectors(size, std::vector<Real>(size, Real(0)));
  double largest = 0;
  for (std::size_t i = 0; i < size; ++i) {
    vectors[i][i] = Real(1);
    for (std::size_t j = 0; j < size; ++j) largest = std::max(largest, magnitude(matrix[i][j]));
  }
  constexpr int most_sweeps = 60;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    bool rotated = false;
    for (std::size_t p = 0; p + 1 < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        if (magnitude(matrix[p][q]) <= negligible * largest) continue;
        rotated = true;
        // The rotation of rows and columns p and q that brings matrix[p][q] to zero.
        const Real cotangent = (matrix[q][q] - matrix[p][p]) / (Real(2) * matrix[p][q]);
        const Real root = sqrt(cotangent * cotangent + Real(1));
        const bool below = cotangent < Real(0);
        const Real tangent = below ? -(Real(1) / (root - cotangent)) : Real(1) / (root + cotangent);
        const Real cosine = Real(1) / sqrt(tangent * tangent + Real(1));
        const Real sine = tangent * cosine;
        for (std::size_t k = 0; k < size; ++k) {
          const Real one = matrix[k][p];
          const Real other = matrix[k][q];
          matrix[k][p] = cosine * one - sine * other;
          matrix[k][q] = sine * one + cosine * other;
        }
        for (std::size_t k = 0; k < size; ++k) {
          const Real one = matrix[p][k];
          const Real other = matrix[q][k];
          matrix[p][k] = cosine * one - sine * other;
          matrix[q][k] = sine * one + cosine * other;
          const Real first = vectors[p][k];
          const Real second = vectors[q][k];
          vectors[p][k] = cosine * first - sine * second;
          vectors[q][k] = sine * first + cosine * second;
        }
      }
    }
    if (!rotated) break;
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t one, std::size_t other) {
    return matrix[other][other] < matrix[one][one];
  });
  Eigensystem<Real> result;
  for (const std::size_t i : order) {
    result.values.push_back(matrix[i][i]);
    // With its element of greatest magnitude positive.
    const auto greatest = std::ranges::max_element(
        vectors[i], {}, [&](const Real& element) { return magnitude(element); });
    const bool turned = *greatest < Real(0);
    for (Real& element : vectors[i]) element = turned ? -element : element;
    result.vectors.push_back(std::move(vectors[i]));
  }
  return result;
}

}  // namespace plumbline
