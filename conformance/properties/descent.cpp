// One step along the gradient on a smooth objective, and along a clipped gradient.
//
//   f(u - eta g) <= f(u) - eta (1 - L eta/2) ||g||^2     (descent lemma, any eta >= 0)
// and beyond eta = 2/L a step from the steepest direction climbs: there
// f(u - eta g) = (1 - L eta)^2 f(u).
#include <fmt/format.h>

#include <cmath>

#include "conformance/judge/acceptance.hpp"
#include "conformance/properties/direct_properties.hpp"
#include "conformance/properties/relations.hpp"
#include "conformance/properties/smooth_objective.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/catalogue.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

/// Rules whose first step is -eta g; of others nothing is said.
class FirstStepProperty : public Property {
 public:
  using Property::Property;
  Prediction prediction(const Rule& rule, const Dialect& dialect) const override {
    const RelationProperty first_step("", "", {.optional_hyperparameters = false},
                                      relations::first_step_is_gradient_step);
    return first_step.prediction(rule, dialect) == Prediction::holds ? Prediction::holds
                                                                     : Prediction::says_nothing;
  }
};

/// One step of one tensor, and the acceptance of where it ends.
struct FirstStep {
  Observation ended = {};  ///< as expected where it ran
  std::vector<double> values = {};
  std::vector<Acceptance> accepted = {};
};

FirstStep take_first_step(const PropertyScope& scope, const Case& origin, double rate,
                          const std::vector<double>& start, const std::vector<double>& gradient) {
  Case run = origin;
  run.hyperparameters[0] = rate;
  run.parameters.resize(1);
  run.parameters.front().shape = {static_cast<long>(start.size())};
  run.parameters.front().initial = start;
  run.gradients = {{gradient}};
  run.learning_rates.clear();
  if (!run.fits(scope.format)) return {{Kind::not_applicable, "does not fit the format"}};
  const auto accepted = acceptances(run, scope.candidate, scope.format);
  if (!accepted) return {{Kind::not_applicable, "too many branches are open"}};
  const Recording recording = record(scope.subject, run, scope.format);
  if (recording.outcome != Outcome::ran) return {observation_of(recording)};
  return {{}, recording.steps.front().parameters[0], (*accepted)[0].values[1]};
}

FourVariables four(const std::vector<double>& values) {
  FourVariables result{};
  std::copy_n(values.begin(), 4, result.begin());
  return result;
}

/// How much the objective may change over the rounding of the point.
Quadruple value_tolerance(const SmoothObjective& objective, const FirstStep& step) {
  const FourVariables gradient = objective.gradient(four(step.values));
  Quadruple sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Quadruple width = step.accepted[i].width();
    sum += (Quadruple(std::abs(gradient[i])) + Quadruple(objective.smoothness()) * width) * width;
  }
  return sum;
}

