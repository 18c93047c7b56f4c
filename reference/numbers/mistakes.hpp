// Operations on a number, carried out wrongly; included by mutated.cpp alone.
#pragma once

#include "reference/numbers/carried_out.hpp"

namespace plumbline {

/// A constant moved as the kind says.
template <class Base>
Base moved(MutationKind kind, const Base& constant) {
  switch (kind) {
    case MutationKind::left_plus_one:
    case MutationKind::right_plus_one:
      return constant + Base(1);
    case MutationKind::left_minus_one:
    case MutationKind::right_minus_one:
      return constant - Base(1);
    default:
      return constant * Base(1.1);
  }
}

inline bool moves_left(MutationKind kind) {
  return kind == MutationKind::left_plus_one || kind == MutationKind::left_minus_one ||
         kind == MutationKind::left_times_eleven_tenths;
}
inline bool moves_right(MutationKind kind) {
  return kind == MutationKind::right_plus_one || kind == MutationKind::right_minus_one ||
         kind == MutationKind::right_times_eleven_tenths;
}

template <class Base>
Base mistaken(MutationKind kind, NumberOperation operation, const Base& left, const Base& right) {
  if (moves_left(kind)) return carried_out(operation, moved(kind, left), right);
  if (moves_right(kind)) return carried_out(operation, left, moved(kind, right));
  switch (kind) {
    case MutationKind::to_add:
      return left + right;
    case MutationKind::to_subtract:
      return left - right;
    case MutationKind::to_multiply:
      return left * right;
    case MutationKind::to_divide:
      return left / right;
    case MutationKind::to_max:
      return max(left, right);
    case MutationKind::to_min:
      return min(left, right);
    case MutationKind::swapped:
      return carried_out(operation, right, left);
    case MutationKind::right_alone:
      return right;
    case MutationKind::right_negated:
      return -right;
    default:
      return left;
  }
}

template <class Base>
Base mistaken(MutationKind kind, NumberOperation operation, const Base& value) {
  if (moves_left(kind)) return carried_out(operation, moved(kind, value));
  switch (kind) {
    case MutationKind::to_abs:
      return abs(value);
    case MutationKind::to_cube:
      return square(value) * value;
    case MutationKind::to_fourth_root:
      return sqrt(sqrt(value));
    default:
      return value;
  }
}

}  // namespace plumbline
