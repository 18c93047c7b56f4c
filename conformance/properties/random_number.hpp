// Random numbers that are the same on every machine.
#pragma once

#include <cstdint>
#include <random>

namespace plumbline::conformance {

/// A whole number from `least` to `greatest`, both included.
inline long between(std::mt19937_64& random, long least, long greatest) {
  return least + static_cast<long>(random() % static_cast<std::uint64_t>(greatest - least + 1));
}

}  // namespace plumbline::conformance
