// The cases of samplings: populations, batch sizes and seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct SamplingCase {
  const Sampling* sampling = nullptr;
  std::string id;
  std::string purpose;
  long population = 0;
  long batch_size = 0;
  long batches = 0;  ///< asked for with each seed
  std::vector<std::uint64_t> seeds;
  /// Ask for the first seed again at the end: it must give the same.
  bool repeats = true;

  /// Batches in all, but for those that are asked for again.
  long steps() const { return batches * static_cast<long>(seeds.size()); }
};

std::vector<SamplingCase> sampling_cases_for(const Sampling& sampling, std::uint64_t seed);

}  // namespace plumbline::conformance
