// The built-in subject's random numbers: SplitMix64 (Steele, Lea and Flood 2014), seeded by
// the mixed seed so that neighbouring seeds share nothing.
#pragma once

#include <cstdint>

#include "conformance/cases/stream.hpp"

namespace plumbline::conformance {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(mix(mix(seed) ^ 0x706c756d626c696eULL)) {}

  std::uint64_t word() {
    const std::uint64_t word = mix(state_);
    state_ += 0x9e3779b97f4a7c15ULL;
    return word;
  }

  /// Uniform on 0..count - 1: words past the last multiple of `count` are drawn again.
  long below(long count) {
    const auto n = static_cast<std::uint64_t>(count);
    const std::uint64_t rest = (UINT64_MAX % n + 1) % n;  // 2^64 mod n
    for (;;) {
      const std::uint64_t drawn = word();
      if (rest == 0 || drawn <= UINT64_MAX - rest) return static_cast<long>(drawn % n);
    }
  }

  /// Uniform on (0, 1): the midpoints of 2^52 equal parts.
  double uniform() { return (static_cast<double>(word() >> 12) + 0.5) * 0x1p-52; }

 private:
  std::uint64_t state_;
};

}  // namespace plumbline::conformance
