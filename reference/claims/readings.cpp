#include "reference/claims/readings.hpp"

#include <stdexcept>

namespace plumbline::claims {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

}  // namespace

Figure figure(std::string name, const Certified& value, int digits) {
  const std::optional<std::string> text = value.decimal(digits);
  if (!text) throw NotEnoughPrecision("the digits of " + name + " are not proved");
  return {std::move(name), *text};
}
Figure figure(std::string name, long value) {
  return {std::move(name), std::to_string(value)};
}
Figure figure(std::string name, std::string value) {
  return {std::move(name), std::move(value)};
}

bool is_to_one_digit(long counted, long stated) {
  long unit = 1;
  while (stated / unit >= 10) unit *= 10;
  // Rounded to the stated number's leading place.
  return (counted + unit / 2) / unit == stated / unit;
}

bool is_within_factor_two(long counted, long stated) {
  return 2 * counted >= stated && counted <= 2 * stated;
}

bool rounds_to(const Certified& value, long numerator, long denominator) {
  return !less(Certified::ratio(1, 2 * denominator),
               abs(value - Certified::ratio(numerator, denominator)));
}

bool at_most(const Certified& left, const Certified& right) {
  return Certified::identical(left, right) || !less(right, left);
}

void Readings::add(std::string reading, bool holds) {
  (holds ? holding_ : failing_).push_back(std::move(reading));
}

Finding Readings::finding() const {
  if (holding_.empty() && failing_.empty()) throw std::logic_error("nothing was decided");
  if (failing_.empty()) return {ClaimVerdict::holds, "", figures_, ""};
  // What fails is named: beside the counterexample, or for want of one.
  const std::string fails = counterexample_.empty() ? "not: " + joined(failing_) : counterexample_;
  if (holding_.empty()) return {ClaimVerdict::refuted, "", figures_, fails};
  return {ClaimVerdict::holds_under, joined(holding_), figures_, fails};
}

}  // namespace plumbline::claims
