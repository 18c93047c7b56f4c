// What all numbers share: following branches, decimal text, quadruple roots.
#include <gtest/gtest.h>
#include <mpfr.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <boost/multiprecision/gmp.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/numbers/choices.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/number.hpp"

namespace plumbline {
namespace {

using Integer = boost::multiprecision::mpz_int;
using Rational = boost::multiprecision::mpq_rational;

// The same cases every time, unless RC_PARAMS says otherwise.
const int fixed_seed = setenv("RC_PARAMS", "seed=754 max_success=2000", 0);

std::uint64_t word() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}
int below(int count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
}
/// Every finite binary64, subnormals included.
double finite_double() {
  const double value = std::bit_cast<double>(word());
  return std::isfinite(value) ? value : std::bit_cast<double>(word() >> 12);
}

// ---- Branches -------------------------------------------------------------

using Number = Rounded<Binary32>;
Number open() {
  return Number::between(-1, 1);
}

TEST(Branches, EveryOutcomeOfSignIsVisitedOnce) {
  std::map<double, int> visits;
  choices::for_each_outcome(3, [&] { ++visits[sign(open()).lower()]; });
  EXPECT_EQ(visits, (std::map<double, int>{{-1, 1}, {0, 1}, {1, 1}}));
}

TEST(Branches, OnlyThePossibleSignsAreVisited) {
  const auto signs = [](double low, double high) {
    std::set<double> seen;
    choices::for_each_outcome(3, [&] { seen.insert(sign(Number::between(low, high)).upper()); });
    return seen;
  };
  EXPECT_EQ(signs(1, 2), (std::set<double>{1}));
  EXPECT_EQ(signs(-2, -1), (std::set<double>{-1}));
  EXPECT_EQ(signs(0, 0), (std::set<double>{0}));
  EXPECT_EQ(signs(0, 1), (std::set<double>{0, 1}));
  EXPECT_EQ(signs(-1, 0), (std::set<double>{-1, 0}));
}

TEST(Branches, EveryCombinationIsVisitedOnce) {
  std::map<std::vector<double>, int> visits;
  choices::for_each_outcome(18, [&] {
    const double first = sign(open()).lower();
    const double second = less(open(), Number(0)) ? 1 : 0;
    const double third = sign(open()).lower();
    ++visits[{first, second, third}];
  });
  EXPECT_EQ(visits.size(), 18u);
  for (const auto& [path, count] : visits) EXPECT_EQ(count, 1);
}

// The second question is asked on one branch only: a tree, not a grid.
TEST(Branches, ABranchMayAskFurtherQuestions) {
  std::map<std::string, int> visits;
  choices::for_each_outcome(8, [&] {
    if (less(open(), Number(0))) {
      ++visits["less, " + std::to_string(static_cast<int>(sign(open()).lower()))];
    } else {
      ++visits["not less"];
    }
  });
  EXPECT_EQ(visits, (std::map<std::string, int>{
                        {"less, -1", 1}, {"less, 0", 1}, {"less, 1", 1}, {"not less", 1}}));
}

/// A random tree of questions is walked leaf by leaf, none twice.
RC_GTEST_PROP(Branches, RandomTreesAreWalkedLeafByLeaf, ()) {
  const std::uint64_t seed = word();
  std::set<std::vector<int>> leaves;
  std::size_t expected = 0;
  const auto arity = [seed](const std::vector<int>& path) {  // 1: a leaf
    std::uint64_t mixed = seed;
    for (const int step : path)
      mixed = (mixed + static_cast<unsigned>(step) + 1) * 0x9e3779b97f4a7c15ULL;
    return path.size() >= 5 ? 1 : 1 + static_cast<int>((mixed >> 40) % 3);
  };
  std::vector<std::vector<int>> pending{{}};
  while (!pending.empty()) {
    const std::vector<int> path = pending.back();
    pending.pop_back();
    const int count = arity(path);
    if (count == 1) ++expected;
    for (int step = 0; count > 1 && step < count; ++step) {
      pending.push_back(path);
      pending.back().push_back(step);
    }
  }
  std::size_t runs = 0;
  choices::for_each_outcome(expected, [&] {
    std::vector<int> path;
    for (int count = arity(path); count > 1; count = arity(path)) {
      path.push_back(choices::choose(count));
    }
    leaves.insert(path);
    ++runs;
  });
  RC_ASSERT(runs == expected);
  RC_ASSERT(leaves.size() == expected);
}

TEST(Branches, PastTheLimitThereAreTooMany) {
  int runs = 0;
  const auto body = [&] { ++runs, sign(open()), sign(open()); };
  EXPECT_THROW(choices::for_each_outcome(8, body), TooManyOutcomes);
  EXPECT_EQ(runs, 8);
  EXPECT_NO_THROW(choices::for_each_outcome(9, body));
}

TEST(Branches, OutsideAnOpenComparisonThrows) {
  EXPECT_THROW(sign(open()), OpenComparison);
  EXPECT_THROW(less(open(), Number(0)), OpenComparison);
  EXPECT_NO_THROW(sign(Number(1)));
  EXPECT_TRUE(less(Number(0), Number(1)));
  EXPECT_FALSE(less(Number(1), Number(1)));
  EXPECT_FALSE(less(Number::between(1, 2), Number::between(0, 1)));
  EXPECT_THROW(less(Number::between(0, 1), Number::between(1, 2)), OpenComparison);
}

TEST(Branches, AnErrorInTheBodyLeavesNoPathBehind) {
  EXPECT_THROW(choices::for_each_outcome(9,
                                         [] {
                                           sign(open());
                                           throw std::logic_error("from the body");
                                         }),
               std::logic_error);
  EXPECT_THROW(sign(open()), OpenComparison);
}

TEST(Branches, WalksNest) {
  int inner = 0, outer = 0;
  choices::for_each_outcome(9, [&] {
    sign(open());
    choices::for_each_outcome(9, [&] { less(open(), Number(0)), ++inner; });
    sign(open());
    ++outer;
  });
  EXPECT_EQ(outer, 9);
  EXPECT_EQ(inner, 18);
}

// ---- Decimal text ---------------------------------------------------------

/// The number that a decimal writes.
Rational parse(std::string text) {
  const bool negative = text.starts_with('-');
  if (negative) text.erase(0, 1);
  long exponent = 0;
  if (const auto mark = text.find('e'); mark != std::string::npos) {
    exponent = std::stol(text.substr(mark + 1));
    text.erase(mark);
  }
  if (const auto point = text.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(text.size() - point - 1);
    text.erase(point, 1);
  }
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
  const Integer power = pow(Integer(10), static_cast<unsigned>(std::abs(exponent)));
  const Rational value =
      exponent < 0 ? Rational(Integer(text), power) : Rational(Integer(text) * power);
  return negative ? Rational(-value) : value;
}

RC_GTEST_PROP(DecimalText, ExactDecimalIsTheExactValue, ()) {
  const double value =
      below(2) == 0 ? finite_double() : std::ldexp(below(4096) - 2048, below(60) - 30);
  RC_ASSERT(parse(exact_decimal(value)) == Rational(value));
}

TEST(DecimalText, ExactDecimalAtTheEndsOfTheRange) {
  for (const double value : {0x1p-1074, 0x1.fffffffffffffp-1022, 0x1.fffffffffffffp-1023, 0x1p-1022,
                             0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023}) {
    EXPECT_EQ(parse(exact_decimal(value)), Rational(value)) << value;
  }
  EXPECT_EQ(exact_decimal(0.1), "0.1000000000000000055511151231257827021181583404541015625");
  EXPECT_EQ(exact_decimal(1), "1");
  EXPECT_EQ(exact_decimal(-1024), "-1024");
  EXPECT_EQ(exact_decimal(0), "0");
  EXPECT_EQ(exact_decimal(1e22), "1e22");
  EXPECT_NE(parse(exact_decimal(0.1)), Rational(1, 10));  // negative control
}

RC_GTEST_PROP(DecimalText, ShortestDecimalReadsBackAsTheSame, ()) {
  const double value = finite_double();
  const std::string text = shortest_decimal(value);
  RC_ASSERT(std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)) ==
            std::bit_cast<std::uint64_t>(value));
  RC_ASSERT(text.size() <= 24u);
}

