// What the clippings by norm share: the p-norms, and the ways in which libraries shorten a
// gradient of norm N to the limit c. All are g min(1, c/N) where N > 0 and c > 0, but for
// PyTorch's epsilon.
#pragma once

#include "reference/define_clipping.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::clippings {

/// (sum |g_i|^p)^(1/p) for p = 1 and 2, max |g_i| for p = infinity; 0 of no elements.
template <NormOrder order, class Number>
Number norm_of(const std::vector<Number>& elements) {
  std::vector<Number> terms;
  for (const Number& element : elements) {
    terms.push_back(order == NormOrder::two ? square(element) : abs(element));
  }
  if (terms.empty()) return Number(0);
  const std::span<const Number> all(terms);
  if constexpr (order == NormOrder::infinity) return greatest(all);
  if constexpr (order == NormOrder::one) return sum(all);
  return sqrt(sum(all));
}

enum class Shortening : int {
  factor,               ///< g min(1, c/N)
  factor_with_epsilon,  ///< g min(1, c/(N + 1e-6))
  quotient,             ///< (g/max(N, c)) c
  reciprocals,          ///< g c min(1/N, 1/c)
  divisor,              ///< g/max(1, N/c)
};

template <class Number>
void shorten(std::vector<Number>& gradient, Shortening way, const Number& norm,
             const Number& limit) {
  if (gradient.empty()) return;  // its norm is 0, and c/0 is not needed
  switch (way) {
    case Shortening::factor:
    case Shortening::factor_with_epsilon: {
      const bool plain = way == Shortening::factor;
      const Number factor = min(Number(1), limit / (plain ? norm : norm + Number(1e-6)));
      for (Number& element : gradient) element = element * factor;
      break;
    }
    case Shortening::quotient: {
      const Number divisor = max(norm, limit);
      for (Number& element : gradient) element = element / divisor * limit;
      break;
    }
    case Shortening::reciprocals: {
      const Number factor = limit * min(1 / norm, 1 / limit);
      for (Number& element : gradient) element = element * factor;
      break;
    }
    case Shortening::divisor: {
      const Number divisor = max(Number(1), norm / limit);
      for (Number& element : gradient) element = element / divisor;
      break;
    }
  }
}

inline Hyperparameter max_norm() {
  return {.name = "max_norm",
          .symbol = "c",
          .meaning = "the largest norm let through",
          .default_value = 1,
          .neutral = {},
          .least = 0,
          .greatest = rules::unbounded,
          .dyadic = 0.5,
          .low = 1e-3,
          .high = 1000,
          .distinct = 0.3};
}

inline Option shortening_option() {
  return {"shortening", {"factor", "factor_with_epsilon", "quotient", "reciprocals", "divisor"}};
}

inline Equivalence quotient_is_factor() {
  return {"exact", "quotient", "c/max(N, c) = min(c/N, 1) for c > 0"};
}
inline Equivalence reciprocals_are_factor() {
  return {"exact", "reciprocals", "c min(1/N, 1/c) = min(c/N, 1) for c > 0"};
}
inline Equivalence divisor_is_factor() {
  return {"exact", "divisor", "1/max(1, N/c) = min(1, c/N) for c > 0"};
}

/// The catalogue entry of a text that says its unit, order, source and notes.
template <class ClippingText>
Clipping clipping_by_norm(std::string_view name, std::string_view title, std::string_view formula,
                          std::vector<Dialect> dialects,
                          std::vector<Equivalence> equivalences = {}) {
  return {
      .name = name,
      .title = title,
      .formula = formula,
      .source = ClippingText::source,
      .hyperparameters = {max_norm()},
      .options = {shortening_option()},
      .dialects = std::move(dialects),
      .equivalences = std::move(equivalences),
      .notes = ClippingText::notes,
      .unit = ClippingText::unit,
      .order = ClippingText::order,
      .wants_parameters = false,
      .bindings = clipping_bindings<ClippingText>(),
  };
}

}  // namespace plumbline::clippings
