#include "conformance/golden/certified_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {

std::string certified_text(const Certified& value, const std::string& place, GoldenCounts& counts) {
  const auto text = value.decimal(golden_digits);
  if (!text) throw NotEnoughPrecision(fmt::format("{} can't be certified", place));
  ++counts.certified_numbers;
  return *text;
}

nlohmann::ordered_json certified_texts(const std::vector<Certified>& values,
                                       const std::string& place, GoldenCounts& counts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t element = 0; element < values.size(); ++element) {
    list.push_back(certified_text(values[element], fmt::format("{}[{}]", place, element), counts));
  }
  return list;
}

Certified exactly(Quadruple value) {
  const double high = static_cast<double>(value);
  const double middle = static_cast<double>(value - Quadruple(high));
  const double low = static_cast<double>(value - Quadruple(high) - Quadruple(middle));
  return Certified(high) + Certified(middle) + Certified(low);
}

std::string rounded_up(double value) {
  if (value == 0) return "0";
  // Three digits to nearest; where that is below, one unit of the last digit more.
  std::string text = fmt::format("{:.2e}", value);
  if (std::strtod(text.c_str(), nullptr) < value) {
    const int exponent = std::atoi(text.substr(text.find('e') + 1).c_str());
    const int hundredths = (text[0] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0') + 1;
    text = hundredths == 1000
               ? fmt::format("1.00e{}", exponent + 1)
               : fmt::format("{}.{:02}e{}", hundredths / 100, hundredths % 100, exponent);
  }
  return shortest_decimal(std::strtod(text.c_str(), nullptr));
}

nlohmann::ordered_json exact_list(const std::vector<double>& values) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const double value : values) list.push_back(exact_decimal(value));
  return list;
}

nlohmann::ordered_json hyperparameter_texts(std::span<const Hyperparameter> description,
                                            std::span<const double> values) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t index = 0; index < description.size(); ++index) {
    const Hyperparameter& hyperparameter = description[index];
    if (hyperparameter.neutral && values[index] == *hyperparameter.neutral) continue;
    if (hyperparameter.kind == Hyperparameter::Kind::boolean) {
      object[std::string(hyperparameter.name)] = values[index] != 0;
    } else {
      object[std::string(hyperparameter.name)] = shortest_decimal(values[index]);
    }
  }
  return object;
}

}  // namespace plumbline::conformance
