// What schedules compute with: counts, powers, the way from one rate to another.
//
// Each of these is computed in more than one way by correct programs. Every number follows the
// first; an acceptance interval is the hull of all of them, since all are right.
#pragma once

#include <algorithm>
#include <vector>

#include "reference/numbers/number.hpp"

namespace plumbline::schedules {

/// A count of steps as it enters the arithmetic; exact.
template <class Number>
Number count(long steps) {
  return Number(static_cast<double>(steps));
}

/// base^n for a whole n >= 0 and a base above 0.
template <class Number>
Number count_power(const Number& base, long n) {
  return power(base, count<Number>(n));
}
/// A program may take it by a logarithm, or multiply: n - 1 products in any order, each rounded.
/// Squared repeatedly, n - 1 roundings go into the result too, and the interval holds them all.
template <class Format>
Rounded<Format> count_power(const Rounded<Format>& base, long n) {
  const Rounded<Format> exponent = count<Rounded<Format>>(n);
  const Rounded<Format> at_once = hull(power(base, exponent), exp(exponent * log(base)));
  if (n < 2) return at_once;
  Rounded<Format> product = base;
  int bit = 62;
  while ((n >> bit) == 0) --bit;
  for (--bit; bit >= 0; --bit) {
    product = product * product;
    if (((n >> bit) & 1) != 0) product = product * base;
  }
  return hull(at_once, product);
}

/// base^exponent for a base that is not negative.
template <class Number>
Number real_power(const Number& base, const Number& exponent) {
  return power(base, exponent);
}
template <class Format>
Rounded<Format> real_power(const Rounded<Format>& base, const Rounded<Format>& exponent) {
  const Rounded<Format> at_once = power(base, exponent);
  if (!(base.lower() > 0)) return at_once;
  return hull(at_once, exp(exponent * log(base)));
}

/// The rate a share of the way from one to another: all of it at 1.
template <class Number>
Number on_the_way(const Number& from, const Number& to, const Number& share) {
  return from + (to - from) * share;
}
template <class Format>
Rounded<Format> on_the_way(const Rounded<Format>& from, const Rounded<Format>& to,
                           const Rounded<Format>& share) {
  const Rounded<Format> left = 1 - share;
  return hull(hull(from + (to - from) * share, to + (from - to) * left), from * left + to * share);
}

/// part/whole for 0 <= part <= whole, as a quotient rounds: x/x = 1 in every format, and nothing
/// less than that is rounded past it.
template <class Number>
Number share_of(long part, long whole) {
  Number share = count<Number>(part) / count<Number>(whole);
  if constexpr (requires { hull(share, share); }) {
    if (part == whole) return Number(1);
    return min(share, Number(1));
  } else {
    return share;
  }
}

/// length, 2 length, ... up to `until`.
inline std::vector<long> multiples(long length, long until) {
  std::vector<long> steps;
  for (long step = length; step <= until; step += length) steps.push_back(step);
  return steps;
}

/// (1 + cos(pi p))/2: from 1 to 0 while p goes from 0 to 1.
template <class Number>
Number half_cosine(const Number& progress) {
  return (1 + cos(pi<Number>() * progress)) / 2;
}
template <class Number>
Number half_cosine(long numerator, long denominator) {
  return (1 + cos_pi<Number>(numerator, denominator)) / 2;
}

/// What PyTorch's LinearLR multiplies the rate by at step t of a way from the share s to 1 in
/// `length` steps: 1 + (1 - s)/(length s + (t - 1)(1 - s)).
template <class Number>
Number climb(const Number& start, long step, long length) {
  const Number reached = count<Number>(length) * start + count<Number>(step - 1) * (1 - start);
  return 1 + (1 - start) / reached;
}

/// What PyTorch's recursion makes of the rate before at step t of a cosine of T steps.
template <class Number>
Number cosine_step(const Number& rate, const Number& learning_rate, const Number& minimum,
                   long step, long total) {
  if ((step - 1 - total) % (2 * total) == 0) {
    return rate + (learning_rate - minimum) * (1 - cos_pi<Number>(1, total)) / 2;
  }
  const Number raised = 1 + cos_pi<Number>(step, total);
  const Number raised_before = 1 + cos_pi<Number>(step - 1, total);
  return raised / raised_before * (rate - minimum) + minimum;
}

}  // namespace plumbline::schedules
