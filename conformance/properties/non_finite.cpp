// NaN, infinity, overflow and subnormal gradients: they may spoil their own element, and
// no other. What becomes of the element itself is named, not judged.
#include <fmt/format.h>

#include <cmath>

#include "conformance/properties/direct_properties.hpp"
#include "conformance/properties/relations.hpp"
#include "conformance/properties/trying.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

std::string_view kind_of(double value) {
  return std::isnan(value) ? "NaN" : std::isinf(value) ? "infinite" : "finite";
}

class NonFiniteStaysInPlace final : public Property {
 public:
  using Property::Property;
  CaseNeeds needs() const override {
    return {.least_steps = 2, .most_parameters = 2, .least_elements = 2};
  }
  // Rules that go element by element; what mixes elements may spread it.
  Prediction prediction(const Rule& rule, const Dialect& dialect) const override {
    const RelationProperty elementwise("", "", {.least_elements = 2}, relations::split_tensor);
    return elementwise.prediction(rule, dialect) == Prediction::holds ? Prediction::holds
                                                                      : Prediction::says_nothing;
  }
  int examples(int asked) const override { return std::max(1, asked / 4); }

  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    const auto accepted = acceptances(test_case, scope.candidate, scope.format);
    if (!accepted) return {Kind::not_applicable, "too many branches are open"};
    std::string seen;
    bool any = false;
    for (const Poison& poison : poisons(scope.format.storage)) {
      Case poisoned = test_case;
      (*poisoned.gradients.front().front())[0] = poison.value;
      const Recording recording = record(scope.subject, poisoned, scope.format);
      if (recording.outcome != Outcome::ran) {
        // Refusing is an answer, and breaking down is no silent corruption: it is named.
        const bool refused =
            recording.outcome == Outcome::unsupported || recording.outcome == Outcome::refused;
        seen += fmt::format("{}{}: {}", seen.empty() ? "" : "; ", poison.name,
                            refused ? "refused" : recording.message);
        scope.subject.case_ended_well();
        continue;
      }
      any = true;
      std::string spread = where_it_spread(test_case, recording, *accepted);
      if (!spread.empty()) {
        return {Kind::otherwise,
                fmt::format("with {} as w[0]'s first gradient, {}", poison.name, spread)};
      }
      seen += fmt::format("{}{}: {}, then {}", seen.empty() ? "" : "; ", poison.name,
                          kind_of(recording.steps.front().parameters[0][0]),
                          kind_of(recording.steps.back().parameters[0][0]));
    }
    if (!any) return {Kind::not_applicable, seen};
    return {Kind::as_expected, seen};
  }

 private:
  /// An element other than the first that left what it may be; empty where there is none.
  static std::string where_it_spread(const Case& test_case, const Recording& recording,
                                     const std::vector<ParameterAcceptance>& accepted) {
    for (std::size_t step = 0; step < recording.steps.size(); ++step) {
      for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
        const auto& values = recording.steps[step].parameters[index];
        for (std::size_t e = index == 0 ? 1 : 0; e < values.size(); ++e) {
          const Acceptance& allowed = accepted[index].values[step + 1][e];
          if (is_nearly_allowed(allowed, values[e])) continue;
          return fmt::format("step {} leaves {}[{}] at {}", step + 1,
                             test_case.parameters[index].name, e, shortest_decimal(values[e]));
        }
      }
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Property> non_finite_stays_in_place() {
  return std::make_unique<NonFiniteStaysInPlace>(
      "non-finite-stays-in-place", "NaN, infinity, overflow and subnormals spoil no other element");
}

}  // namespace plumbline::conformance
