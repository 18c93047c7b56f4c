// The cases of every rule, made from the rule's own description.
//
// Each case names the fault that it is there for (M1 to M26 of mutations.md). A new
// case is one entry in one of the functions below.
#include <algorithm>
#include <cmath>

#include "conformance/cases/case_list.hpp"
#include "conformance/cases/case_parts.hpp"
#include "conformance/cases/objective_cases.hpp"
#include "conformance/cases/profiles.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

// Gradients at scales over the exponents of the format, from a start at zero, where
// the parameter's own rounding drowns nothing.
void add_scales(CaseList& list) {
  const std::vector<double> defaults = profile(list.rule(), Values::defaults);
  for (const int exponent : {-100, -60, -40, -33, -26, -20, -13, -7, 0, 7, 20, 40, 60}) {
    const bool golden = exponent == -33 || exponent == -7 || exponent == 0 || exponent == 20;
    list.add({.name = "defaults-" + power_of_two(exponent),
              .purpose = "M1, M7, M10: the gradients' scale against every constant of the rule",
              .stream = {StreamKind::gaussian, exponent},
              .hyperparameters = defaults,
              .golden = golden});
  }
}

// Epsilon comparable with the gradients, or with their squares: its place shows.
void add_epsilons(CaseList& list) {
  const Rule& rule = list.rule();
  if (!has_hyperparameter(rule, "epsilon")) return;
  struct Pair {
    double epsilon;
    int exponent;
    bool golden;
  };
  for (const Pair& pair : {Pair{1e-8, -27, true}, Pair{1e-8, -14, false}, Pair{0x1p-10, -10, true},
                           Pair{0x1p-10, -5, true}, Pair{0x1p-10, -18, false}, Pair{0.1, -3, true},
                           Pair{1, 0, true}, Pair{1, -6, false}, Pair{1e-3, -10, false},
                           // Keras' and TensorFlow.js' own epsilon, which some can't change.
                           Pair{1e-7, 0, false}, Pair{1e-7, -12, false}, Pair{1e-7, -23, false}}) {
    list.add(
        {.name = "epsilon-" + shortest_decimal(pair.epsilon) + "-" + power_of_two(pair.exponent),
         .purpose = "M1: epsilon near the gradients: tells its place inside or outside the "
                    "root, scaled, doubled or dropped",
         .stream = {StreamKind::gaussian, pair.exponent},
         .hyperparameters =
             with_value(rule, profile(rule, Values::defaults), "epsilon", pair.epsilon),
         .golden = pair.golden});
  }
}

void add_profiles(CaseList& list) {
  const Rule& rule = list.rule();
  const auto both_scales = [&](const std::string& name, Values values, const std::string& purpose) {
    for (const int exponent : {0, -7}) {
      list.add({.name = name + (exponent == 0 ? "" : "-" + power_of_two(exponent)),
                .purpose = purpose,
                .stream = {StreamKind::gaussian, exponent},
                .hyperparameters = profile(rule, values),
                .steps = 8,
                .checkpoints = {1, 2, 3, 8},
                .golden = exponent == 0});
    }
  };
  both_scales("distinct", Values::distinct,
              "M9: hyperparameters unlike each other: any two swapped give another trajectory");
  both_scales("low-high", Values::low_high, "M9, M23: hyperparameters at the ends of their use");
  both_scales("high-low", Values::high_low, "M9, M23: hyperparameters at the other ends");
  list.add({.name = "dyadic",
            .purpose = "exact in binary32: tells a subject that keeps hyperparameters in binary32 "
                       "from one that computes wrongly",
            .stream = {StreamKind::gaussian, 0},
            .hyperparameters = profile(rule, Values::dyadic),
            .steps = 8,
            .checkpoints = {1, 2, 3, 8},
            .golden = true});
  for (long steps = 1; steps <= 3; ++steps) {
    list.add({.name = "steps-" + std::to_string(steps),
              .purpose = "M2, M3, M26: the first steps each by itself",
              .stream = {StreamKind::gaussian, -2},
              .hyperparameters = profile(rule, Values::distinct),
              .steps = steps,
              .checkpoints = {steps}});
  }
}

