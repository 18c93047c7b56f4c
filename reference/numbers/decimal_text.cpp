#include "reference/numbers/decimal_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace plumbline {

std::string write_decimal(std::string_view mantissa, long exponent) {
  std::string text;
  if (mantissa.starts_with('-')) {
    text = "-";
    mantissa.remove_prefix(1);
  }
  const long digits = static_cast<long>(mantissa.size());
  if (exponent > 0 && exponent <= 21) {  // 12.5
    const long whole = std::min(exponent, digits);
    text.append(mantissa.substr(0, static_cast<std::size_t>(whole)));
    text.append(static_cast<std::size_t>(exponent - whole), '0');
    if (digits > whole) text.append(".").append(mantissa.substr(static_cast<std::size_t>(whole)));
  } else if (exponent <= 0 && exponent > -5) {  // 0.00125
    text.append("0.").append(static_cast<std::size_t>(-exponent), '0').append(mantissa);
  } else {  // 1.25e-10
    text.append(mantissa.substr(0, 1));
    if (digits > 1) text.append(".").append(mantissa.substr(1));
    text.append("e").append(std::to_string(exponent - 1));
  }
  return text;
}

std::string exact_decimal(double value) {
  if (!std::isfinite(value)) return shortest_decimal(value);
  if (value == 0) return "0";
  // A binary64 has at most 767 significant decimal digits.
  std::array<char, 1100> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific, 770)
                       .ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t mark = text.find('e');
  std::string mantissa;
  for (const char letter : text.substr(0, mark)) {
    if (letter != '.') mantissa.push_back(letter);
  }
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  const std::string exponent(text.substr(mark + 1));
  return write_decimal(mantissa, std::stol(exponent) + 1);
}

std::string shortest_decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

}  // namespace plumbline
