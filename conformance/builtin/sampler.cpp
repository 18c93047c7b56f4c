#include "conformance/builtin/sampler.hpp"

#include <algorithm>
#include <numeric>

#include "conformance/builtin/generator.hpp"

namespace plumbline::conformance {
namespace {

/// One request being answered.
class Sampler {
 public:
  Sampler(const SampleRequest& request, Batches convention, std::string_view mutant,
          SamplerMemory& memory)
      : request_(request), convention_(convention), mutant_(mutant), generator_(seed(memory)) {}

  std::vector<std::vector<long>> batches() {
    std::vector<std::vector<long>> batches;
    // Each epoch gives a batch at least; a mutant's may give none, and then some are missing.
    for (long epochs = 0; epochs <= request_.batches; ++epochs) {
      if (static_cast<long>(batches.size()) >= request_.batches) break;
      std::vector<long> epoch = request_.replacement ? drawn_epoch() : shuffled_epoch();
      add_batches(batches, std::move(epoch));
    }
    batches.resize(static_cast<std::size_t>(request_.batches));
    if (is("batch-repeated") && batches.size() > 1) batches[1] = batches[0];
    if (is("counted-from-one")) {
      for (auto& batch : batches) {
        for (long& index : batch) ++index;
      }
    }
    return batches;
  }

 private:
  const SampleRequest& request_;
  Batches convention_;
  std::string_view mutant_;
  Generator generator_;
  std::vector<long> carried_;  // of an epoch that did not fill its last batch
  std::vector<long> order_;    // the last epoch's
  long epochs_ = 0;

  bool is(std::string_view mutant) const { return mutant_ == mutant; }

  std::uint64_t seed(SamplerMemory& memory) const {
    ++memory.calls;
    if (is("seed-ignored")) return 1;
    if (is("generator-not-reset")) return request_.seed + (memory.calls << 32);
    return request_.seed;
  }

  /// Fisher and Yates' shuffle, and what is made of it by mistake.
  void shuffle(std::vector<long>& order) {
    const auto count = static_cast<long>(order.size());
    for (long place = count - 1; place > 0; --place) {
      long other = generator_.below(place + 1);
      if (is("swaps-with-any")) other = generator_.below(count);
      if (is("never-stays")) other = generator_.below(place);
      std::swap(order[static_cast<std::size_t>(place)], order[static_cast<std::size_t>(other)]);
    }
  }

  std::vector<long> shuffled_epoch() {
    ++epochs_;
    const long count = request_.population;
    const bool again = !order_.empty();
    if (is("same-order-every-epoch") && again) return order_;
    if (is("turns-the-order") && again) {
      std::rotate(order_.begin(), order_.begin() + 1, order_.end());
      return order_;
    }
    if (is("with-replacement")) return drawn_epoch();
    order_.resize(static_cast<std::size_t>(count));
    std::iota(order_.begin(), order_.end(), 0L);
    if (is("not-shuffled") || (is("first-epoch-in-order") && epochs_ == 1)) return order_;
    if (is("random-start-only")) {
      std::rotate(order_.begin(), order_.begin() + generator_.below(count), order_.end());
    } else if (is("batches-shuffled-only")) {
      shuffle_blocks();
    } else {
      shuffle(order_);
    }
    if (is("last-index-never-drawn") && count > 1) std::erase(order_, count - 1);
    if (is("last-index-twice") && count > 1) order_.front() = order_.back();
    return order_;
  }

  /// Batches of neighbours, in random order.
  void shuffle_blocks() {
    const auto size = static_cast<std::size_t>(request_.batch_size);
    std::vector<long> blocks((order_.size() + size - 1) / size);
    std::iota(blocks.begin(), blocks.end(), 0L);
    shuffle(blocks);
    const std::vector<long> in_order = order_;
    order_.clear();
    for (const long block : blocks) {
      const std::size_t first = static_cast<std::size_t>(block) * size;
      const std::size_t last = std::min(first + size, in_order.size());
      order_.insert(order_.end(), in_order.begin() + static_cast<long>(first),
                    in_order.begin() + static_cast<long>(last));
    }
  }

  /// N independent draws, or a batch's where there are no epochs.
  std::vector<long> drawn_epoch() {
    const long count = request_.population;
    if (is("without-replacement")) {
      order_.resize(static_cast<std::size_t>(count));
      std::iota(order_.begin(), order_.end(), 0L);
      shuffle(order_);
      return order_;
    }
    std::vector<long> drawn;
    while (static_cast<long>(drawn.size()) < count) {
      long index = generator_.below(is("last-index-never-drawn") && count > 1 ? count - 1 : count);
      if (is("first-index-twice-as-likely")) index = generator_.below(count + 1) % count;
      if (is("four-bits-modulo")) index = static_cast<long>(generator_.word() >> 60) % count;
      if (is("draws-twice-the-same") && drawn.size() % 2 == 1) index = drawn.back();
      if (is("never-twice-in-a-row") && count > 1 && !drawn.empty() && index == drawn.back()) {
        continue;
      }
      drawn.push_back(index);
    }
    return drawn;
  }

  void add_batches(std::vector<std::vector<long>>& batches, std::vector<long> epoch) {
    if (convention_ == Batches::continued || convention_ == Batches::independent) {
      epoch.insert(epoch.begin(), carried_.begin(), carried_.end());
      carried_.clear();
    }
    const long wrong = is("one-more-a-batch")                              ? 1
                       : is("one-less-a-batch") && request_.batch_size > 1 ? -1
                                                                           : 0;
    const auto size = static_cast<std::size_t>(request_.batch_size + wrong);
    std::size_t place = 0;
    for (; place + size <= epoch.size(); place += size) {
      batches.emplace_back(epoch.begin() + static_cast<long>(place),
                           epoch.begin() + static_cast<long>(place + size));
      // Without epochs each batch is the beginning of an order of its own.
      if (convention_ == Batches::independent && !request_.replacement) return;
    }
    if (is("last-batch-always-dropped") && place == epoch.size() && place > size) {
      batches.pop_back();
    }
    if (place == epoch.size()) return;
    std::vector<long> rest(epoch.begin() + static_cast<long>(place), epoch.end());
    if (is("last-batch-filled-up")) {
      for (std::size_t next = 0; rest.size() < size; ++next) rest.push_back(epoch[next]);
    }
    if (is("last-batch-joins-the-one-before") && place > 0) {
      batches.back().insert(batches.back().end(), rest.begin(), rest.end());
      return;
    }
    if (convention_ == Batches::last_kept) {
      batches.push_back(std::move(rest));
    } else if (convention_ != Batches::last_dropped) {
      carried_ = std::move(rest);
    }
  }
};

}  // namespace

std::vector<std::vector<long>> sample_batches(const SampleRequest& request, Batches convention,
                                              std::string_view mutant, SamplerMemory& memory) {
  return Sampler(request, convention, mutant, memory).batches();
}

}  // namespace plumbline::conformance
