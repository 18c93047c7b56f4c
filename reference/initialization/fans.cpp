#include <stdexcept>

#include "reference/initialization.hpp"

namespace plumbline {

Fans fans_of(const Shape& shape, Layout layout) {
  if (shape.size() < 2) throw std::invalid_argument("no fans: fewer than two sizes");
  const std::size_t last = shape.size() - 1;
  const std::size_t output = layout == Layout::output_first ? 0 : last;
  const std::size_t input = layout == Layout::output_first ? 1 : last - 1;
  long window = 1;
  for (std::size_t side = 0; side < shape.size(); ++side) {
    if (side != output && side != input) window *= shape[side];
  }
  return {shape[input] * window, shape[output] * window};
}

std::string_view name_of(Family family) {
  switch (family) {
    case Family::normal:
      return "normal";
    case Family::uniform:
      return "uniform";
    case Family::truncated_normal:
      return "truncated normal";
  }
  return "";
}

}  // namespace plumbline
