// A stream of batches cut into what is drawn without an index twice: its epochs.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/sampling_comparison.hpp"

namespace plumbline::conformance {

/// The size of batch number `index`, counted from 0.
long expected_size(const SamplingCase& test_case, Batches convention, long index);

/// How many indices an epoch gives, or a batch where there are no epochs.
long epoch_length(const SamplingCase& test_case, Batches convention);

/// The indices of a stream of batches by epoch; the last epoch may be unfinished.
std::vector<std::vector<long>> epochs_of(const IndexBatches& batches, long length);

/// How often something that has a known chance was seen.
struct SeenCount {
  double count = 0;
  double trials = 0;
  double chance = 0;
  enum class What {
    in_batch,        ///< index `first` in batch `second` of an epoch
    in_epoch,        ///< index `first` anywhere in an epoch
    together,        ///< indices `first` and `second` in one batch
    following,       ///< index `second` in the batch after that of `first`
    disjoint,        ///< batch `first` of an epoch and batch `second` of the one before
    drawn,           ///< index `first` among all draws
    without_repeat,  ///< batches that hold no index twice
  } what = What::in_batch;
  long first = 0, second = 0;

  std::string text() const;
};

/// Counts of finished epochs of this length, each drawn without replacement. Every chance is
/// that of a uniform order, and each count a binomial one: what is counted in an epoch, or
/// in one given the one before, has the same chance whatever the epochs before were.
std::vector<SeenCount> counts_without_replacement(const std::vector<std::vector<long>>& epochs,
                                                  long population, long batch_size);

/// The same of batches whose indices are all independent; `batches` of one size.
std::vector<SeenCount> counts_with_replacement(const std::vector<std::vector<long>>& batches,
                                               long population);

}  // namespace plumbline::conformance
