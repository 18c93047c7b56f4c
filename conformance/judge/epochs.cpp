#include "conformance/judge/epochs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {
namespace {

using What = SeenCount::What;

/// A table of counts, [first][second].
class Table {
 public:
  Table(long rows, long columns)
      : columns_(columns), counts_(static_cast<std::size_t>(rows * columns)) {}
  double& at(long row, long column) {
    return counts_[static_cast<std::size_t>(row * columns_ + column)];
  }

 private:
  long columns_;
  std::vector<double> counts_;
};

/// The sizes of the batches that an epoch of this length is cut into.
std::vector<long> sizes_of(long length, long batch_size) {
  std::vector<long> sizes(static_cast<std::size_t>(length / batch_size), batch_size);
  if (length % batch_size != 0) sizes.push_back(length % batch_size);
  return sizes;
}

/// The chance that `second` of N indices, drawn without replacement, hold none of `first`
/// given ones: C(N - first, second)/C(N, second).
double chance_of_none(long population, long first, long second) {
  double chance = 1;
  for (long drawn = 0; drawn < second; ++drawn) {
    chance *= static_cast<double>(std::max(0L, population - first - drawn)) /
              static_cast<double>(population - drawn);
  }
  return chance;
}

/// Each index's batch in an epoch; -1 where it is in none.
std::vector<long> batch_by_index(const std::vector<long>& epoch, long population, long batch_size) {
  std::vector<long> batch_of(static_cast<std::size_t>(population), -1);
  for (std::size_t place = 0; place < epoch.size(); ++place) {
    batch_of[static_cast<std::size_t>(epoch[place])] = static_cast<long>(place) / batch_size;
  }
  return batch_of;
}

/// Adds the counts that can go either way.
void append(std::vector<SeenCount>& counts, const SeenCount& count) {
  if (count.trials > 0 && count.chance > 0 && count.chance < 1) counts.push_back(count);
}

}  // namespace

std::string SeenCount::text() const {
  switch (what) {
    case What::in_batch:
      return fmt::format("index {} in batch {} of {:.0f} epochs", first, second, trials);
    case What::in_epoch:
      return fmt::format("index {} in {:.0f} epochs", first, trials);
    case What::together:
      return fmt::format("indices {} and {} in one batch", first, second);
    case What::following:
      return fmt::format("index {} in the batch before that of index {}", first, second);
    case What::disjoint:
      return fmt::format("batch {} of an epoch without an index of batch {} of the one before",
                         first, second);
    case What::drawn:
      return fmt::format("index {} in {:.0f} draws", first, trials);
    case What::without_repeat:
      return fmt::format("batches without a repeated index, of {:.0f}", trials);
  }
  return {};
}

long epoch_length(const SamplingCase& test_case, Batches convention) {
  switch (convention) {
    case Batches::last_kept:
    case Batches::continued:
      return test_case.population;
    case Batches::last_dropped:
      return test_case.population / test_case.batch_size * test_case.batch_size;
    case Batches::independent:
      break;
  }
  return test_case.batch_size;
}

long expected_size(const SamplingCase& test_case, Batches convention, long index) {
  const long rest = test_case.population % test_case.batch_size;
  if (convention != Batches::last_kept || rest == 0) return test_case.batch_size;
  const long whole = test_case.population / test_case.batch_size;
  return index % (whole + 1) == whole ? rest : test_case.batch_size;
}

std::vector<std::vector<long>> epochs_of(const IndexBatches& batches, long length) {
  std::vector<std::vector<long>> epochs;
  for (const auto& batch : batches) {
    for (const long index : batch) {
      if (epochs.empty() || static_cast<long>(epochs.back().size()) == length)
        epochs.emplace_back();
      epochs.back().push_back(index);
    }
  }
  return epochs;
}

