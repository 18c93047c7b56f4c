// Rounded: what a correct implementation may compute is inside, what it may not is outside.
#include "reference/numbers/rounded.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/multiprecision/gmp.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/number.hpp"
#include "reference/numbers/plain.hpp"

namespace plumbline {
namespace {

using Rational = boost::multiprecision::mpq_rational;

// The same cases every time, unless RC_PARAMS says otherwise.
const int fixed_seed = setenv("RC_PARAMS", "seed=754 max_success=1000", 0);

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// ---- Random operands ------------------------------------------------------

std::uint64_t word() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}
int below(int count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
}

/// A value of the format with an exponent in the range; the word 0 stands for 1.
double value_in(const FormatDescription& format, int least, int greatest) {
  const std::uint64_t bits = word();
  const int count = greatest - least + 1;
  const int exponent = least + (static_cast<int>((bits >> 2) & 0xfff) + count - least) % count;
  // A quarter of the values has three significand bits: exact and tied results.
  const std::uint64_t fraction =
      (bits & 2) != 0 && (bits & 0x10000) != 0 ? bits >> 61 << 49 : bits >> 12;
  const double significand = 1 + std::ldexp(static_cast<double>(fraction), -52);
  return format.round(std::ldexp((bits & 1) != 0 ? -significand : significand, exponent));
}
/// Any finite value of the format: subnormal, near overflow, sometimes zero.
double extreme_value(const FormatDescription& format) {
  const int least = std::max(format.least_exponent - format.precision, -1074);
  const double value = value_in(format, least, format.greatest_exponent);
  return std::isfinite(value) ? value : format.largest();
}
double moderate_value(const FormatDescription& format) {
  const int reach = format.greatest_exponent / 8;
  return value_in(format, -reach, reach);
}

// ---- Random expressions ---------------------------------------------------

struct Tree {
  char operation = 'x';  // 'x' is a leaf
  double leaf = 0;
  std::vector<Tree> operands;
};

template <class Leaf>
Tree random_tree(int depth, const std::string& operations, const Leaf& leaf) {
  const int choice = depth == 0 ? 0 : below(static_cast<int>(operations.size()) + 2);
  if (choice < 2) return Tree{'x', leaf(), {}};
  const char operation = operations[static_cast<std::size_t>(choice - 2)];
  Tree tree{operation, 0, {random_tree(depth - 1, operations, leaf)}};
  if (std::string("+-*/Mm").find(operation) != std::string::npos) {
    tree.operands.push_back(random_tree(depth - 1, operations, leaf));
  }
  return tree;
}

std::string written(const Tree& tree) {
  if (tree.operation == 'x') return shortest_decimal(tree.leaf);
  std::string text = std::string(1, tree.operation) + "(" + written(tree.operands[0]);
  if (tree.operands.size() > 1) text += ", " + written(tree.operands[1]);
  return text + ")";
}

const std::string all_operations = "+-*/+-*/rMmaq";
const std::string rational_operations = "+-*/Mmaq";

template <class Number>
Number apply(char operation, const Number& left, const Number& right) {
  switch (operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case 'M':
      return max(left, right);
    case 'm':
      return min(left, right);
    case 'r':
      return sqrt(abs(left));
    case 'a':
      return abs(left);
    default:
      return square(left);
  }
}

template <class Number>
Number evaluate(const Tree& tree) {
  if (tree.operation == 'x') return Number(tree.leaf);
  const Number left = evaluate<Number>(tree.operands[0]);
  const Number right = tree.operands.size() > 1 ? evaluate<Number>(tree.operands[1]) : left;
  return apply(tree.operation, left, right);
}

/// Thrown where a claim does not cover the evaluation (the case is then passed over).
struct NotCovered {};

/// A zero divides with the sign that its interval has; an exact zero is positive.
template <class Format>
bool signed_otherwise(double divisor, const Rounded<Format>& interval) {
  if (divisor != 0) return false;
  const bool positive = interval.lower() >= 0;
  const bool negative = interval.lower() < 0 && interval.upper() <= 0;
  return std::signbit(divisor) ? positive : negative;
}

/// Evaluates in both and asserts inclusion at every node.
template <class Format>
std::pair<Plain<Format>, Rounded<Format>> side_by_side(const Tree& tree) {
  if (tree.operation == 'x') return {Plain<Format>(tree.leaf), Rounded<Format>(tree.leaf)};
  const auto left = side_by_side<Format>(tree.operands[0]);
  const auto right = tree.operands.size() > 1 ? side_by_side<Format>(tree.operands[1]) : left;
  if (tree.operation == '/' && signed_otherwise(right.first.value(), right.second)) {
    throw NotCovered();
  }
  const auto plain = apply(tree.operation, left.first, right.first);
  const auto rounded = apply(tree.operation, left.second, right.second);
  RC_LOG() << written(tree) << " is " << plain.value() << " in ["
           << static_cast<double>(rounded.lower()) << ", " << static_cast<double>(rounded.upper())
           << "]\n";
  RC_ASSERT(rounded.contains(plain.value()));
  return {plain, rounded};
}

/// Arithmetic of a machine type, rounded to the format after every operation where
/// `each` says so; multiply-adds contracted where `contract`.
template <class Native>
struct Machine {
  const FormatDescription* each = nullptr;
  bool contract = false;
  bool flush = false;  // subnormal results become zero