void add_mixed_formats(CaseList& list, const std::string& name,
                       const std::vector<double>& hyperparameters, Start start) {
  Case& mixed = list.add({.name = name,
                          .purpose = "M2, M11: parameters of two formats in one optimizer",
                          .stream = {StreamKind::gaussian, -1},
                          .hyperparameters = hyperparameters,
                          .steps = 5,
                          .start = start,
                          .shapes = {{2}, {2}, {2}}});
  mixed.parameters[0].format = "binary64";
  mixed.parameters[2].format = "binary32";
}

// Starts from which the parameter's own rounding hides least, for formats in which it
// hides a lot: at zero; at zero with the first gradient late, when counts are large; and
// beside parameters of wider formats.
void add_plain_starts(CaseList& list, const std::string& name, const std::string& what,
                      const std::vector<double>& hyperparameters) {
  list.add({.name = name + "-from-zero",
            .purpose = "M7, M23: " + what + ", from zero, where no rounding drowns it",
            .stream = {StreamKind::drift, 0},
            .hyperparameters = hyperparameters});
  list.add({.name = name + "-late-from-zero",
            .purpose = "M2, M23: " + what + ", from zero, the first gradient in step 4",
            .stream = {StreamKind::zeros_first, 0},
            .hyperparameters = hyperparameters});
  add_mixed_formats(list, name + "-mixed-formats", hyperparameters, Start::zero);
}

// Every optional hyperparameter switched on by itself, and switched off where it has
// a default.
void add_options(CaseList& list) {
  const Rule& rule = list.rule();
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    if (!hyperparameter.neutral) continue;
    const std::string name(hyperparameter.name);
    for (const auto& [values, suffix] :
         {std::pair(Values::distinct, ""), std::pair(Values::dyadic, "-dyadic")}) {
      list.add({.name = "with-" + name + suffix,
                .purpose = "M8, M24, M25: " + name + " must matter, in its own place",
                .stream = {StreamKind::gaussian, 0},
                .hyperparameters = profile(rule, values, name),
                .steps = 8,
                .start = Start::gaussian,
                .checkpoints = {1, 2, 8},
                .golden = values == Values::distinct});
    }
    add_plain_starts(list, "with-" + name, name, profile(rule, Values::distinct, name));
    list.add({.name = "with-" + name,
              .purpose = "M8, M26: " + name + " from the first step on, small gradients",
              .stream = {StreamKind::drift, -5},
              .hyperparameters = profile(rule, Values::defaults, name),
              .steps = 5,
              .start = Start::gaussian,
              .checkpoints = {1, 5}});
    Case& changed = list.add({.name = "with-" + name + "-rate-change",
                              .purpose = "M8, M24: " + name +
                                         " while the learning rate changes: what "
                                         "follows it, and what keeps the old rates",
                              .stream = {StreamKind::gaussian, -3},
                              .hyperparameters = profile(rule, Values::distinct, name),
                              .start = Start::gaussian,
                              .checkpoints = {2, 3, 6},
                              .golden = true});
    changed.learning_rates.assign(static_cast<std::size_t>(changed.steps()), std::nan(""));
    changed.learning_rates[2] = 0x1p-9;
    changed.learning_rates[4] = 0.1;
    if (hyperparameter.default_value != *hyperparameter.neutral) {
      list.add({.name = "without-" + name,
                .purpose = "M25: " + name + " left out",
                .stream = {StreamKind::gaussian, 0},
                .hyperparameters = with_value(rule, profile(rule, Values::defaults), name,
                                              *hyperparameter.neutral),
                .start = Start::gaussian,
                .golden = true});
      add_plain_starts(
          list, "without-" + name, "no " + name,
          with_value(rule, profile(rule, Values::distinct), name, *hyperparameter.neutral));
    }
  }
  if (has_hyperparameter(rule, "weight_decay")) {
    list.add({.name = "pure-decay",
              .purpose = "M8: decay alone, with no gradient to hide behind",
              .stream = {StreamKind::zero, 0},
              .hyperparameters = profile(rule, Values::distinct, "weight_decay"),
              .start = Start::gaussian,
              .golden = true});
  }
  if (has_hyperparameter(rule, "dampening")) {
    list.add({.name = "with-dampening-steps-1",
              .purpose = "M26: is the first gradient dampened",
              .stream = {StreamKind::gaussian, -2},
              .hyperparameters = profile(rule, Values::distinct, "dampening"),
              .steps = 2,
              .checkpoints = {1, 2},
              .golden = true});
  }
}

