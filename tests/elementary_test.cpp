// exp, log and tanh on every kind of number, against MPFR.
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
    if (x > 0) check(log(Number(x)), log(Plain<TypeParam>(x)));
    // Rising: an interval's image holds its members' images.
    using Wide = typename TypeParam::Wide;
    const double other = format.round(x + unit);
    const Number between = Number::between(Wide(std::min(x, other)), Wide(std::max(x, other)));
    for (const double member : {x, other, format.round((x + other) / 2)}) {
      ASSERT_TRUE(exp(between).contains(exp(Plain<TypeParam>(member)).value()));
      ASSERT_TRUE(tanh(between).contains(tanh(Plain<TypeParam>(member)).value()));
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
  EXPECT_TRUE(Certified::identical(log(Certified(1)), Certified(0)));
  EXPECT_THROW(log(Certified(0)), std::domain_error);
  EXPECT_THROW(log(Certified(-1)), std::domain_error);
  const Certified tenth = Certified::ratio(1, 10);
  EXPECT_THROW(log(tenth - tenth), NotEnoughPrecision);
}

TEST(Elementary, TracedAndMutatedNameThem) {
  const Traced x(Symbol{.name = "x"});
  EXPECT_EQ(exp(x).expression().operation, Operation::exp);
  EXPECT_EQ(log(x).expression().operation, Operation::log);
  EXPECT_EQ(tanh(x).expression().operation, Operation::tanh);
  const Mutated<Plain<Binary64>> two(2);
  EXPECT_EQ(exp(two).value().value(), std::exp(2.0));
  EXPECT_EQ(log(two).value().value(), std::log(2.0));
  EXPECT_NEAR(tanh(two).value().value(), std::tanh(2.0), 0x1p-52);
}

}  // namespace
}  // namespace plumbline
