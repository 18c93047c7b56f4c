// The acceptance of a moving mean beyond the format's range: every form of it in use is
// inside, also where one of them gives NaN and the others don't.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "reference/numbers/moving_mean.hpp"
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

TEST(MovingMeanBeyondRange, HoldsEveryFormAlsoBeyondTheRange) {
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
TEST(MovingMeanBeyondRange, MayBeNaNWhereTheFarSideSubtractsInfinities) {
  EXPECT_TRUE(accepted(0.25, 1, infinity).contains(std::nan("")));
  EXPECT_TRUE(accepted(0.25, 1, infinity).contains(infinity));
  EXPECT_FALSE(accepted(0.25, 1, infinity).contains(2));
  // Nobody takes the far side here.
  EXPECT_FALSE(accepted(0.75, 1, infinity).contains(std::nan("")));
}

// Only there: finite values leave no room for NaN, whatever beta.
TEST(MovingMeanBeyondRange, IsNotReachedByFiniteValues) {
  for (const double beta : {0.0, 0.25, 0.5}) {
    const auto acceptance = accepted(beta, 1.5F, -0.375F);
    EXPECT_TRUE(acceptance.is_finite());
    EXPECT_FALSE(acceptance.may_be_nan());
    EXPECT_LT(acceptance.upper() - acceptance.lower(), 0x1p-19);
  }
}

}  // namespace
}  // namespace plumbline