void add_streams(CaseList& list) {
  const Rule& rule = list.rule();
  const std::vector<double> defaults = profile(rule, Values::defaults);
  const std::vector<double> distinct = profile(rule, Values::distinct);
  const auto add = [&](StreamKind kind, int exponent, Start start, const std::string& name,
                       const std::string& purpose, bool golden = false) {
    list.add({.name = name,
              .purpose = purpose,
              .stream = {kind, exponent},
              .hyperparameters = start == Start::zero ? defaults : distinct,
              .steps = 10,
              .start = start,
              .checkpoints = {1, 4, 10},
              .golden = golden});
  };
  add(StreamKind::constant, 0, Start::zero, "bias", "M2, M3: a constant gradient's moments", true);
  add(StreamKind::alternating, -1, Start::zero, "signs", "M5, M14: negative components");
  add(StreamKind::growing, -6, Start::one, "growing", "M5: growing gradients");
  add(StreamKind::big_then_small, 0, Start::one, "state", "M6: big gradients, then small", true);
  add(StreamKind::spike, -8, Start::one, "spike", "M6, M14: one large gradient");
  add(StreamKind::sparse, 0, Start::one, "sparse", "M4, M24: zeros between gradients", true);
  add(StreamKind::zeros_first, 0, Start::one, "late", "M1, M2, M24: zeros, then gradients");
  add(StreamKind::zero, 0, Start::one, "fixed-point", "M1, M15: 0/(0 + epsilon)");
  add(StreamKind::gaussian, -130, Start::one, "subnormal", "M23: gradients below the least normal");
  add(StreamKind::gaussian, 0, Start::one, "start-one", "M8: a start at one");
}

