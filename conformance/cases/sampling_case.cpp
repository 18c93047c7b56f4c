#include "conformance/cases/sampling_case.hpp"

namespace plumbline::conformance {
namespace {

struct Setting {
  std::string_view name;
  std::string_view purpose;
  long population, batch_size, epochs, seeds;
};

constexpr Setting settings[] = {
    {"mini-batch", "M19: a last batch of one, over many epochs", 7, 3, 4000, 2},
    {"whole-batches", "batches that fill the epoch: which go together", 8, 4, 2000, 2},
    {"single-sample", "the order of an epoch: a biased shuffle, indices that follow others", 5, 1,
     8000, 2},
    {"batch", "the whole population in every batch", 6, 6, 500, 2},
    {"half-empty-batch", "M19: a last batch of half the size", 10, 4, 2000, 2},
    {"more-than-a-byte", "M12: indices past 255; whole epochs", 300, 64, 8, 2},
    {"one-example", "M12: nothing to choose", 1, 1, 16, 1},
    {"many-seeds", "M2: first epochs, from seeds that lie side by side", 7, 3, 1, 1000},
};

}  // namespace

std::vector<SamplingCase> sampling_cases_for(const Sampling& sampling, std::uint64_t seed) {
  std::vector<SamplingCase> cases;
  for (const Setting& setting : settings) {
    const long batches_an_epoch =
        (setting.population + setting.batch_size - 1) / setting.batch_size;
    SamplingCase test_case{.sampling = &sampling,
                           .id = std::string(sampling.name) + "/" + std::string(setting.name),
                           .purpose = std::string(setting.purpose),
                           .population = setting.population,
                           .batch_size = setting.batch_size,
                           .batches = batches_an_epoch * setting.epochs,
                           .seeds = {}};
    for (long index = 0; index < setting.seeds; ++index) {
      test_case.seeds.push_back(seed + static_cast<std::uint64_t>(index));
    }
    cases.push_back(std::move(test_case));
  }
  return cases;
}

}  // namespace plumbline::conformance
