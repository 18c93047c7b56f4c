// Where min(t/w, (1 + cos(pi (t-w)/(T-w)))/2) is linear warmup followed by a cosine: the
// condition proved in reference/schedules/linear_warmup_cosine.cpp, on both of its sides.
#include <gtest/gtest.h>

#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

/// The first step at which the two forms certainly differ, or -1 where they never do.
long first_difference(long warmup, long length) {
  Certified::set_precision(256);
  const Schedule& schedule = *find_schedule("linear_warmup_cosine");
  const std::vector<double> hyperparameters{0.75, static_cast<double>(warmup),
                                            static_cast<double>(warmup + length), 0};
  std::vector<long> steps;
  for (long step = 0; step <= warmup + 3 * length; ++step) steps.push_back(step);
  const auto values = [&](std::string_view dialect) {
    return schedule.values<Certified>(
        hyperparameters, find_dialect(schedule.dialects, dialect)->choices, Access::direct, steps);
  };
  const auto pieces = values("piecewise");
  const auto minimum = values("literal_minimum");
  for (std::size_t index = 0; index < steps.size(); ++index) {
    if (Certified::disjoint(pieces[index], minimum[index])) return steps[index];
  }
  return -1;
}

Certified sine(const Certified& angle) {
  return cos(angle - certified_pi() / 2);
}

/// sin^2(x)/x <= 2L/(pi w) with x = pi u/(2L), decided by enclosures.
bool condition_holds(long before, long warmup, long length) {
  const Certified height = square(sine(certified_pi() * Certified::ratio(before, 2 * length)));
  const Certified line = Certified::ratio(before, warmup);
  return !Certified::disjoint(line, height) || less(height, line);  // they meet, or it is below
}

/// 2/(pi M), from the zero of 2x cos(x) - sin(x) next to 1.1655.
Certified bound() {
  double low = 1.1, high = 1.2;
  for (int halving = 0; halving < 40; ++halving) {
    const double middle = (low + high) / 2;
    const Certified x(middle);
    (less(sine(x), 2 * x * cos(x)) ? low : high) = middle;
  }
  // M is the greatest value of f, hence at least f(low); and f rises by at most f' times the gap.
  const Certified x(low);
  return 2 / (certified_pi() * (square(sine(x)) / x));
}

TEST(LiteralMinimum, BoundIsWhatTheProofSays) {
  Certified::set_precision(256);
  EXPECT_GT(bound().lower(), 0.8785);
  EXPECT_LT(bound().upper(), 0.8786);
}

TEST(LiteralMinimum, IsPiecewiseUpToTheBound) {
  EXPECT_EQ(first_difference(50, 100), -1);
  EXPECT_EQ(first_difference(87, 100), -1);
  EXPECT_EQ(first_difference(439, 500), -1);  // 0.878
}

TEST(LiteralMinimum, DiffersPastTheBound) {
  EXPECT_GE(first_difference(88, 100), 0);
  EXPECT_LT(first_difference(88, 100), 88);
  EXPECT_GE(first_difference(440, 500), 0);  // 0.88
  EXPECT_GE(first_difference(101, 100), 0);
}

TEST(LiteralMinimum, DiffersExactlyWhereTheConditionFails) {
  Certified::set_precision(256);
  const double greatest_ratio = bound().lower();
  int same = 0, different = 0;
  for (long length = 1; length <= 24; ++length) {
    for (long warmup = 1; warmup <= 2 * length; ++warmup) {
      bool holds = true;
      for (long before = 1; before < warmup; ++before) {
        holds = holds && condition_holds(before, warmup, length);
      }
      // u = w is t = 0, where t/w = 0 is below the cosine whatever the lengths.
      EXPECT_EQ(first_difference(warmup, length) == -1, holds) << warmup << " " << length;
      const double ratio = static_cast<double>(warmup) / static_cast<double>(length);
      // What the bound promises for all u, whole or not; and u = L.
      EXPECT_TRUE(holds || ratio > greatest_ratio) << warmup << " " << length;
      EXPECT_FALSE(holds && warmup > length) << warmup << " " << length;
      ++(holds ? same : different);
    }
  }
  EXPECT_GT(same, 100);
  EXPECT_GT(different, 100);
}

}  // namespace
}  // namespace plumbline
