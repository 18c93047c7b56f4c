// The properties of clipping that hold up to rounding.
#include <fmt/format.h>

#include <algorithm>

#include "conformance/judge/clipping_acceptance.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/quadruple_text.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/wide.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;
using Place = std::pair<std::size_t, std::size_t>;

std::string place_text(const Place& place) {
  return fmt::format("g{}[{}]", place.first, place.second);
}

template <class Value>
const Value& at(const std::vector<std::vector<Value>>& tensors, const Place& place) {
  return tensors[place.first][place.second];
}

std::vector<ClippingPart> parts_of(const ClippingCase& test_case, const Dialect& dialect) {
  return clipping_parts(test_case, unit_of(*test_case.clipping, dialect));
}

std::vector<Place> all_places(const ClippingCase& test_case) {
  std::vector<Place> places;
  for (const ClippingPart& part : clipping_parts(test_case, ClippingUnit::all_tensors)) {
    places.insert(places.end(), part.places.begin(), part.places.end());
  }
  return places;
}

/// The first element of which `one` and `other` differ by more than `tolerance` says.
std::string first_difference(const ClippingCase& test_case, const Tensors& one,
                             const Tensors& other, const auto& tolerance, std::string_view what) {
  for (const Place& place : all_places(test_case)) {
    const Quadruple difference = Quadruple(at(one, place)) - Quadruple(at(other, place));
    if (magnitude_of(difference) <= tolerance(place)) continue;
    return fmt::format("{}: {} is {}, not {}", what, place_text(place),
                       shortest_decimal(at(one, place)), shortest_decimal(at(other, place)));
  }
  return {};
}

/// ||clip(g)|| <= c in each part.
class NormAtMostLimit final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect& dialect,
                     const Clipper& clipper) const override {
    const Clipper::Answer answer = clipper.clip(test_case);
    for (const ClippingPart& part : parts_of(test_case, dialect)) {
      const NormOrder order = test_case.clipping->order;
      const Quadruple norm = norm_of(part, order, answer.gradients);
      // The norm of a sum is at most the sum of the norms.
      Tensors off = answer.gradients;
      for (const Place& place : part.places) {
        off[place.first][place.second] =
            static_cast<double>(at(answer.tolerance, place)) * (1 + 0x1p-40);
      }
      const Quadruple most = part.limit * (1 + Quadruple(0x1p-100)) + norm_of(part, order, off);
      if (norm <= most) continue;
      return fmt::format("the norm about {} is {}, where {} is the limit",
                         place_text(part.places.front()), text(norm), text(part.limit));
    }
    return {};
  }
};

/// clip(g) = factor g with factor >= 0, in each part.
class DirectionKept final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect& dialect,
                     const Clipper& clipper) const override {
    // An element by itself has no direction but its sign: there the tensor's is meant.
    const bool by_element = test_case.clipping->unit == ClippingUnit::element;
    const auto parts =
        by_element ? clipping_parts(test_case, ClippingUnit::tensor) : parts_of(test_case, dialect);
    if (by_element && !has_direction(test_case, parts)) {
      throw NoAnswer{{Kind::not_applicable, "elements of one magnitude"}};
    }
    const Clipper::Answer answer = clipper.clip(test_case);
    for (const ClippingPart& part : parts) {
      std::string turned = turned_part(test_case.gradients, answer, part);
      if (!turned.empty()) return turned;
    }
    return {};
  }

 private:
  static bool has_direction(const ClippingCase& test_case, const std::vector<ClippingPart>& parts) {
    return std::ranges::any_of(parts, [&](const ClippingPart& part) {
      const Quadruple first = magnitude_of(at(test_case.gradients, part.places.front()));
      return std::ranges::any_of(part.places, [&](const Place& place) {
        return magnitude_of(at(test_case.gradients, place)) != first;
      });
    });
  }

  static std::string turned_part(const Tensors& gradients, const Clipper::Answer& answer,
                                 const ClippingPart& part) {
    const Place& largest = *std::ranges::max_element(
        part.places, {}, [&](const Place& place) { return magnitude_of(at(gradients, place)); });
    const Quadruple g = at(gradients, largest);
    const Quadruple clipped = at(answer.gradients, largest);
    const Quadruple off = at(answer.tolerance, largest);
    if ((g < 0 ? -clipped : clipped) < -off) {
      return fmt::format("{} has changed its sign, from {} to {}", place_text(largest), text(g),
                         text(clipped));
    }
    for (const Place& place : part.places) {
      const Quadruple other = at(gradients, place);
      const Quadruple turned = at(answer.gradients, place) * g - clipped * other;
      const Quadruple allowed =
          at(answer.tolerance, place) * magnitude_of(g) + off * magnitude_of(other);
      if (magnitude_of(turned) <= allowed * (1 + Quadruple(0x1p-40))) continue;
      return fmt::format("{} : {} was {} : {} and is {} : {}", place_text(place),
                         place_text(largest), text(other), text(g),
                         shortest_decimal(at(answer.gradients, place)), text(clipped));
    }
    return {};
  }
};

