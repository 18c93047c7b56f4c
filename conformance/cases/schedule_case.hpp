// The cases of schedules: hyperparameters and the steps at which to ask.
#pragma once

#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct ScheduleCase {
  const Schedule* schedule = nullptr;
  std::string id;
  std::string purpose;
  std::vector<double> hyperparameters;  ///< in the schedule's order
  std::vector<long> steps;              ///< rising, from 0
  Access access = Access::sequential;
  bool golden = false;
};

bool applies(const ScheduleCase& test_case, const Dialect& dialect);

std::vector<ScheduleCase> schedule_cases_for(const Schedule& schedule);

}  // namespace plumbline::conformance
