#include "conformance/transport/number_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

[[noreturn]] void refuse_number(std::string_view text, std::string_view why) {
  throw std::runtime_error(fmt::format("`{}` {}", printable_line(text, 80), why));
}

// std::from_chars knows neither the sign "+" nor the prefix "0x", and takes "inf" and
// "nan": so the frame is read here and only the digits are left to it.
double read_hexadecimal(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const bool prefixed = digits.starts_with("0x") || digits.starts_with("0X");
  if (prefixed) digits.remove_prefix(2);
  constexpr std::string_view first_characters = ".0123456789abcdefABCDEF";
  if (!prefixed || digits.empty() || first_characters.find(digits.front()) == digits.npos) {
    refuse_number(text,
                  "is not a number: neither a C99 hexadecimal float nor NaN, Infinity, -Infinity");
  }
  double magnitude = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, magnitude, std::chars_format::hex);
  if (error == std::errc::result_out_of_range)
    refuse_number(text, "is out of the range of binary64");
  if (error != std::errc() || stop != end) refuse_number(text, "is not a C99 hexadecimal float");
  return negative ? -magnitude : magnitude;
}

std::string write_hexadecimal(double value) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                          std::fabs(value), std::chars_format::hex);
  if (error != std::errc()) throw std::logic_error("no room for a hexadecimal float");
  return (std::signbit(value) ? "-0x" : "0x") + std::string(digits.data(), end);
}

}  // namespace

double read_number(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) {
    const bool is_short = !value.is_structured() && !value.is_binary();
    throw std::runtime_error(fmt::format(
        "expected a number, found {}",
        is_short ? fmt::format("`{}`", value.dump()) : fmt::format("an {}", value.type_name())));
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return read_hexadecimal(text);
}

nlohmann::json write_number(double value, NumberStyle style) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (style == NumberStyle::hex) return write_hexadecimal(value);
  return value;
}

}  // namespace plumbline::conformance
