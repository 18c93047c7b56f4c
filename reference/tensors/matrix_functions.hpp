// Functions of matrices that have no closed formula in their elements.
//
// Each is one operation, as a root is of numbers. On Plain numbers it is an ordinary
// computation. On Certified ones an approximation is computed and then enclosed after the
// fact: with Q nearly orthogonal and D diagonal, the distances of Q'Q from the identity and
// of QDQ' from the matrix are bounded in intervals, and a Lipschitz constant of the function
// carries the bound over. On FirstOrder ones the result of a backward stable computation is
// accepted: that of any matrix within K n u ||A|| of the operand, to K n u of its own norm.
//
// All matrices are symmetric and, for roots and inverses, positive definite;
// std::domain_error names an operand that is not.
#pragma once

#include "reference/numbers/first_order.hpp"
#include "reference/tensors/array.hpp"

namespace plumbline {

/// matrix^-1.
template <class Base>
Array<Base> inverse(const Array<Base>& matrix);
/// matrix^(-1/order), for a count `order`.
template <class Base>
Array<Base> inverse_root(const Array<Base>& matrix, const Array<Base>& order);
/// Orthonormal eigenvectors as columns, by descending eigenvalue; each with its element of
/// greatest magnitude positive.
template <class Base>
Array<Base> eigenvectors(const Array<Base>& matrix);
/// The orthogonal factor U V' of a full-rank matrix U S V': its polar factor.
template <class Base>
Array<Base> orthonormal(const Array<Base>& matrix);

}  // namespace plumbline
