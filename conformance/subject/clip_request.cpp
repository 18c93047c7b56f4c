#include "conformance/subject/clip_request.hpp"

#include <algorithm>

namespace plumbline::conformance {

ClipRequest clip_request(const ClippingCase& test_case, const SubjectFormat& format) {
  return {.clipping = std::string(test_case.clipping->name),
          .format = format.name,
          .hyperparameters =
              named_values(test_case.clipping->hyperparameters, test_case.hyperparameters),
          .shapes = test_case.shapes,
          .gradients = test_case.gradients,
          .parameters = test_case.parameters};
}

bool fits(const ClippingCase& test_case, const SubjectFormat& format) {
  const auto all_held = [&](const Tensors& tensors) {
    return std::ranges::all_of(tensors, [&](const std::vector<double>& tensor) {
      return std::ranges::all_of(tensor, [&](double value) { return format.storage.holds(value); });
    });
  };
  return all_held(test_case.gradients) && all_held(test_case.parameters);
}

}  // namespace plumbline::conformance
