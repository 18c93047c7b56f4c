// Functions of matrices that have no closed formula in their elements.
//
// Each is one operation, as a root is of numbers. On Plain numbers it is an ordinary
// computation. On Certified ones an approximation is computed and then enclosed after the
// fact: with Q nearly orthogonal and D diagonal, the distances of Q'Q from the identity and
// of QDQ' from the matrix are bounded in intervals, and a Lipschitz constant of the function
// carries the bound over. On FirstOrder ones the result of a backward stable computation is
// accepted: that of any matrix within K n u ||A|| of the operand, to K n u of its own norm.
//
// All matrices but those to orthonormalize are square (std::invalid_argument), and symmetric,
// and for roots positive definite. On Certified numbers std::domain_error names an operand that
// is not, and MaybeSingular one that may be so. Of singular ones FirstOrder accepts
// anything.
#pragma once

#include "reference/numbers/first_order.hpp"
#include "reference/tensors/operations.hpp"

namespace plumbline {

/// matrix^-1.
template <class Base>
Array<Base> inverse(const Array<Base>& matrix);
/// matrix^(-1/order), for a count `order`.
template <class Base>
Array<Base> inverse_root(const Array<Base>& matrix, const Array<Base>& order);
/// The mean of e^(-matrix s) over s from 0 to 1: (1 - e^-z)/z of each eigenvalue z, and 1 at 0.
/// The matrix need not be positive.
template <class Base>
Array<Base> mean_decay(const Array<Base>& matrix);
/// Orthonormal eigenvectors as columns, by descending eigenvalue; each with its element of
/// greatest magnitude positive.
template <class Base>
Array<Base> eigenvectors(const Array<Base>& matrix);
/// Orthonormal columns with the same spans from the left, by Gram and Schmidt: the Q of a QR
/// decomposition with a positive diagonal. The columns are linearly independent.
template <class Base>
Array<Base> orthonormal(const Array<Base>& matrix) {
  const Array<Base> columns = transposed(matrix);
  const std::size_t size = matrix.rows();
  std::vector<Base> result;  // by columns
  for (std::size_t column = 0; column < matrix.columns(); ++column) {
    const auto first = columns.elements().begin() + static_cast<std::ptrdiff_t>(column * size);
    std::vector<Base> rest(first, first + static_cast<std::ptrdiff_t>(size));
    for (std::size_t before = 0; before < column; ++before) {
      const std::span<const Base> direction(result.data() + before * size, size);
      const Base share = dot(direction, std::span<const Base>(rest));
      for (std::size_t k = 0; k < size; ++k) rest[k] = rest[k] - share * direction[k];
    }
    const Base length = sqrt(dot(std::span<const Base>(rest), std::span<const Base>(rest)));
    for (const Base& element : rest) result.push_back(element / length);
  }
  return transposed(Array<Base>({static_cast<long>(matrix.columns()), static_cast<long>(size)},
                                std::move(result)));
}

#define PLUMBLINE_FOR_EACH_MATRIX_NUMBER(apply)                                               \
  apply(Plain<Binary64>) apply(Plain<Binary32>) apply(Plain<BFloat16>) apply(Plain<Binary16>) \
      apply(FirstOrder<Binary64>) apply(FirstOrder<Binary32>) apply(FirstOrder<BFloat16>)     \
          apply(FirstOrder<Binary16>)

// Compiled in matrix_functions.cpp; for Certified in certified_matrices.cpp.
#define PLUMBLINE_EXTERN(...)                                                 \
  extern template Array<__VA_ARGS__> inverse(const Array<__VA_ARGS__>&);      \
  extern template Array<__VA_ARGS__> mean_decay(const Array<__VA_ARGS__>&);   \
  extern template Array<__VA_ARGS__> inverse_root(const Array<__VA_ARGS__>&,  \
                                                  const Array<__VA_ARGS__>&); \
  extern template Array<__VA_ARGS__> eigenvectors(const Array<__VA_ARGS__>&);
PLUMBLINE_FOR_EACH_MATRIX_NUMBER(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN
template <>
Array<Certified> inverse(const Array<Certified>& matrix);
template <>
Array<Certified> inverse_root(const Array<Certified>& matrix, const Array<Certified>& order);
template <>
Array<Certified> mean_decay(const Array<Certified>& matrix);
template <>
Array<Certified> eigenvectors(const Array<Certified>& matrix);

}  // namespace plumbline
