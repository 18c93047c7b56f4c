// Trying a property of clipping: random cases, and the way down to a small one that fails.
#include <algorithm>
#include <cmath>

#include "conformance/judge/single_values.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/trying.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

constexpr int most_shrink_attempts = 200;

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
  if (!run.input.empty()) {
    const ClippingCase given =
        as_held(read_clipping_case(scope.clipping, run.input), scope.candidate);
    const Observation seen = property.observe(scope, given, expected);
    finding.examples = 1;
    if (is_failure(seen)) {
      fail(finding, clipping_case_text(given), seen);
      return finding;
    }
    finding.note = seen.message;
    if (seen.kind == Kind::as_expected) finding.verdict = PropertyVerdict::holds;
    return finding;
  }

  std::mt19937_64 random(
      random_seed(property.name(), scope.format.name, scope.clipping.name, run.seed));
  const int wanted = property.examples(run.examples);
  for (int tried = 0; finding.examples < wanted && tried < 4 * wanted; ++tried) {
    ClippingCase test_case =
        as_held(random_clipping_case(scope.clipping, scope.dialect, property.whereabouts(), random),
                scope.candidate);
    Observation seen = property.observe(scope, test_case, expected);
    if (seen.kind == Kind::not_applicable) {
      if (finding.examples == 0) finding.note = seen.message;
      continue;
    }
    if (++finding.examples == 1) finding.note = seen.message;
    if (!is_failure(seen)) continue;
    int attempts = 0;
    for (bool found = run.shrinks && seen.kind == Kind::otherwise; found;) {
      found = false;
      for (ClippingCase& smaller : smaller_cases(test_case)) {
        if (++attempts > most_shrink_attempts) break;
        Observation again = property.observe(scope, smaller, expected);
        if (again.kind != Kind::otherwise) continue;
        seen = std::move(again);
        test_case = std::move(smaller);
        found = true;
        break;
      }
    }
    finding.note.clear();
    fail(finding, clipping_case_text(test_case), seen);
    return finding;
  }
  if (finding.examples > 0) finding.verdict = PropertyVerdict::holds;
  return finding;
}

}  // namespace plumbline::conformance
