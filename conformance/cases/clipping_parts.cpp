#include "conformance/cases/clipping_parts.hpp"

#include <algorithm>
#include <map>

#include "reference/numbers/wide.hpp"

namespace plumbline::conformance {
namespace {

/// Which part of its tensor an element belongs to.
std::size_t part_in_tensor(ClippingUnit unit, const Shape& shape, std::size_t element) {
  const auto axis = [&](std::size_t index) { return static_cast<std::size_t>(shape[index]); };
  switch (unit) {
    case ClippingUnit::element:
      return element;
    case ClippingUnit::row: {
      if (shape.size() < 2) return 0;
      return element / (element_count(shape) / axis(0));
    }
    case ClippingUnit::column: {
      if (std::ranges::count_if(shape, [](long size) { return size != 1; }) < 2) return 0;
      // All axes but the first are left; of four axes the last one alone.
      return element % (shape.size() == 4 ? axis(3) : element_count(shape) / axis(0));
    }
    case ClippingUnit::all_tensors:
    case ClippingUnit::tensor:
      break;
  }
  return 0;
}

}  // namespace

ClippingUnit unit_of(const Clipping& clipping, const Dialect& dialect) {
  for (std::size_t index = 0; index < clipping.options.size(); ++index) {
    const Option& option = clipping.options[index];
    if (option.choices[static_cast<std::size_t>(dialect.choices[index])] == "columns") {
      return ClippingUnit::column;
    }
  }
  return clipping.unit;
}

std::vector<ClippingPart> clipping_parts(const ClippingCase& test_case, ClippingUnit unit) {
  std::map<std::pair<std::size_t, std::size_t>, ClippingPart> parts;
  for (std::size_t tensor = 0; tensor < test_case.gradients.size(); ++tensor) {
    for (std::size_t e = 0; e < test_case.gradients[tensor].size(); ++e) {
      const bool together = unit == ClippingUnit::all_tensors;
      const std::size_t part = part_in_tensor(unit, test_case.shapes[tensor], e);
      parts[{together ? 0 : tensor, part}].places.emplace_back(tensor, e);
    }
  }
  std::vector<ClippingPart> list;
  for (auto& [key, part] : parts) {
    part.limit = test_case.hyperparameters[0];
    if (!test_case.parameters.empty()) {
      const Quadruple size = norm_of(part, NormOrder::two, test_case.parameters);
      part.limit *= std::max(size, Quadruple(test_case.hyperparameters[1]));
    }
    list.push_back(std::move(part));
  }
  return list;
}

Quadruple norm_of(const ClippingPart& part, NormOrder order,
                  const std::vector<std::vector<double>>& tensors) {
  Quadruple total = 0;
  for (const auto& [tensor, element] : part.places) {
    const Quadruple value = tensors[tensor][element];
    const Quadruple magnitude = magnitude_of(value);
    switch (order) {
      case NormOrder::one:
        total += magnitude;
        break;
      case NormOrder::two:
        total += magnitude * magnitude;
        break;
      case NormOrder::infinity:
        total = std::max(total, magnitude);
        break;
    }
  }
  return order == NormOrder::two ? wide_sqrt(total) : total;
}

}  // namespace plumbline::conformance
