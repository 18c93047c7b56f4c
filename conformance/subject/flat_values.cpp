#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {

std::vector<double> flat(const Tensors& tensors) {
  std::vector<double> point;
  for (const auto& tensor : tensors) point.insert(point.end(), tensor.begin(), tensor.end());
  return point;
}

Tensors as_tensors(std::span<const double> point, std::span<const std::size_t> lengths) {
  Tensors tensors;
  std::size_t first = 0;
  for (const std::size_t length : lengths) {
    const auto part = point.subspan(first, length);
    tensors.emplace_back(part.begin(), part.end());
    first += length;
  }
  return tensors;
}

}  // namespace plumbline::conformance