/// clip(g) = g where ||g|| <= c/2 in each part.
class IdentityInside final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect& dialect,
                     const Clipper& clipper) const override {
    for (const ClippingPart& part : parts_of(test_case, dialect)) {
      if (2 * norm_of(part, test_case.clipping->order, test_case.gradients) > part.limit) {
        throw NoAnswer{{Kind::not_applicable, "not inside"}};
      }
    }
    const Clipper::Answer answer = clipper.clip(test_case);
    return first_difference(
        test_case, answer.gradients, test_case.gradients,
        [&](const Place& place) { return at(answer.tolerance, place); }, "inside the limit");
  }
};

/// clip(clip(g)) = clip(g).
class Idempotent final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect&,
                     const Clipper& clipper) const override {
    const Clipper::Answer once = clipper.clip(test_case);
    ClippingCase again = test_case;
    again.gradients = once.gradients;
    const Clipper::Answer twice = clipper.clip(again);
    // The first answer may be outside by its own roundings, and is then shortened by as much.
    return first_difference(
        test_case, twice.gradients, once.gradients,
        [&](const Place& place) { return at(once.tolerance, place) + at(twice.tolerance, place); },
        "clipped twice");
  }
};

/// clip(s g; s c) = s clip(g; c), and of adaptive clipping clip(s g; s w).
class Homogeneous final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect&,
                     const Clipper& clipper) const override {
    constexpr double factor = 0.25;
    const auto scale = [](Tensors& tensors) {
      for (auto& tensor : tensors) {
        for (double& value : tensor) value *= factor;
      }
    };
    ClippingCase scaled = test_case;
    scale(scaled.gradients);
    scale(scaled.parameters);
    if (scaled.parameters.empty()) scaled.hyperparameters[0] *= factor;
    Clipper::Answer whole = clipper.clip(test_case);
    const Clipper::Answer part = clipper.clip(scaled);
    scale(whole.gradients);
    return first_difference(
        test_case, part.gradients, whole.gradients,
        [&](const Place& place) {
          return at(part.tolerance, place) + factor * at(whole.tolerance, place);
        },
        "a quarter of gradient and limit");
  }
};

/// clip(0) = 0, exactly.
class ZeroStays final : public ClippingProperty {
 public:
  using ClippingProperty::ClippingProperty;
  std::string broken(const ClippingCase& test_case, const Dialect&,
                     const Clipper& clipper) const override {
    const Clipper::Answer answer = clipper.clip(test_case);
    for (const Place& place : all_places(test_case)) {
      if (at(test_case.gradients, place) != 0) {
        throw NoAnswer{{Kind::not_applicable, "a gradient that is not zero"}};
      }
      if (at(answer.gradients, place) == 0) continue;
      return fmt::format("{} is {} where the gradient is zero", place_text(place),
                         shortest_decimal(at(answer.gradients, place)));
    }
    return {};
  }
};

/// How far an element of a correct answer in the format may be off.
std::vector<std::vector<Quadruple>> tolerances(const ClippingCase& test_case,
                                               const Candidate& candidate,
                                               const SubjectFormat& format, int times) {
  const auto accepted = clipping_acceptances(test_case, candidate, format);
  if (!accepted) throw NoAnswer{{Kind::not_applicable, "too many branches are open"}};
  std::vector<std::vector<Quadruple>> result;
  for (const auto& tensor : *accepted) {
    auto& widths = result.emplace_back();
    for (const Acceptance& acceptance : tensor) {
      if (!acceptance.is_finite() || acceptance.may_be_nan) {
        throw NoAnswer{{Kind::not_applicable, "any answer is accepted"}};
      }
      widths.push_back(times * acceptance.width());
    }
  }
  return result;
}

