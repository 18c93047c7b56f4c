// A value in quadruple precision, as findings tell it.
#pragma once

#include <string>

#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

/// To the digits of a binary64.
inline std::string text(Quadruple value) {
  return shortest_decimal(static_cast<double>(value));
}

}  // namespace plumbline::conformance
