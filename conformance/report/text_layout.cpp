#include "conformance/report/text_layout.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// Takes the first `width` characters off `text`.
std::string take(std::string_view& text, std::size_t width) {
  std::size_t place = 0;
  std::size_t characters = 0;
  while (place < text.size()) {
    if (starts_character(text[place]) && characters++ == width) break;
    ++place;
  }
  const std::string taken(text.substr(0, place));
  text.remove_prefix(place);
  return taken;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(word.size());
    const std::size_t gap = lines.back().empty() ? 0 : 1;
    if (width_of(lines.back()) + gap + width_of(word) > width && gap == 1) {
      lines.emplace_back();
    } else if (gap == 1) {
      lines.back() += ' ';
    }
    while (width_of(word) > width) {
      lines.back() += take(word, width);
      lines.emplace_back();
    }
    lines.back() += word;
    if (text.starts_with('\n')) lines.emplace_back();
    if (!text.empty()) text.remove_prefix(1);
  }
  return lines;
}

std::vector<std::string> wrapped_command(const std::vector<std::string>& parts, std::size_t width) {
  std::vector<std::string> lines(1);
  for (const std::string& part : parts) {
    constexpr std::size_t continuation = 2;  // " \"
    if (!lines.back().empty()) {
      if (width_of(lines.back()) + 1 + width_of(part) + continuation > width) {
        lines.back() += " \\";
        lines.emplace_back();
      } else {
        lines.back() += ' ';
      }
    }
    lines.back() += part;
  }
  return lines;
}

}  // namespace plumbline::conformance
