// What a sampler gave against one convention of drawing and of cutting into batches.
#pragma once

#include <optional>
#include <vector>

#include "conformance/cases/sampling_case.hpp"
#include "conformance/judge/comparison.hpp"

namespace plumbline::conformance {

/// [batch][place]: indices into the population.
using IndexBatches = std::vector<std::vector<long>>;

struct SamplingRecording : Ended {
  std::vector<IndexBatches> by_seed;  ///< in the order of the case's seeds
  std::optional<IndexBatches> again;  ///< the first seed's, asked for a second time
};

/// First what must be so in any case: batches as many as were asked for, of the convention's
/// sizes, with indices of the population; epochs that hold no index twice (and so, where
/// nothing is dropped, are partitions); the same seed, the same batches. Then what an ideal
/// generator gives but for an error probability of `false_alarms_per_case` (tail_bounds.hpp):
/// how often each index is in each batch of an epoch, each pair in one batch or in batches
/// that follow each other, and how often batches of successive epochs share no index. The
/// order inside a batch is nobody's business, so nothing depends on it; but where batches run
/// on over an epoch's end, it is the order that says where that is.
Comparison compare_sampling(const SamplingCase& test_case, const SamplingRecording& recording,
                            Batches convention);

}  // namespace plumbline::conformance
