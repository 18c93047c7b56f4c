// What the facts about schedules are stated with: pieces from turns, and sums in closed form.
#pragma once

#include <algorithm>
#include <vector>

#include "reference/schedule_facts.hpp"
#include "reference/schedules/forms.hpp"

namespace plumbline::schedules {

/// All steps up to `until` are one piece.
inline std::vector<MonotonePiece> one_piece(long until) {
  return {{0, until}};
}

/// From each turn (rising) up to and including the next.
inline std::vector<MonotonePiece> pieces_between(const std::vector<long>& turns, long until) {
  std::vector<MonotonePiece> pieces;
  long first = 0;
  for (const long turn : turns) {
    if (turn >= until) break;
    if (turn > first) pieces.push_back({first, turn});
    first = turn;
  }
  pieces.push_back({first, until});
  return pieces;
}

/// From each start (rising) up to the step before the next: the rate may jump there.
inline std::vector<MonotonePiece> pieces_from(const std::vector<long>& starts, long until) {
  std::vector<MonotonePiece> pieces;
  long first = 0;
  for (const long start : starts) {
    if (start > until) break;
    if (start > first) pieces.push_back({first, start - 1});
    first = start;
  }
  pieces.push_back({first, until});
  return pieces;
}

/// Anything from one number to the other.
template <class Number>
Number anything_between(const Number& one, const Number& other) {
  if constexpr (requires { hull(one, other); }) {
    return hull(one, other);
  } else {
    return (one + other) / 2 + spread((one - other) / 2);
  }
}

/// first, ..., last on a line: their count times the mean of the two ends.
template <class Number>
Number sum_of_line(const Number& from, const Number& to, long steps) {
  return count<Number>(steps) * (from + to) / 2;
}

/// The length rates of to + (from - to)(1 + cos(pi t/length))/2 for t = 0, ..., length - 1: the
/// cosine of t = 0 is 1, and those of t and length - t cancel.
template <class Number>
Number sum_of_half_cosine(const Number& from, const Number& to, long length) {
  return count<Number>(length) * to + (from - to) * count<Number>(length + 1) / 2;
}

/// 1 + q + ... + q^(terms - 1) for q below 1.
template <class Number>
Number geometric_sum(const Number& ratio, long terms) {
  return (1 - power(ratio, count<Number>(terms))) / (1 - ratio);
}

/// The sum of f(first), ..., f(last) for an f that is convex (concave) on [first, last + 1/2],
/// with an integral of it. By Hermite and Hadamard a convex f's trapezoids are not below the
/// integral, so that the sum is at least
///   (f(first) + f(last))/2 + integral from first to last,
/// and f(t) is not above the integral from t - 1/2 to t + 1/2: at most
///   f(first) + integral from first + 1/2 to last + 1/2.
/// Of a concave one the first is the most and the second the least.
template <class Number, class Rate, class Integral>
Number sum_of_convex(long first, long last, const Rate& rate, const Integral& integral) {
  const Number begin = count<Number>(first);
  const Number end = count<Number>(last);
  const Number half = Number(0.5);
  const Number trapezoids = (rate(begin) + rate(end)) / 2 + (integral(end) - integral(begin));
  const Number midpoints = rate(begin) + (integral(end + half) - integral(begin + half));
  return anything_between(trapezoids, midpoints);
}

/// first^(-1/2) + ... + last^(-1/2).
template <class Number>
Number sum_of_inverse_roots(long first, long last) {
  return sum_of_convex<Number>(
      first, last, [](const Number& n) { return Number(1 / sqrt(n)); },
      [](const Number& n) { return Number(2 * sqrt(n)); });
}

}  // namespace plumbline::schedules
