// The decimals that certified results are written as, read back to compare and to shorten them:
// of a range that double has not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumbline {

/// The number that a certified decimal says; none where no long double holds it.
std::optional<long double> number_of(std::string_view decimal);
/// A certified decimal to six significant digits; one that no long double holds as it stands.
std::string six_digits(std::string_view decimal);

}  // namespace plumbline
