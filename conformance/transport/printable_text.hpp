// What a subject printed, made fit to be shown: nothing that a subject prints
// may move the terminal's cursor or break the UTF-8 of a report.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumbline::conformance {

/// BYTES as one line of valid UTF-8: control characters and ill-formed bytes
/// stand as `\xNN`. Of more than `limit` bytes only the first are shown, then "...".
std::string printable_line(std::string_view bytes, std::size_t limit = 160);

/// The same for several lines: line feeds and tabs stay, and nothing is cut.
std::string printable_block(std::string_view bytes);

}  // namespace plumbline::conformance
