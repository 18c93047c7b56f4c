// A dialect's choices as the enumerations that the text of a rule, schedule or clipping asks for.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <span>

namespace plumbline {

/// Options from choices by their index; those that are missing are 0.
template <class Options>
Options options_from(std::span<const int> choices) {
  std::array<int, sizeof(Options) / sizeof(int)> values{};
  for (std::size_t i = 0; i < values.size() && i < choices.size(); ++i) values[i] = choices[i];
  return std::bit_cast<Options>(values);
}

}  // namespace plumbline
