// Operations on whole tensors, carried out rightly and wrongly; included by mutated.cpp
// alone. What a mistake would give in another shape than the right one is not given.
#pragma once

#include <cmath>

#include "reference/numbers/mutated.hpp"
#include "reference/tensors/matrix_functions.hpp"
#include "reference/tensors/operations.hpp"

namespace plumbline {

template <class Base>
Array<Base> carried_out_on_tensor(NumberOperation operation, const Array<Base>& value) {
  switch (operation) {
    case NumberOperation::transpose:
      return transposed(value);
    case NumberOperation::total:
      return total(value);
    case NumberOperation::mean:
      return mean(value);
    case NumberOperation::norm:
      return norm(value);
    case NumberOperation::row_means:
      return row_means(value);
    case NumberOperation::column_means:
      return column_means(value);
    case NumberOperation::inverse:
      return inverse(value);
    case NumberOperation::eigenvectors:
      return eigenvectors(value);
    case NumberOperation::unit_at_greatest:
      return unit_at_greatest(value);
    case NumberOperation::mean_decay:
      return mean_decay(value);
    case NumberOperation::least:
      return least(value);
    default:
      return orthonormal(value);
  }
}

template <class Base>
Array<Base> carried_out_on_tensors(NumberOperation operation, const Array<Base>& left,
                                   const Array<Base>& right) {
  switch (operation) {
    case NumberOperation::matrix_product:
      return matrix_product(left, right);
    case NumberOperation::inner_product:
      return inner_product(left, right);
    case NumberOperation::pushed:
      return pushed(left, right);
    case NumberOperation::squared_distances:
      return squared_distances(left, right);
    default:
      return inverse_root(left, right);
  }
}

/// `wrong` where it has the right one's shape.
template <class Base>
Array<Base> where_it_fits(const Array<Base>& right, const Array<Base>& wrong) {
  return right.shape() == wrong.shape() ? wrong : right;
}

/// Whether left times right and right times left are matrices of one shape.
template <class Base>
bool can_be_swapped(const Array<Base>& left, const Array<Base>& right) {
  return left.rows() == right.columns() && left.rows() == right.rows() &&
         left.columns() == right.columns();
}

/// The mistakes below that would give another shape than the right one.
template <class Base>
std::vector<MutationKind> misfits(const Array<Base>& right, const Array<Base>& value) {
  std::vector<MutationKind> kinds;
  if (right.shape() != value.shape()) kinds.push_back(MutationKind::operand_alone);
  if (right.rows() != right.columns()) kinds.push_back(MutationKind::swapped);
  return kinds;
}
template <class Base>
std::vector<MutationKind> misfits(NumberOperation operation, const Array<Base>& correct,
                                  const Array<Base>& left, const Array<Base>& right) {
  std::vector<MutationKind> kinds;
  if (correct.shape() != left.shape()) kinds.push_back(MutationKind::left_alone);
  if (correct.shape() != right.shape()) kinds.push_back(MutationKind::right_alone);
  if (operation == NumberOperation::matrix_product && !can_be_swapped(left, right)) {
    kinds.push_back(MutationKind::swapped);
  }
  return kinds;
}

template <class Base>
Array<Base> mistaken_on_tensor(MutationKind kind, NumberOperation operation,
                               const Array<Base>& value) {
  const Array<Base> right = carried_out_on_tensor(operation, value);
  const auto count = static_cast<double>(value.size());
  switch (kind) {
    case MutationKind::operand_alone:
      return where_it_fits(right, value);
    case MutationKind::swapped:
      return where_it_fits(right, transposed(right));
    case MutationKind::to_min:  // at the least
      return unit_at_greatest(-value);
    case MutationKind::to_max:
      return -least(-value);
    case MutationKind::to_mean:
      if (operation == NumberOperation::norm) return right / sqrt(Array<Base>(count));
      return right / Array<Base>(count);
    case MutationKind::to_total:
      return right * Array<Base>(count / static_cast<double>(right.size()));
    default:  // magnitudes for what is summed
      if (operation == NumberOperation::norm) return total(abs(value));
      return carried_out_on_tensor(operation, abs(value));
  }
}

/// The newest row at the other end of the history.
template <class Base>
Array<Base> pushed_last(const Array<Base>& history, const Array<Base>& newest) {
  std::vector<Base> elements(
      history.elements().begin() + static_cast<std::ptrdiff_t>(newest.size()),
      history.elements().end());
  elements.insert(elements.end(), newest.elements().begin(), newest.elements().end());
  return Array<Base>(history.shape(), std::move(elements));
}

/// Sums of magnitudes in place of squared distances.
template <class Base>
Array<Base> distances_by_magnitude(const Array<Base>& left, const Array<Base>& right) {
  std::vector<Base> distances;
  for (std::size_t one = 0; one < left.rows(); ++one) {
    for (std::size_t other = 0; other < right.rows(); ++other) {
      distances.push_back(total(abs(row(left, one) - row(right, other)))[0]);
    }
  }
  return Array<Base>({static_cast<long>(left.rows()), static_cast<long>(right.rows())},
                     std::move(distances));
}

template <class Base>
Array<Base> mistaken_on_tensors(MutationKind kind, NumberOperation operation,
                                const Array<Base>& left, const Array<Base>& right) {
  const auto changed = [&](double by) {
    return carried_out_on_tensors(operation, left, right + Array<Base>(by));
  };
  const Array<Base> correct = carried_out_on_tensors(operation, left, right);
  switch (kind) {
    case MutationKind::swapped:
      if (operation == NumberOperation::pushed) return pushed_last(left, right);
      return can_be_swapped(left, right) ? carried_out_on_tensors(operation, right, left) : correct;
    case MutationKind::left_alone:
      return where_it_fits(correct, left);
    case MutationKind::right_alone:
      return where_it_fits(correct, right);
    case MutationKind::sum_of_magnitudes:
      return distances_by_magnitude(left, right);
    case MutationKind::right_plus_one:
      return changed(1);
    case MutationKind::right_minus_one:
      return changed(-1);
    default:  // over the coordinates of a distance, or over all products
      return correct /
             Array<Base>(static_cast<double>(
                 operation == NumberOperation::squared_distances ? left.columns() : left.size()));
  }
}

}  // namespace plumbline
