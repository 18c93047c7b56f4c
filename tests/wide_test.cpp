// The questions that are answered by a quadruple's bits, against the comparisons themselves.
#include "reference/numbers/wide.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace plumbline {
namespace {

std::vector<Quadruple> values_of_each_kind() {
  std::vector<Quadruple> values{0,         1,        1.5,
                                0x1p-1074, 0x1p1023, std::numeric_limits<double>::infinity()};
  const Quadruple beyond_double = Quadruple(0x1p1023) * Quadruple(0x1p1023);
  values.insert(values.end(), {beyond_double, 1 / beyond_double, 1 + Quadruple(0x1p-112),
                               std::numeric_limits<double>::max()});
  const std::size_t count = values.size();
  for (std::size_t index = 0; index < count; ++index) values.push_back(-values[index]);
  return values;
}

TEST(Quadruples, AreJudgedByTheirBitsAsByComparison) {
  const Quadruple infinity = std::numeric_limits<double>::infinity();
  for (const Quadruple value : values_of_each_kind()) {
    const auto shown = static_cast<double>(value);
    EXPECT_EQ(is_negative(value), value < 0) << shown;
    EXPECT_EQ(is_positive(value), value > 0) << shown;
    EXPECT_EQ(is_finite(value), value > -infinity && value < infinity) << shown;
    EXPECT_TRUE(magnitude_of(value) == (value < 0 ? -value : value)) << shown;
    for (const Quadruple other : values_of_each_kind()) {
      EXPECT_EQ(is_equal(value, other), value == other) << shown;
      if (other < 0) continue;
      EXPECT_EQ(is_beyond(value, magnitude_of(other)), value > other || -value > other) << shown;
    }
  }
}

}  // namespace
}  // namespace plumbline
