// Certified numbers and acceptance radii as the text of a golden file.
#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "conformance/golden/golden.hpp"
#include "reference/numbers/certified.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {

/// The formats for which golden files carry radii.
inline constexpr std::string_view golden_formats[] = {"binary64", "binary32", "bfloat16"};

/// The number's forty digits; counts it. Throws NotEnoughPrecision with `place`.
std::string certified_text(const Certified& value, const std::string& place, GoldenCounts& counts);

/// A quadruple, exactly.
Certified exactly(Quadruple value);
inline Certified exactly(double value) {
  return Certified(value);
}

/// Three significant digits, never below the value.
std::string rounded_up(double value);

/// The least radius about the text of `golden` that holds the whole interval, rounded up
/// to three digits; "Infinity" where the interval has no end. The text itself may be off
/// by a unit of its last digit.
template <class Format>
std::string radius_text(const Rounded<Format>& interval, const Certified& golden) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  using Wide = typename Format::Wide;
  if (interval.may_be_nan() || interval.upper() == Wide(infinity) ||
      interval.lower() == -Wide(infinity)) {
    return "Infinity";
  }
  const double above = (exactly(interval.upper()) - golden).upper();
  const double below = (golden - exactly(interval.lower())).upper();
  const double text_error =
      golden.is_exactly(golden.decimal(golden_digits).value_or("NaN"))
          ? 0
          : std::max(std::abs(golden.lower()), std::abs(golden.upper())) * 1e-39;
  return rounded_up(std::max({above, below, 0.0}) + text_error);
}

/// The same of a whole tensor, in whose name each element has its place.
nlohmann::ordered_json certified_texts(const std::vector<Certified>& values,
                                       const std::string& place, GoldenCounts& counts);

/// Exact values in full: gradients, initial parameters.
nlohmann::ordered_json exact_list(const std::vector<double>& values);

/// Hyperparameters by name, those at their neutral value left out.
nlohmann::ordered_json hyperparameter_texts(std::span<const Hyperparameter> description,
                                            std::span<const double> values);

}  // namespace plumbline::conformance
