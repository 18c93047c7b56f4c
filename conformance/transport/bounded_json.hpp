// JSON from a stranger: read with bounds, so that no text can overflow the
// stack or take memory out of proportion.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace plumbline::conformance {

/// What a JSON text may cost.
struct JsonBounds {
  /// Arrays and objects inside one another. nlohmann's parser and destructor
  /// are iterative, but its copy, comparison and dump recurse.
  std::size_t depth = 256;
  /// Estimated bytes of the value in memory. `[[],[],...` takes some 25 times
  /// its text, so a bound on the text alone would not do.
  std::size_t memory_bytes = std::size_t{512} << 20;
};

/// The value that TEXT holds. Throws std::runtime_error with one printable line
/// that says what is wrong: a syntax error and its place, ill-formed UTF-8, a
/// number beyond binary64, a name twice in one object, or a bound passed.
/// The integer token `-0` gives the floating-point -0.0, so that no sign is lost.
nlohmann::json parse_bounded(std::string_view text, const JsonBounds& bounds);

}  // namespace plumbline::conformance
