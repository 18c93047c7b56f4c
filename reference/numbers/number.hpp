// What a rule may ask of the number it runs on, and which numbers there are.
//
// Rules are written once, generic over `Number`: + - * /, and square, sqrt, abs,
// max, min, sign, less, cos, power, exp, log, tanh, erf, sum, greatest, dot, pi found by
// argument-dependent look-up. A rule never looks at a value in any other way.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "reference/numbers/certified.hpp"
#include "reference/numbers/plain.hpp"
#include "reference/numbers/rounded.hpp"
#include "reference/numbers/traced.hpp"

namespace plumbline {

template <class Number>
struct NumberTraits {
  using Scalar = Number;
};
template <class Format>
struct NumberTraits<Rounded<Format>> {
  using Scalar = Rounded<typename Format::Scalar>;
};
template <class Format>
struct NumberTraits<Plain<Format>> {
  using Scalar = Plain<Binary64>;
};

/// The number in which hyperparameters, and what is computed from them alone, are held.
template <class Number>
using Scalar = typename NumberTraits<Number>::Scalar;

/// What hyperparameters are given as: a value, or where a formula is traced, a symbol.
template <class Number>
using Given = std::conditional_t<std::is_same_v<Number, Traced>, Traced, double>;

/// t - past where it enters the arithmetic of step t; exact.
template <class Number>
Number step_count(long step, long past) {
  return Number(static_cast<double>(step - past));
}
template <>
inline Traced step_count<Traced>(long, long past) {
  return Traced::step_count(past);
}

template <class Number>
Number pi() {
  return Number::pi();
}
template <>
inline Certified pi<Certified>() {
  return certified_pi();
}

/// cos(pi numerator/denominator) as a program computes it.
template <class Number>
Number cos_pi(long numerator, long denominator) {
  return cos(pi<Number>() * static_cast<double>(numerator) / static_cast<double>(denominator));
}
template <>
inline Certified cos_pi<Certified>(long numerator, long denominator) {
  return cos_pi(numerator, denominator);
}

/// A value as it comes out of a computation; acceptance intervals round it here, where
/// no operation has done so.
inline const Certified& as_result(const Certified& value) {
  return value;
}
inline const Traced& as_result(const Traced& value) {
  return value;
}
template <class Format>
Plain<Format> as_result(const Plain<Format>& value) {
  return Plain<Format>(Format::description.round(value.value()));
}

/// A value that has a name of its own in the paper: formulas are printed with it.
template <class Number>
const Number& named(std::string_view, const Number& value) {
  return value;
}

inline Certified sum(std::span<const Certified> terms) {
  Certified total;
  for (const Certified& term : terms) total = total + term;
  return total;
}

/// The greatest of these, of which there is one at least: exact in every format.
template <class Number>
Number greatest(std::span<const Number> terms) {
  Number largest = terms.front();
  for (const Number& term : terms.subspan(1)) largest = max(largest, term);
  return largest;
}
inline Traced greatest(std::span<const Traced> terms) {
  return Traced(Operation::greatest, {terms.begin(), terms.end()});
}

/// The inner product of two vectors of one length (else std::invalid_argument): each product
/// rounded, their sum in any order. A number with an inner_product of its own uses that.
template <class Number>
Number dot(std::span<const Number> left, std::span<const Number> right) {
  if (left.size() != right.size()) {
    throw std::invalid_argument("an inner product of vectors of different lengths");
  }
  if constexpr (requires { Number::inner_product(left, right); }) {
    return Number::inner_product(left, right);
  } else {
    std::vector<Number> products;
    products.reserve(left.size());
    for (std::size_t index = 0; index < left.size(); ++index) {
      products.push_back(left[index] * right[index]);
    }
    return sum(std::span<const Number>(products));
  }
}

/// Lists the numbers that every rule, schedule and clipping is compiled for.
#define PLUMBLINE_FOR_EACH_NUMBER(apply)                                                      \
  apply(Certified) apply(Rounded<Binary64>) apply(Rounded<Binary32>) apply(Rounded<BFloat16>) \
      apply(Rounded<Binary16>) apply(Plain<Binary64>) apply(Plain<Binary32>)                  \
          apply(Plain<BFloat16>) apply(Plain<Binary16>) apply(Traced)

}  // namespace plumbline
