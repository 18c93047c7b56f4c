// The built-in subject's sampler, and its mutants.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/subject/subject.hpp"
#include "reference/sampling.hpp"

namespace plumbline::conformance {

/// What a sampler's mutants remember from call to call.
struct SamplerMemory {
  std::uint64_t calls = 0;
};

/// The batches of a request; `mutant` is empty, or a name of `written_mutants_of(Sampling)`.
std::vector<std::vector<long>> sample_batches(const SampleRequest& request, Batches convention,
                                              std::string_view mutant, SamplerMemory& memory);

}  // namespace plumbline::conformance