  Native operator()(const Tree& tree) const {
    if (tree.operation == 'x') return static_cast<Native>(tree.leaf);
    const Tree& first = tree.operands[0];
    const Tree& second = tree.operands.back();
    if (contract && (tree.operation == '+' || tree.operation == '-')) {
      const bool minus = tree.operation == '-';
      if (second.operation == '*') {
        const Native factor = (*this)(second.operands[0]);
        return done(
            std::fma(minus ? -factor : factor, (*this)(second.operands[1]), (*this)(first)));
      }
      if (first.operation == '*') {
        const Native addend = (*this)(second);
        return done(std::fma((*this)(first.operands[0]), (*this)(first.operands[1]),
                             minus ? -addend : addend));
      }
    }
    const Native left = (*this)(first);
    const Native right = (*this)(second);
    if (flush) {  // exact operations are flushed too: see .ASubnormalTimesOne...
      const auto neutral = [](Native value) { return value == 0 || std::abs(value) == 1; };
      if (neutral(left) || neutral(right)) throw NotCovered();
    }
    switch (tree.operation) {
      case '+':
        return done(left + right);
      case '-':
        return done(left - right);
      case '*':
        return done(left * right);
      case '/':
        if (right == 0) throw NotCovered();
        return done(left / right);
      case 'M':
        return left < right || std::isnan(right) ? right : left;
      case 'm':
        return right < left || std::isnan(right) ? right : left;
      case 'r':
        return done(std::sqrt(std::abs(left)));
      case 'a':
        return std::abs(left);
      default:
        return done(left * left);
    }
  }

 private:
  Native done(Native value) const {
    if (each == nullptr) return value;
    const double rounded = each->round(static_cast<double>(value));
    return static_cast<Native>(flush && std::abs(rounded) < each->least_normal() ? 0 : rounded);
  }
};

/// Products and quotients taken in a random order; throws NotCovered outside of the
/// normal range, where orders may differ by more than roundings.
template <class Format>
struct Reassociated {
  static double in_range(double value) {
    const FormatDescription& format = Format::description;
    if (value != 0 && !(std::abs(value) >= format.least_normal())) throw NotCovered();
    if (!std::isfinite(value)) throw NotCovered();
    return value;
  }
  static void factors(const Tree& tree, bool inverse, std::vector<double>& above,
                      std::vector<double>& under) {
    if (tree.operation == '*' || tree.operation == '/') {
      factors(tree.operands[0], inverse, above, under);
      factors(tree.operands[1], inverse != (tree.operation == '/'), above, under);
    } else {
      (inverse ? under : above).push_back(value(tree));
    }
  }
  static double value(const Tree& tree) {
    if (tree.operation == 'x') return tree.leaf;
    if (tree.operation == '*' || tree.operation == '/') {
      std::vector<double> above, under;
      factors(tree, false, above, under);
      const auto take = [](std::vector<double>& from) {
        const auto at = from.begin() + below(static_cast<int>(from.size()));
        const double taken = *at;
        from.erase(at);
        return Plain<Format>(taken);
      };
      Plain<Format> result = take(above);
      while (!above.empty() || !under.empty()) {
        const bool divide = above.empty() || (!under.empty() && below(2) == 1);
        const Plain<Format> factor = take(divide ? under : above);
        if (divide && factor.value() == 0) throw NotCovered();
        result = divide ? result / factor : result * factor;
        in_range(result.value());
      }
      return result.value();
    }
    const Plain<Format> left(value(tree.operands[0]));
    const Plain<Format> right =
        tree.operands.size() > 1 ? Plain<Format>(value(tree.operands[1])) : left;
    return in_range(apply(tree.operation, left, right).value());
  }
};

// ---- Exact values ---------------------------------------------------------

Rational exact(Quadruple value) {
  Rational scale = 1;
  const Rational step = pow(boost::multiprecision::mpz_int(2), 512);
  for (; value > Quadruple(0x1p512) || value < Quadruple(-0x1p512); scale *= step) {
    value *= Quadruple(0x1p-512);
  }
  while (value != 0 && value < Quadruple(0x1p-512) && value > Quadruple(-0x1p-512)) {
    value *= Quadruple(0x1p512);
    scale /= step;
  }
  Rational total = 0;
  for (int part = 0; part < 3; ++part) {
    const double piece = static_cast<double>(value);
    total += Rational(piece);
    value -= Quadruple(piece);
  }
  return total * scale;
}

template <class Format>
bool contains_exactly(const Rounded<Format>& interval, const Rational& value) {
  const Quadruple low = Quadruple(interval.lower()), high = Quadruple(interval.upper());
  return (low == Quadruple(-infinity) || exact(low) <= value) &&
         (high == Quadruple(infinity) || value <= exact(high));
}

/// Throws where an end has passed the range of `Wide` itself: see PastTheWideRange.
template <class Format>
Rounded<Format> evaluate_in_wide_range(const Tree& tree) {
  if (tree.operation == 'x') return Rounded<Format>(tree.leaf);
  const auto left = evaluate_in_wide_range<Format>(tree.operands[0]);
  const auto right =
      tree.operands.size() > 1 ? evaluate_in_wide_range<Format>(tree.operands[1]) : left;
  const auto result = apply(tree.operation, left, right);
  using Wide = typename Format::Wide;
  if (result.lower() == Wide(infinity) || result.upper() == Wide(-infinity)) throw NotCovered();
  return result;
}

Rational rational_value(const Tree& tree) {
  if (tree.operation == 'x') return Rational(tree.leaf);
  const Rational left = rational_value(tree.operands[0]);
  const Rational right = rational_value(tree.operands.back());
  switch (tree.operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right == 0) throw NotCovered();
      return left / right;
    case 'M':
      return std::max(left, right);
    case 'm':
      return std::min(left, right);
    case 'a':
      return abs(left);
    default:
      return left * left;
  }
}

// ---- The theorems, for every format ---------------------------------------

using Formats = testing::Types<Binary64, Binary32, BFloat16, Binary16>;
template <class Format>
class RoundedIn : public testing::Test {};
struct FormatNames {
  template <class Format>
  static std::string GetName(int) {
    return std::string(Format::description.name);
  }
};
TYPED_TEST_SUITE(RoundedIn, Formats, FormatNames);

