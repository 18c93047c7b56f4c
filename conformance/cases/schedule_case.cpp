#include "conformance/cases/schedule_case.hpp"

#include <algorithm>
#include <set>

namespace plumbline::conformance {
namespace {

/// Lengths of schedules and rates that cases are made of; what a schedule has no place
/// for is left out.
struct Setting {
  std::string_view name;
  std::string_view purpose;
  double learning_rate;
  long warmup, total;
  double minimum;
  bool golden;
};

constexpr Setting settings[] = {
    {"usual", "M19: every step, both ends and beyond", 0.1, 5, 20, 0, true},
    {"dyadic", "exact in binary32", 0.25, 4, 16, 0x1p-6, true},
    {"minimum", "M21: an end value, and a base rate that is not 1", 3, 7, 23, 0.003, true},
    {"high-minimum", "M21: the end value is half the base rate", 0.5, 3, 12, 0.25, true},
    {"unit-warmup", "M19: phases of length 1", 1, 1, 2, 0, false},
    {"long-warmup", "the warmup is most of the run", 0.7, 40, 50, 0, true},
    {"long", "M20: drift over many steps", 0.001, 100, 1000, 1e-6, false},
    {"tiny-rate", "M21: a small base rate", 1e-5, 2, 9, 1e-9, false},
};

std::vector<long> steps_to_ask(long warmup, long total) {
  std::set<long> steps;
  if (total <= 60) {
    for (long step = 0; step <= 2 * total + 2; ++step) steps.insert(step);
  }
  for (const long edge : {0L, warmup, total, 2 * total, 3 * total}) {
    for (long step = std::max(0L, edge - 2); step <= edge + 2; ++step) steps.insert(step);
  }
  for (long part = 1; part < 8; ++part) steps.insert(total * part / 8);
  return {steps.begin(), steps.end()};
}

}  // namespace

bool applies(const ScheduleCase& test_case, const Dialect& dialect) {
  return std::ranges::none_of(dialect.without, [&](std::string_view name) {
    const auto index = index_of(test_case.schedule->hyperparameters, name);
    return index &&
           test_case.hyperparameters[*index] != test_case.schedule->hyperparameters[*index].neutral;
  });
}

std::vector<ScheduleCase> schedule_cases_for(const Schedule& schedule) {
  std::vector<ScheduleCase> cases;
  for (const Setting& setting : settings) {
    for (const Access access : {Access::sequential, Access::direct}) {
      ScheduleCase test_case;
      test_case.schedule = &schedule;
      test_case.id = std::string(schedule.name) + "/" + std::string(setting.name) +
                     (access == Access::sequential ? "/sequential" : "/direct");
      test_case.purpose = setting.purpose;
      test_case.access = access;
      test_case.golden = setting.golden && access == Access::sequential;
      test_case.steps = steps_to_ask(setting.warmup, setting.total);
      for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
        double value = hyperparameter.default_value;
        if (hyperparameter.name == "learning_rate") value = setting.learning_rate;
        if (hyperparameter.name == "warmup_steps") value = static_cast<double>(setting.warmup);
        if (hyperparameter.name == "total_steps") value = static_cast<double>(setting.total);
        if (hyperparameter.name == "minimum_learning_rate") value = setting.minimum;
        test_case.hyperparameters.push_back(value);
      }
      cases.push_back(std::move(test_case));
    }
  }
  return cases;
}

}  // namespace plumbline::conformance
