// Numbers as decimal text, the same on every machine and in every locale.
#pragma once

#include <string>
#include <string_view>

namespace plumbline {

/// The number 0.MANTISSA x 10^exponent (the mantissa may start with '-') in plain
/// notation where that is short, else in scientific notation. Keeps every digit.
std::string write_decimal(std::string_view mantissa, long exponent);

/// The exact value of a finite binary64 in decimal: every digit, no rounding.
std::string exact_decimal(double value);

/// The shortest decimal that reads back as the same binary64 ("0.001").
/// Non-finite values give "NaN", "Infinity" and "-Infinity".
std::string shortest_decimal(double value);

}  // namespace plumbline
