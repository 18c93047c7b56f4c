// The moving mean's acceptance: every form in use is inside, also where one gives NaN.
#include "reference/numbers/moving_mean.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "reference/numbers/rounded.hpp"

namespace plumbline {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

Rounded<Binary32> accepted(double beta, float mean, float value) {
  return moving_mean<Binary32>(Rounded<Binary32Scalar>(beta), Rounded<Binary32>(mean),
                               Rounded<Binary32>(value));
}

float as_written(float beta, float mean, float value) {
  return beta * mean + (1 - beta) * value;
}
/// TensorFlow's kernels.
float interpolated(float beta, float mean, float value) {
  return mean + (1 - beta) * (value - mean);
}
/// PyTorch's lerp_.
float interpolated_from_the_nearer_side(float beta, float mean, float value) {
  return 1 - beta < 0.5F ? interpolated(beta, mean, value) : value - beta * (value - mean);
}

TEST(MovingMean, HoldsEveryFormAlsoBeyondTheRange) {
  const float largest = std::numeric_limits<float>::max();
  for (const float beta : {0.0F, 0.125F, 0.5F, 0.875F}) {
    for (const float mean : {0.0F, 1.0F, -3.0F, largest, -largest, infinity, -infinity}) {
      for (const float value : {0.0F, 1.0F, -7.0F, largest, -largest, infinity, -infinity}) {
        const auto acceptance = accepted(beta, mean, value);
        EXPECT_TRUE(acceptance.contains(as_written(beta, mean, value)))
            << beta << " " << mean << " " << value;
        EXPECT_TRUE(acceptance.contains(interpolated(beta, mean, value)))
            << beta << " " << mean << " " << value;
        EXPECT_TRUE(acceptance.contains(interpolated_from_the_nearer_side(beta, mean, value)))
            << beta << " " << mean << " " << value;
      }
    }
  }
}

// A false alarm once: adam with beta1 < 1/2 and an infinite gradient, by PyTorch's lerp_.
TEST(MovingMean, MayBeNaNWhereTheFarSideSubtractsInfinities) {
  EXPECT_TRUE(accepted(0.25, 1, infinity).contains(std::nan("")));
  EXPECT_TRUE(accepted(0.25, 1, infinity).contains(infinity));
  EXPECT_FALSE(accepted(0.25, 1, infinity).contains(2));
  // Nobody takes the far side here.
  EXPECT_FALSE(accepted(0.75, 1, infinity).contains(std::nan("")));
}

TEST(MovingMean, IsNoWiderForFiniteValues) {
  const Rounded<Binary32Scalar> beta(0.25);
  const Rounded<Binary32> mean(1.5), value(-0.375);
  const auto both = hull(beta * mean + (1 - beta) * value, mean + (1 - beta) * (value - mean));
  EXPECT_EQ(accepted(0.25, 1.5F, -0.375F).lower(), both.lower());
  EXPECT_EQ(accepted(0.25, 1.5F, -0.375F).upper(), both.upper());
  EXPECT_FALSE(accepted(0.25, 1.5F, -0.375F).may_be_nan());
}

}  // namespace
}  // namespace plumbline
