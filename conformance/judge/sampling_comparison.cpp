#include "conformance/judge/sampling_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "conformance/judge/epochs.hpp"
#include "conformance/judge/tail_bounds.hpp"

namespace plumbline::conformance {
namespace {

/// One convention held against all that a case gave; the first thing that it can't explain
/// becomes the deviation.
class SamplingJudge {
 public:
  SamplingJudge(const SamplingCase& test_case, Batches convention)
      : case_(test_case), convention_(convention) {}

  Comparison judge(const SamplingRecording& recording) {
    for (const IndexBatches& batches : recording.by_seed) check_form(batches);
    check_seeds(recording);
    if (total_.deviation) return total_;
    if (case_.sampling->replacement) {
      count_batches(recording);
    } else {
      count_epochs(recording);
    }
    return total_;
  }

 private:
  const SamplingCase& case_;
  Batches convention_;
  Comparison total_;

  /// `batch` counts from 0.
  void fail(std::string quantity, double value, double lower, double upper, long batch = -1,
            double radii = std::numeric_limits<double>::infinity(), std::string note = {}) {
    if (total_.deviation) return;
    total_.deviation = Deviation{.test_case = case_.id,
                                 .step = batch + 1,
                                 .quantity = std::move(quantity),
                                 .comparison = "value",
                                 .value = value,
                                 .lower = lower,
                                 .upper = upper,
                                 .radii = radii,
                                 .note = std::move(note)};
  }

  void check_form(const IndexBatches& batches) {
    const auto wanted = static_cast<double>(case_.batches);
    if (static_cast<long>(batches.size()) != case_.batches) {
      fail("number of batches", static_cast<double>(batches.size()), wanted, wanted);
      return;
    }
    const auto last = static_cast<double>(case_.population - 1);
    for (long number = 0; number < case_.batches; ++number) {
      const std::vector<long>& batch = batches[static_cast<std::size_t>(number)];
      const auto size = static_cast<double>(expected_size(case_, convention_, number));
      if (static_cast<double>(batch.size()) != size) {
        fail("batch size", static_cast<double>(batch.size()), size, size, number);
      }
      for (const long index : batch) {
        if (index >= 0 && index < case_.population) continue;
        fail("index", static_cast<double>(index), 0, last, number);
      }
      if (total_.deviation) return;
    }
    if (!case_.sampling->replacement) check_epochs(batches);
  }

  void check_epochs(const IndexBatches& batches) {
    long epoch_number = 0;
    for (std::vector<long> epoch : epochs_of(batches, epoch_length(case_, convention_))) {
      ++epoch_number;
      std::ranges::sort(epoch);
      const auto twice = std::ranges::adjacent_find(epoch);
      if (twice == epoch.end()) continue;
      const std::string_view whole = convention_ == Batches::independent ? "batch" : "epoch";
      fail(fmt::format("index {} twice in {} {}", *twice, whole, epoch_number), 2, 0, 1);
      return;
    }
  }

  /// Two seeds give the same by chance with a probability below N^-(number of epochs); that
  /// is asked only where it is below e^-60, and not of whole batches, which are all the same
  /// set.
  void check_seeds(const SamplingRecording& recording) {
    if (total_.deviation) return;
    const auto changed = [](const IndexBatches& one, const IndexBatches& other) {
      double count = 0;
      for (std::size_t place = 0; place < std::min(one.size(), other.size()); ++place) {
        if (one[place] != other[place]) ++count;
      }
      return count;
    };
    if (recording.again && *recording.again != recording.by_seed.front()) {
      fail(fmt::format("batches that are others when seed {} is given again", case_.seeds.front()),
           changed(*recording.again, recording.by_seed.front()), 0, 0);
    }
    if (case_.batch_size == case_.population && !case_.sampling->replacement) return;
    const double epochs =
        std::floor(static_cast<double>(case_.batches) * static_cast<double>(case_.batch_size) /
                   static_cast<double>(case_.population)) -
        1;
    if (epochs * std::log(static_cast<double>(case_.population)) < 60) return;
    for (std::size_t place = 1; place < recording.by_seed.size(); ++place) {
      if (recording.by_seed[place] != recording.by_seed[place - 1]) continue;
      fail(fmt::format("batches that differ between seeds {} and {}", case_.seeds[place - 1],
                       case_.seeds[place]),
           0, 1, static_cast<double>(case_.batches));
    }
  }

  void count_epochs(const SamplingRecording& recording) {
    std::vector<std::vector<long>> finished;
    const long length = epoch_length(case_, convention_);
    for (const IndexBatches& batches : recording.by_seed) {
      for (std::vector<long>& epoch : epochs_of(batches, length)) {
        if (static_cast<long>(epoch.size()) == length) finished.push_back(std::move(epoch));
      }
    }
    hold(counts_without_replacement(finished, case_.population, case_.batch_size));
  }

  void count_batches(const SamplingRecording& recording) {
    IndexBatches whole;
    for (const IndexBatches& batches : recording.by_seed) {
      std::ranges::copy_if(batches, std::back_inserter(whole), [&](const std::vector<long>& batch) {
        return static_cast<long>(batch.size()) == case_.batch_size;
      });
    }
    hold(counts_with_replacement(whole, case_.population));
  }

  void hold(const std::vector<SeenCount>& counts) {
    const double limit = tail_limit(counts.size());
    for (const SeenCount& seen : counts) {
      const CountBound bound{seen.trials, seen.chance, limit};
      const double share = bound.share(seen.count);
      if (share > 1) {
        fail(seen.text(), seen.count, std::ceil(bound.lower()), std::floor(bound.upper()), -1,
             share, chance_note());
        return;
      }
      total_.budget_used = std::max(total_.budget_used, share);
    }
  }
};

}  // namespace

Comparison compare_sampling(const SamplingCase& test_case, const SamplingRecording& recording,
                            Batches convention) {
  return SamplingJudge(test_case, convention).judge(recording);
}

}  // namespace plumbline::conformance
