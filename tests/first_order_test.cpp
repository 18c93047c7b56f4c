// FirstOrder: every evaluation within the budget is inside, and not much more is.
#include "reference/numbers/first_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <tuple>

#include "tests/adversary.hpp"
#include "tests/first_order_computations.hpp"

namespace plumbline {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Format>
double value_of(const Plain<Format>& value) {
  return value.value();
}
template <class Format>
typename Format::Wide value_of(const Adversary<Format>& value) {
  return value.value();
}

template <class Format>
bool holds(const FirstOrder<Format>& enclosure, double value) {
  return as_rounded(enclosure).contains(value);
}
template <class Format, class Wide>
bool holds(const FirstOrder<Format>& enclosure, Wide value) {
  const Rounded<Format>& range = as_rounded(enclosure);
  return range.lower() <= value && value <= range.upper();
}

template <class Range>
double width(const Range& range) {
  return static_cast<double>(range.upper() - range.lower());
}

/// float with fused multiply-adds, from the last term to the first.
class Fused {
 public:
  Fused() = default;
  Fused(double value) : value_(static_cast<float>(value)) {}
  double value() const { return static_cast<double>(value_); }
  friend Fused operator+(Fused left, Fused right) { return of(left.value_ + right.value_); }
  friend Fused operator*(Fused left, Fused right) { return of(left.value_ * right.value_); }
  friend Fused operator/(Fused left, Fused right) { return of(left.value_ / right.value_); }
  friend Fused operator-(Fused left, Fused right) { return of(left.value_ - right.value_); }
  friend Fused square(Fused value) { return value * value; }
  friend Fused sqrt(Fused value) { return of(std::sqrt(value.value_)); }
  friend Fused sum(std::span<const Fused> terms) {
    Fused total;
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) total = total + *term;
    return total;
  }
  static Fused inner_product(std::span<const Fused> left, std::span<const Fused> right) {
    float total = 0;
    for (std::size_t index = left.size(); index-- > 0;) {
      total = std::fma(left[index].value_, right[index].value_, total);
    }
    return of(total);
  }

 private:
  float value_ = 0;
  static Fused of(float value) {
    Fused result;
    result.value_ = value;
    return result;
  }
};
double value_of(Fused value) {
  return value.value();
}

// ---- Random programs ------------------------------------------------------
// Straight-line: each operation takes any earlier values, so that much is shared.

struct Instruction {
  char operation;
  std::size_t operands[4];
};
struct Program {
  std::vector<double> inputs;
  std::vector<Instruction> instructions;
};

Program random_program(std::mt19937_64& generator, const FormatDescription& format, int reach) {
  Program program;
  const auto below = [&](std::uint64_t count) { return generator() % count; };
  for (int input = 0; input < 4; ++input) {
    const double fraction = 1 + std::ldexp(static_cast<double>(generator() >> 12), -52);
    const int exponent = static_cast<int>(below(2 * static_cast<std::uint64_t>(reach) + 1)) - reach;
    const double value = std::ldexp(below(2) != 0 ? fraction : -fraction, exponent);
    program.inputs.push_back(below(12) == 0 ? static_cast<double>(below(3)) : value);
    program.inputs.back() = format.round(program.inputs.back());
  }
  const std::string operations = "+-*/+-*/+*qraMmisdh";
  const std::uint64_t length = 4 + below(20);
  for (std::uint64_t step = 0; step < length; ++step) {
    Instruction instruction{operations[below(operations.size())], {}};
    for (std::size_t& operand : instruction.operands) {
      operand = below(4 + step);
      // Late values more often than early ones.
      if (below(2) != 0) operand = std::max(operand, below(4 + step));
    }
    program.instructions.push_back(instruction);
  }
  return program;
}

