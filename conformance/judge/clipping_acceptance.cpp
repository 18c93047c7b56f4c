#include "conformance/judge/clipping_acceptance.hpp"

#include <algorithm>

#include "conformance/judge/single_values.hpp"

namespace plumbline::conformance {

std::optional<std::vector<std::vector<Acceptance>>> clipping_acceptances(
    const ClippingCase& test_case, const Candidate& candidate, const SubjectFormat& format) {
  std::vector<std::vector<Acceptance>> hull;
  for (const auto& gradient : test_case.gradients) hull.emplace_back(gradient.size());
  const auto held = held_hyperparameters(test_case.hyperparameters, candidate);
  try {
    with_arithmetic(format.arithmetic, [&]<class Format>() {
      bool first = true;
      choices::for_each_outcome(most_clipping_outcomes, [&] {
        const auto allowed = clipped<Rounded<Format>>(test_case, held, candidate.choices);
        for (std::size_t tensor = 0; tensor < hull.size(); ++tensor) {
          for (std::size_t e = 0; e < hull[tensor].size(); ++e) {
            hull[tensor][e].widen(allowed.gradients[tensor][e], first);
          }
        }
        first = false;
      });
    });
  } catch (const TooManyOutcomes&) {
    return std::nullopt;
  }
  return hull;
}

}  // namespace plumbline::conformance
