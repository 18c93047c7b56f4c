// What a clipping shortens by itself: the elements of all tensors together, of a tensor, of a
// unit of one, or one element; with the limit to its norm. In quadruple precision, apart from
// the reference's own text.
#pragma once

#include <utility>
#include <vector>

#include "conformance/cases/clipping_case.hpp"
#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

struct ClippingPart {
  std::vector<std::pair<std::size_t, std::size_t>> places;  ///< tensor and element
  Quadruple limit = 0;
};

/// The parts of a case; `unit` is the clipping's, or what a dialect has instead.
std::vector<ClippingPart> clipping_parts(const ClippingCase& test_case, ClippingUnit unit);
/// The unit of a dialect of the clipping.
ClippingUnit unit_of(const Clipping& clipping, const Dialect& dialect);

/// The norm of a part's elements in these tensors.
Quadruple norm_of(const ClippingPart& part, NormOrder order,
                  const std::vector<std::vector<double>>& tensors);

}  // namespace plumbline::conformance