/// Runs a property that may find its case not covered, with an equal share of cases.
template <class Property>
void check(const char* claim, Property&& property) {
  const bool holds = rc::check(claim, [&] {
    try {
      property();
    } catch (const NotCovered&) {
      RC_DISCARD("not covered by the claim");
    }
  });
  EXPECT_TRUE(holds) << claim;
}

template <class Format>
Tree moderate_tree(const std::string& operations = all_operations) {
  return random_tree(5, operations, [] { return moderate_value(Format::description); });
}
template <class Format>
Tree extreme_tree(const std::string& operations = all_operations) {
  return random_tree(5, operations, [] { return extreme_value(Format::description); });
}

TYPED_TEST(RoundedIn, ContainsTheEvaluationAsWritten) {
  check("moderate exponents", [] { side_by_side<TypeParam>(moderate_tree<TypeParam>()); });
  check("extreme exponents", [] { side_by_side<TypeParam>(extreme_tree<TypeParam>()); });
}

TYPED_TEST(RoundedIn, ContainsEvaluationsWithRandomDirectedRounding) {
  const auto noisy = [](const Tree& tree) {
    struct Noise {
      explicit Noise(std::uint64_t seed) { rounding_noise() = {.active = true, .state = seed}; }
      ~Noise() { rounding_noise() = {}; }
    } noise(word());
    side_by_side<TypeParam>(tree);
  };
  check("moderate exponents", [&] { noisy(moderate_tree<TypeParam>()); });
  check("extreme exponents", [&] { noisy(extreme_tree<TypeParam>()); });
}

TYPED_TEST(RoundedIn, ContainsAWiderEvaluationRoundedOnce) {
  const auto wider = [](const Tree& tree) {
    const auto interval = evaluate<Rounded<TypeParam>>(tree);
    if constexpr (TypeParam::description.precision == 53) {
      RC_ASSERT(interval.contains(static_cast<double>(Machine<long double>{}(tree))));
    } else {
      const double value = Machine<double>{}(tree);
      if (!std::isfinite(value)) throw NotCovered();  // past the range of double itself
      RC_ASSERT(interval.contains(TypeParam::description.round(value)));
      RC_ASSERT(interval.contains(value));
    }
  };
  check("moderate exponents", [&] { wider(moderate_tree<TypeParam>()); });
  check("extreme exponents", [&] { wider(extreme_tree<TypeParam>()); });
}

TYPED_TEST(RoundedIn, ContainsEvaluationsWithContractedMultiplyAdds) {
  const std::string operations = "*+-*+-/rMmaq";
  const auto contracted = [](const Tree& tree) {
    const auto interval = evaluate<Rounded<TypeParam>>(tree);
    if constexpr (std::is_same_v<TypeParam, Binary64>) {
      RC_ASSERT(interval.contains(Machine<double>{nullptr, true}(tree)));
    } else if constexpr (std::is_same_v<TypeParam, Binary32>) {
      RC_ASSERT(interval.contains(static_cast<double>(Machine<float>{nullptr, true}(tree))));
    } else {
      RC_ASSERT(interval.contains(Machine<double>{&TypeParam::description, true}(tree)));
    }
  };
  check("moderate exponents", [&] { contracted(moderate_tree<TypeParam>(operations)); });
  check("extreme exponents", [&] { contracted(extreme_tree<TypeParam>(operations)); });
}

TYPED_TEST(RoundedIn, ContainsReassociatedProductsAndQuotients) {
  check("moderate exponents", [] {
    const Tree tree = moderate_tree<TypeParam>("*/*/*/+-rq");
    RC_LOG() << written(tree) << '\n';
    const double value = Reassociated<TypeParam>::value(tree);
    RC_ASSERT(evaluate<Rounded<TypeParam>>(tree).contains(value));
  });
}

TYPED_TEST(RoundedIn, ContainsTheExactValue) {
  const auto real = [](const Tree& tree) {
    RC_LOG() << written(tree) << '\n';
    RC_ASSERT(contains_exactly(evaluate_in_wide_range<TypeParam>(tree), rational_value(tree)));
  };
  check("moderate exponents", [&] { real(moderate_tree<TypeParam>(rational_operations)); });
  check("extreme exponents", [&] { real(extreme_tree<TypeParam>(rational_operations)); });
}

TYPED_TEST(RoundedIn, ContainsASumInAnyOrder) {
  check("sum()", [] {
    std::vector<double> terms(static_cast<std::size_t>(1 + below(100)));
    for (double& term : terms) {
      term = value_in(TypeParam::description, -8, TypeParam::description.greatest_exponent - 8);
    }
    const std::vector<Rounded<TypeParam>> rounded(terms.begin(), terms.end());
    const auto interval = sum(std::span<const Rounded<TypeParam>>(rounded));
    Rational total = 0;
    for (const double term : terms) total += Rational(term);
    RC_ASSERT(contains_exactly(interval, total));
    while (terms.size() > 1) {  // any two of the rest are added next
      std::swap(terms[static_cast<std::size_t>(below(static_cast<int>(terms.size())))],
                terms.back());
      const Plain<TypeParam> taken(terms.back());
      terms.pop_back();
      double& other = terms[static_cast<std::size_t>(below(static_cast<int>(terms.size())))];
      other = (taken + Plain<TypeParam>(other)).value();
    }
    // Roundings may carry a sum across zero: see RoundingsCarryASumAcrossZero.
    const double total_sign = total > 0 ? 1 : total < 0 ? -1 : 0;
    if (terms.front() * total_sign < 0 || total_sign == 0) throw NotCovered();
    RC_ASSERT(interval.contains(terms.front()));
  });
}