template <class Number>
Number carried_out(char operation, const Number& a, const Number& b, const Number& c,
                   const Number& d) {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case 'q':
      return square(a);
    case 'r':
      return sqrt(abs(a));
    case 'a':
      return abs(a);
    case 'M':
      return max(a, b);
    case 'm':
      return min(a, b);
    case 'i':
      if constexpr (requires { interpolate(a, b, c); }) {
        return interpolate(a, b, c);
      } else {
        return a + b * (c - a);
      }
    case 'h':
      if constexpr (requires { hull(a, b); }) {
        return hull(a, b);
      } else {
        return value_of(a) < value_of(c) ? a : b;
      }
    case 's':
      return sum(std::span<const Number>(std::vector<Number>{a, b, c, d}));
    default:
      return dot(std::span<const Number>(std::vector<Number>{a, b}),
                 std::span<const Number>(std::vector<Number>{c, d}));
  }
}

template <class Number>
std::vector<Number> run(const Program& program, std::size_t length) {
  std::vector<Number> values(program.inputs.begin(), program.inputs.end());
  for (std::size_t step = 0; step < length; ++step) {
    const auto& [operation, operands] = program.instructions[step];
    values.push_back(carried_out(operation, values[operands[0]], values[operands[1]],
                                 values[operands[2]], values[operands[3]]));
  }
  return values;
}

/// How many instructions have no zero divisor whose sign is left open, and no NaN.
template <class Number>
std::size_t covered_length(const Program& program) {
  const auto values = run<Number>(program, program.instructions.size());
  for (std::size_t step = 0; step < program.instructions.size(); ++step) {
    const auto& [operation, operands] = program.instructions[step];
    const auto result = value_of(values[4 + step]);
    if (operation == '/' && value_of(values[operands[1]]) == 0) return step;
    if (result != result) return step;
  }
  return program.instructions.size();
}

template <class Format>
class FirstOrderIn : public testing::Test {
 protected:
  void TearDown() override {
    rounding_noise() = RoundingNoise{};
    rounding_plan() = RoundingPlan{};
  }
};
using Formats = testing::Types<Binary64, Binary32, BFloat16, Binary16>;
TYPED_TEST_SUITE(FirstOrderIn, Formats);

TYPED_TEST(FirstOrderIn, random_programs_are_inside_and_no_wider_than_rounded) {
  std::mt19937_64 generator(4);
  std::size_t checked = 0;
  std::size_t narrower = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const int reach = trial % 8 == 0 ? TypeParam::description.greatest_exponent / 2 : 3;
    const Program program = random_program(generator, TypeParam::description, reach);
    const std::size_t length = program.instructions.size();
    FirstOrderScope scope;
    const auto enclosures = run<FirstOrder<TypeParam>>(program, length);
    const auto intervals = run<Rounded<TypeParam>>(program, length);
    for (std::size_t index = 0; index < enclosures.size(); ++index) {
      const Rounded<TypeParam>& range = as_rounded(enclosures[index]);
      ASSERT_GE(range.lower(), intervals[index].lower());
      ASSERT_LE(range.upper(), intervals[index].upper());
      ASSERT_LE(range.may_be_nan(), intervals[index].may_be_nan());
      narrower += width(range) < 0.9 * width(intervals[index]);
    }
    for (int evaluation = 0; evaluation < 12; ++evaluation) {
      const std::uint64_t seed = generator();
      const auto prepare = [&] {
        rounding_noise() = RoundingNoise{evaluation > 0, seed};
        rounding_plan() =
            RoundingPlan{{}, evaluation % 2 == 0 ? 1.0 : -1.0, 0, evaluation > 1, seed | 1};
      };
      const auto compare = [&]<class Number>(const std::vector<Number>& values) {
        for (std::size_t index = 0; index < values.size(); ++index) {
          ASSERT_TRUE(holds(enclosures[index], value_of(values[index])))
              << "trial " << trial << ", evaluation " << evaluation << ", value " << index << ": "
              << static_cast<double>(value_of(values[index])) << " not in ["
              << static_cast<double>(as_rounded(enclosures[index]).lower()) << ", "
              << static_cast<double>(as_rounded(enclosures[index]).upper()) << "], operation "
              << (index < 4 ? 'x' : program.instructions[index - 4].operation);
          ++checked;
        }
      };
      prepare();
      const std::size_t plain_length = covered_length<Plain<TypeParam>>(program);
      prepare();
      compare(run<Plain<TypeParam>>(program, plain_length));
      if (this->HasFatalFailure()) return;
      prepare();
      const std::size_t adversary_length = covered_length<Adversary<TypeParam>>(program);
      prepare();
      compare(run<Adversary<TypeParam>>(program, adversary_length));
      if (this->HasFatalFailure()) return;
    }
  }
  EXPECT_GT(checked, 500000u);
  EXPECT_GT(narrower, 3000u);
}

