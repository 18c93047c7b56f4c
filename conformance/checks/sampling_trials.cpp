#include "conformance/cases/sampling_case.hpp"
#include "conformance/checks/trial_list.hpp"
#include "conformance/judge/sampling_comparison.hpp"

namespace plumbline::conformance {
namespace {

SamplingRecording record_sampling(Subject& subject, const SamplingCase& test_case) {
  SamplingRecording recording;
  subject.describe();
  const auto ask = [&](std::uint64_t seed) -> std::optional<IndexBatches> {
    auto batches = subject.sample({.population = test_case.population,
                                   .batch_size = test_case.batch_size,
                                   .replacement = test_case.sampling->replacement,
                                   .seed = seed,
                                   .batches = test_case.batches});
    if (batches.ok()) return std::move(*batches);
    static_cast<Ended&>(recording) = batches.ended();
    return std::nullopt;
  };
  for (const std::uint64_t seed : test_case.seeds) {
    auto batches = ask(seed);
    if (!batches) break;
    recording.by_seed.push_back(std::move(*batches));
  }
  if (recording.outcome == Outcome::ran && test_case.repeats) {
    recording.again = ask(test_case.seeds.front());
  }
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

std::vector<SamplingCase> selected_sampling_cases(const Task& task, const CheckOptions& options) {
  return chosen(sampling_cases_for(*find_sampling(task.name), options.seed), options);
}

}  // namespace

std::vector<std::string> sampling_case_ids(const Task& task, const CheckOptions& options) {
  return ids_of(selected_sampling_cases(task, options));
}

std::vector<Trial> sampling_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  return recorded_trials(
      selected_sampling_cases(task, options), progress,
      [&](const SamplingCase& test_case) { return record_sampling(subject, test_case); },
      [](const auto& test_case, const auto& recording) {
        return Trial{.id = test_case->id,
                     .ended = *recording,
                     .steps = test_case->steps(),
                     .applies = [](const Dialect&) { return true; },
                     .compare =
                         [test_case, recording](const Candidate& candidate) {
                           return compare_sampling(*test_case, *recording,
                                                   Batches(candidate.choices.front()));
                         }};
      });
}

}  // namespace plumbline::conformance