TYPED_TEST(RoundedIn, ContainsPowersByRunningProductAndBySquaring) {
  check("power", [] {
    const double base = value_in(TypeParam::description, -1, 0);
    const int exponent = 1 + below(14);
    Rounded<TypeParam> interval(base);
    Plain<TypeParam> running(base);
    for (int factor = 1; factor < exponent; ++factor) {
      interval = interval * Rounded<TypeParam>(base);
      running = running * Plain<TypeParam>(base);
    }
    Plain<TypeParam> squaring(1), power(base);
    for (int rest = exponent; rest > 0; rest /= 2, power = square(power)) {
      if (rest % 2 == 1) squaring = squaring * power;
    }
    RC_ASSERT(interval.contains(running.value()));
    RC_ASSERT(interval.contains(squaring.value()));
    RC_ASSERT(interval.contains(TypeParam::description.round(std::pow(base, exponent))));
  });
}

// ---- Power: what is wrong is outside --------------------------------------

TYPED_TEST(RoundedIn, ATenthOfARoundingIsTooLittle) {
  const RoundingScope scope({.budget = 0.1});
  const Plain<TypeParam> third = Plain<TypeParam>(1) / Plain<TypeParam>(3);
  EXPECT_FALSE((Rounded<TypeParam>(1) / Rounded<TypeParam>(3)).contains(third.value()));
  int outside = 0;
  for (int odd = 3; odd < 203; odd += 2) {
    const Plain<TypeParam> quotient = Plain<TypeParam>(1) / Plain<TypeParam>(odd);
    outside += !(Rounded<TypeParam>(1) / Rounded<TypeParam>(odd)).contains(quotient.value());
  }
  EXPECT_GT(outside, 70);
}

// The intervals of whole expressions are not so wide that all is inside anyway.
TYPED_TEST(RoundedIn, ATenthOfARoundingIsTooLittleForExpressionsToo) {
  int inexact = 0, outside = 0;
  check("counts", [&] {
    const Tree tree = moderate_tree<TypeParam>("+*/r");
    const double value = evaluate<Plain<TypeParam>>(tree).value();
    const RoundingScope scope({.budget = 0.1});
    const auto interval = evaluate<Rounded<TypeParam>>(tree);
    inexact += !interval.is_point();
    outside += !interval.contains(value);
  });
  EXPECT_GT(outside, inexact / 4) << "of " << inexact;
}

TYPED_TEST(RoundedIn, OneRoundingIsEnoughForARoundingToNearestAndNoMore) {
  const double unit = TypeParam::description.unit_roundoff();
  {
    const RoundingScope scope({.budget = 1});
    const auto product = Rounded<TypeParam>(1 + 2 * unit) * Rounded<TypeParam>(1.5);
    EXPECT_TRUE(product.contains(1.5 + 2 * unit));
    EXPECT_TRUE(product.contains(1.5 + 4 * unit));
    EXPECT_FALSE(product.contains(1.5));
    EXPECT_FALSE(product.contains(1.5 + 6 * unit));
  }
  const auto product = Rounded<TypeParam>(1 + 2 * unit) * Rounded<TypeParam>(1.5);
  EXPECT_TRUE(product.contains(1.5));
  EXPECT_TRUE(product.contains(1.5 + 6 * unit));
  EXPECT_FALSE(product.contains(1.5 - 2 * unit));
  EXPECT_FALSE(product.contains(1.5 + 8 * unit));
}

TYPED_TEST(RoundedIn, SwappedOperandsFallOutside) {
  check("a - b is not b - a, a / b is not b / a", [] {
    const double a = std::abs(value_in(TypeParam::description, -1, 1));
    const double b = std::abs(value_in(TypeParam::description, -1, 1));
    RC_PRE((a > 1.05 * b && a < 16 * b) || (b > 1.05 * a && b < 16 * a));
    const Rounded<TypeParam> x(a), y(b);
    RC_ASSERT(!(x - y).contains((Plain<TypeParam>(b) - Plain<TypeParam>(a)).value()));
    RC_ASSERT(!(x / y).contains((Plain<TypeParam>(b) / Plain<TypeParam>(a)).value()));
    RC_ASSERT(!(x + y).contains((Plain<TypeParam>(a) - Plain<TypeParam>(b)).value()));
  });
}

TYPED_TEST(RoundedIn, AValueThreeRoundingsAwayFallsOutside) {
  check("the interval of one operation is narrow", [] {
    const double a = moderate_value(TypeParam::description);
    const double b = moderate_value(TypeParam::description);
    const double unit = TypeParam::description.unit_roundoff();
    const double exact_product = a * b;  // within 2^-53, which is far less for p <= 24
    if (TypeParam::description.precision == 53) return;
    RC_PRE(std::abs(exact_product) > 64 * TypeParam::description.least_normal());
    RC_PRE(a != 1 && b != 1);
    const auto product = Rounded<TypeParam>(a) * Rounded<TypeParam>(b);
    RC_ASSERT(!product.contains(exact_product * (1 + 3 * unit)));
    RC_ASSERT(!product.contains(exact_product * (1 - 3 * unit)));
  });
}

TYPED_TEST(RoundedIn, ExactOperationsStayPoints) {
  check("x * 1, x + 0, x / 1, 0 * x", [] {
    const double value = extreme_value(TypeParam::description);
    const Rounded<TypeParam> x(value), zero(0), one(1);
    for (const auto& same : {x * one, one * x, x + zero, zero + x, x / one, x - zero, -(x * -one),
                             -(x / -one), max(x, x), min(x, x), -(zero - x)}) {
      RC_ASSERT(same.is_point());
      RC_ASSERT(same.contains(value));
    }
    RC_ASSERT((zero * x).is_point() && (x * zero).contains(0));
    RC_ASSERT((x - x).is_point() && (x - x).contains(0));
  });
  // And a product by anything else is not taken for exact.
  EXPECT_FALSE((Rounded<TypeParam>(1.5) * Rounded<TypeParam>(1.5)).is_point());
}

