// The acceptance of a moving mean: both forms of it stay inside, with any rounding, and
// the interval does not grow along a trajectory.
#include "reference/numbers/moving_mean.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "conformance/cases/case.hpp"
#include "conformance/judge/acceptance.hpp"
#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

using Number = Plain<Binary32>;
using Scalar32 = Scalar<Number>;

class NoisyRounding {
 public:
  explicit NoisyRounding(std::uint64_t seed) { rounding_noise() = {true, seed}; }
  ~NoisyRounding() { rounding_noise() = {}; }
  NoisyRounding(const NoisyRounding&) = delete;
  NoisyRounding& operator=(const NoisyRounding&) = delete;
};

Number weighted(Scalar32 beta, Number mean, Number value) {
  return beta * mean + (1 - beta) * value;
}
Number interpolated(Scalar32 beta, Number mean, Number value) {
  return mean + (1 - beta) * (value - mean);
}

RC_GTEST_PROP(MovingMean, HoldsBothFormsWithAnyRounding, (std::uint64_t seed)) {
  const NoisyRounding noise(seed);
  const double beta = *rc::gen::element(0.0, 0.1, 0.5, 0.9, 0.999, 0.9999);
  const int exponent = *rc::gen::inRange(-120, 60);
  const bool one_sign = *rc::gen::arbitrary<bool>();
  Number by_weights, by_interpolation;
  Rounded<Binary32> accepted;
  for (int step = 0; step < 60; ++step) {
    const int whole = *rc::gen::inRange(one_sign ? 0 : -255, 256);
    const double value = std::ldexp(whole, exponent);
    by_weights = weighted(beta, by_weights, value);
    by_interpolation = interpolated(beta, by_interpolation, value);
    accepted =
        moving_mean<Binary32>(Rounded<Binary32Scalar>(beta), accepted, Rounded<Binary32>(value));
    RC_ASSERT(accepted.contains(by_weights.value()));
    RC_ASSERT(accepted.contains(by_interpolation.value()));
  }
}

TEST(MovingMean, OfZerosIsZero) {
  Rounded<Binary64> mean;
  for (int step = 0; step < 3; ++step) {
    mean = moving_mean<Binary64>(Rounded<Binary64Scalar>(0.9), mean, Rounded<Binary64>(0));
  }
  EXPECT_TRUE(mean.is_point());
  EXPECT_EQ(static_cast<double>(mean.lower()), 0);
}

TEST(MovingMean, OfSquaresIsNotNegative) {
  Rounded<Binary64> mean;
  for (const double value : {3.0, 0.0, 0.0, 1e-300, 0.0}) {
    mean = moving_mean<Binary64>(Rounded<Binary64Scalar>(0.5), mean, Rounded<Binary64>(value));
    EXPECT_GE(static_cast<double>(mean.lower()), 0);
  }
}

// A radius that grows without bound accepts everything: over a thousand steps it must stay
// near what rounding can do. Polyak's form is left out: its two-term recursion is known to
// widen (acceptance.md, step by step).
TEST(Acceptance, StaysNarrowOverAThousandSteps) {
  using namespace conformance;
  const SubjectFormat format = find_format("binary64").value();
  for (const Rule& rule : all_rules()) {
    if (rule.unit != Unit::element) continue;
    for (const Case& test_case : cases_for(rule, 1)) {
      if (test_case.steps() < 1000) continue;
      for (const Dialect& dialect : rule.dialects) {
        if (dialect.name.find("polyak") != std::string_view::npos) continue;
        if (!applies(test_case, dialect)) continue;
        const auto accepted = acceptances(test_case, {dialect.choices, Held::exactly}, format);
        ASSERT_TRUE(accepted) << test_case.id;
        for (const ParameterAcceptance& parameter : *accepted) {
          for (const Acceptance& last : parameter.values.back()) {
            const double size = std::max(1.0, std::abs(static_cast<double>(last.upper)));
            EXPECT_LT(static_cast<double>(last.width()), 1e-10 * size)
                << test_case.id << " " << dialect.name;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
