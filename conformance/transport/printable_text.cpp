#include "conformance/transport/printable_text.hpp"

#include <fmt/format.h>

namespace plumbline::conformance {
namespace {

unsigned byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

// The length of the printable character that BYTES begins with, or 0: the
// well-formed sequences of the Unicode Standard, table 3-7, less the controls
// (U+0000..1F, U+007F..9F).
std::size_t printable_length(std::string_view bytes) {
  const unsigned lead = byte_at(bytes, 0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes.size() < length) return 0;
  for (std::size_t place = 1; place < length; ++place) {
    if ((byte_at(bytes, place) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte_at(bytes, 1);
  const bool control = lead == 0xC2 && second < 0xA0;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool too_large = lead == 0xF4 && second > 0x8F;
  return control || overlong || surrogate || too_large ? 0 : length;
}

std::string printable(std::string_view bytes, std::size_t limit, std::string_view kept) {
  std::string text;
  std::size_t place = 0;
  while (place < bytes.size()) {
    const std::string_view rest = bytes.substr(place);
    const bool keep = kept.find(rest.front()) != kept.npos;
    const std::size_t length = keep ? 1 : printable_length(rest);
    if (place + (length == 0 ? 1 : length) > limit) return text + "...";
    if (length == 0) {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte_at(rest, 0));
      ++place;
    } else {
      text += rest.substr(0, length);
      place += length;
    }
  }
  return text;
}

}  // namespace

std::string printable_line(std::string_view bytes, std::size_t limit) {
  return printable(bytes, limit, "");
}

std::string printable_block(std::string_view bytes) {
  return printable(bytes, bytes.size(), "\n\t");
}

}  // namespace plumbline::conformance