void add_structure(CaseList& list, std::uint64_t seed) {
  const Rule& rule = list.rule();
  const std::vector<double> distinct = profile(rule, Values::distinct);
  const std::vector<double> defaults = profile(rule, Values::defaults);

  list.add({.name = "shapes",
            .purpose = "M11, M12: sizes around vector lengths, 2-D, a scalar, an empty tensor",
            .stream = {StreamKind::gaussian, -1},
            .hyperparameters = distinct,
            .steps = 4,
            .start = Start::gaussian,
            .shapes = {{1}, {3}, {7}, {8}, {9}, {17}, {2, 3}, {}, {0}, {5, 1}},
            .checkpoints = {1, 4},
            .golden = true});

  list.add({.name = "scalar-tensors",
            .purpose = "M12: tensors without dimensions, from zero, where no rounding hides a step",
            .stream = {StreamKind::gaussian, -1},
            .hyperparameters = distinct,
            .steps = 3,
            .shapes = {{}, {2}, {}},
            .checkpoints = {1, 3}});

  Case& groups = list.add({.name = "groups",
                           .purpose = "M11: each group keeps its own hyperparameters",
                           .stream = {StreamKind::gaussian, -1},
                           .hyperparameters = distinct,
                           .steps = 5,
                           .start = Start::gaussian,
                           .shapes = {{2}, {3}, {2}},
                           .checkpoints = {1, 5},
                           .golden = true});
  groups.groups = {profile(rule, Values::low_high), profile(rule, Values::dyadic)};
  groups.groups[0][0] = 0.25;  // the learning rate: far from the other groups'
  groups.parameters[0].group = 1;
  groups.parameters[1].group = 0;

  const auto add_missing = [&](const std::string& name, std::string_view with) {
    Case& missing = list.add({.name = name,
                              .purpose = "M2, M13, M24: parameters unused in some steps; one "
                                         "joins late",
                              .stream = {StreamKind::gaussian, -1},
                              .hyperparameters = profile(rule, Values::distinct, with),
                              .steps = 8,
                              .start = Start::gaussian,
                              .shapes = {{2}, {3}, {2}, {1}},
                              .checkpoints = {1, 2, 5, 8},
                              .golden = true});
    for (std::size_t step = 0; step < missing.gradients.size(); ++step) {
      if (step % 2 == 1) missing.gradients[step][0].reset();
      if (step < 4) missing.gradients[step][1].reset();
      if (step == 2 || step == 5) missing.gradients[step][3].reset();
    }
  };
  add_missing("missing-gradients", "");
  if (has_hyperparameter(rule, "learning_rate_decay")) {
    add_missing("missing-gradients-with-learning_rate_decay", "learning_rate_decay");
  }
  if (has_hyperparameter(rule, "weight_decay")) {
    add_missing("missing-gradients-with-weight_decay", "weight_decay");
  }

  if (rule.name == "signsgd") add_missing("missing-gradients-with-momentum", "momentum");

  add_mixed_formats(list, "mixed-formats", distinct, Start::gaussian);

  for (const auto& [values, name] :
       {std::pair(&distinct, "rate-change"), std::pair(&defaults, "rate-change-defaults")}) {
    Case& changed = list.add({.name = name,
                              .purpose = "M8, M24: a learning rate that changes mid-run",
                              .stream = {StreamKind::drift, -2},
                              .hyperparameters = *values,
                              .steps = 8,
                              .checkpoints = {2, 3, 8},
                              .golden = values == &distinct});
    changed.learning_rates.assign(8, std::nan(""));
    changed.learning_rates[2] = 0x1p-9;
    changed.learning_rates[3] = 0.3;
    changed.learning_rates[6] = 0;
    changed.learning_rates[7] = 0x1p-4;
  }

  Case& both_change = list.add({.name = "rate-change-two-parameters",
                                .purpose = "M11: a new learning rate is for every parameter",
                                .stream = {StreamKind::gaussian, -1},
                                .hyperparameters = distinct,
                                .steps = 8,
                                .shapes = {{2}, {2, 1}}});
  both_change.learning_rates.assign(8, std::nan(""));
  both_change.learning_rates[1] = 0x1p-4;
  both_change.learning_rates[3] = 0.25;

  list.add({.name = "long",
            .purpose = "M2, M5, M6: over a thousand steps: counts, powers, restarts, drift",
            .stream = {StreamKind::drift, -4},
            .hyperparameters = defaults,
            .steps = 1100,
            .shapes = {{2}, {1}},
            .checkpoints = {100, 999, 1000, 1001, 1100},
            .golden = true});
  list.add({.name = "long-distinct",
            .purpose = "M2, M5, M6: over a thousand steps with short memories",
            .stream = {StreamKind::gaussian, -4},
            .hyperparameters = distinct,
            .steps = 1030,
            .shapes = {{2}},
            .checkpoints = {1000, 1030}});

  Case& pair = list.add({.name = "two-optimizers",
                         .purpose = "M13, M25: a second optimizer beside the first",
                         .stream = {StreamKind::gaussian, -1},
                         .hyperparameters = distinct,
                         .start = Start::gaussian,
                         .shapes = {{2}, {3}}});
  CaseList other(rule, seed + 77);
  pair.beside = std::make_shared<Case>(other.add({.name = "two-optimizers-beside",
                                                  .purpose = "M13, M25: the second optimizer",
                                                  .stream = {StreamKind::gaussian, 1},
                                                  .hyperparameters = profile(rule, Values::dyadic),
                                                  .start = Start::gaussian,
                                                  .shapes = {{2}, {3}}}));
}

}  // namespace

std::vector<Case> cases_for(const Rule& rule, std::uint64_t seed) {
  if (rule.unit == Unit::objective) return objective_cases_for(rule);
  CaseList list(rule, seed);
  add_scales(list);
  add_epsilons(list);
  add_profiles(list);
  add_options(list);
  add_near_ties(list);
  add_streams(list);
  add_structure(list, seed);
  if (rule.unit != Unit::element) add_matrices(list);
  add_signs(list);
  add_step_bounds(list);
  return list.take();
}

}  // namespace plumbline::conformance
