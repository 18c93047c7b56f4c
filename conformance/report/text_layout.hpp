// Text in columns, for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

/// The number of characters in UTF-8 text.
std::size_t width_of(std::string_view text);

/// `text` in lines of at most `width` characters, broken at line feeds and spaces, and
/// inside a word only where that is wider than a line. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// A shell command's parts in lines of at most `width`, joined by a backslash at a line's
/// end, so that the whole can be pasted. A part that is wider than a line is left whole.
std::vector<std::string> wrapped_command(const std::vector<std::string>& parts, std::size_t width);

}  // namespace plumbline::conformance