TEST(DecimalText, ShortestDecimal) {
  EXPECT_EQ(shortest_decimal(0.001), "0.001");
  EXPECT_EQ(shortest_decimal(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(shortest_decimal(std::nan("")), "NaN");
  EXPECT_EQ(shortest_decimal(INFINITY), "Infinity");
  EXPECT_EQ(shortest_decimal(-INFINITY), "-Infinity");
  EXPECT_EQ(exact_decimal(-INFINITY), "-Infinity");
  EXPECT_EQ(std::signbit(std::strtod(shortest_decimal(-0.0).c_str(), nullptr)), true);
}

RC_GTEST_PROP(DecimalText, WriteDecimalKeepsTheNumberAndItsDigits, ()) {
  std::string digits(static_cast<std::size_t>(1 + below(40)), '0');
  for (char& digit : digits) digit = static_cast<char>('0' + below(10));
  digits[0] = static_cast<char>('1' + below(9));
  const long exponent = below(2) == 0 ? below(60) - 30 : below(6000) - 3000;
  const bool negative = below(2) == 1;
  const std::string text = write_decimal((negative ? "-" : "") + digits, exponent);
  const Rational fraction = parse((negative ? "-0." : "0.") + digits);
  const Integer power = pow(Integer(10), static_cast<unsigned>(std::abs(exponent)));
  RC_LOG() << text << '\n';
  RC_ASSERT(parse(text) ==
            (exponent < 0 ? Rational(fraction / power) : Rational(fraction * power)));
  std::string kept;  // the digits stand in it, one after the other
  for (const char letter : text.substr(0, text.find('e'))) {
    if (letter >= '0' && letter <= '9') kept.push_back(letter);
  }
  RC_ASSERT(kept.find(digits) != std::string::npos);
}

TEST(DecimalText, WriteDecimalNotation) {
  EXPECT_EQ(write_decimal("125", 2), "12.5");
  EXPECT_EQ(write_decimal("125", 3), "125");
  EXPECT_EQ(write_decimal("125", 5), "12500");
  EXPECT_EQ(write_decimal("-125", 0), "-0.125");
  EXPECT_EQ(write_decimal("125", -2), "0.00125");
  EXPECT_EQ(write_decimal("125", -4), "0.0000125");
  EXPECT_EQ(write_decimal("125", -5), "1.25e-6");
  EXPECT_EQ(write_decimal("-1", -9), "-1e-10");
  EXPECT_EQ(write_decimal("1", 21), "100000000000000000000");
  EXPECT_EQ(write_decimal("125", 22), "1.25e21");
  EXPECT_EQ(write_decimal("100", 1), "1.00");
}

// ---- Quadruple roots ------------------------------------------------------

/// significand x 2^exponent, exactly, over the whole range of Quadruple.
Quadruple quadruple(Quadruple significand, int exponent) {
  for (; exponent > 512; exponent -= 512) significand *= Quadruple(0x1p512);
  for (; exponent < -512; exponent += 512) significand *= Quadruple(0x1p-512);
  return significand * Quadruple(std::ldexp(1.0, exponent));
}

struct Wide {
  mpfr_t number;
  Wide() { mpfr_init2(number, 200); }
  ~Wide() { mpfr_clear(number); }
  Wide(const Wide&) = delete;
  Wide& operator=(const Wide&) = delete;
  /// Set to value exactly.
  void set(Quadruple value) {
    long scale = 0;
    for (; value >= Quadruple(0x1p512); scale += 512) value *= Quadruple(0x1p-512);
    for (; value != 0 && value < Quadruple(0x1p-512); scale -= 512) value *= Quadruple(0x1p512);
    mpfr_set_zero(number, 1);
    for (int part = 0; part < 3; ++part) {
      const double piece = static_cast<double>(value);
      mpfr_add_d(number, number, piece, MPFR_RNDN);
      value -= Quadruple(piece);
    }
    mpfr_mul_2si(number, number, scale, MPFR_RNDN);
  }
};

/// |root - sqrt(value)| / sqrt(value), as a power of two.
double relative_error(Quadruple root, Quadruple value) {
  Wide exact, given;
  exact.set(value);
  mpfr_sqrt(exact.number, exact.number, MPFR_RNDN);
  given.set(root);
  mpfr_sub(given.number, given.number, exact.number, MPFR_RNDN);
  mpfr_div(given.number, given.number, exact.number, MPFR_RNDN);
  return std::abs(mpfr_get_d(given.number, MPFR_RNDN));
}

RC_GTEST_PROP(WideSqrt, RelativeErrorIsBelowTwoToTheMinusHundred, ()) {
  const Quadruple significand = 1 + Quadruple(static_cast<double>(word() >> 11)) * 0x1p-53 +
                                Quadruple(static_cast<double>(word() >> 11)) * Quadruple(0x1p-106);
  const int exponent = below(2) == 0 ? below(32700) - 16380 : below(2400) - 1200;
  const Quadruple value = quadruple(significand, exponent);
  RC_LOG() << "exponent " << exponent << '\n';
  RC_ASSERT(relative_error(wide_sqrt(value), value) < 0x1p-100);
}

TEST(WideSqrt, TheEndsOfTheRangeAndTheStepsOfTheScaling) {
  for (const int exponent :
       {-16494, -16493, -16400, -16382, -1625, -1624, -1074, -1022, -601, -600,  -599,
        -1,     0,      1,      599,    600,   601,   1023,  1024,  1624, 16000, 16383}) {
    const Quadruple value = quadruple(1, exponent);
    EXPECT_LT(relative_error(wide_sqrt(value), value), 0x1p-100) << exponent;
    if (exponent > -16000) {
      const Quadruple inexact = value * Quadruple(1.75);
      EXPECT_LT(relative_error(wide_sqrt(inexact), inexact), 0x1p-100) << exponent;
    }
  }
  // Negative control: double's root alone is far from that.
  EXPECT_GT(relative_error(Quadruple(std::sqrt(2.0)), 2), 0x1p-60);
}

TEST(WideSqrt, SpecialValues) {
  EXPECT_TRUE(wide_sqrt(Quadruple(0)) == 0);
  EXPECT_TRUE(wide_sqrt(Quadruple(INFINITY)) == Quadruple(INFINITY));
  const Quadruple nothing = wide_sqrt(Quadruple(std::nan("")));
  EXPECT_TRUE(nothing != nothing);
  EXPECT_TRUE(wide_sqrt(Quadruple(4)) == 2);
  EXPECT_TRUE(wide_sqrt(2.25) == 1.5);
}

/// |given - base^exponent| / base^exponent.
double power_error(Quadruple given, Quadruple base, Quadruple exponent) {
  Wide exact, raised, got;
  exact.set(base);
  raised.set(exponent < 0 ? -exponent : exponent);
  if (exponent < 0) mpfr_neg(raised.number, raised.number, MPFR_RNDN);
  // Another way than the one tested: 2^(exponent log2(base)), in 200 bits.
  mpfr_log2(exact.number, exact.number, MPFR_RNDN);
  mpfr_mul(exact.number, exact.number, raised.number, MPFR_RNDN);
  mpfr_exp2(exact.number, exact.number, MPFR_RNDN);
  got.set(given);
  mpfr_sub(got.number, got.number, exact.number, MPFR_RNDN);
  mpfr_div(got.number, got.number, exact.number, MPFR_RNDN);
  return std::abs(mpfr_get_d(got.number, MPFR_RNDN));
}

RC_GTEST_PROP(WidePower, RelativeErrorIsBelowTwoToTheMinusHundredAndTen, ()) {
  const auto significand = [] {
    return 1 + Quadruple(static_cast<double>(word() >> 11)) * 0x1p-53 +
           Quadruple(static_cast<double>(word() >> 11)) * Quadruple(0x1p-106);
  };
  const int size = below(2) == 0 ? below(2000) - 1000 : below(20) - 10;
  const Quadruple base = quadruple(significand(), size);
  // The result stays within 2^-16000 and 2^16000.
  const Quadruple most = Quadruple(15000) / (std::abs(size) + 2);
  const Quadruple exponent =
      (below(2) == 0 ? most : -most) * (significand() - 1) * quadruple(1, -below(40));
  RC_ASSERT(power_error(wide_power(base, exponent), base, exponent) < 0x1p-110);
}

TEST(WidePower, KnownPowers) {
  EXPECT_TRUE(wide_power(2, 10) == 1024);
  EXPECT_TRUE(wide_power(4, Quadruple(0.5)) == 2);
  EXPECT_TRUE(wide_power(Quadruple(0.25), Quadruple(-1.5)) == 8);
  EXPECT_TRUE(wide_power(-2, 3) == -8);
  EXPECT_TRUE(wide_power(quadruple(1, 9000), -1) == quadruple(1, -9000));
  EXPECT_TRUE(wide_power(quadruple(1, -9000), Quadruple(0.5)) == quadruple(1, -4500));
  // Negative controls: double's own power is far from the quadruple's; another exponent.
  EXPECT_GT(power_error(Quadruple(std::pow(3.0, 0.1)), 3, Quadruple(0.1)), 0x1p-60);
  EXPECT_GT(power_error(wide_power(3, Quadruple(0.1)), 3, Quadruple(0.2)), 0x1p-10);
}

TEST(WidePower, SpecialValues) {
  const Quadruple nan = std::nan("");
  EXPECT_TRUE(wide_power(0, 0) == 1 && wide_power(nan, 0) == 1 && wide_power(1, nan) == 1);
  EXPECT_TRUE(wide_power(0, 2) == 0 && wide_power(0, -2) == Quadruple(INFINITY));
  EXPECT_TRUE(wide_power(Quadruple(INFINITY), -1) == 0);
  EXPECT_TRUE(wide_power(2, 16001) == Quadruple(INFINITY));
  EXPECT_TRUE(wide_power(2, -16002) == 0);
  const Quadruple of_negative = wide_power(-2, Quadruple(0.5));
  const Quadruple to_nothing = wide_power(2, nan);
  EXPECT_TRUE(of_negative != of_negative && to_nothing != to_nothing);
}

}  // namespace
}  // namespace plumbline