// ---- Matrices -------------------------------------------------------------

Matrix<double> random_matrix(std::mt19937_64& generator, const FormatDescription& format,
                             std::size_t rows, std::size_t columns) {
  std::normal_distribution<double> normal;
  Matrix<double> result(rows, Vector<double>(columns));
  for (Vector<double>& row : result) {
    for (double& element : row) element = format.round(normal(generator));
  }
  return result;
}

/// All elements of what `computation` gives, for evaluations of all kinds, are inside.
template <class Format, class Computation>
void expect_inside(const Computation& computation, std::mt19937_64& generator) {
  FirstOrderScope scope;
  const auto enclosures = computation.template operator()<FirstOrder<Format>>();
  const auto intervals = computation.template operator()<Rounded<Format>>();
  const auto compare = [&](const auto& values, const char* evaluation) {
    for (std::size_t row = 0; row < values.size(); ++row) {
      for (std::size_t column = 0; column < values[row].size(); ++column) {
        const auto& range = as_rounded(enclosures[row][column]);
        ASSERT_TRUE(holds(enclosures[row][column], value_of(values[row][column])))
            << evaluation << ' ' << row << ',' << column << ": "
            << static_cast<double>(value_of(values[row][column])) << " not in ["
            << static_cast<double>(range.lower()) << ", " << static_cast<double>(range.upper())
            << ']';
        ASSERT_LE(width(range), width(intervals[row][column]));
      }
    }
  };
  rounding_noise() = RoundingNoise{};
  compare(computation.template operator()<Plain<Format>>(), "plain");
  if constexpr (std::is_same_v<Format, Binary32>) {
    compare(computation.template operator()<Fused>(), "fused");
  }
  for (int evaluation = 0; evaluation < 20; ++evaluation) {
    const std::uint64_t seed = generator();
    rounding_noise() = RoundingNoise{true, seed};
    compare(computation.template operator()<Plain<Format>>(), "noisy");
    rounding_plan() = RoundingPlan{{}, evaluation == 0 ? 1.0 : -1.0, 0, evaluation > 1, seed | 1};
    compare(computation.template operator()<Adversary<Format>>(), "adversary");
  }
}

