// exp, log, tanh and erf on every kind of number, against MPFR.
#include <gtest/gtest.h>
#include <mpfr.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "reference/numbers/mutated.hpp"
#include "reference/numbers/number.hpp"

namespace plumbline {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The correctly rounded binary64 result.
double rounded_by_mpfr(int (*function)(mpfr_t, mpfr_srcptr, mpfr_rnd_t), double argument) {
  mpfr_t number;
  mpfr_init2(number, 53);
  mpfr_set_d(number, argument, MPFR_RNDN);
  function(number, number, MPFR_RNDN);
  const double result = mpfr_get_d(number, MPFR_RNDN);
  mpfr_clear(number);
  return result;
}

const std::vector<double> arguments{0.5,      -0.5,      1.0,  2.0,   -3.25,    0x1p-30,
                                    -0x1p-60, 0x1p-1074, 20.0, -20.0, 80.75,    700,
                                    -700.5,   -740.,     0.1,  3.0,   0x1p-900, 1e300};

TEST(Elementary, PlainBinary64IsRoundedCorrectly) {
  for (const double x : arguments) {
    const Plain<Binary64> plain(x);
    if (x > -708) {  // above the subnormals, where 53 bits are there to compare
      EXPECT_EQ(exp(plain).value(), rounded_by_mpfr(mpfr_exp, x)) << x;
    }
    EXPECT_EQ(tanh(plain).value(), rounded_by_mpfr(mpfr_tanh, x)) << x;
    EXPECT_EQ(erf(plain).value(), rounded_by_mpfr(mpfr_erf, x)) << x;
    if (x > 0) {
      EXPECT_EQ(log(plain).value(), rounded_by_mpfr(mpfr_log, x)) << x;
    }
  }
  EXPECT_EQ(exp(Plain<Binary32>(89)).value(), infinity);
  EXPECT_EQ(exp(Plain<Binary64>(-infinity)).value(), 0);
  EXPECT_EQ(log(Plain<Binary64>(0)).value(), -infinity);
  EXPECT_TRUE(std::isnan(log(Plain<Binary64>(-1)).value()));
  EXPECT_EQ(tanh(Plain<Binary64>(-infinity)).value(), -1);
  EXPECT_TRUE(std::isnan(tanh(Plain<Binary64>(std::nan(""))).value()));
  EXPECT_EQ(erf(Plain<Binary64>(infinity)).value(), 1);
  EXPECT_TRUE(std::isnan(erf(Plain<Binary64>(std::nan(""))).value()));
  EXPECT_TRUE(std::signbit(erf(Plain<Binary64>(-0.0)).value()));
}

template <class Format>
class ElementaryIn : public testing::Test {};
using Formats = testing::Types<Binary64, Binary32, BFloat16, Binary16>;
TYPED_TEST_SUITE(ElementaryIn, Formats);

TYPED_TEST(ElementaryIn, RoundedHoldsTheFormatsOwnResultAndNoOther) {
  using Number = Rounded<TypeParam>;
  const FormatDescription& format = TypeParam::description;
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 3000; ++trial) {
    const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
    const double x = format.round(std::ldexp(2 * unit - 1, static_cast<int>(random() % 24) - 14));
    const auto check = [&](const Number& interval, const Plain<TypeParam>& result) {
      ASSERT_TRUE(interval.contains(result.value())) << x;
      double beyond = result.value();
      for (int steps = 0; steps < 6; ++steps) beyond = format.next(beyond, true);
      if (std::isfinite(beyond) && beyond != result.value() && std::abs(result.value()) != 1) {
        ASSERT_FALSE(interval.contains(beyond)) << x;
      }
    };
    check(exp(Number(x)), exp(Plain<TypeParam>(x)));
    check(tanh(Number(x)), tanh(Plain<TypeParam>(x)));
    check(erf(Number(x)), erf(Plain<TypeParam>(x)));
    if (x > 0) check(log(Number(x)), log(Plain<TypeParam>(x)));
    // Rising: an interval's image holds its members' images.
    using Wide = typename TypeParam::Wide;
    const double other = format.round(x + unit);
    const Number between = Number::between(Wide(std::min(x, other)), Wide(std::max(x, other)));
    for (const double member : {x, other, format.round((x + other) / 2)}) {
      ASSERT_TRUE(exp(between).contains(exp(Plain<TypeParam>(member)).value()));
      ASSERT_TRUE(tanh(between).contains(tanh(Plain<TypeParam>(member)).value()));
      ASSERT_TRUE(erf(between).contains(erf(Plain<TypeParam>(member)).value()));
      ASSERT_TRUE(log(between).contains(log(Plain<TypeParam>(member)).value()));
    }
  }
}

TYPED_TEST(ElementaryIn, WhatIsExactStaysExactAndEndsAreRight) {
  using Number = Rounded<TypeParam>;
  EXPECT_TRUE(exp(Number(0)).is_point());
  EXPECT_TRUE(exp(Number(0)).contains(1));
  EXPECT_TRUE(log(Number(1)).is_point());
  EXPECT_TRUE(tanh(Number(0)).contains(0) && tanh(Number(0)).is_point());
  // What underflows may still be rounded to the least subnormal.
  EXPECT_TRUE(exp(Number(-20000)).contains(TypeParam::description.least_subnormal()));
  EXPECT_TRUE(exp(Number(-20000)).contains(0));
  EXPECT_FALSE(exp(Number(-20000)).contains(-TypeParam::description.least_subnormal()));
  EXPECT_TRUE(exp(Number(20000)).contains(infinity));
  EXPECT_TRUE(log(Number::between(-1, 1)).may_be_nan());
  EXPECT_TRUE(log(Number::between(0, 1)).contains(-infinity));
  EXPECT_FALSE(log(Number::between(0, 1)).may_be_nan());
  EXPECT_FALSE(tanh(Number(40)).contains(TypeParam::description.next(1, true)));
  EXPECT_TRUE(tanh(Number(40)).contains(1));
  EXPECT_TRUE(erf(Number(0)).is_point());
  EXPECT_FALSE(erf(Number(-40)).contains(TypeParam::description.next(-1, false)));
  EXPECT_TRUE(erf(Number(-40)).contains(-1));
  EXPECT_TRUE(erf(Number::between(-1, 1, true)).may_be_nan());
}

