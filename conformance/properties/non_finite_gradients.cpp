// NaN, infinity, squares that overflow and subnormals among the gradients: they may spoil what
// is clipped together with them, and nothing else. What becomes of that is named, not judged:
// a norm that overflows though the answer would not shows here as zeros.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/judge/clipping_acceptance.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/trying.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

/// What has become of the elements that were clipped together with the first one, `poison`.
std::string_view what_became(const Tensors& before, const Tensors& after, const ClippingPart& part,
                             Quadruple exact) {
  const auto all = [&](auto&& holds) {
    return std::ranges::all_of(part.places, [&](const auto& place) {
      return holds(before[place.first][place.second], after[place.first][place.second]);
    });
  };
  const double first = after[part.places.front().first][part.places.front().second];
  if (all([](double, double value) { return std::isnan(value); })) return "all become NaN";
  if (all([](double, double value) { return value == 0; })) return "all become zero";
  if (all([](double was, double value) {
        return was == value || (std::isnan(was) && std::isnan(value));
      })) {
    return "left as it is";
  }
  if (std::isnan(first)) {
    const bool zeros = std::ranges::all_of(
        part.places.begin() + 1, part.places.end(),
        [&](const auto& place) { return after[place.first][place.second] == 0; });
    return zeros ? "NaN in its place, and zeros beside it" : "NaN in its place";
  }
  if (std::isinf(first)) return "infinite in its place";
  const Quadruple ratio = first / exact;
  return ratio > Quadruple(0.9) && ratio < Quadruple(1.1) ? "clipped to the limit" : "finite";
}

class NonFiniteGradients final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;

  std::string broken(const ClippingCase&, const Dialect&, const Clipper&) const override {
    return {};
  }
  Prediction prediction(const Clipping&, const Dialect&) const override {
    return Prediction::holds;
  }
  int examples(int asked) const override { return std::max(1, asked / 4); }

  Observation observe(const ClippingScope& scope, const ClippingCase& test_case,
                      Prediction) const override {
    if (!fits(test_case, scope.format)) return {Kind::not_applicable, "does not fit the format"};
    const auto parts = clipping_parts(test_case, unit_of(scope.clipping, scope.dialect));
    const auto accepted = clipping_acceptances(test_case, scope.candidate, scope.format);
    if (parts.empty() || !accepted) return {Kind::not_applicable, "nothing to spoil"};
    const bool alone = parts.front().places.size() == 1;
    if (alone && scope.clipping.unit != ClippingUnit::element) {
      return {Kind::not_applicable, "nothing beside the element that is spoiled"};
    }
    std::string seen;
    for (const Poison& poison : poisons(scope.format.storage)) {
      const auto& [tensor, element] = parts.front().places.front();
      ClippingCase poisoned = test_case;
      poisoned.gradients[tensor][element] = poison.value;
      const auto clipped = scope.subject.clip(clip_request(poisoned, scope.format));
      seen += fmt::format("{}{}: ", seen.empty() ? "" : "; ", poison.name);
      if (!clipped.ok()) {
        if (clipped.ended().outcome != Outcome::fault) scope.subject.case_ended_well();
        seen += observation_of(clipped.ended()).kind == Kind::not_applicable
                    ? "refused"
                    : clipped.ended().message;
        continue;
      }
      scope.subject.case_ended_well();
      std::string spread = where_it_spread(parts, *accepted, clipped->gradients);
      if (!spread.empty()) {
        return {Kind::otherwise,
                fmt::format("with {} as g{}[{}], {}", poison.name, tensor, element, spread)};
      }
      // In exact arithmetic the largest number alone is what the norm is made of.
      seen +=
          what_became(poisoned.gradients, clipped->gradients, parts.front(), parts.front().limit);
    }
    return {Kind::as_expected, seen};
  }

 private:
  static std::string where_it_spread(const std::vector<ClippingPart>& parts,
                                     const std::vector<std::vector<Acceptance>>& accepted,
                                     const Tensors& answer) {
    for (std::size_t index = 1; index < parts.size(); ++index) {
      for (const auto& [tensor, element] : parts[index].places) {
        const Acceptance& allowed = accepted[tensor][element];
        const double value = answer[tensor][element];
        if (is_nearly_allowed(allowed, value)) continue;
        return fmt::format("g{}[{}], which is clipped apart from it, becomes {}", tensor, element,
                           shortest_decimal(value));
      }
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<ClippingProperty> non_finite_gradients() {
  return std::make_unique<NonFiniteGradients>(
      "non-finite-gradients",
      "NaN, infinity, overflow and subnormals spoil nothing that is clipped apart from them",
      Whereabouts::outside);
}

}  // namespace plumbline::conformance
