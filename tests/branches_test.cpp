// Where the operands' intervals leave a branch open, each of its outcomes is accepted and
// nothing between them. The rule here takes the sign of a velocity, and is not in the
// catalogue: none of the first rules branches on a value.
#include <gtest/gtest.h>

#include "conformance/judge/comparison.hpp"
#include "reference/define_rule.hpp"

namespace plumbline::conformance {
namespace {

struct SignOfVelocity : ElementwiseRule<2, 1, 0> {
  struct Options {
    int none;
  };

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options&,
                   const StepContext<Number>&) {
    const auto& [learning_rate, momentum] = hyperparameters;
    auto& [velocity] = state;
    velocity = momentum * velocity + gradient;
    parameter = parameter - learning_rate * sign(velocity);
  }
};

Rule sign_of_velocity() {
  Rule rule;
  rule.name = "sign_of_velocity";
  rule.hyperparameters = {{.name = "learning_rate",
                           .meaning = "",
                           .default_value = 0.25,
                           .neutral = {},
                           .least = 0,
                           .greatest = 1,
                           .dyadic = 0.25,
                           .low = 0.25,
                           .high = 0.25,
                           .distinct = 0.25},
                          {.name = "momentum",
                           .meaning = "",
                           .default_value = 0.9,
                           .neutral = {},
                           .least = 0,
                           .greatest = 1,
                           .dyadic = 0.9,
                           .low = 0.9,
                           .high = 0.9,
                           .distinct = 0.9}};
  rule.options = {{"none", {"none"}}};
  rule.dialects = {{"only", {0}, ""}};
  rule.state = {{"velocity", "v"}};
  rule.bindings = elementwise<SignOfVelocity>();
  return rule;
}

/// Momentum 0.1 after a gradient of 1, then the gradient that all but cancels it.
struct NearTie {
  Rule rule = sign_of_velocity();
  Case test_case;

  explicit NearTie(double second_gradient) {
    test_case.rule = &rule;
    test_case.id = "near-tie";
    test_case.hyperparameters = {0.25, 0.1};
    test_case.parameters = {{.name = "w", .shape = {1}, .initial = {0.0}}};
    test_case.gradients = {{std::vector<double>{1.0}}, {std::vector<double>{second_gradient}}};
  }

  /// The comparison of a subject whose parameter is `last` after the second step.
  Comparison of(double last) const {
    Recording recording;
    recording.steps.resize(2);
    recording.steps[0].parameters = {{-0.25}};
    recording.steps[1].parameters = {{last}};
    return compare(test_case, recording, {{0}, Held::exactly}, find_format("binary32").value());
  }
};

TEST(OpenBranch, AcceptsEachOutcomeAndNothingBetween) {
  const NearTie tie(-static_cast<double>(0.1f));  // 0.1 - fl(0.1): any sign is right
  EXPECT_FALSE(tie.of(-0.5).deviation.has_value());
  EXPECT_FALSE(tie.of(-0.25).deviation.has_value());
  EXPECT_FALSE(tie.of(0).deviation.has_value());
  for (const double between : {-0.375, -0.125, 0.25, -0.75}) {
    EXPECT_TRUE(tie.of(between).deviation.has_value()) << between;
  }
}

TEST(ClosedBranch, AcceptsItsOneOutcome) {
  const NearTie clear(-0.5);  // 0.1 - 0.5 is negative beyond rounding
  EXPECT_FALSE(clear.of(0).deviation.has_value());
  EXPECT_TRUE(clear.of(-0.25).deviation.has_value());
  EXPECT_TRUE(clear.of(-0.5).deviation.has_value());
}

TEST(OpenBranch, IsFollowedOnlyWhereItWasTaken) {
  // A third step: the worlds that the second step's value excluded are gone.
  NearTie tie(-static_cast<double>(0.1f));
  tie.test_case.gradients.push_back({std::vector<double>{-8.0}});
  Recording recording;
  recording.steps.resize(3);
  recording.steps[0].parameters = {{-0.25}};
  recording.steps[1].parameters = {{-0.5}};
  recording.steps[2].parameters = {{-0.25}};
  const Candidate candidate{{0}, Held::exactly};
  const SubjectFormat format = find_format("binary32").value();
  EXPECT_FALSE(compare(tie.test_case, recording, candidate, format).deviation.has_value());
  recording.steps[2].parameters = {{0.25}};  // right only had the second step given 0
  EXPECT_TRUE(compare(tie.test_case, recording, candidate, format).deviation.has_value());
}

}  // namespace
}  // namespace plumbline::conformance
