// Trying a property of clipping: random cases, and the way down to a small one that fails.
#include <algorithm>
#include <cmath>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/trying.hpp"

namespace plumbline::conformance {
namespace {

/// Smaller cases: a tensor less, an element of a vector less, or one of magnitude 1.
std::vector<ClippingCase> smaller_cases(const ClippingCase& test_case) {
  std::vector<ClippingCase> list;
  const auto without = [](auto& values, std::size_t index) {
    if (index < values.size()) values.erase(values.begin() + static_cast<long>(index));
  };
  for (std::size_t tensor = 0; tensor < test_case.gradients.size(); ++tensor) {
    ClippingCase& fewer = list.emplace_back(test_case);
    without(fewer.shapes, tensor);
    without(fewer.gradients, tensor);
    without(fewer.parameters, tensor);
  }
  for (std::size_t tensor = 0; tensor < test_case.gradients.size(); ++tensor) {
    const bool is_vector = test_case.shapes[tensor].size() == 1;
    for (std::size_t e = 0; e < test_case.gradients[tensor].size(); ++e) {
      if (is_vector && test_case.gradients[tensor].size() > 1) {
        ClippingCase& shorter = list.emplace_back(test_case);
        --shorter.shapes[tensor][0];
        without(shorter.gradients[tensor], e);
        if (!shorter.parameters.empty()) without(shorter.parameters[tensor], e);
      }
      const double value = test_case.gradients[tensor][e];
      if (value != 0 && std::abs(value) != 1) {
        list.emplace_back(test_case).gradients[tensor][e] = std::copysign(1.0, value);
      }
    }
  }
  return list;
}

/// What the subject holds of the case.
ClippingCase as_held(ClippingCase test_case, const Candidate& candidate) {
  test_case.hyperparameters = held_hyperparameters(test_case.hyperparameters, candidate);
  return test_case;
}

}  // namespace

PropertyFinding try_clipping_property(const ClippingProperty& property, const ClippingScope& scope,
                                      const PropertyRun& run) {
  const Prediction expected = known_prediction(property, scope.clipping, scope.dialect);
  PropertyFinding finding = untried(property, expected);
  if (expected == Prediction::says_nothing) {
    finding.note = "says nothing of this clipping";
    return finding;
  }
  std::mt19937_64 random(
      random_seed(property.name(), scope.format.name, scope.clipping.name, run.seed));
  const InputKind<ClippingCase> cases{
      .observe =
          [&](const ClippingCase& test_case) {
            return property.observe(scope, test_case, expected);
          },
      .at_random =
          [&](int) {
            return as_held(
                random_clipping_case(scope.clipping, scope.dialect, property.whereabouts(), random),
                scope.candidate);
          },
      .smaller = smaller_cases,
      .text = clipping_case_text};
  if (!run.input.empty()) {
    return try_given(std::move(finding),
                     as_held(read_clipping_case(scope.clipping, run.input), scope.candidate),
                     cases);
  }
  return try_at_random(std::move(finding), property.examples(run.examples), run.shrinks, cases);
}

}  // namespace plumbline::conformance
