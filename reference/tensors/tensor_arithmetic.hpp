// Which tensors a rule's text runs on, by the number that it is bound to.
#pragma once

#include <algorithm>
#include <span>

#include "reference/numbers/first_order.hpp"
#include "reference/tensors/array.hpp"

namespace plumbline {

/// How a rule's text runs on a number: which tensor it sees, and what frames a step.
template <class Number>
struct TensorArithmetic {
  using Value = Array<Number>;
  struct Scope {};
  static Value entered(const Shape& shape, std::span<const Number> elements) {
    return Value(shape, {elements.begin(), elements.end()});
  }
  static void leave(const Value& value, std::span<Number> elements) {
    std::ranges::copy(value.elements(), elements.begin());
  }
};

template <class Format>
struct TensorArithmetic<Rounded<Format>> {
  using Value = Array<FirstOrder<Format>>;
  using Scope = FirstOrderScope;
  static Value entered(const Shape& shape, std::span<const Rounded<Format>> elements) {
    std::vector<FirstOrder<Format>> converted;
    converted.reserve(elements.size());
    for (const Rounded<Format>& element : elements) converted.emplace_back(element);
    return Value(shape, std::move(converted));
  }
  static void leave(const Value& value, std::span<Rounded<Format>> elements) {
    std::ranges::transform(value.elements(), elements.begin(),
                           [](const FirstOrder<Format>& element) { return as_rounded(element); });
  }
};

/// One symbol stands for a whole tensor.
template <>
struct TensorArithmetic<Traced> {
  using Value = Traced;
  struct Scope {};
  static Value entered(const Shape&, std::span<const Traced> elements) { return elements.front(); }
  static void leave(const Value& value, std::span<Traced> elements) { elements.front() = value; }
};

}  // namespace plumbline
