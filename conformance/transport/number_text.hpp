// Numbers as the subject protocol writes them: exact, and the same in every locale.
#pragma once

#include <nlohmann/json.hpp>

namespace plumbline::conformance {

/// How a number is written for a subject: a JSON number that round-trips
/// binary64, or a string with a C99 hexadecimal float.
enum class NumberStyle { decimal, hex };

/// The number that VALUE holds: a JSON number, a C99 hexadecimal float in a
/// string (`"-0x1.8p+1"`), `"NaN"`, `"Infinity"` or `"-Infinity"`.
/// Throws std::runtime_error, naming the value, for anything else, and for a
/// hexadecimal float that binary64 can't hold in its range.
double read_number(const nlohmann::json& value);

/// VALUE for a message. NaN and the infinities are the three strings in both styles.
nlohmann::json write_number(double value, NumberStyle style);

}  // namespace plumbline::conformance