std::vector<SeenCount> counts_without_replacement(const std::vector<std::vector<long>>& epochs,
                                                  long population, long batch_size) {
  std::vector<SeenCount> counts;
  if (epochs.empty()) return counts;
  const auto length = static_cast<long>(epochs.front().size());
  const std::vector<long> sizes = sizes_of(length, batch_size);
  const auto batches = static_cast<long>(sizes.size());
  Table in_batch(population, batches), together(population, population),
      following(population, population), disjoint(batches, batches);

  std::vector<long> before;
  for (const auto& epoch : epochs) {
    const std::vector<long> batch_of = batch_by_index(epoch, population, batch_size);
    const auto of = [&](long index) { return batch_of[static_cast<std::size_t>(index)]; };
    for (const long one : epoch) {
      ++in_batch.at(one, of(one));
      for (const long other : epoch) {
        if (one < other && of(one) == of(other)) ++together.at(one, other);
        if (of(other) == of(one) + 1) ++following.at(one, other);
      }
    }
    if (!before.empty()) {
      Table shared(batches, batches);
      for (const long index : epoch) {
        const long earlier = before[static_cast<std::size_t>(index)];
        if (earlier >= 0) ++shared.at(of(index), earlier);
      }
      for (long one = 0; one < batches; ++one) {
        for (long other = 0; other < batches; ++other) {
          if (shared.at(one, other) == 0) ++disjoint.at(one, other);
        }
      }
    }
    before = batch_of;
  }

  const auto trials = static_cast<double>(epochs.size());
  const auto n = static_cast<double>(population);
  double pairs_together = 0, pairs_following = 0;
  for (std::size_t batch = 0; batch < sizes.size(); ++batch) {
    const auto size = static_cast<double>(sizes[batch]);
    pairs_together += size * (size - 1);
    if (batch + 1 < sizes.size()) pairs_following += size * static_cast<double>(sizes[batch + 1]);
  }
  for (long one = 0; one < population; ++one) {
    double anywhere = 0;
    for (long batch = 0; batch < batches; ++batch) {
      anywhere += in_batch.at(one, batch);
      append(counts, {in_batch.at(one, batch), trials,
                      static_cast<double>(sizes[static_cast<std::size_t>(batch)]) / n,
                      What::in_batch, one, batch});
    }
    append(counts, {anywhere, trials, static_cast<double>(length) / n, What::in_epoch, one, 0});
    for (long other = 0; other < population; ++other) {
      if (one < other) {
        append(counts, {together.at(one, other), trials, pairs_together / (n * (n - 1)),
                        What::together, one, other});
      }
      if (one != other) {
        append(counts, {following.at(one, other), trials, pairs_following / (n * (n - 1)),
                        What::following, one, other});
      }
    }
  }
  for (long one = 0; one < batches; ++one) {
    for (long other = 0; other < batches; ++other) {
      const double chance = chance_of_none(population, sizes[static_cast<std::size_t>(other)],
                                           sizes[static_cast<std::size_t>(one)]);
      append(counts, {disjoint.at(one, other), trials - 1, chance, What::disjoint, one, other});
    }
  }
  return counts;
}

std::vector<SeenCount> counts_with_replacement(const std::vector<std::vector<long>>& batches,
                                               long population) {
  std::vector<SeenCount> counts;
  if (batches.empty()) return counts;
  const auto size = static_cast<double>(batches.front().size());
  const auto n = static_cast<double>(population);
  Table together(population, population), following(population, population);
  std::vector<double> drawn(static_cast<std::size_t>(population));
  double without_repeat = 0;

  const auto distinct = [](std::vector<long> batch) {
    std::ranges::sort(batch);
    batch.erase(std::unique(batch.begin(), batch.end()), batch.end());
    return batch;
  };
  std::vector<long> before;
  for (std::size_t number = 0; number < batches.size(); ++number) {
    for (const long index : batches[number]) ++drawn[static_cast<std::size_t>(index)];
    const std::vector<long> seen = distinct(batches[number]);
    if (seen.size() == batches[number].size()) ++without_repeat;
    for (const long one : seen) {
      for (const long other : seen) {
        if (one < other) ++together.at(one, other);
      }
    }
    // Pairs of batches that do not overlap, so that each is independent of the others.
    if (number % 2 == 1) {
      for (const long one : before) {
        for (const long other : seen) ++following.at(one, other);
      }
    }
    before = seen;
  }

  const auto trials = static_cast<double>(batches.size());
  const double missed = std::pow(1 - 1 / n, size);
  const double both = 1 - 2 * missed + std::pow(1 - 2 / n, size);
  for (long one = 0; one < population; ++one) {
    append(counts,
           {drawn[static_cast<std::size_t>(one)], trials * size, 1 / n, What::drawn, one, 0});
    for (long other = 0; other < population; ++other) {
      if (one < other && size > 1) {
        append(counts, {together.at(one, other), trials, both, What::together, one, other});
      }
      append(counts, {following.at(one, other), std::floor(trials / 2), (1 - missed) * (1 - missed),
                      What::following, one, other});
    }
  }
  double chance = 1;
  for (double place = 0; place < size; ++place) chance *= std::max(0.0, n - place) / n;
  append(counts, {without_repeat, trials, chance, What::without_repeat, 0, 0});
  return counts;
}

}  // namespace plumbline::conformance