// ---- Scalars --------------------------------------------------------------

TEST(Scalars, AHyperparameterInBinary32FallsOutside) {
  using Number = Rounded<Binary32Scalar>;
  const Number rest = Number(1) - Number(0.999);
  EXPECT_TRUE(rest.contains(1 - 0.999));
  EXPECT_TRUE(rest.contains(static_cast<float>(1 - 0.999)));
  EXPECT_FALSE(rest.contains(1.0f - 0.999f));
  EXPECT_FALSE(rest.contains(1 - double(0.999f)));
  // A dyadic one can't be told.
  EXPECT_TRUE((Number(1) - Number(0.875)).contains(1.0f - 0.875f));
}

TEST(Scalars, AreExactUntilTheyMeetAnOperation) {
  using Number = Rounded<Binary32Scalar>;
  for (const Number& same : {Number(0.1), Number(0.1) * 1, Number(0.1) + 0, Number(0.1) / 1}) {
    EXPECT_TRUE(same.is_point());
    EXPECT_TRUE(same.contains(0.1));
  }
}

TYPED_TEST(RoundedIn, AScalarThatMeetsAnElementIsRoundedWithTheResult) {
  using Scalar = Rounded<typename TypeParam::Scalar>;
  check("scalar and element", [] {
    const double scalar = value_in(Binary64::description, -10, 2);
    const double element = value_in(TypeParam::description, -4, 4);
    const Rounded<TypeParam> s{Scalar(scalar)}, x(element);
    const double stored = TypeParam::description.round(scalar);
    const Plain<TypeParam> kept{Plain<Binary64>(scalar)}, plain(element);
    RC_ASSERT((s * x).contains((kept * plain).value()));
    RC_ASSERT((s * x).contains((Plain<TypeParam>(stored) * plain).value()));
    RC_ASSERT((x / s).contains((plain / kept).value()));
    RC_ASSERT((s * Rounded<TypeParam>(1)).contains(stored));
    RC_ASSERT((s / Rounded<TypeParam>(1)).contains(stored));
    RC_ASSERT((s + Rounded<TypeParam>(0)).contains(stored));
    RC_ASSERT((Rounded<TypeParam>(0) - s).contains(-stored));
    RC_ASSERT((s * Rounded<TypeParam>(1)).contains(scalar));
  });
}

// ---- Intervals as operands ------------------------------------------------

template <class Format>
struct Span {
  double low, high;
  bool may_be_nan;
  Rounded<Format> interval() const {
    return Rounded<Format>::between(typename Format::Wide(low), typename Format::Wide(high),
                                    may_be_nan);
  }
};

/// A value of the format, with zero and the infinities among them.
template <class Format>
double end_value() {
  switch (below(8)) {
    case 0:
      return 0;
    case 1:
      return below(2) == 0 ? infinity : -infinity;
    case 2:
      return below(2) == 0 ? 1 : -1;
    case 3:
      return moderate_value(Format::description);
    default:
      return extreme_value(Format::description);
  }
}

template <class Format>
Span<Format> random_span() {
  const double one = end_value<Format>();
  const double other = below(4) == 0 ? one : end_value<Format>();
  return {std::min(one, other) + 0.0, std::max(one, other) + 0.0, below(8) == 1};
}

/// A value of the format inside, or NaN where that may be.
template <class Format>
double member(const Span<Format>& span) {
  switch (below(5)) {
    case 0:
      return span.low;
    case 1:
      return span.high;
    case 2:
      return span.may_be_nan ? nan : span.low;
    case 3:
      return std::clamp(0.0, span.low, span.high);
    default:
      return std::clamp(end_value<Format>(), span.low, span.high);
  }
}

const std::string every_operation = "+-*/Mmraq";

TYPED_TEST(RoundedIn, ContainsTheResultAtEveryMemberAndNaNOnlyWhereItSays) {
  check("members", [] {
    const auto left = random_span<TypeParam>(), right = random_span<TypeParam>();
    const double a = member(left), b = member(right);
    for (const char operation : every_operation) {
      const double result = apply(operation, Plain<TypeParam>(a), Plain<TypeParam>(b)).value();
      const auto interval = apply(operation, left.interval(), right.interval());
      RC_LOG() << '[' << left.low << ',' << left.high << "] " << operation << " [" << right.low
               << ',' << right.high << "]: " << a << ", " << b << " give " << result << '\n';
      if (operation == '/' && signed_otherwise(b, right.interval())) continue;
      RC_ASSERT(interval.contains(result));
    }
    const double root = sqrt(Plain<TypeParam>(a)).value();
    RC_ASSERT(sqrt(left.interval()).contains(root));
    RC_ASSERT((-left.interval()).contains(-a));
  });
}

/// True when the interval is one: both ends numbers, and in order.
template <class Format>
bool proper(const Rounded<Format>& interval) {
  return interval.lower() <= interval.upper();
}

template <class Format>
bool within(const Rounded<Format>& inner, const Rounded<Format>& outer) {
  return outer.lower() <= inner.lower() && inner.upper() <= outer.upper() &&
         (!inner.may_be_nan() || outer.may_be_nan());
}

