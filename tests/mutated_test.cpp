// Mutated numbers: without a mistake they are their base; each mistake does what it says;
// the list of mistakes is complete and names what it means.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "reference/catalogue.hpp"
#include "reference/mutation_names.hpp"
#include "reference/mutations.hpp"

namespace plumbline {
namespace {

using Number = Plain<Binary64>;
using Faulty = Mutated<Number>;

/// A mistake that no rule can make.
const Mutation none{.target = -1};

std::vector<double> values_of(const std::vector<Hyperparameter>& hyperparameters) {
  std::vector<double> values;
  for (const Hyperparameter& hyperparameter : hyperparameters) {
    values.push_back(hyperparameter.distinct);
  }
  return values;
}

/// Everything that a few steps of a rule show.
template <class Base>
std::vector<double> trajectory(const Update<Base>& update, const Rule& rule) {
  std::vector<Base> parameter{0.75, -1.5};
  const bool matrix = rule.unit == Unit::matrix;
  auto shared = update.start_shared(matrix ? Shape{1, 2} : Shape{2});
  auto state = update.start_state(parameter, shared);
  std::vector<double> shown;
  for (long step = 1; step <= 5; ++step) {
    const std::vector<Base> gradient{step % 2 == 0 ? -0.5 : 0.625, 0.25};
    update.advance(shared);
    update.apply(parameter, gradient, state, shared);
    const auto points = update.look_ahead(parameter, state, shared);
    for (std::size_t element = 0; element < parameter.size(); ++element) {
      shown.push_back(parameter[element].value());
      if (update.by_element()) {
        for (const auto& tensor : state) shown.push_back(tensor[element].value());
      }
      if (points) shown.push_back((*points)[element].value());
    }
    if (update.by_element()) continue;
    for (const auto& tensor : state) {
      for (const Base& value : tensor) shown.push_back(value.value());
    }
  }
  return shown;
}

template <class Base>
void expect_same_bits() {
  for (const Rule& rule : all_rules()) {
    if (rule.unit == Unit::objective) continue;
    for (const Dialect& dialect : rule.dialects) {
      const auto values = values_of(rule.hyperparameters);
      EXPECT_EQ(trajectory(*rule.bind<Base>(values, dialect.choices), rule),
                trajectory(*rule.bind_mutated<Base>(values, dialect.choices, none), rule))
          << rule.name << "/" << dialect.name;
    }
  }
}

TEST(Mutated, WithoutAMistakeARuleIsItself) {
  expect_same_bits<Plain<Binary64>>();
  expect_same_bits<Plain<Binary32>>();
}

TEST(Mutated, WithoutAMistakeAScheduleIsItself) {
  const std::vector<long> steps{0, 1, 2, 5, 6, 7, 8, 22, 23, 24, 30, 46, 47, 60};
  for (const Schedule& schedule : all_schedules()) {
    for (const Dialect& dialect : schedule.dialects) {
      for (const Access access : {Access::sequential, Access::direct}) {
        const auto values = values_of(schedule.hyperparameters);
        const auto one = schedule.values<Number>(values, dialect.choices, access, steps);
        const auto other =
            schedule.mutated_values<Number>(values, dialect.choices, access, steps, nullptr);
        ASSERT_EQ(one.size(), other.size());
        for (std::size_t i = 0; i < one.size(); ++i) {
          // cos(pi t/T) is the base's own here, and there composed: one rounding apart.
          EXPECT_NEAR(one[i].value(), other[i].value(), 1e-15) << schedule.name << steps[i];
        }
      }
    }
  }
}

TEST(Mutated, WithoutAMistakeAClippingIsItself) {
  for (const Clipping& clipping : all_clippings()) {
    for (const Dialect& dialect : clipping.dialects) {
      std::vector<std::vector<Number>> one{{3.0, -4.0}, {12.0}};
      auto other = one;
      const std::vector<ClippedParameter<Number>> parameters{{{2}, {0.5, 2.0}}, {{1}, {-1.0}}};
      const std::span<const ClippedParameter<Number>> known(parameters);
      const auto values = values_of(clipping.hyperparameters);
      const auto norm = clipping.clip<Number>(values, dialect.choices, one, known);
      const auto norm_beside =
          clipping.mutated_clip<Number>(values, dialect.choices, other, known, nullptr);
      ASSERT_EQ(norm.has_value(), norm_beside.has_value());
      if (norm) {
        EXPECT_EQ(norm->value(), norm_beside->value());
      }
      for (std::size_t tensor = 0; tensor < one.size(); ++tensor) {
        for (std::size_t i = 0; i < one[tensor].size(); ++i) {
          EXPECT_EQ(one[tensor][i].value(), other[tensor][i].value());
        }
      }
    }
  }
}

// One operation on gradient and parameter, and on a constant, with each of its mistakes.

constexpr double a = 3;
constexpr double b = -2;

Faulty input(double value, Input what) {
  return Faulty(Number(value), input_expression(what));
}

/// `compute(left, right)` with the mistake in the operation that it records.
template <class Compute>
double with_mistake(MutationKind kind, const Compute& compute) {
  Mutation mutation{.kind = kind};
  {
    const MutationScope scope(nullptr, Phase::step, 1);
    mutation.expression =
        compute(input(a, Input::gradient), input(b, Input::parameter)).expression().id;
  }
  const MutationScope scope(&mutation, Phase::step, 1);
  return compute(input(a, Input::gradient), input(b, Input::parameter)).value().value();
}

TEST(Mutated, MakesEachMistakeInAnOperationOfTwo) {
  using enum MutationKind;
  const auto add = [](const Faulty& x, const Faulty& y) { return x + y; };
  EXPECT_EQ(with_mistake(to_subtract, add), a - b);
  EXPECT_EQ(with_mistake(left_alone, add), a);
  EXPECT_EQ(with_mistake(right_alone, add), b);
  const auto subtract = [](const Faulty& x, const Faulty& y) { return x - y; };
  EXPECT_EQ(with_mistake(to_add, subtract), a + b);
  EXPECT_EQ(with_mistake(swapped, subtract), b - a);
  EXPECT_EQ(with_mistake(right_negated, subtract), -b);
  const auto multiply = [](const Faulty& x, const Faulty& y) { return x * y; };
  EXPECT_EQ(with_mistake(to_divide, multiply), a / b);
  const auto divide = [](const Faulty& x, const Faulty& y) { return x / y; };
  EXPECT_EQ(with_mistake(to_multiply, divide), a * b);
  EXPECT_EQ(with_mistake(swapped, divide), b / a);
  const auto raise = [](const Faulty& x, const Faulty& y) { return power(x, y); };
  EXPECT_EQ(with_mistake(to_multiply, raise), a * b);
  EXPECT_EQ(with_mistake(left_alone, raise), a);
  EXPECT_EQ(with_mistake(right_alone, raise), b);
  EXPECT_EQ(with_mistake(to_min, [](const Faulty& x, const Faulty& y) { return max(x, y); }), b);
  EXPECT_EQ(with_mistake(to_max, [](const Faulty& x, const Faulty& y) { return min(x, y); }), a);
}

TEST(Mutated, MakesEachMistakeInAFunction) {
  using enum MutationKind;
  const auto squared = [](const Faulty&, const Faulty& y) { return square(y); };
  EXPECT_EQ(with_mistake(operand_alone, squared), b);
  EXPECT_EQ(with_mistake(to_abs, squared), -b);
  EXPECT_EQ(with_mistake(to_cube, squared), b * b * b);
  const auto root = [](const Faulty& x, const Faulty&) { return sqrt(x); };
  EXPECT_EQ(with_mistake(operand_alone, root), a);
  EXPECT_EQ(with_mistake(to_fourth_root, root), std::sqrt(std::sqrt(a)));
  EXPECT_EQ(with_mistake(operand_alone, [](const Faulty&, const Faulty& y) { return sign(y); }), b);
  EXPECT_EQ(with_mistake(operand_alone, [](const Faulty&, const Faulty& y) { return abs(y); }), b);
  EXPECT_EQ(with_mistake(operand_alone, [](const Faulty&, const Faulty& y) { return -y; }), b);
  const auto cosine = [](const Faulty& x, const Faulty&) { return cos(x); };
  EXPECT_EQ(with_mistake(operand_alone, cosine), a);
  EXPECT_NEAR(with_mistake(to_sine, cosine), std::sin(a), 1e-15);
  const auto turn = [](const Faulty&, const Faulty&) { return cos_pi<Faulty>(1, 3); };
  EXPECT_NEAR(with_mistake(to_sine, turn), std::sqrt(0.75), 1e-15);
  EXPECT_NEAR(with_mistake(left_plus_one, turn), -0.5, 1e-15);
  EXPECT_NEAR(with_mistake(left_minus_one, turn), 1, 1e-15);
  EXPECT_NEAR(with_mistake(right_plus_one, turn), std::sqrt(0.5), 1e-15);
}

TEST(Mutated, MovesConstants) {
  using enum MutationKind;
  const auto with_constant = [](const Faulty& x, const Faulty&) { return 4 * x; };
  EXPECT_EQ(with_mistake(left_plus_one, with_constant), 5 * a);
  EXPECT_EQ(with_mistake(left_minus_one, with_constant), 3 * a);
  EXPECT_EQ(with_mistake(left_times_eleven_tenths, with_constant), 4 * 1.1 * a);
  const auto on_the_right = [](const Faulty& x, const Faulty&) { return x - 1; };
  EXPECT_EQ(with_mistake(right_plus_one, on_the_right), a - 2);
  EXPECT_EQ(with_mistake(right_minus_one, on_the_right), a);
  const auto constant_base = [](const Faulty& x, const Faulty&) { return power(Faulty(4), x); };
  EXPECT_EQ(with_mistake(left_plus_one, constant_base), 125);
  const auto constant_exponent = [](const Faulty& x, const Faulty&) { return power(x, Faulty(2)); };
  EXPECT_EQ(with_mistake(right_plus_one, constant_exponent), 27);
  EXPECT_EQ(with_mistake(right_minus_one, constant_exponent), 3);
}

TEST(Mutated, MakesEachMistakeInASum) {
  using enum MutationKind;
  const auto total = [](const Faulty& x, const Faulty& y) {
    const std::vector<Faulty> terms{x, y, y};
    return sum(std::span<const Faulty>(terms));
  };
  EXPECT_EQ(with_mistake(first_term_dropped, total), b + b);
  EXPECT_EQ(with_mistake(last_term_dropped, total), a + b);
  EXPECT_EQ(with_mistake(sum_of_magnitudes, total), a - b - b);
}

TEST(Mutated, MakesEachMistakeInAComparison) {
  // The comparison's own expression, from a recording.
  Mutation mutation;
  {
    OperationRecording recording;
    const MutationScope scope(nullptr, Phase::step, 1);
    less(input(b, Input::parameter), input(a, Input::gradient));
    mutation.expression = recording.runs.front().nodes.back().expression;
    EXPECT_EQ(recording.runs.front().nodes.back().operation, NumberOperation::less);
  }
  const auto says = [&](MutationKind kind, double left, double right) {
    mutation.kind = kind;
    const MutationScope scope(&mutation, Phase::step, 1);
    return less(input(left, Input::parameter), input(right, Input::gradient));
  };
  EXPECT_FALSE(says(MutationKind::inverted, 1, 2));
  EXPECT_TRUE(says(MutationKind::inverted, 2, 2));
  EXPECT_FALSE(says(MutationKind::swapped, 1, 2));
  EXPECT_TRUE(says(MutationKind::swapped, 2, 1));
  EXPECT_TRUE(says(MutationKind::always, 2, 1));
  EXPECT_FALSE(says(MutationKind::never, 1, 2));
}

// Two operations on the same expression are two places in the text.
TEST(Mutated, TellsTwoEqualOperationsApart) {
  Mutation mutation{.kind = MutationKind::to_subtract, .occurrence = 1};
  {
    const MutationScope scope(nullptr, Phase::step, 1);
    const Faulty sum_of_both = input(a, Input::gradient) + input(b, Input::parameter);
    mutation.expression = sum_of_both.expression().id;
  }
  const MutationScope scope(&mutation, Phase::step, 1);
  EXPECT_EQ((input(a, Input::gradient) + input(b, Input::parameter)).value().value(), a + b);
  EXPECT_EQ((input(a, Input::gradient) + input(b, Input::parameter)).value().value(), a - b);
}

// Writes and running values, on Adam.

struct NamedTrajectory {
  std::vector<double> right, wrong;
};

NamedTrajectory adam_with(std::string_view name) {
  const Rule& rule = *find_rule("adam");
  const auto& choices = rule.dialects.front().choices;
  const auto values = values_of(rule.hyperparameters);
  for (const NamedMutation& entry : mutations_of(rule, choices)) {
    if (entry.name != name) continue;
    return {trajectory(*rule.bind<Number>(values, choices), rule),
            trajectory(*rule.bind_mutated<Number>(values, choices, entry.mutation), rule)};
  }
  ADD_FAILURE() << "no mistake " << name;
  return {};
}

TEST(Mutated, LosesOrDelaysWrites) {
  // What is shown of an element after a step: parameter, first and second moment.
  const NamedTrajectory lost = adam_with("first-moment-not-written");
  EXPECT_EQ(lost.wrong[0], 0.75);  // m = 0: no step
  EXPECT_EQ(lost.wrong[1], 0);
  EXPECT_EQ(lost.wrong[2], lost.right[2]);
  const NamedTrajectory late = adam_with("first-moment-written-late");
  EXPECT_EQ(late.wrong[0], 0.75);  // the step reads the old m
  EXPECT_EQ(late.wrong[1], late.right[1]);
  const NamedTrajectory still = adam_with("parameter-not-written");
  EXPECT_EQ(still.wrong[0], 0.75);
}

TEST(Mutated, TakesValuesTwiceOrLateOrFromElsewhere) {
  const double beta1 = find_rule("adam")->hyperparameters[1].distinct;
  const NamedTrajectory twice = adam_with("first-moment-twice");
  EXPECT_NEAR(twice.wrong[1], (1 + beta1) * twice.right[1], 1e-15);
  const NamedTrajectory higher = adam_with("first-moment-starts-higher");
  EXPECT_NEAR(higher.wrong[1], beta1 + higher.right[1], 1e-15);
  const NamedTrajectory late = adam_with("scalar1-late");
  EXPECT_TRUE(std::isinf(late.wrong[0]));  // 1 - beta1^0 = 0
  const NamedTrajectory ahead = adam_with("scalar1-twice");
  EXPECT_EQ(ahead.wrong[1], ahead.right[1]);
  EXPECT_NE(ahead.wrong[0], ahead.right[0]);
}

// The list.

TEST(Mutations, CoverEveryOperationThatContributes) {
  const Rule& rule = *find_rule("gradient_descent");
  std::vector<std::string> names;
  for (const NamedMutation& entry : mutations_of(rule, rule.dialects.front().choices)) {
    names.push_back(entry.name);
  }
  const std::vector<std::string> expected{
      "op-01-over",        "op-01-left-alone",    "op-01-right-alone",
      "op-02-minus",       "op-02-left-alone",    "op-02-right-alone",
      "op-03-over",        "op-03-left-alone",    "op-03-right-alone",
      "op-04-plus",        "op-04-swapped",       "op-04-left-alone",
      "op-04-right-alone", "op-04-right-negated", "parameter-not-written",
      "parameter-twice"};
  EXPECT_EQ(names, expected);
}

TEST(Mutations, NumberTheFirstStepApart) {
  const Rule& rule = *find_rule("momentum");
  const auto& undampened = find_dialect(rule.dialects, "pytorch")->choices;
  const auto count = [&](std::string_view prefix) {
    const auto all = mutations_of(rule, undampened);
    return std::ranges::count_if(
        all, [&](const NamedMutation& entry) { return entry.name.starts_with(prefix); });
  };
  EXPECT_GT(count("first-op-"), 0);
  EXPECT_GT(count("op-"), count("first-op-"));
}

TEST(Mutations, LeaveOutWhatReachesNothing) {
  // Without correction Adam's powers of beta are computed and not used.
  const Rule& rule = *find_rule("adam");
  for (const NamedMutation& entry :
       mutations_of(rule, find_dialect(rule.dialects, "uncorrected")->choices)) {
    EXPECT_NE(entry.mutation.phase, Phase::advance) << entry.name;
  }
}

TEST(Mutations, SayWhichOperationTheyMean) {
  const Rule& rule = *find_rule("adagrad");
  const auto all = mutations_of(rule, rule.dialects.front().choices);
  const auto root = std::ranges::find(all, "op-09-root-dropped", &NamedMutation::name);
  ASSERT_NE(root, all.end());
  EXPECT_EQ(root->description,
            "the step, operation 9, sqrt(squared_gradient_sum + ...^2): the root left out");
}

/// NaN is itself.
bool same_bits(const std::vector<double>& one, const std::vector<double>& other) {
  return one.size() == other.size() &&
         std::memcmp(one.data(), other.data(), one.size() * sizeof(double)) == 0;
}

/// What fourteen steps of many different elements show: zeros, turning signs, small and large
/// gradients.
std::vector<double> telling_trajectory(const Update<Number>& update) {
  constexpr std::array pattern{0.625, -0.5, 0.0, 0.25, 0.25, -1.0, 0.75, 0.0, 0.0, 0.5, -0.125};
  constexpr std::size_t size = 22;
  std::vector<Number> parameter;
  for (std::size_t i = 0; i < size; ++i) parameter.push_back(pattern[(5 * i) % 11] * 4);
  auto shared = update.start_shared(Shape{static_cast<long>(size)});
  auto state = update.start_state(parameter, shared);
  std::vector<double> shown;
  for (std::size_t step = 1; step <= 14; ++step) {
    std::vector<Number> gradient;
    for (std::size_t i = 0; i < size; ++i) {
      const int scale = 4 - static_cast<int>(i);
      gradient.push_back(std::ldexp(pattern[(3 * step + step * i) % 11], scale));
    }
    update.advance(shared);
    update.apply(parameter, gradient, state, shared);
    for (const Number& value : parameter) shown.push_back(value.value());
    for (const auto& tensor : state) {
      for (const Number& value : tensor) shown.push_back(value.value());
    }
    if (const auto points = update.look_ahead(parameter, state, shared)) {
      for (const Number& value : *points) shown.push_back(value.value());
    }
  }
  return shown;
}

// Every mistake of every list changes something of what is computed.
TEST(Mutations, FindTheirOperation) {
  long without_effect = 0;
  long all = 0;
  for (const Rule& rule : all_rules()) {
    if (rule.unit != Unit::element) continue;
    const auto values = values_of(rule.hyperparameters);
    for (const Dialect& dialect : rule.dialects) {
      const auto right = telling_trajectory(*rule.bind<Number>(values, dialect.choices));
      for (const NamedMutation& entry : mutations_of(rule, dialect.choices)) {
        ++all;
        const auto wrong =
            telling_trajectory(*rule.bind_mutated<Number>(values, dialect.choices, entry.mutation));
        if (same_bits(wrong, right)) ++without_effect;
      }
    }
  }
  // Times one, root of one, zero velocities: the equivalent ones, in all dialects.
  EXPECT_GT(all, 2000);
  EXPECT_LT(without_effect, all / 20) << "of " << all;
}

}  // namespace
}  // namespace plumbline
