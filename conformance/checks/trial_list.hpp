// From the cases of one kind to trials: which are asked for, their ids, and each recorded once.
#pragma once

#include <memory>

#include "conformance/checks/check.hpp"

namespace plumbline::conformance {

/// Those of the cases that the options ask for.
template <class TestCase>
std::vector<TestCase> chosen(std::vector<TestCase> cases, const CheckOptions& options) {
  std::erase_if(cases,
                [&](const TestCase& test_case) { return !selected(options.cases, test_case.id); });
  return cases;
}

template <class TestCase>
std::vector<std::string> ids_of(const std::vector<TestCase>& cases) {
  std::vector<std::string> ids;
  for (const TestCase& test_case : cases) ids.push_back(test_case.id);
  return ids;
}

/// Puts each case to the subject: record(case) asks it, and trial_of(case, recording), both
/// shared, says how that is judged.
template <class TestCase, class Record, class TrialOf>
std::vector<Trial> recorded_trials(std::vector<TestCase> cases,
                                   const std::function<void(const std::string&)>& progress,
                                   const Record& record, const TrialOf& trial_of) {
  std::vector<Trial> trials;
  for (TestCase& fresh : cases) {
    progress(fresh.id);
    const auto test_case = std::make_shared<const TestCase>(std::move(fresh));
    using Recording = decltype(record(*test_case));
    trials.push_back(trial_of(test_case, std::make_shared<const Recording>(record(*test_case))));
  }
  return trials;
}

}  // namespace plumbline::conformance
