#include "reference/numbers/certified_decimal.hpp"

#include <array>
#include <charconv>
#include <system_error>

namespace plumbline {

std::optional<long double> number_of(std::string_view decimal) {
  long double value = 0;
  const char* const end = decimal.data() + decimal.size();
  const auto read = std::from_chars(decimal.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::string six_digits(std::string_view decimal) {
  const auto value = number_of(decimal);
  if (!value) return std::string(decimal);
  std::array<char, 32> text;
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), *value, std::chars_format::general, 6);
  return {text.data(), written.ptr};
}

}  // namespace plumbline