TYPED_TEST(FirstOrderIn, newton_schulz_is_inside) {
  std::mt19937_64 generator(5);
  for (const auto& [rows, columns] :
       {std::tuple<std::size_t, std::size_t>{1, 1}, {1, 4}, {4, 1}, {2, 3}, {3, 3}, {4, 6}}) {
    for (const std::string kind : {"full", "deficient", "zero", "tiny"}) {
      Matrix<double> matrix = random_matrix(generator, TypeParam::description, rows, columns);
      if (kind == "deficient") matrix.back() = matrix.front();
      for (Vector<double>& row : matrix) {
        for (double& element : row) {
          if (kind == "zero") element = 0;
          if (kind == "tiny") element = TypeParam::description.round(std::ldexp(element, -12));
        }
      }
      SCOPED_TRACE(kind + ' ' + std::to_string(rows) + 'x' + std::to_string(columns));
      expect_inside<TypeParam>(
          [&]<class Number>() { return newton_schulz(numbers<Number>(matrix), 5); }, generator);
      if (this->HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(FirstOrderIn, gram_schmidt_conjugate_gradient_and_horner_are_inside) {
  std::mt19937_64 generator(6);
  for (int trial = 0; trial < 20; ++trial) {
    const std::size_t size = 2 + static_cast<std::size_t>(trial) % 3;
    const Matrix<double> matrix = random_matrix(generator, TypeParam::description, size, size + 2);
    expect_inside<TypeParam>([&]<class Number>() { return gram_schmidt(numbers<Number>(matrix)); },
                             generator);
    if (this->HasFatalFailure()) return;
    Matrix<double> symmetric(size, Vector<double>(size));
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t column = 0; column < size; ++column) {
        symmetric[row][column] =
            (row == column ? 4.0 : 1.0) / (1.0 + static_cast<double>(row + column));
      }
    }
    expect_inside<TypeParam>(
        [&]<class Number>() {
          return Matrix<Number>{conjugate_gradient(numbers<Number>(symmetric),
                                                   numbers<Number>(matrix)[0].size() == size
                                                       ? numbers<Number>(matrix)[0]
                                                       : Vector<Number>(size, Number(matrix[0][0])),
                                                   2)};
        },
        generator);
    if (this->HasFatalFailure()) return;
    expect_inside<TypeParam>(
        [&]<class Number>() { return Matrix<Number>{{horner(matrix[0], Number(matrix[1][0]))}}; },
        generator);
    if (this->HasFatalFailure()) return;
  }
}

/// What one element of Newton-Schulz can be driven to: each rounding in the direction that
/// moves it upward, as found by trying each alone.
template <class Format>
double driven_width(const Matrix<double>& matrix, int steps, std::size_t row, std::size_t column) {
  RoundingPlan& plan = rounding_plan();
  const auto evaluated = [&](std::vector<double> directions) {
    plan = RoundingPlan{std::move(directions), 0, 0, false, 1};
    return newton_schulz(numbers<Adversary<Format>>(matrix), steps)[row][column].value();
  };
  const auto centre = evaluated({});
  const std::size_t count = plan.position;
  std::vector<double> upward(count, 0.0);
  for (std::size_t place = 0; place < count; ++place) {
    std::vector<double> alone(count, 0.0);
    alone[place] = 1;
    upward[place] = evaluated(alone) >= centre ? 1 : -1;
  }
  std::vector<double> downward = upward;
  for (double& direction : downward) direction = -direction;
  return static_cast<double>(evaluated(upward) - evaluated(downward));
}

template <class Format>
void expect_tight() {
  std::mt19937_64 generator(7);
  const Matrix<double> matrix = random_matrix(generator, Format::description, 4, 6);
  FirstOrderScope scope;
  const auto enclosures = newton_schulz(numbers<FirstOrder<Format>>(matrix), 5);
  const double allowed = width(as_rounded(enclosures[1][2]));
  const double driven = driven_width<Format>(matrix, 5, 1, 2);
  const double interval = width(newton_schulz(numbers<Rounded<Format>>(matrix), 5)[1][2]);
  testing::Test::RecordProperty("allowed_over_driven", std::to_string(allowed / driven));
  std::printf("five steps in %s: driven %.3g, enclosed %.3g (x%.2f), Rounded %.3g\n",
              std::string(Format::description.name).c_str(), driven, allowed, allowed / driven,
              interval);
  EXPECT_GE(allowed, driven);
  EXPECT_LE(allowed, 4 * driven);
  EXPECT_LE(allowed, interval / 1000);
}
TEST(FirstOrder, is_nearly_as_narrow_as_what_roundings_can_do) {
  expect_tight<Binary64>();
  expect_tight<Binary32>();
}

template <class Format>
void expect_wrong_coefficient_outside() {
  std::mt19937_64 generator(8);
  const Matrix<double> matrix = random_matrix(generator, Format::description, 4, 6);
  FirstOrderScope scope;
  const auto enclosures = newton_schulz(numbers<FirstOrder<Format>>(matrix), 5);
  const auto outside = [&](double first) {
    const auto subject = newton_schulz(numbers<Plain<Format>>(matrix), 5, first);
    int count = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      for (std::size_t column = 0; column < 6; ++column) {
        count += !holds(enclosures[row][column], subject[row][column].value());
      }
    }
    return count;
  };
  EXPECT_EQ(outside(3.4445), 0);
  EXPECT_GE(outside(3.4444), 12);
}
TEST(FirstOrder, excludes_a_wrong_coefficient) {
  expect_wrong_coefficient_outside<Binary64>();
  expect_wrong_coefficient_outside<Binary32>();
}

// ---- Single operations ----------------------------------------------------

/// On points, one operation allows exactly what Rounded's does: NaN, infinity and zero too.
TYPED_TEST(FirstOrderIn, single_operations_on_points_are_rounded_s) {
  using Number = FirstOrder<TypeParam>;
  using Range = Rounded<TypeParam>;
  const FormatDescription& format = TypeParam::description;
  const std::vector<double> points{0.0,
                                   -0.0,
                                   1.0,
                                   -1.0,
                                   2.0,
                                   -0.5,
                                   3.1,
                                   nan,
                                   infinity,
                                   -infinity,
                                   100,
                                   0.25,
                                   format.largest(),
                                   format.least_subnormal(),
                                   -format.least_normal()};
  for (const bool flushes : {false, true}) {
    RoundingScope model({2, flushes});
    FirstOrderScope scope;
    for (const double left : points) {
      for (const double right : points) {
        for (const char operation : std::string("+-*/qraMmihsd")) {
          const auto apply = [&]<class Any>(const Any&) {
            return carried_out(operation, Any(left), Any(right), Any(right), Any(left));
          };
          const Range range = as_rounded(apply(Number()));
          const Range expected = apply(Range());
          SCOPED_TRACE(std::string(1, operation) + ' ' + std::to_string(left) + ' ' +
                       std::to_string(right));
          ASSERT_EQ(range.may_be_nan(), expected.may_be_nan());
          ASSERT_GE(range.lower(), expected.lower());
          ASSERT_LE(range.upper(), expected.upper());
          // An interpolation, an expression of three operations, may know more.
          if (operation != 'i') {
            ASSERT_EQ(range.lower(), expected.lower());
            ASSERT_EQ(range.upper(), expected.upper());
          }
        }
      }
    }
  }
}

TYPED_TEST(FirstOrderIn, what_is_exact_has_no_width_and_takes_no_symbol) {
  using Number = FirstOrder<TypeParam>;
  FirstOrderScope scope;
  const Number x(0.375);
  const Number wide = x * Number(0.3);
  const std::size_t before = noise_symbols().count;
  for (const Number& exact : {x * 1, x + 0, x - 0, x / 1, x * 0, -x, abs(-x), max(x, Number(0.25)),
                              sqrt(Number(1)), square(Number(0)), hull(x, x) * 0}) {
    EXPECT_TRUE(as_rounded(exact).is_point());
  }
  EXPECT_EQ(width(as_rounded(wide * 1)), width(as_rounded(wide)));
  EXPECT_EQ(width(as_rounded(max(wide, Number(-1)))), width(as_rounded(wide)));
  EXPECT_EQ(width(as_rounded(as_result(wide))), width(as_rounded(wide)));
  EXPECT_LE(noise_symbols().count, before + 1);  // the hull's own
  // Errors in what is shared cancel: a difference of equals has its own rounding left.
  const Number difference = (wide + 5) - (wide + 5);
  EXPECT_GT(width(as_rounded(difference)), 0);
  const Number same = wide - wide;
  EXPECT_LE(width(as_rounded(same)), 64 * TypeParam::description.least_subnormal());
}

TEST(FirstOrder, boxes_and_scalars) {
  FirstOrderScope scope;
  const auto box = FirstOrder<Binary32>(Rounded<Binary32>::between(1, 3));
  EXPECT_EQ(as_rounded(box).lower(), 1);
  EXPECT_EQ(as_rounded(box).upper(), 3);
  EXPECT_TRUE(box.is_linear());
  // Its value is one number: subtracted from itself it leaves nothing but a rounding.
  EXPECT_LT(width(as_rounded(box - box)), 1e-40);
  // Another box of the same ends is another number.
  const auto other = FirstOrder<Binary32>(as_rounded(box));
  EXPECT_GE(width(as_rounded(box - other)), 4);
  const Rounded<Binary32Scalar> learning_rate(0.1);
  const auto scaled = learning_rate * box;
  EXPECT_GE(width(as_rounded(scaled)), 0.2);
  EXPECT_LE(width(as_rounded(scaled)), 0.2001);
  // A number that the format does not hold is rounded where an operation copies it.
  const double tenth = 0.1;
  const double nearest = Binary32::description.round(tenth);
  EXPECT_TRUE(holds(FirstOrder<Binary32>(tenth) * 1, nearest));
  EXPECT_TRUE(holds(0 + FirstOrder<Binary32>(tenth), nearest));
  EXPECT_TRUE(holds(as_result(FirstOrder<Binary32>(tenth)), nearest));
  EXPECT_FALSE(holds(FirstOrder<Binary32>(tenth), nearest));
  const auto mean = moving_mean(Rounded<Binary32Scalar>(0.9), box, FirstOrder<Binary32>(2));
  const auto expected =
      moving_mean(Rounded<Binary32Scalar>(0.9), as_rounded(box), Rounded<Binary32>(2));
  EXPECT_GE(as_rounded(mean).lower(), expected.lower());
  EXPECT_LE(as_rounded(mean).upper(), expected.upper());
  EXPECT_FALSE(FirstOrder<Binary32>(infinity).is_linear());
  EXPECT_TRUE((FirstOrder<Binary32>(1) / FirstOrder<Binary32>(infinity)).is_linear());
}

TEST(FirstOrder, values_of_different_scopes_do_not_meet) {
  const FirstOrder<Binary32> point(0.3);  // has no symbols: good anywhere
  EXPECT_THROW(point * point, FirstOrderMisuse);
  FirstOrder<Binary32> early;
  {
    FirstOrderScope scope;
    early = point * point;
    EXPECT_NO_THROW(early + point);
    {
      FirstOrderScope inner;
      EXPECT_THROW(early + point, FirstOrderMisuse);
      EXPECT_NO_THROW(point + point);
    }
    EXPECT_NO_THROW(early + point);
  }
  FirstOrderScope scope;
  EXPECT_THROW(early * early, FirstOrderMisuse);
  const FirstOrder<Binary32> carried(as_rounded(early));
  EXPECT_NO_THROW(carried * early.range().lower());
}

TEST(FirstOrder, comparisons_follow_their_outcomes) {
  FirstOrderScope scope;
  const auto box = FirstOrder<Binary32>(Rounded<Binary32>::between(-1, 1));
  EXPECT_THROW(sign(box), OpenComparison);
  int outcomes = 0;
  choices::for_each_outcome(8, [&] {
    EXPECT_TRUE(as_rounded(sign(box)).is_point());
    ++outcomes;
  });
  EXPECT_EQ(outcomes, 3);
  EXPECT_TRUE(less(FirstOrder<Binary32>(-2), box));
}

TEST(FirstOrder, an_inner_product_costs_one_symbol_and_needs_one_length) {
  FirstOrderScope scope;
  const std::vector<FirstOrder<Binary32>> vector{1.1, 2.2, 3.3, 4.4};
  const auto product = inner(vector, vector);
  EXPECT_EQ(noise_symbols().count, 1u);
  EXPECT_EQ(product.symbols(), 1u);
  const std::vector<FirstOrder<Binary32>> shorter{1.1};
  EXPECT_THROW(inner(vector, shorter), std::invalid_argument);
  const std::vector<Certified> exact{1, 2, 3};
  EXPECT_TRUE(inner(exact, exact).is_exactly("14"));
}

}  // namespace
}  // namespace plumbline
