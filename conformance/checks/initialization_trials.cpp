#include "conformance/cases/initialization_case.hpp"
#include "conformance/checks/trial_list.hpp"
#include "conformance/judge/draw_comparison.hpp"

namespace plumbline::conformance {
namespace {

InitializationRecording record_initialization(Subject& subject, const InitializationCase& test_case,
                                              const SubjectFormat& format) {
  InitializationRecording recording;
  subject.describe();
  const Initialization& initialization = *test_case.initialization;
  const auto ask = [&](std::uint64_t seed, std::vector<double>& values) {
    if (recording.outcome != Outcome::ran) return;
    auto drawn = subject.initialize(
        {.initialization = std::string(initialization.name),
         .shape = test_case.shape,
         .format = format.name,
         .hyperparameters = named_values(initialization.hyperparameters, test_case.hyperparameters),
         .seed = seed});
    if (drawn.ok()) {
      values = std::move(*drawn);
    } else {
      static_cast<Ended&>(recording) = drawn.ended();
    }
  };
  ask(test_case.seed, recording.values);
  ask(test_case.other_seed, recording.others);
  ask(test_case.seed, recording.again);
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

std::vector<InitializationCase> selected_initialization_cases(const Task& task,
                                                              const CheckOptions& options) {
  return chosen(initialization_cases_for(*find_initialization(task.name), options.seed), options);
}

}  // namespace

std::vector<std::string> initialization_case_ids(const Task& task, const CheckOptions& options) {
  return ids_of(selected_initialization_cases(task, options));
}

std::vector<Trial> initialization_trials(Subject& subject, const Task& task,
                                         const CheckOptions& options,
                                         const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  return recorded_trials(
      selected_initialization_cases(task, options), progress,
      [&](const InitializationCase& test_case) {
        return record_initialization(subject, test_case, format);
      },
      [&](const auto& test_case, const auto& recording) {
        return Trial{
            .id = test_case->id,
            .ended = *recording,
            .steps = 1,
            .applies = [test_case](const Dialect& dialect) { return applies(*test_case, dialect); },
            .compare =
                [test_case, recording, format](const Candidate& candidate) {
                  return compare_draws(
                      *test_case, *recording,
                      test_case->initialization->plain_law(test_case->hyperparameters,
                                                           candidate.choices, test_case->shape),
                      format.storage);
                }};
      });
}

}  // namespace plumbline::conformance
