// Adversary<Format>: one K-budget evaluation, with each rounding as large as it may be.
//
// Computed in the format's wide arithmetic; operation after operation asks the plan which
// way to go: by the whole budget up or down, or not at all. Written from the definition
// (acceptance.md), to test enclosures of it; sums are taken in an order of the plan's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "reference/numbers/format.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline {

/// What the roundings of an evaluation do, by their place in it.
struct RoundingPlan {
  std::vector<double> directions;  ///< in [-1, 1]; past its end there is `otherwise`
  double otherwise = 0;
  std::size_t position = 0;  ///< how many roundings there have been
  bool random = false;       ///< random directions, orders of sums and fused products
  std::uint64_t state = 1;

  std::uint64_t word() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 16;
  }
  double next() {
    const std::size_t place = position++;
    if (random) {
      const std::uint64_t outcome = word() % 8;
      return outcome < 3 ? -1 : outcome < 6 ? 1 : outcome == 6 ? 0 : 0.5;
    }
    return place < directions.size() ? directions[place] : otherwise;
  }
};

inline RoundingPlan& rounding_plan() {
  thread_local RoundingPlan plan;
  return plan;
}

template <class Format>
class Adversary {
 public:
  using Wide = typename Format::Wide;
  Adversary() = default;
  Adversary(double value) : value_(value), held_(Format::description.holds(value)) {}
  Adversary(int value) : Adversary(static_cast<double>(value)) {}
  Wide value() const { return value_; }

  friend Adversary operator-(const Adversary& value) {
    Adversary result = value;
    result.value_ = -value.value_;
    return result;
  }
  friend Adversary operator+(const Adversary& left, const Adversary& right) {
    if (left.value_ == 0) return right.copied();
    if (right.value_ == 0) return left.copied();
    return moved(left.value_ + right.value_);
  }
  friend Adversary operator-(const Adversary& left, const Adversary& right) {
    return left + (-right);
  }
  friend Adversary operator*(const Adversary& left, const Adversary& right) {
    if (left.value_ == 1) return right.copied();
    if (right.value_ == 1) return left.copied();
    if (left.value_ == -1) return -right.copied();
    if (right.value_ == -1) return -left.copied();
    return moved(left.value_ * right.value_);
  }
  friend Adversary operator/(const Adversary& left, const Adversary& right) {
    if (right.value_ == 1) return left.copied();
    if (right.value_ == -1) return -left.copied();
    return moved(left.value_ / right.value_);
  }
  friend Adversary square(const Adversary& value) { return value * value; }
  friend Adversary sqrt(const Adversary& value) {
    if (value.value_ == 1) return value;
    return moved(wide_sqrt(value.value_));
  }
  friend Adversary abs(const Adversary& value) { return value.value_ < 0 ? -value : value; }
  friend Adversary max(const Adversary& left, const Adversary& right) {
    return left.value_ < right.value_ ? right : left;
  }
  friend Adversary min(const Adversary& left, const Adversary& right) {
    return right.value_ < left.value_ ? right : left;
  }
  friend Adversary sum(std::span<const Adversary> terms) {
    std::vector<Adversary> left(terms.begin(), terms.end());
    if (left.empty()) return Adversary();
    while (left.size() > 1) {  // any two of them, until one is left
      std::size_t chosen = 1;
      if (rounding_plan().random) {
        std::swap(left[0], left[rounding_plan().word() % left.size()]);
        chosen = 1 + rounding_plan().word() % (left.size() - 1);
      }
      left[0] = left[0] + left[chosen];
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
    return left[0];
  }
  static Adversary inner_product(std::span<const Adversary> left,
                                 std::span<const Adversary> right) {
    std::vector<Adversary> products;
    for (std::size_t index = 0; index < left.size(); ++index) {
      const bool fused = rounding_plan().random && rounding_plan().word() % 2 == 0;
      products.push_back(fused ? exactly(left[index].value_ * right[index].value_)
                               : left[index] * right[index]);
    }
    return sum(std::span<const Adversary>(products));
  }

 private:
  Wide value_ = 0;
  bool held_ = true;  // given as a value of the format, or a result

  static Adversary exactly(Wide value) {
    Adversary result;
    result.value_ = value;
    return result;
  }
  /// Copied by an operation: a result stays, a given number is rounded to the format.
  Adversary copied() const { return held_ ? *this : moved(value_); }
  static Adversary moved(Wide result) {
    if (result == 0) return exactly(result);
    const Wide magnitude = result < 0 ? -result : result;
    const Wide bound =
        Wide(rounding_model().budget) * (Wide(Format::description.unit_roundoff()) * magnitude +
                                         Wide(Format::description.least_subnormal()));
    const Wide there = result + Wide(rounding_plan().next()) * bound;
    const bool crosses = (result > 0) != (there > 0);
    return exactly(crosses ? Wide(0) : there);
  }
};

}  // namespace plumbline
