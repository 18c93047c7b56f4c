// Cases about discontinuities: on both sides of each, near it, and on it.
#include <cmath>

#include "conformance/cases/case_parts.hpp"
#include "conformance/cases/profiles.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {

std::string power_of_two(int exponent) {
  return "scale-2p" + std::to_string(exponent);
}

// Squared gradients beside the accumulator that a second moment with a sign begins at: on
// both sides, near and nearer, and on it, where each outcome of the sign is accepted.
void add_near_ties(CaseList& list) {
  const Rule& rule = list.rule();
  if (!has_hyperparameter(rule, "initial_accumulator") || !has_hyperparameter(rule, "beta2")) {
    return;
  }
  const auto add = [&](const std::string& name, const std::string& purpose,
                       const std::vector<double>& first, bool golden) {
    Case& near = list.add({.name = name,
                           .purpose = purpose,
                           .stream = {StreamKind::gaussian, -1},
                           .hyperparameters = with_value(rule, profile(rule, Values::distinct),
                                                         "initial_accumulator", 0.25),
                           .steps = 4,
                           .shapes = {{static_cast<long>(first.size())}},
                           .checkpoints = {1, 2, 4},
                           .golden = golden});
    *near.gradients[0][0] = first;
  };
  add("beside-the-accumulator", "M14: g^2 a little below and above v",
      {0.5 - 0x1p-5, 0.5 + 0x1p-5, -0.5 + 0x1p-7, -0.5 - 0x1p-7}, true);
  add("close-to-the-accumulator", "M14: g^2 next to v on both sides, in wide formats",
      {0.5 - 0x1p-18, 0.5 + 0x1p-18, -0.5 + 0x1p-14, -0.5 - 0x1p-14}, false);
  add("on-the-accumulator", "M14: g^2 = v: a rounding may take either side, and both are accepted",
      {0.5, -0.5}, false);
}

// Gradients that bring what stands inside a sign to zero in step 2, next to it, and far off.
// The dyadic profile is exact there, so that the formula's value at the tie is 0; in rounding
// a correct implementation may come out on either side of it, and each branch is accepted.
void add_signs(CaseList& list) {
  const Rule& rule = list.rule();
  const bool lion = rule.name == "lion";
  if (!lion && rule.name != "signsgd") return;
  const std::vector<double> dyadic = profile(rule, Values::dyadic, lion ? "" : "momentum");
  const auto value = [&](std::string_view name) {
    return dyadic[index_of(rule.hyperparameters, name).value()];
  };
  // The second gradient, to a first one of 1, at which the sign's operand is 0.
  const double tie =
      lion ? -value("beta1") * (1 - value("beta2")) / (1 - value("beta1")) : -value("momentum");
  struct Side {
    const char* name;
    const char* purpose;
    double factor;
  };
  for (const Side& side :
       {Side{"below-the-tie", "M7, M9: a direction just below zero", 1 + 0x1p-6},
        Side{"above-the-tie", "M7, M9: a direction just above zero", 1 - 0x1p-6},
        Side{"at-the-tie", "M7: a direction of zero: either sign or none is accepted", 1},
        Side{"twice-the-tie", "M5, M9: a direction that turns", 2}}) {
    Case& crossing = list.add({.name = side.name,
                               .purpose = side.purpose,
                               .stream = {StreamKind::constant, 0},
                               .hyperparameters = dyadic,
                               .steps = 4,
                               .shapes = {{3}},
                               .checkpoints = {1, 2, 4},
                               .golden = side.factor != 1});
    for (std::size_t element = 0; element < 3; ++element) {
      const double scale = std::ldexp(element == 1 ? -1 : 1, 2 * static_cast<int>(element) - 3);
      (*crossing.gradients[0][0])[element] = scale;
      (*crossing.gradients[1][0])[element] = BFloat16::description.round(side.factor * tie) * scale;
    }
  }
  if (!lion) {
    list.add({.name = "long-with-momentum",
              .purpose = "M2, M5, M6: over a thousand steps: restarts, drift",
              .stream = {StreamKind::gaussian, -4},
              .hyperparameters = profile(rule, Values::distinct, "momentum"),
              .steps = 1030,
              .shapes = {{2}},
              .checkpoints = {1000, 1030}});
    for (const auto& [values, exponent] :
         {std::pair(Values::distinct, 0), std::pair(Values::dyadic, -3)}) {
      const double decay = values == Values::distinct ? 0.21 : 0x1p-5;
      list.add({.name = "with-momentum-and-weight_decay-" + power_of_two(exponent),
                .purpose = "M8, M25: what the decay is added to, with and without momentum",
                .stream = {StreamKind::gaussian, exponent},
                .hyperparameters =
                    with_value(rule, profile(rule, values, "momentum"), "weight_decay", decay),
                .steps = 8,
                .start = Start::gaussian,
                .checkpoints = {1, 2, 8},
                .golden = true});
    }
  }
}

// Step sizes that reach their bounds, begin outside of them, and are set late.
void add_step_bounds(CaseList& list) {
  const Rule& rule = list.rule();
  if (!has_hyperparameter(rule, "minimum_step")) return;
  const auto add = [&](StreamKind kind, const std::string& name, const std::string& purpose,
                       double first_step) -> Case& {
    return list.add({.name = name,
                     .purpose = purpose,
                     .stream = {kind, -1},
                     .hyperparameters = with_value(rule, profile(rule, Values::distinct),
                                                   "learning_rate", first_step),
                     .steps = 12,
                     .checkpoints = {1, 2, 6, 12},
                     .golden = true});
  };
  add(StreamKind::constant, "grows-to-the-maximum", "M14: steps of one sign, to the bound", 0.013);
  add(StreamKind::alternating, "shrinks-to-the-minimum", "M14: turning steps, to the bound", 0.013);
  add(StreamKind::gaussian, "first-step-too-great", "M14: a first step above the maximum", 0.4);
  add(StreamKind::gaussian, "first-step-too-small", "M14: a first step below the minimum", 1e-4);
  add(StreamKind::alternating, "turns-from-too-great", "M14: above the maximum, and shrinking",
      0.4);
  add(StreamKind::constant, "grows-from-too-small", "M14: below the minimum, and growing", 1e-4);
  add(StreamKind::sparse, "zeros-between", "M6, M26: after a zero there is no sign to keep", 0.013);
  add(StreamKind::sparse, "zeros-between-too-great", "M14, M26: zeros and a first step too great",
      0.4);
  Case& late =
      add(StreamKind::gaussian, "rate-change-before-the-first-gradient",
          "M2, M26: is the first step the rate at the start, or at the first gradient", 0.013);
  late.learning_rates.assign(12, std::nan(""));
  late.learning_rates[1] = 0x1p-5;
  for (std::size_t step = 0; step < 3; ++step) late.gradients[step][0].reset();
}

}  // namespace plumbline::conformance
