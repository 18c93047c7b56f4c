#include "conformance/checks/other_rules.hpp"
#include "conformance/checks/trial_list.hpp"

namespace plumbline::conformance {
namespace {

std::vector<Case> selected_rule_cases(const Task& task, const CheckOptions& options) {
  const SubjectFormat format = find_format(task.format).value();
  std::vector<Case> cases = chosen(cases_for(*find_rule(task.name), options.seed), options);
  std::erase_if(cases, [&](const Case& test_case) { return !test_case.fits(format); });
  return cases;
}

/// One recorded case, ready to be judged: as a run of its own rule, or of another.
Trial trial_of(const std::shared_ptr<const Case>& test_case,
               const std::shared_ptr<const Recording>& recording, const SubjectFormat& format) {
  return {.id = test_case->id,
          .ended = *recording,
          .steps = static_cast<long>(recording->steps.size()),
          .hyperparameters = test_case->hyperparameters,
          .applies = [test_case](const Dialect& dialect) { return applies(*test_case, dialect); },
          .compare =
              [test_case, recording, format](const Candidate& candidate) {
                return compare(*test_case, *recording, candidate, format);
              },
          .under =
              [test_case, recording, format](const Rule& rule) {
                Translation other = as_case_of(rule, *test_case);
                return OtherTrial{trial_of(std::make_shared<const Case>(std::move(other.test_case)),
                                           recording, format),
                                  other.fits, std::move(other.assumed)};
              }};
}

}  // namespace

std::vector<std::string> rule_case_ids(const Task& task, const CheckOptions& options) {
  return ids_of(selected_rule_cases(task, options));
}

std::vector<Trial> rule_trials(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  return recorded_trials(
      selected_rule_cases(task, options), progress,
      [&](const Case& test_case) { return record(subject, test_case, format); },
      [&](const auto& test_case, const auto& recording) {
        return trial_of(test_case, recording, format);
      });
}

}  // namespace plumbline::conformance
