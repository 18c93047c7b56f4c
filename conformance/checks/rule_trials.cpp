#include "conformance/checks/check.hpp"

namespace plumbline::conformance {

std::vector<Trial> rule_trials(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress) {
  const SubjectFormat format = find_format(task.format).value();
  std::vector<Trial> trials;
  for (Case& fresh : cases_for(*find_rule(task.name), options.seed)) {
    if (!selected(options.cases, fresh.id) || !fresh.fits(format)) continue;
    progress(fresh.id);
    const auto test_case = std::make_shared<const Case>(std::move(fresh));
    const auto recording = std::make_shared<const Recording>(record(subject, *test_case, format));
    trials.push_back(
        {.id = test_case->id,
         .ended = *recording,
         .steps = static_cast<long>(recording->steps.size()),
         .hyperparameters = test_case->hyperparameters,
         .applies = [test_case](const Dialect& dialect) { return applies(*test_case, dialect); },
         .compare =
             [test_case, recording, format](const Candidate& candidate) {
               return compare(*test_case, *recording, candidate, format);
             }});
  }
  return trials;
}

}  // namespace plumbline::conformance
