// The mean of e^(-A s) over s from 0 to 1, on every kind of number.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "reference/tensors/matrix_functions.hpp"

namespace plumbline {
namespace {

constexpr std::array<double, 9> indefinite{2, 0.5, -1, 0.5, -0.75, 0.25, -1, 0.25, 1};

template <class Number>
Array<Number> matrix_of(std::span<const double> values, double scale = 1) {
  const auto size = std::lround(std::sqrt(static_cast<double>(values.size())));
  std::vector<Number> elements;
  for (const double value : values) elements.emplace_back(value * scale);
  return {{size, size}, std::move(elements)};
}

/// Forty digits of each element, which all enclosures must fix.
std::vector<std::string> digits(const std::function<Array<Certified>()>& computation) {
  return certify([&] {
    const Array<Certified> result = computation();
    std::vector<std::string> texts;
    for (const Certified& element : result.elements()) {
      const auto text = element.decimal(40);
      if (!text) throw NotEnoughPrecision("digits");
      texts.push_back(*text);
    }
    return texts;
  });
}

TEST(MeanDecay, OfAScalarIsTheQuotient) {
  for (const double z : {3.0, 0.75, -2.5, 0x1p-3, -0x1p-20}) {
    EXPECT_EQ(digits([&] { return mean_decay(matrix_of<Certified>(std::array{z})); }),
              digits([&] { return Array<Certified>((1 - exp(Certified(-z))) / Certified(z)); }))
        << z;
  }
  EXPECT_EQ(digits([] { return mean_decay(matrix_of<Certified>(std::array{0.0})); }),
            digits([] { return Array<Certified>(1); }));
}

// e^(-2A) = (e^-A)^2: with phi the mean decay, phi(2A) = (phi(A) + phi(A) (I - A phi(A)))/2.
TEST(MeanDecay, OfTwiceTheMatrixFollowsFromItsOwn) {
  EXPECT_EQ(digits([] { return mean_decay(matrix_of<Certified>(indefinite, 2)); }), digits([] {
              const auto matrix = matrix_of<Certified>(indefinite);
              const auto once = mean_decay(matrix);
              const auto later = identity_like(matrix) - matrix_product(matrix, once);
              return (once + matrix_product(once, later)) / Array<Certified>(2);
            }));
}

TEST(MeanDecay, OfASingularMatrixNeedsNoInverse) {
  // Ones everywhere: eigenvalue 2 along (1, 1), else 0.
  const std::array<double, 4> ones{1, 1, 1, 1};
  EXPECT_EQ(digits([&] { return mean_decay(matrix_of<Certified>(ones)); }), digits([] {
              const Certified along = (1 - exp(Certified(-2))) / 2;
              const Certified same = (along + 1) / 2;
              const Certified other = (along - 1) / 2;
              return Array<Certified>({2, 2}, {same, other, other, same});
            }));
}

template <class Format>
class MeanDecayIn : public testing::Test {};
using Formats = testing::Types<Binary64, Binary32, BFloat16, Binary16>;
TYPED_TEST_SUITE(MeanDecayIn, Formats);

TYPED_TEST(MeanDecayIn, AcceptsThePlainResultAndLittleMore) {
  for (const double scale : {0.0, 0x1p-12, 0.125, 1.0, 4.0}) {
    const FirstOrderScope scope{};
    const auto accepted = mean_decay(matrix_of<FirstOrder<TypeParam>>(indefinite, scale));
    const auto plain = mean_decay(matrix_of<Plain<TypeParam>>(indefinite, scale));
    double largest = 0;
    for (const auto& element : plain.elements()) {
      largest = std::max(largest, std::abs(element.value()));
    }
    // K n u for the result, and the steepest slope times K n u for the operand.
    const double slope = std::exp(1.3 * scale) * 3 * scale;
    const double most = 2 * 3 * 4 * (largest + slope) * TypeParam::description.unit_roundoff();
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const auto& range = as_rounded(accepted[i]);
      EXPECT_TRUE(range.contains(plain[i].value())) << scale << " " << i;
      EXPECT_FALSE(range.contains(plain[i].value() + 4 * most)) << scale << " " << i;
    }
  }
}

TYPED_TEST(MeanDecayIn, HoldsWhatAnyMatrixOfTheEnclosureGives) {
  using Number = FirstOrder<TypeParam>;
  const FirstOrderScope scope{};
  std::vector<Number> elements;
  for (const double value : indefinite) {
    elements.emplace_back(Rounded<TypeParam>::between(value - 0.125, value + 0.125));
  }
  const auto accepted = mean_decay(Array<Number>({3, 3}, std::move(elements)));
  for (const double off : {-0.125, 0.0, 0.125}) {
    std::array<double, 9> moved = indefinite;
    for (double& value : moved) value += off;
    const auto plain = mean_decay(matrix_of<Plain<TypeParam>>(moved));
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_TRUE(as_rounded(accepted[i]).contains(plain[i].value())) << off << " " << i;
    }
  }
}

}  // namespace
}  // namespace plumbline
