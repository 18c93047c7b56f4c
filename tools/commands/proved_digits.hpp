// Certified numbers as pages show them.
#pragma once

#include <string>

#include "reference/numbers/certified.hpp"

namespace plumbline::tools {

/// Forty digits, all proved. Throws NotEnoughPrecision, which certify() answers with more of it.
std::string proved_digits(const Certified& value);

}  // namespace plumbline::tools
