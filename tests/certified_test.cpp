// Certified: the exact value is inside, and every digit that is printed is right.
#include "reference/numbers/certified.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/gmp.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "reference/numbers/number.hpp"

namespace plumbline {
namespace {

using Integer = boost::multiprecision::mpz_int;
using Rational = boost::multiprecision::mpq_rational;

// The same cases every time, unless RC_PARAMS says otherwise.
const int fixed_seed = setenv("RC_PARAMS", "seed=754 max_success=1000", 0);

std::uint64_t word() {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}
int below(int count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
}

double value_in(int least, int greatest) {
  const std::uint64_t bits = word();
  const int count = greatest - least + 1;
  const int exponent = least + (static_cast<int>((bits >> 2) & 0x3ff) + count - least) % count;
  const double significand = 1 + std::ldexp(static_cast<double>(bits >> 12), -52);
  return std::ldexp((bits & 1) != 0 ? -significand : significand, exponent);
}

/// 10^exponent.
Rational power_of_ten(long exponent) {
  const Rational power = pow(Integer(10), static_cast<unsigned>(std::abs(exponent)));
  return exponent < 0 ? 1 / power : power;
}

/// A decimal as the number it writes, and one unit of its last digit.
struct Decimal {
  Rational value, unit;
  int digits = 0;  // significant ones
};
Decimal parse(std::string text) {
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
  const Rational unit = power_of_ten(exponent);
  const Rational magnitude = Rational(Integer(text)) * unit;
  return {negative ? Rational(-magnitude) : magnitude, unit, static_cast<int>(text.size())};
}

/// A random expression, in both arithmetics.
struct Both {
  Certified enclosure;
  Rational exact;
};
struct DividesByZero {};
Both random_value(int depth) {
  const int choice = depth == 0 ? 0 : below(9);
  if (choice < 2) {
    if (below(8) == 1) {
      const int numerator = below(100) - 50, denominator = 1 + below(50);
      return {Certified::ratio(numerator, denominator), Rational(numerator, denominator)};
    }
    const double leaf = value_in(-100, 100);
    return {Certified(leaf), Rational(leaf)};
  }
  const Both left = random_value(depth - 1);
  if (choice == 2) return {square(left.enclosure), left.exact * left.exact};
  if (choice == 3) return {abs(left.enclosure), abs(left.exact)};
  const Both right = random_value(depth - 1);
  switch (choice) {
    case 4:
      return {left.enclosure - right.enclosure, left.exact - right.exact};
    case 5:
      return {left.enclosure * right.enclosure, left.exact * right.exact};
    case 6:
      if (right.exact == 0) throw DividesByZero();
      return {left.enclosure / right.enclosure, left.exact / right.exact};
    case 7:
      return {max(left.enclosure, right.enclosure), std::max(left.exact, right.exact)};
    default:
      return {left.enclosure + right.enclosure, left.exact + right.exact};
  }
}

/// Runs a property on a random expression of which the enclosure is defined.
template <class Property>
void with_random_value(int bits, Property&& property) {
  Certified::set_precision(bits);
  Both value;
  try {
    value = random_value(4);
  } catch (const DividesByZero&) {
    RC_DISCARD("divides by zero");
  } catch (const NotEnoughPrecision&) {
    RC_DISCARD("a divisor is not told from zero");
  }
  property(value);
}

/// True when the exact value is inside of the enclosure, as far as binary64 ends tell.
bool encloses(const Certified& enclosure, const Rational& exact) {
  const double lower = enclosure.lower(), upper = enclosure.upper();
  return (std::isinf(lower) || Rational(lower) <= exact) &&
         (std::isinf(upper) || exact <= Rational(upper));
}

/// The exact value moved by a binary64 close to it, so that binary64 ends are sharp:
/// three steps bring the difference to the size of the enclosure itself.
bool encloses_sharply(Certified enclosure, Rational exact) {
  for (int step = 0; step < 6; ++step) {
    if (!encloses(enclosure, exact)) return false;
    const double middle = enclosure.midpoint();
    if (!std::isfinite(middle) || middle == 0) return true;
    enclosure = enclosure - Certified(middle);
    exact -= Rational(middle);
  }
  return encloses(enclosure, exact);
}

RC_GTEST_PROP(Certified, EnclosesTheExactValueOfAnExpression, ()) {
  with_random_value(
      192, [](const Both& value) { RC_ASSERT(encloses_sharply(value.enclosure, value.exact)); });
}

RC_GTEST_PROP(Certified, EnclosesAtLittlePrecisionToo, ()) {
  with_random_value(24,
                    [](const Both& value) { RC_ASSERT(encloses(value.enclosure, value.exact)); });
}

// Negative control: the sharp test sees an error of 2^-180.
TEST(Certified, AValueThatIsOffIsNotEnclosed) {
  Certified::set_precision(192);
  const Rational third(1, 3);
  EXPECT_TRUE(encloses_sharply(Certified::ratio(1, 3), third));
  const Rational off = Rational(1) / pow(Integer(2), 180);
  EXPECT_FALSE(encloses_sharply(Certified::ratio(1, 3), third + off));
  EXPECT_FALSE(encloses_sharply(Certified::ratio(1, 3), third - off));
}

RC_GTEST_PROP(Certified, DecimalIsWithinAUnitOfItsLastDigit, ()) {
  const int digits = 1 + below(50);
  with_random_value(320, [digits](const Both& value) {
    const auto text = value.enclosure.decimal(digits);
    if (!text.has_value()) RC_DISCARD("too wide");
    RC_LOG() << *text << '\n';
    const Decimal written = parse(*text);
    if (value.exact == 0) {
      RC_ASSERT(*text == "0");
      return;
    }
    // Trailing zeros of an integer in plain notation are not digits that were asked for.
    Rational unit = written.unit;
    for (int extra = written.digits - digits; extra > 0; --extra) unit *= 10;
    RC_ASSERT(written.digits >= digits);
    RC_ASSERT(abs(written.value - value.exact) < unit);
    // Negative control: the number one unit further on each side is not both right.
    RC_ASSERT(!(abs(written.value + unit - value.exact) < unit &&
                abs(written.value - unit - value.exact) < unit));
  });
}

TEST(Certified, DecimalGivesNothingThatIsNotProved) {
  Certified::set_precision(192);
  const Certified third = Certified::ratio(1, 3);
  EXPECT_EQ(third.decimal(10).value_or("nothing"), "0.3333333333");
  EXPECT_EQ(third.decimal(3).value_or("nothing"), "0.333");
  EXPECT_FALSE(third.decimal(80).has_value());
  EXPECT_FALSE((third * 3 - 1).decimal(1).has_value());  // straddles zero
  EXPECT_EQ(Certified(0).decimal(40).value_or("nothing"), "0");
  EXPECT_EQ((-Certified::ratio(2, 3)).decimal(4).value_or("nothing"), "-0.6667");
  EXPECT_EQ(Certified::ratio(9999, 10000).decimal(2).value_or("nothing"), "1.0");
}

// A point is narrower than any unit: its digits are always given.
RC_GTEST_PROP(Certified, DecimalOfAPointIsAlwaysGiven, ()) {
  Certified::set_precision(192);
  const double value = value_in(-500, 500);
  const auto text = Certified(value).decimal(40);
  RC_ASSERT(text.has_value());
  RC_ASSERT(abs(parse(*text).value - Rational(value)) * power_of_ten(39) < abs(Rational(value)));
}

RC_GTEST_PROP(Certified, TheSquareOfARootEnclosesTheRadicand, ()) {
  Certified::set_precision(192);
  const double radicand = std::abs(value_in(-1000, 1000));
  const Certified root = sqrt(Certified(radicand));
  RC_ASSERT(encloses_sharply(square(root), Rational(radicand)));
  RC_ASSERT(encloses_sharply(root * root, Rational(radicand)));
  const double exact_root = std::abs(value_in(-100, 100));
  RC_ASSERT(sqrt(square(Certified(exact_root))).contains(exact_root));
  // Negative control: a neighbouring radicand is not enclosed.
  RC_ASSERT(!square(root).contains(std::nextafter(radicand, 0)));
}

TEST(Certified, RootsOfNegativeNumbersThrow) {
  Certified::set_precision(192);
  EXPECT_THROW(sqrt(Certified(-1)), std::domain_error);
  EXPECT_TRUE(Certified::identical(sqrt(Certified(0)), Certified(0)));
  const Certified third = Certified::ratio(1, 3);
  EXPECT_THROW(sqrt(third * 3 - 1), NotEnoughPrecision);
}

TEST(Certified, CosPiIsExactAtHalves) {
  Certified::set_precision(192);
  for (long half = -9; half <= 9; ++half) {
    const int expected = half % 2 != 0 ? 0 : half % 4 == 0 ? 1 : -1;
    EXPECT_TRUE(Certified::identical(cos_pi(half, 2), Certified(expected))) << half;
    EXPECT_TRUE(Certified::identical(cos_pi(3 * half, 6), Certified(expected))) << half;
  }
}

TEST(Certified, CosPiEnclosesKnownCosines) {
  Certified::set_precision(192);
  for (const long turn : {1L, 5L, 7L, -1L, 11L}) {
    EXPECT_TRUE(encloses_sharply(cos_pi(turn, 3), Rational(1, 2))) << turn;
  }
  for (const long turn : {2L, 4L, 8L, -2L}) {
    EXPECT_TRUE(encloses_sharply(cos_pi(turn, 3), Rational(-1, 2))) << turn;
  }
  EXPECT_TRUE(encloses_sharply(square(cos_pi(1, 4)), Rational(1, 2)));
  EXPECT_TRUE(encloses_sharply(square(cos_pi(1, 6)), Rational(3, 4)));
  EXPECT_EQ(cos_pi(1, 5).decimal(30).value_or("nothing"), "0.809016994374947424102293417183");
  EXPECT_EQ(certified_pi().decimal(40).value_or("nothing"),
            "3.141592653589793238462643383279502884197");
  EXPECT_FALSE(cos_pi(1, 3).contains(0.25));  // negative control
}

RC_GTEST_PROP(Certified, CosPiHasThePeriodAndTheSymmetriesOfCosine, ()) {
  Certified::set_precision(192);
  const long denominator = 1 + below(40), numerator = below(200);
  const Certified cosine = cos_pi(numerator, denominator);
  RC_ASSERT(!Certified::disjoint(cosine, cos_pi(-numerator, denominator)));
  RC_ASSERT(!Certified::disjoint(cosine, cos_pi(numerator + 2 * denominator, denominator)));
  RC_ASSERT(!Certified::disjoint(cosine, -cos_pi(numerator + denominator, denominator)));
  RC_ASSERT(!Certified::disjoint(2 * square(cosine) - 1, cos_pi(2 * numerator, denominator)));
  // Negative control: the cosine of another angle of the half turn is another number.
  const long turn = numerator % (2 * denominator);
  if (turn < denominator) RC_ASSERT(Certified::disjoint(cosine, cos_pi(turn + 1, denominator)));
}

TEST(Certified, PowerEnclosesKnownPowers) {
  EXPECT_TRUE(encloses_sharply(power(Certified(4), Certified(0.5)), Rational(2)));
  EXPECT_TRUE(encloses_sharply(power(Certified(0.25), Certified(-1.5)), Rational(8)));
  EXPECT_TRUE(encloses_sharply(power(Certified(1.5), Certified(3)), Rational(27, 8)));
  EXPECT_EQ(power(Certified(0.96), Certified(0.004)).decimal(30).value_or("nothing"),
            "0.999836725352675278270358943372");
  EXPECT_FALSE(power(Certified(4), Certified(0.5)).contains(2.0000001));  // negative control
}

TEST(Certified, PowerIsExactAtOneAndZero) {
  const Certified third = Certified::ratio(1, 3);
  EXPECT_TRUE(Certified::identical(power(third, Certified(0)), Certified(1)));
  EXPECT_TRUE(Certified::identical(power(Certified(0.1), Certified(1)), Certified(0.1)));
  EXPECT_TRUE(Certified::identical(power(Certified(1), third), Certified(1)));
  EXPECT_TRUE(Certified::identical(power(Certified(0), third), Certified(0)));
}

TEST(Certified, PowersThatAreNoNumberThrow) {
  EXPECT_THROW(power(Certified(-1), Certified(0.5)), std::domain_error);
  EXPECT_THROW(power(Certified(0), Certified(-1)), std::domain_error);
  const Certified about_zero = Certified::ratio(1, 3) * 3 - 1;
  EXPECT_THROW(power(about_zero, Certified(0.5)), NotEnoughPrecision);
  EXPECT_THROW(power(Certified(0), about_zero), NotEnoughPrecision);
}

RC_GTEST_PROP(Certified, PowersOfPowersAndProductsAgree, ()) {
  const Certified base = Certified::ratio(*rc::gen::inRange<long>(1, 1000), 37);
  const long top = *rc::gen::inRange<long>(-300, 300);
  const Certified exponent = Certified::ratio(top, 41);
  const Certified raised = power(base, exponent);
  RC_ASSERT(!Certified::disjoint(power(raised, Certified(2)), square(raised)));
  RC_ASSERT(!Certified::disjoint(raised * base, power(base, exponent + 1)));
  RC_ASSERT(!Certified::disjoint(raised * power(base, -exponent), Certified(1)));
  // Negative control.
  RC_ASSERT(Certified::disjoint(raised, raised * Certified::ratio(1000001, 1000000)));
}

TEST(Certify, RaisesThePrecisionForACancellation) {
  const auto cancelled = [] {
    Certified tiny = 1;
    for (int digit = 0; digit < 60; ++digit) tiny = tiny / 10;
    const auto text = (1 + tiny - 1).decimal(40);
    if (!text.has_value()) throw NotEnoughPrecision("too few digits");
    return *text;
  };
  int precision = 0;
  const Decimal written = parse(certify(cancelled, &precision));
  EXPECT_GT(precision, certified_least_precision);
  EXPECT_LT(precision, 2048);
  EXPECT_LT(abs(written.value - power_of_ten(-60)), power_of_ten(-60 - 39));
  // Without a cancellation the least precision does.
  certify([] { return Certified::ratio(1, 3).decimal(40).value(); }, &precision);
  EXPECT_EQ(precision, certified_least_precision);
}

TEST(Certify, StopsAtTheLimitAndNamesIt) {
  int precision = 0, runs = 0;
  try {
    certify(
        [&]() -> int {
          ++runs;
          const Certified third = Certified::ratio(1, 3);
          return less(third * 3, Certified(1)) ? 1 : 0;  // equal: never decided
        },
        &precision);
    FAIL() << "decided the undecidable";
  } catch (const NotEnoughPrecision& failure) {
    const std::string message = failure.what();
    EXPECT_NE(message.find("comparison"), std::string::npos) << message;
    EXPECT_NE(message.find("limit"), std::string::npos) << message;
    EXPECT_NE(message.find(std::to_string(precision)), std::string::npos) << message;
  }
  EXPECT_GE(precision, certified_greatest_precision);
  EXPECT_EQ(runs, 9);
}

TEST(Certify, PassesOtherErrorsOnAtOnce) {
  int runs = 0;
  EXPECT_THROW(certify([&] { return ++runs, Certified(1) / 0; }), std::domain_error);
  EXPECT_EQ(runs, 1);
}

TEST(Certified, DivisionByZero) {
  Certified::set_precision(192);
  EXPECT_THROW(Certified(1) / Certified(0), std::domain_error);
  EXPECT_THROW(Certified(0) / Certified(0), std::domain_error);
  const Certified third = Certified::ratio(1, 3);
  EXPECT_THROW(Certified(1) / (third * 3 - 1), NotEnoughPrecision);
  EXPECT_NO_THROW(Certified(1) / third);
}

TEST(Certified, ComparisonsAreDecidedOrThrow) {
  Certified::set_precision(192);
  const Certified third = Certified::ratio(1, 3), nearly_one = third * 3;
  EXPECT_THROW(less(nearly_one, Certified(1)), NotEnoughPrecision);
  EXPECT_THROW(less(Certified(1), nearly_one), NotEnoughPrecision);
  EXPECT_THROW(sign(nearly_one - 1), NotEnoughPrecision);
  EXPECT_FALSE(less(Certified(1), Certified(1)));
  EXPECT_TRUE(less(third, Certified(0x1.5555555555556p-2)));
  EXPECT_FALSE(less(third, Certified(0x1.5555555555555p-2)));
  EXPECT_TRUE(Certified::identical(sign(third), Certified(1)));
  EXPECT_TRUE(Certified::identical(sign(-third), Certified(-1)));
  EXPECT_TRUE(Certified::identical(sign(Certified(-0.0)), Certified(0)));
}

RC_GTEST_PROP(Certified, ComparisonsThatAreDecidedAreRight, ()) {
  Certified::set_precision(192);
  const double left = value_in(-3, 3), right = below(4) == 0 ? left : value_in(-3, 3);
  RC_ASSERT(less(Certified(left), Certified(right)) == (left < right));
  RC_ASSERT(max(Certified(left), Certified(right)).contains(std::max(left, right)));
  RC_ASSERT(min(Certified(left), Certified(right)).contains(std::min(left, right)));
  RC_ASSERT(Certified::disjoint(left, right) == (left != right));
  RC_ASSERT(Certified::identical(left, right) == (left == right));
  const std::vector<Certified> terms{left, right, left};
  RC_ASSERT(encloses_sharply(sum(terms), Rational(left) * 2 + Rational(right)));
}

TEST(Certified, VersionsAreNamed) {
  const ArithmeticVersions versions = arithmetic_versions();
  EXPECT_FALSE(versions.mpfr.empty() || versions.mpfi.empty() || versions.boost.empty());
}

/// The width of 3 (1/3) - 1, about 2^-precision.
double width_of_a_third() {
  const Certified rest = Certified::ratio(1, 3) * 3 - 1;
  return rest.upper() - rest.lower();
}

TEST(Certified, APrecisionIsWhatWasAskedFor) {
  for (const int bits : {64, 192, 384, 768}) {
    Certified::set_precision(bits);
    EXPECT_EQ(Certified::precision(), bits);
    EXPECT_LE(width_of_a_third(), std::ldexp(1.0, 3 - bits)) << bits;
    EXPECT_GT(width_of_a_third(), std::ldexp(1.0, -16 - bits)) << bits;
  }
}

TEST(Certified, ThePrecisionIsOneForTheProcess) {
  Certified::set_precision(768);
  double width = 1;
  std::thread([&] { width = width_of_a_third(); }).join();
  EXPECT_EQ(Certified::precision(), 768);
  EXPECT_LE(width, std::ldexp(1.0, 3 - 768));
}

// Also before the first set_precision(), when Boost would have 50 decimal digits.
const double width_at_the_start = width_of_a_third();
TEST(Certified, ThePrecisionBeforeAnyIsSetIsTheOneNamed) {
  EXPECT_LE(width_at_the_start, std::ldexp(1.0, 3 - certified_least_precision));
}

}  // namespace
}  // namespace plumbline