class SubjectClipper final : public Clipper {
 public:
  explicit SubjectClipper(const ClippingScope& scope) : scope_(scope) {}
  Answer clip(const ClippingCase& test_case) const override {
    const auto off = tolerances(test_case, scope_.candidate, scope_.format, 1);
    auto clipped = scope_.subject.clip(clip_request(test_case, scope_.format));
    if (clipped.ended().outcome != Outcome::fault) scope_.subject.case_ended_well();
    if (!clipped.ok()) throw NoAnswer{observation_of(clipped.ended())};
    return {std::move(clipped->gradients), off};
  }

 private:
  const ClippingScope& scope_;
};

/// The reference in binary64, allowed so many times what an answer in the format is.
class ReferenceClipper final : public Clipper {
 public:
  ReferenceClipper(Candidate candidate, SubjectFormat format, int times)
      : candidate_(std::move(candidate)), format_(std::move(format)), times_(times) {}
  Answer clip(const ClippingCase& test_case) const override {
    const auto result =
        clipped<Plain<Binary64>>(test_case, test_case.hyperparameters, candidate_.choices);
    Answer answer{{}, tolerances(test_case, candidate_, format_, times_)};
    for (const auto& tensor : result.gradients) {
      auto& values = answer.gradients.emplace_back();
      for (const auto& value : tensor) values.push_back(value.value());
    }
    return answer;
  }

 private:
  Candidate candidate_;
  SubjectFormat format_;
  int times_;
};

}  // namespace

Prediction ClippingProperty::prediction(const Clipping& clipping, const Dialect& dialect) const {
  constexpr int tries = 24;
  const ReferenceClipper reference({dialect.choices}, find_format("binary64").value(), 1);
  std::mt19937_64 random(1);
  int broken_ones = 0;
  int asked = 0;
  for (int index = 0; index < tries; ++index) {
    const ClippingCase test_case = random_clipping_case(clipping, dialect, whereabouts_, random);
    if (all_places(test_case).empty()) continue;
    try {
      if (!broken(test_case, dialect, reference).empty()) ++broken_ones;
      ++asked;
    } catch (const NoAnswer&) {
      continue;
    }
  }
  if (asked == 0) return Prediction::says_nothing;
  if (broken_ones == 0) return Prediction::holds;
  return broken_ones == asked ? Prediction::violated : Prediction::says_nothing;
}

Observation ClippingProperty::observe(const ClippingScope& scope, const ClippingCase& test_case,
                                      Prediction expected) const {
  if (!fits(test_case, scope.format)) return {Kind::not_applicable, "does not fit the format"};
  try {
    if (expected == Prediction::holds) {
      std::string how = broken(test_case, scope.dialect, SubjectClipper(scope));
      return how.empty() ? Observation{} : Observation{Kind::otherwise, std::move(how)};
    }
    // It must be broken where that shows beyond rounding in this format.
    const ReferenceClipper reference(scope.candidate, scope.format, 3);
    if (broken(test_case, scope.dialect, reference).empty()) {
      return {Kind::not_applicable, "what breaks it is within rounding"};
    }
    if (!broken(test_case, scope.dialect, SubjectClipper(scope)).empty()) return {};
    return {Kind::otherwise, "holds, where the formula breaks it"};
  } catch (const NoAnswer& none) {
    return none.observation;
  }
}

std::span<const std::unique_ptr<ClippingProperty>> all_clipping_properties() {
  static const auto all = [] {
    std::vector<std::unique_ptr<ClippingProperty>> list;
    using enum Whereabouts;
    list.push_back(std::make_unique<NormAtMostLimit>(
        "norm-at-most-limit", "no norm of what is given back is above its limit", either));
    list.push_back(std::make_unique<DirectionKept>(
        "direction-kept", "what is given back points where the gradient does", outside));
    list.push_back(std::make_unique<IdentityInside>(
        "identity-inside", "a gradient inside its limit is left as it is", inside));
    list.push_back(
        std::make_unique<Idempotent>("idempotent", "clipping twice is clipping once", far_outside));
    list.push_back(std::make_unique<Homogeneous>(
        "homogeneous", "scaled gradient and limit give the scaled result", outside));
    list.push_back(std::make_unique<ZeroStays>("zero-stays-zero",
                                               "a gradient of zero is given back as zero", zero));
    list.push_back(non_finite_gradients());
    return list;
  }();
  return all;
}

const ClippingProperty* find_clipping_property(std::string_view name) {
  for (const auto& property : all_clipping_properties()) {
    if (property->name() == name) return property.get();
  }
  return nullptr;
}

}  // namespace plumbline::conformance
