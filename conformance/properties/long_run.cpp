// Bias correction over many steps of a constant gradient, where counts and powers go wrong:
// theta_t = theta_0 - t eta g/(|g| + epsilon).
#include <fmt/format.h>

#include <cmath>

#include "conformance/judge/reenactment.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/properties/direct_properties.hpp"
#include "conformance/properties/relations.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;

class LongRun final : public Property {
 public:
  LongRun(std::string_view name, std::string_view statement, long steps, bool by_name)
      : Property(name, statement), steps_(steps), by_name_(by_name) {}

  CaseNeeds needs() const override {
    return {.most_steps = 1,
            .most_parameters = 1,
            .least_elements = 1,
            .most_elements = 2,
            .optional_hyperparameters = false,
            .nonzero_gradients = true};
  }
  Prediction prediction(const Rule& rule, const Dialect& dialect) const override {
    CaseNeeds several_steps = needs();
    several_steps.least_steps = several_steps.most_steps = 3;  // one alone may hold by chance
    const RelationProperty every_step("", "", several_steps, relations::constant_gradient_step);
    return every_step.prediction(rule, dialect) == Prediction::holds ? Prediction::holds
                                                                     : Prediction::says_nothing;
  }
  int examples(int) const override { return 1; }
  bool by_name_only() const override { return by_name_; }

  Observation observe(const PropertyScope& scope, const Case& test_case,
                      Prediction) const override {
    if (!test_case.fits(scope.format)) return {Kind::not_applicable, "does not fit the format"};
    return with_arithmetic(scope.format.arithmetic,
                           [&]<class Format>() { return walk<Format>(scope, test_case); });
  }

 private:
  long steps_;
  bool by_name_;

  template <class Format>
  Observation walk(const PropertyScope& scope, const Case& test_case) const {
    const CaseParameter& parameter = test_case.parameters.front();
    const std::vector<double>& gradient = *test_case.gradients.front().front();
    const auto epsilon = index_of(test_case.rule->hyperparameters, "epsilon").value();
    Reenactment<Format> reference(*test_case.rule,
                                  held_hyperparameters(test_case.hyperparameters, scope.candidate),
                                  scope.candidate.choices, scope.format, parameter);
    if (scope.candidate.held == Held::powers_in_binary32) reference.hold_powers_in_binary32();
    const auto created = scope.subject.create(create_request(test_case, scope.format));
    if (!created.ok()) return observation_of(created.ended());
    const StepRequest request = step_request(test_case, 1);
    for (long step = 1; step <= steps_; ++step) {
      const auto stepped = scope.subject.step(created->handle, request);
      if (!stepped.ok()) return observation_of(stepped.ended());
      reference.advance();
      reference.step(gradient);
      const bool looked_at = (step & (step - 1)) == 0 || step == steps_;
      if (!looked_at) continue;
      for (const Piece<Format>& piece : reference.pieces()) {
        if (piece.worlds.empty()) continue;
        const std::size_t e = piece.first;
        const Quadruple size(std::abs(gradient[e]));
        const Quadruple expected =
            Quadruple(parameter.initial[e]) -
            Quadruple(static_cast<double>(step)) * Quadruple(test_case.hyperparameters[0]) *
                Quadruple(gradient[e]) / (size + Quadruple(test_case.hyperparameters[epsilon]));
        const double value = stepped->parameters[0][e];
        const Rounded<Format>& accepted = piece.worlds.front().parameter.front();
        // Products kept in binary32 may lead away from the formula by themselves.
        const bool is_accepted = static_cast<Quadruple>(accepted.lower()) <= expected &&
                                 expected <= static_cast<Quadruple>(accepted.upper());
        if (scope.candidate.held != Held::exactly && !is_accepted) continue;
        const auto width =
            static_cast<Quadruple>(accepted.upper()) - static_cast<Quadruple>(accepted.lower());
        const Quadruple off = Quadruple(value) - expected;
        if (off <= width && -off <= width) continue;
        return {Kind::otherwise, fmt::format("step {}, {}[{}]: {}, where {} is expected within {}",
                                             step, parameter.name, e, shortest_decimal(value),
                                             shortest_decimal(static_cast<double>(expected)),
                                             shortest_decimal(static_cast<double>(width)))};
      }
    }
    const Ended closed = scope.subject.close(created->handle);
    if (closed.outcome != Outcome::ran) return observation_of(closed);
    scope.subject.case_ended_well();
    return {};
  }
};

}  // namespace

std::unique_ptr<Property> long_run() {
  return std::make_unique<LongRun>(
      "long-run", "a constant gradient steps alike over two thousand steps", 2000, false);
}

std::unique_ptr<Property> million_steps() {
  return std::make_unique<LongRun>(
      "million-steps", "a constant gradient steps alike over a million steps", 1000000, true);
}

}  // namespace plumbline::conformance
