// The longest step that a rule can take, whatever the gradients.
//
//   Adam's family    |step| <= eta sqrt(sum_k a_k^2 / b_k), with the corrected weights of the
//                    moments, a_k = beta1^(t-k)(1 - beta1)/(1 - beta1^t) and b_k alike, by
//                    Cauchy and Schwarz: mhat = sum a_k g_k, vhat = sum b_k g_k^2. (The paper's
//                    eta max(1, (1 - beta1)/sqrt(1 - beta2)) is no bound; at t = 1 it is eta.)
//   mean square      |step| <= eta/sqrt(1 - rho), since E_t >= (1 - rho) g_t^2
//   sum of squares   |step| <= eta, since G_t >= g_t^2
#include <fmt/format.h>

#include <cmath>

#include "conformance/judge/acceptance.hpp"
#include "conformance/properties/direct_properties.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

double hyperparameter(const Case& test_case, std::string_view name) {
  return test_case.hyperparameters[index_of(test_case.rule->hyperparameters, name).value()];
}

double cauchy_schwarz(double beta1, double beta2, long step) {
  double sum = 0;
  double power1 = 1;
  double power2 = 1;
  for (long k = step; k >= 1; --k) {
    sum += power1 * power1 / power2;
    power1 *= beta1;
    power2 *= beta2;
  }
  // After the loop the powers are beta^t.
  const double first = (1 - beta1) / (1 - power1);
  const double second = (1 - beta2) / (1 - power2);
  return std::sqrt(first * first / second * sum);
}

/// The bound of the step `step` in learning rates; nothing where none is known.
std::optional<double> bound_in_rates(const Case& test_case, long step) {
  switch (test_case.rule->step_bound) {
    case StepBound::none:
      return std::nullopt;
    case StepBound::moving_means: {
      const double beta2 = hyperparameter(test_case, "beta2");
      if (beta2 == 0) return std::nullopt;
      return cauchy_schwarz(hyperparameter(test_case, "beta1"), beta2, step);
    }
    case StepBound::mean_square:
      return 1 / std::sqrt(1 - hyperparameter(test_case, "rho"));
    case StepBound::square_sum:
      return 1;
  }
  return std::nullopt;
}

/// A bound in binary64 is good to this much.
constexpr double bound_error = 1 + 0x1p-40;

/// The least distance between two accepted values.
double shortest_step(const Acceptance& before, const Acceptance& after) {
  return std::max(static_cast<double>(after.lower - before.upper),
                  static_cast<double>(before.lower - after.upper));
}

constexpr int step_probe_count = 12;

class StepBound final : public Property {
 public:
  using Property::Property;
  CaseNeeds needs() const override { return {.most_steps = 12, .optional_hyperparameters = false}; }

  // Where the reference itself can step further (another dialect), nothing is said.
  Prediction prediction(const Rule& rule, const Dialect& dialect) const override {
    if (rule.step_bound == plumbline::StepBound::none) return Prediction::says_nothing;
    const RoundingScope scope({.budget = 1, .flushes_subnormals = false});
    const SubjectFormat format = find_format("binary64").value();
    const auto generator = random_case(rule, dialect, needs());
    rc::Random random(2);
    for (int probe = 0; probe < step_probe_count; ++probe) {
      const Case test_case = generator(random.split(), 0).value();
      const auto accepted = acceptances(test_case, {dialect.choices, Held::exactly}, format);
      if (!accepted) return Prediction::says_nothing;
      for (long step = 1; step <= test_case.steps(); ++step) {
        const auto bound = bound_in_rates(test_case, step);
        if (!bound) return Prediction::says_nothing;
        for (const ParameterAcceptance& parameter : *accepted) {
          const auto& before = parameter.values[static_cast<std::size_t>(step - 1)];
          const auto& after = parameter.values[static_cast<std::size_t>(step)];
          for (std::size_t e = 0; e < after.size(); ++e) {
            // NaN, where a dialect divides 0 by 0, is no step of known length.
            if (!(shortest_step(before[e], after[e]) <=
                  *bound * test_case.hyperparameters[0] * bound_error)) {
              return Prediction::says_nothing;
            }
          }
        }
      }
    }
    return Prediction::holds;
  }

  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    const auto accepted = acceptances(test_case, scope.candidate, scope.format);
    if (!accepted) return {Kind::not_applicable, "too many branches are open"};
    const Recording recording = record(scope.subject, test_case, scope.format);
    if (recording.outcome != Outcome::ran) return observation_of(recording);
    for (long step = 1; step <= test_case.steps(); ++step) {
      const auto bound = bound_in_rates(test_case, step);
      if (!bound) return {Kind::not_applicable, "no bound is known"};
      const double longest = *bound * test_case.hyperparameters[0] * bound_error;
      for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
        const auto at = static_cast<std::size_t>(step);
        const auto& allowed = (*accepted)[index].values;
        for (std::size_t e = 0; e < allowed[at].size(); ++e) {
          if (shortest_step(allowed[at - 1][e], allowed[at][e]) > longest) {
            return {Kind::not_applicable, "the dialect itself steps further"};
          }
          const double before = step == 1 ? test_case.parameters[index].initial[e]
                                          : recording.steps[at - 2].parameters[index][e];
          const double length = std::abs(recording.steps[at - 1].parameters[index][e] - before);
          const auto tolerance =
              static_cast<double>(allowed[at][e].width() + allowed[at - 1][e].width());
          const bool may_be_nan = allowed[at][e].may_be_nan || allowed[at - 1][e].may_be_nan;
          if (length <= longest + tolerance || (std::isnan(length) && may_be_nan)) continue;
          return {Kind::otherwise,
                  fmt::format("step {}, {}[{}]: a step of {}, where none is longer than {}", step,
                              test_case.parameters[index].name, e, shortest_decimal(length),
                              shortest_decimal(longest))};
        }
      }
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Property> step_bound() {
  return std::make_unique<StepBound>("step-bound",
                                     "no step is longer than the rule's theorem allows");
}

}  // namespace plumbline::conformance