TYPED_TEST(RoundedIn, GivesNoEmptyOrNaNInterval) {
  check("proper", [] {
    const std::vector<double> budgets{2, 1, 0.1, 0.01, 5, 20};
    const RoundingScope scope({budgets[static_cast<std::size_t>(below(6))], below(4) == 1});
    const auto left = random_span<TypeParam>(), right = random_span<TypeParam>();
    const auto x = left.interval(), y = right.interval();
    for (const char operation : every_operation) {
      RC_LOG() << '[' << left.low << ',' << left.high << "] " << operation << " [" << right.low
               << ',' << right.high << "]\n";
      RC_ASSERT(proper(apply(operation, x, y)));
    }
    RC_ASSERT(proper(power(x, y)));
    RC_ASSERT(proper(sqrt(x)) && proper(-x) && proper(Rounded<TypeParam>::pi()));
    const std::vector<Rounded<TypeParam>> terms{x, y, x, -y};
    RC_ASSERT(proper(sum(std::span<const Rounded<TypeParam>>(terms))));
    if (std::abs(left.low) < 1e5 && std::abs(left.high) < 1e5) RC_ASSERT(proper(cos(x)));
  });
}

TYPED_TEST(RoundedIn, WiderOperandsGiveWiderResults) {
  check("isotone", [] {
    const auto narrow_left = random_span<TypeParam>(), narrow_right = random_span<TypeParam>();
    const auto hull = [](const auto& one, const auto& other) {
      return Span<TypeParam>{std::min(one.low, other.low), std::max(one.high, other.high),
                             one.may_be_nan || other.may_be_nan};
    };
    const auto wide_left = hull(narrow_left, random_span<TypeParam>());
    const auto wide_right = hull(narrow_right, random_span<TypeParam>());
    const auto x = narrow_left.interval(), y = narrow_right.interval();
    const auto wide_x = wide_left.interval(), wide_y = wide_right.interval();
    for (const char operation : every_operation) {
      // An exact zero divides as +0, one at the upper end of an interval as -0.
      if (operation == '/' && signed_otherwise(0.0, wide_y)) continue;
      RC_LOG() << '[' << narrow_left.low << ',' << narrow_left.high << "] " << operation << " ["
               << narrow_right.low << ',' << narrow_right.high << "] against [" << wide_left.low
               << ',' << wide_left.high << "] and [" << wide_right.low << ',' << wide_right.high
               << "]\n";
      RC_ASSERT(within(apply(operation, x, y), apply(operation, wide_x, wide_y)));
    }
    RC_ASSERT(within(sqrt(x), sqrt(wide_x)));
    RC_ASSERT(within(power(x, y), power(wide_x, wide_y)));
    const std::vector<Rounded<TypeParam>> terms{x, y, y}, wide_terms{wide_x, wide_y, wide_y};
    RC_ASSERT(within(sum(std::span<const Rounded<TypeParam>>(terms)),
                     sum(std::span<const Rounded<TypeParam>>(wide_terms))));
  });
}

TYPED_TEST(RoundedIn, ALargerBudgetGivesASuperset) {
  check("budget", [] {
    const auto x = random_span<TypeParam>().interval(), y = random_span<TypeParam>().interval();
    const double small = 0.01 * (1 + below(300)), large = small + 0.01 * (1 + below(300));
    const bool flushes = below(2) == 1;
    const auto results = [&](RoundingModel model) {
      const RoundingScope scope(model);
      std::vector<Rounded<TypeParam>> all;
      for (const char operation : every_operation) all.push_back(apply(operation, x, y));
      const std::vector<Rounded<TypeParam>> terms{x, y, x};
      all.push_back(sum(std::span<const Rounded<TypeParam>>(terms)));
      all.push_back(sqrt(x));
      all.push_back(power(abs(x), y));
      all.push_back(Rounded<TypeParam>::pi());
      if (proper(x) && abs(x).upper() < 1e5) all.push_back(cos(x));
      return all;
    };
    const auto less_budget = results({small, false}), more_budget = results({large, flushes});
    for (std::size_t at = 0; at < less_budget.size(); ++at) {
      RC_ASSERT(within(less_budget[at], more_budget[at]));
    }
  });
  // It does widen: an inexact result at double the budget is a proper superset.
  const Rounded<TypeParam> once = Rounded<TypeParam>(1) / 3;
  const RoundingScope scope({.budget = 4});
  EXPECT_FALSE(within(Rounded<TypeParam>(1) / 3, once));
}

TYPED_TEST(RoundedIn, OverflowLetsInfinityInAndKeepsTheFinitePart) {
  using Number = Rounded<TypeParam>;
  const double largest = TypeParam::description.largest();
  const Number product = Number(largest) * Number(1.5);
  EXPECT_TRUE(product.contains(infinity));
  EXPECT_FALSE(product.may_be_nan());
  EXPECT_FALSE(product.contains(largest / 2));
  EXPECT_TRUE(static_cast<double>(product.lower() / typename TypeParam::Wide(1.5)) <
              largest * 1.01);
  // A wider intermediate comes back: largest * 1.5 / 2 is 0.75 largest, or infinity.
  const Number back = product / Number(2);
  EXPECT_TRUE(back.contains(infinity));
  EXPECT_TRUE(back.contains(TypeParam::description.round(largest * 0.75)));
  // Infinity minus infinity, zero times infinity, infinity over infinity.
  EXPECT_TRUE((product - product).may_be_nan());
  EXPECT_TRUE((product / product).may_be_nan());
  EXPECT_TRUE((product * Number(0)).may_be_nan());
  EXPECT_FALSE((product + product).may_be_nan());
  EXPECT_FALSE((Number(1) / product).may_be_nan());
  EXPECT_TRUE((Number(1) / product).contains(0));
  EXPECT_TRUE((Number(0) / Number(0)).may_be_nan());
  EXPECT_TRUE(sqrt(Number(-1)).may_be_nan());
  EXPECT_FALSE((Number(1) * Number(2)).may_be_nan());
}

TYPED_TEST(RoundedIn, FlushedSubnormalsAreInsideWhereDeclared) {
  using Number = Rounded<TypeParam>;
  const double normal = TypeParam::description.least_normal();
  EXPECT_FALSE((Number(normal) * Number(0.5)).contains(0));
  const RoundingScope scope({.budget = 2, .flushes_subnormals = true});
  EXPECT_TRUE((Number(normal) * Number(0.5)).contains(0));
  EXPECT_TRUE((Number(1.5 * normal) - Number(normal)).contains(0));
}

