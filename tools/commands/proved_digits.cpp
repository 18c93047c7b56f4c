#include "tools/commands/proved_digits.hpp"

namespace plumbline::tools {

std::string proved_digits(const Certified& value) {
  const std::optional<std::string> text = value.decimal(40);
  if (!text) throw NotEnoughPrecision("40 digits are not proved");
  return *text;
}

}  // namespace plumbline::tools