class OneStepDecrease final : public FirstStepProperty {
 public:
  using FirstStepProperty::FirstStepProperty;
  CaseNeeds needs() const override {
    return {.most_steps = 1,
            .most_parameters = 1,
            .least_elements = 4,
            .most_elements = 4,
            .elements_multiple_of = 4,
            .optional_hyperparameters = false,
            .most_magnitude = 7,
            .greatest_exponent = 0};
  }

  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    const SmoothObjective objective = objective_of(test_case);
    Observation seen = descends(scope, test_case, objective);
    if (seen.kind != Kind::as_expected) return seen;
    return climbs(scope, test_case, objective);
  }

 private:
  /// The case's gradients, which the objective replaces, choose the objective.
  static SmoothObjective objective_of(const Case& test_case) {
    std::array<int, 4> chosen{};
    for (std::size_t i = 0; i < 4; ++i) {
      const double gradient = (*test_case.gradients.front().front())[i];
      chosen[i] = 1 + static_cast<int>(std::abs(gradient) * 256) % 8;
    }
    return chosen[0] % 3 == 0 ? SmoothObjective::huber(chosen[1], chosen[2])
                              : SmoothObjective::quadratic(chosen);
  }

  static Observation descends(const PropertyScope& scope, const Case& test_case,
                              const SmoothObjective& objective) {
    const FourVariables start = four(test_case.parameters.front().initial);
    const FourVariables gradient = objective.gradient(start);
    const double share = 0.25 + 0.25 * (std::abs(static_cast<int>(start[0] * 64)) % 8);
    const double rate = share / objective.smoothness();
    const FirstStep step = take_first_step(scope, test_case, rate, {start.begin(), start.end()},
                                           {gradient.begin(), gradient.end()});
    if (step.ended.kind != Kind::as_expected) return step.ended;
    Quadruple squared_norm = 0;
    for (const double entry : gradient) squared_norm += Quadruple(entry) * Quadruple(entry);
    const Quadruple bound =
        objective.value(start) - Quadruple(rate) *
                                     (1 - Quadruple(objective.smoothness()) * Quadruple(rate) / 2) *
                                     squared_norm;
    const Quadruple value = objective.value(four(step.values));
    if (value <= bound + value_tolerance(objective, step)) return {};
    return {Kind::otherwise,
            fmt::format("with eta = {}/L the objective is {} after a step, above the descent "
                        "lemma's {}",
                        shortest_decimal(share), shortest_decimal(static_cast<double>(value)),
                        shortest_decimal(static_cast<double>(bound)))};
  }

  static Observation climbs(const PropertyScope& scope, const Case& test_case,
                            const SmoothObjective& objective) {
    const FourVariables start = objective.steepest_direction();
    const FourVariables gradient = objective.gradient(start);
    const double rate = 2.5 / objective.smoothness();
    const FirstStep step = take_first_step(scope, test_case, rate, {start.begin(), start.end()},
                                           {gradient.begin(), gradient.end()});
    // The start of a Huber objective need not exist in every format.
    if (step.ended.kind == Kind::not_applicable) return {};
    if (step.ended.kind != Kind::as_expected) return step.ended;
    const Quadruple value = objective.value(four(step.values));
    if (value + value_tolerance(objective, step) > objective.value(start)) return {};
    return {Kind::otherwise,
            fmt::format("with eta = 2.5/L the objective falls to {} from {}, where it must climb",
                        shortest_decimal(static_cast<double>(value)),
                        shortest_decimal(static_cast<double>(objective.value(start))))};
  }
};

class ClippedStep final : public FirstStepProperty {
 public:
  using FirstStepProperty::FirstStepProperty;
  CaseNeeds needs() const override {
    return {.most_steps = 1,
            .most_parameters = 1,
            .least_elements = 1,
            .optional_hyperparameters = false,
            .nonzero_gradients = true};
  }

  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (scope.format.mixed()) return {Kind::not_applicable, "clipping has no mixed formats"};
    const std::vector<double>& gradient = *test_case.gradients.front().front();
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    constexpr double max_norm = 0.5;
    const Clipping& clipping = *find_clipping("global_norm");
    auto clipped = scope.subject.clip(
        {.clipping = std::string(clipping.name),
         .format = scope.format.name,
         .hyperparameters = named_values(clipping.hyperparameters, std::array{max_norm}),
         .shapes = {{static_cast<long>(gradient.size())}},
         .gradients = {gradient}});
    if (!clipped.ok()) return observation_of(clipped.ended());
    const double rate = test_case.hyperparameters[0];
    const std::vector<double> start(gradient.size(), 0.0);
    const FirstStep step =
        take_first_step(scope, test_case, rate, start, clipped->gradients.front());
    if (step.ended.kind != Kind::as_expected) return step.ended;
    Quadruple moved = 0;
    Quadruple tolerance = 0;
    for (std::size_t e = 0; e < start.size(); ++e) {
      moved += Quadruple(step.values[e]) * Quadruple(step.values[e]);
      tolerance += step.accepted[e].width();
    }
    // Rounding of the clipped gradient: the norm's, the factor's and each element's own.
    const double unit = scope.format.storage.unit_roundoff();
    const double factor = 1 + unit * (6 + static_cast<double>(gradient.size()));
    const Quadruple longest = Quadruple(rate) * Quadruple(max_norm) * Quadruple(factor);
    if (wide_sqrt(moved) <= longest + tolerance) return {};
    return {Kind::otherwise,
            fmt::format("after clipping to norm {} the step is {} long, where eta c is {}",
                        shortest_decimal(max_norm),
                        shortest_decimal(static_cast<double>(wide_sqrt(moved))),
                        shortest_decimal(rate * max_norm))};
  }
};

}  // namespace

std::unique_ptr<Property> one_step_decrease() {
  return std::make_unique<OneStepDecrease>(
      "one-step-decrease", "a step descends as the descent lemma says, and climbs beyond 2/L");
}

std::unique_ptr<Property> clipped_step() {
  return std::make_unique<ClippedStep>(
      "clipped-step", "after clipping to norm c the step along the gradient is at most eta c long");
}

}  // namespace plumbline::conformance