TEST(Elementary, CertifiedEnclosesAndRefuses) {
  const auto digits = [](const auto& function) {
    return certify([&]() -> std::string {
      const auto text = function().decimal(40);
      if (!text) throw NotEnoughPrecision("digits");
      return *text;
    });
  };
  // e, ln 2 and tanh 1/2 = (e - 1)/(e + 1) in 40 digits (OEIS A001113, A002162).
  EXPECT_EQ(digits([] { return exp(Certified(1)); }), "2.718281828459045235360287471352662497757");
  EXPECT_EQ(digits([] { return log(Certified(2)); }), "0.6931471805599453094172321214581765680755");
  EXPECT_EQ(digits([] { return tanh(Certified(0.5)); }),
            digits([] { return (exp(Certified(1)) - 1) / (exp(Certified(1)) + 1); }));
  EXPECT_TRUE(Certified::identical(exp(Certified(0)), Certified(1)));
  EXPECT_TRUE(Certified::identical(erf(Certified(0)), Certified(0)));
  EXPECT_TRUE(Certified::identical(log(Certified(1)), Certified(0)));
  EXPECT_THROW(log(Certified(0)), std::domain_error);
  EXPECT_THROW(log(Certified(-1)), std::domain_error);
  const Certified tenth = Certified::ratio(1, 10);
  EXPECT_THROW(log(tenth - tenth), NotEnoughPrecision);
}

// By mpmath's erf at 60 digits, rounded to 40.
TEST(Elementary, ErfHasTheKnownDigits) {
  const auto digits = [](double value) {
    return certify([&]() -> std::string {
      const auto text = erf(Certified(value)).decimal(40);
      if (!text) throw NotEnoughPrecision("digits");
      return *text;
    });
  };
  EXPECT_EQ(digits(0.5), "0.5204998778130465376827466538919645287365");
  EXPECT_EQ(digits(-1), "-0.8427007929497148693412206350826092592961");
  EXPECT_EQ(digits(2.5), "0.9995930479825550410604357842600250872797");
  EXPECT_EQ(digits(5), "0.9999999999984625402055719651498116565146");
}

// erf(x) = 2/sqrt(pi) e^(-x^2) (x + 2 x^3/3 + 4 x^5/15 + ...), each term 2 x^2/(2 n + 1) of the
// one before, with positive terms alone: a sum of few is below, and of many not by much.
TEST(Elementary, ErfIsItsSeries) {
  for (const double x : {0x1p-20, 0.25, 1.0, 2.5, 4.0}) {
    EXPECT_TRUE(certify([&] {
      Certified term(x);
      Certified total;
      for (int n = 0; n < 200; ++n) {
        total = total + term;
        term = term * 2 * square(Certified(x)) / (2 * n + 3);
      }
      const Certified factor = 2 / sqrt(certified_pi()) * exp(-square(Certified(x)));
      // From here on each term is less than half of the one before.
      const Certified rest = 2 * factor * term;
      return less(factor * total, erf(Certified(x))) &&
             less(erf(Certified(x)), factor * total + rest);
    })) << x;
  }
}

TEST(Elementary, ErfIsOddAndRisesByItsDensity) {
  for (const double x : {0.125, 0.75, 1.5, 3.0}) {
    const Certified step = Certified::ratio(1, 1L << 40);
    EXPECT_TRUE(certify([&] {
      const Certified density = 2 / sqrt(certified_pi()) * exp(-square(Certified(x)));
      const Certified slope = (erf(Certified(x) + step) - erf(Certified(x) - step)) / (2 * step);
      return less(abs(slope - density), square(step) * 4);
    })) << x;
    EXPECT_TRUE(Certified::identical(centre(erf(Certified(-x))), centre(-erf(Certified(x)))));
  }
}

// An interval's image reaches from below its lower end's value to above its upper end's.
TEST(Elementary, ErfOfAnIntervalHoldsItsMembersImages) {
  EXPECT_TRUE(certify([] {
    const Certified wide = Certified(0.5) + spread(Certified(0.25));
    const Certified image = erf(wide);
    for (const double member : {0.25, 0.3, 0.5, 0.75}) {
      if (Certified::disjoint(image, erf(Certified(member)))) return false;
    }
    return Certified::disjoint(image, erf(Certified(0.2499))) &&
           Certified::disjoint(image, erf(Certified(0.7501)));
  }));
}

TEST(Elementary, TracedAndMutatedNameThem) {
  const Traced x(Symbol{.name = "x"});
  EXPECT_EQ(exp(x).expression().operation, Operation::exp);
  EXPECT_EQ(log(x).expression().operation, Operation::log);
  EXPECT_EQ(tanh(x).expression().operation, Operation::tanh);
  EXPECT_EQ(erf(x).expression().operation, Operation::erf);
  const Mutated<Plain<Binary64>> two(2);
  EXPECT_EQ(exp(two).value().value(), std::exp(2.0));
  EXPECT_EQ(log(two).value().value(), std::log(2.0));
  EXPECT_NEAR(tanh(two).value().value(), std::tanh(2.0), 0x1p-52);
  EXPECT_NEAR(erf(two).value().value(), std::erf(2.0), 0x1p-52);
}

}  // namespace
}  // namespace plumbline