TYPED_TEST(RoundedIn, ContainsEvaluationsThatFlushSubnormalsWhereDeclared) {
  check("flushed", [] {
    const Tree tree = extreme_tree<TypeParam>();
    RC_LOG() << written(tree) << '\n';
    const double value = Machine<double>{&TypeParam::description, false, true}(tree);
    const RoundingScope scope({.budget = 2, .flushes_subnormals = true});
    RC_ASSERT(evaluate<Rounded<TypeParam>>(tree).contains(value));
  });
}

// A limit that the header does not name: past the range of Wide, finite values are lost.
TEST(PastTheWideRange, OnlyInfinityIsLeft) {
  Rounded<Binary32> value(0x1p127);
  for (int factor = 1; factor < 8; ++factor) value = value * Rounded<Binary32>(0x1p127);
  EXPECT_LT(value.lower(), infinity);
  value = value * Rounded<Binary32>(0x1p127);
  EXPECT_EQ(value.lower(), infinity);
}

TYPED_TEST(RoundedIn, CosContainsTheCosine) {
  check("cos", [] {
    const double angle = value_in(TypeParam::description, -12, 6);
    const auto interval = cos(Rounded<TypeParam>(angle));
    RC_ASSERT(interval.contains(TypeParam::description.round(std::cos(angle))));
    // The cosine of a neighbourhood holds the cosines of its members.
    const double reach = std::abs(moderate_value(TypeParam::description));
    using Wide = typename TypeParam::Wide;
    const auto around =
        cos(Rounded<TypeParam>::between(Wide(angle) - Wide(reach), Wide(angle) + Wide(reach)));
    RC_ASSERT(around.contains(std::cos(angle + reach)) || TypeParam::description.precision == 53);
    RC_ASSERT(around.contains(TypeParam::description.round(std::cos(angle))));
  });
  EXPECT_FALSE(cos(Rounded<TypeParam>(1)).contains(0.5));
  EXPECT_TRUE(Rounded<TypeParam>::pi().contains(TypeParam::description.round(M_PI)));
  EXPECT_FALSE(Rounded<TypeParam>::pi().contains(3.25));
}

TYPED_TEST(RoundedIn, PowerContainsThePowersOfItsMembers) {
  using Wide = typename TypeParam::Wide;
  const FormatDescription& format = TypeParam::description;
  check("power", [&] {
    const double base = std::abs(moderate_value(format));
    const double exponent = value_in(format, -10, 2);
    const auto point = power(Rounded<TypeParam>(base), Rounded<TypeParam>(exponent));
    const double value = power(Plain<TypeParam>(base), Plain<TypeParam>(exponent)).value();
    RC_LOG() << base << " to the " << exponent << " is " << value << '\n';
    RC_ASSERT(point.contains(value));
    const bool exact = exponent == 0 || exponent == 1 || base == 1;
    const bool inside = value > 2 * format.least_normal() && value < format.largest() / 2;
    if (!exact && inside) {  // the exact power lies between two values: either will do
      const Quadruple precise = wide_power(Quadruple(base), Quadruple(exponent));
      RC_ASSERT(point.contains(format.next(value, Quadruple(value) < precise)));
    }
    // Negative control: it is no wider than two roundings need it to be.
    if (inside) {
      const double off = 8 * format.unit_roundoff();
      RC_ASSERT(!point.contains(value * (1 + off)) && !point.contains(value * (1 - off)));
    }
    // The power of two neighbourhoods holds the powers of their members.
    const double least = base / (1 + below(3)), greatest = base * (1 + below(3));
    const double lowest = exponent - below(3), highest = exponent + below(3);
    const auto around = power(Rounded<TypeParam>::between(Wide(least), Wide(greatest)),
                              Rounded<TypeParam>::between(Wide(lowest), Wide(highest)));
    RC_ASSERT(around.contains(value));
    const double member = std::min(least + (greatest - least) * 0.25 * below(5), greatest);
    const double height = std::min(lowest + (highest - lowest) * 0.25 * below(5), highest);
    const double inner = static_cast<double>(wide_power(Quadruple(member), Quadruple(height)));
    RC_ASSERT(around.contains(format.round(inner)));
  });
  const Rounded<TypeParam> half(0.5), two(2);
  EXPECT_FALSE(power(two, half).contains(1.5));
  EXPECT_TRUE(power(Rounded<TypeParam>(0), half).contains(0));
  EXPECT_TRUE(power(Rounded<TypeParam>(0), Rounded<TypeParam>(-1)).contains(infinity));
  EXPECT_TRUE(power(Rounded<TypeParam>(0), Rounded<TypeParam>(0)).is_point());
  EXPECT_TRUE(power(Rounded<TypeParam>(-1), half).may_be_nan());
  EXPECT_TRUE(power(Rounded<TypeParam>::between(-1, 1), half).may_be_nan());
  EXPECT_FALSE(power(Rounded<TypeParam>::between(0, 1), half).may_be_nan());
  const auto about_one =
      power(Rounded<TypeParam>::between(0, Wide(0.5)), Rounded<TypeParam>::between(0, Wide(0.5)));
  EXPECT_TRUE(about_one.contains(0) && about_one.contains(1));
}

// ---- Edges that were wrong once -----------------------------------------------
// Each is the smallest counterexample of a claim in rounded.hpp.

