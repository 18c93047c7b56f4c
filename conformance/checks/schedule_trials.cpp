#include "conformance/cases/schedule_case.hpp"
#include "conformance/checks/trial_list.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/subject/recording.hpp"

namespace plumbline::conformance {
namespace {

struct ScheduleRecording : Ended {
  std::vector<double> values;
};

ScheduleRecording record_schedule(Subject& subject, const ScheduleCase& test_case) {
  subject.describe();
  auto values =
      subject.schedule_values({.schedule = std::string(test_case.schedule->name),
                               .hyperparameters = named_values(test_case.schedule->hyperparameters,
                                                               test_case.hyperparameters),
                               .steps = test_case.steps,
                               .access = test_case.access});
  ScheduleRecording recording{values.ended(), {}};
  if (values.ok()) recording.values = std::move(*values);
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

Comparison compare_schedule(const ScheduleCase& test_case, const ScheduleRecording& recording,
                            const Candidate& candidate, const SubjectFormat& format) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    Comparison total;
    const auto intervals = test_case.schedule->values<Rounded<Format>>(
        held_hyperparameters(test_case.hyperparameters, candidate), candidate.choices,
        test_case.access, test_case.steps);
    for (std::size_t index = 0; index < intervals.size(); ++index) {
      compare_value(total, intervals[index], recording.values[index],
                    {test_case.id, test_case.steps[index], "", index, "learning_rate"});
    }
    return total;
  });
}

std::vector<ScheduleCase> selected_schedule_cases(const Task& task, const CheckOptions& options) {
  return chosen(schedule_cases_for(*find_schedule(task.name)), options);
}

}  // namespace

std::vector<std::string> schedule_case_ids(const Task& task, const CheckOptions& options) {
  return ids_of(selected_schedule_cases(task, options));
}

std::vector<Trial> schedule_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  return recorded_trials(
      selected_schedule_cases(task, options), progress,
      [&](const ScheduleCase& test_case) { return record_schedule(subject, test_case); },
      [&](const auto& test_case, const auto& recording) {
        return Trial{
            .id = test_case->id,
            .ended = *recording,
            .steps = static_cast<long>(test_case->steps.size()),
            .applies = [test_case](const Dialect& dialect) { return applies(*test_case, dialect); },
            .compare =
                [test_case, recording, format](const Candidate& candidate) {
                  return compare_schedule(*test_case, *recording, candidate, format);
                }};
      });
}

}  // namespace plumbline::conformance