/// 2^p + 1 is 2^p after rounding, so that 2^p + 1 + 1 - (2^p + 2) is -2; the interval
/// is [0, 0]. "Rounding never crosses zero" holds for one operation, not for a sum.
TYPED_TEST(RoundedIn, RoundingsCarryASumAcrossZero) {
  const double large = 1 / TypeParam::description.unit_roundoff();
  const std::vector<double> terms{large, 1, 1, -(large + 2)};
  for (const double term : terms) ASSERT_TRUE(TypeParam::description.holds(term));
  const std::vector<Rounded<TypeParam>> rounded(terms.begin(), terms.end());
  const std::vector<Plain<TypeParam>> plain(terms.begin(), terms.end());
  const double value = sum(std::span<const Plain<TypeParam>>(plain)).value();
  ASSERT_EQ(value, -2);
  EXPECT_TRUE(sum(std::span<const Rounded<TypeParam>>(rounded)).contains(value));
}

/// A sum whose partial sums overflow, in the order written, is infinite.
TYPED_TEST(RoundedIn, SumMayOverflowOnTheWay) {
  const double largest = TypeParam::description.largest();
  const std::vector<double> terms{largest, largest, -largest, -largest / 2};
  const std::vector<Rounded<TypeParam>> rounded(terms.begin(), terms.end());
  const std::vector<Plain<TypeParam>> plain(terms.begin(), terms.end());
  const double value = sum(std::span<const Plain<TypeParam>>(plain)).value();
  ASSERT_EQ(value, infinity);
  EXPECT_TRUE(sum(std::span<const Rounded<TypeParam>>(rounded)).contains(value));
}

/// Added two and two, the same terms make infinity - infinity.
TYPED_TEST(RoundedIn, SumMayBeNaNByPartialOverflows) {
  const double largest = TypeParam::description.largest();
  const std::vector<Rounded<TypeParam>> terms{largest, largest, -largest, -largest};
  EXPECT_TRUE(sum(std::span<const Rounded<TypeParam>>(terms)).may_be_nan());
}

/// The sum of one scalar is the scalar plus zero, and so rounded.
TEST(RoundedEdges, SumOfOneScalarIsRounded) {
  const std::vector<Rounded<Binary32>> terms{Rounded<Binary32>(0.1)};
  EXPECT_TRUE(sum(std::span<const Rounded<Binary32>>(terms)).contains(0.1f));
}

/// max, min and abs choose a scalar as it stands; what uses it next rounds it.
TEST(RoundedEdges, MaxOfScalarsIsRoundedByTheNextOperation) {
  using Number = Rounded<Binary32>;
  const Number scalar(0.1);
  EXPECT_TRUE((scalar * 1).contains(0.1f));
  EXPECT_TRUE((max(scalar, scalar) * 1).contains(0.1f));
  EXPECT_TRUE((min(scalar, scalar) * 1).contains(0.1f));
}

/// An integer need not be a value of the format either.
TEST(RoundedEdges, AnIntegerOutsideOfTheFormatIsRounded) {
  ASSERT_EQ((Plain<BFloat16>(257) * 1).value(), 256);
  EXPECT_TRUE((Rounded<BFloat16>(257.0) * 1).contains(256));
  EXPECT_TRUE((Rounded<BFloat16>(257) * 1).contains(256));
}

TEST(RoundedEdges, SignOfNaNMayBeNaN) {
  ASSERT_TRUE(std::isnan(sign(Plain<Binary32>(nan)).value()));
  EXPECT_TRUE(sign(Rounded<Binary32>::between(1, 2, true)).may_be_nan());
}

TEST(RoundedEdges, ComparisonsWithWhatMayBeNaNAreOpen) {
  ASSERT_FALSE(less(Plain<Binary32>(nan), Plain<Binary32>(3)));
  std::set<bool> outcomes;
  choices::for_each_outcome(4, [&] {
    outcomes.insert(less(Rounded<Binary32>::between(1, 2, true), Rounded<Binary32>(3)));
  });
  EXPECT_TRUE(outcomes.contains(false));
}

TEST(RoundedEdges, CosOfInfinityMayBeNaN) {
  ASSERT_TRUE(std::isnan(cos(Plain<Binary32>(infinity)).value()));
  EXPECT_TRUE(cos(Rounded<Binary32>::between(0, infinity)).may_be_nan());
}

/// (n - 1) K u >= 1: the slack is infinity times zero.
TEST(RoundedEdges, LongSumsOfZeroThatMayBeNaNAreProper) {
  const std::vector<Rounded<BFloat16>> terms(129, Rounded<BFloat16>::between(0, 0, true));
  EXPECT_TRUE(proper(sum(std::span<const Rounded<BFloat16>>(terms))));
}

/// (1 + K u)^(n - 1) - 1 bounds the error for every n; K u n / (1 - K u n) does not.
TEST(RoundedEdges, LongSumsInSixteenBitsStillTellSomething) {
  const std::vector<Rounded<BFloat16>> terms(130, Rounded<BFloat16>(1));
  EXPECT_FALSE(sum(std::span<const Rounded<BFloat16>>(terms)).contains(1e30));
}

/// Arithmetic that flushes also flushes x * 1 and x + 0.
TEST(RoundedEdges, ASubnormalTimesOneIsFlushedWhereDeclared) {
  const RoundingScope scope({.budget = 2, .flushes_subnormals = true});
  const Rounded<Binary32> subnormal(0x1p-140);
  EXPECT_TRUE((subnormal * 1).contains(0));
  EXPECT_TRUE((subnormal + 0).contains(0));
}

/// An exact zero may be negative: 0 * -1, or -(0).
TEST(RoundedEdges, OneOverNegativeZeroIsNegativeInfinity) {
  ASSERT_EQ((Plain<Binary32>(1) / (Plain<Binary32>(0) * -1)).value(), -infinity);
  EXPECT_TRUE((Rounded<Binary32>(1) / (Rounded<Binary32>(0) * -1)).contains(-infinity));
}

}  // namespace
}  // namespace plumbline
