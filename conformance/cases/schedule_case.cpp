#include "conformance/cases/schedule_case.hpp"

#include <algorithm>
#include <set>

namespace plumbline::conformance {
namespace {

/// What cases are made of; what a schedule has no place for is left out.
struct Setting {
  std::string_view name;
  std::string_view purpose;
  double learning_rate;
  long warmup, total;
  double minimum;
  bool golden;
  double Hyperparameter::*others;  ///< which of its values a hyperparameter of another name has
  bool bare = false;               ///< where it may be left out, it is
};

constexpr auto usual = &Hyperparameter::default_value;
constexpr auto dyadic = &Hyperparameter::dyadic;
constexpr auto low = &Hyperparameter::low;
constexpr auto high = &Hyperparameter::high;
constexpr auto distinct = &Hyperparameter::distinct;

constexpr Setting settings[] = {
    {"usual", "M19: every step, both ends and beyond", 0.1, 5, 20, 0, true, usual},
    {"dyadic", "exact in binary32", 0.25, 4, 16, 0x1p-6, true, dyadic},
    {"minimum", "M21: an end value, and a base rate that is not 1", 3, 7, 23, 0.003, true,
     distinct},
    {"high-minimum", "M21: the end value is half the base rate", 0.5, 3, 12, 0.25, true, low},
    {"unit-warmup", "M19: phases of length 1", 1, 1, 2, 0, false, distinct},
    {"long-warmup", "the warmup is most of the run", 0.7, 40, 50, 0, true, high},
    {"long", "M20: drift over many steps", 0.001, 100, 1000, 1e-6, false, high},
    {"tiny-rate", "M21: a small base rate", 1e-5, 2, 9, 1e-9, false, usual},
};

/// Of schedules with other hyperparameters than these: what programs without all of them can do.
constexpr Setting bare_settings[] = {
    {"bare", "options that not all programs have at rest", 0.3, 6, 18, 0, true, low, true},
    {"bare-distinct", "the same, with other values", 0.75, 4, 25, 0, false, distinct, true},
    {"bare-minimum", "the same, but for the end value", 2, 3, 15, 0.125, true, low, true},
};

/// Of schedules that end: what comes after.
constexpr Setting past_the_end = {"past-end", "M19: steps past the last", 0.1, 5, 20, 0, true,
                                  usual};

double value_of(const Hyperparameter& hyperparameter, const Setting& setting) {
  const std::string_view name = hyperparameter.name;
  if (name == "learning_rate" || name == "maximum_learning_rate") return setting.learning_rate;
  if (name == "warmup_steps") return static_cast<double>(setting.warmup);
  if (name == "total_steps") return static_cast<double>(setting.total);
  if (name == "minimum_learning_rate") return setting.minimum;
  if (name == "decay_length") {
    return std::min(hyperparameter.*setting.others,
                    static_cast<double>(setting.total - setting.warmup));
  }
  if (setting.bare && hyperparameter.neutral) return *hyperparameter.neutral;
  return hyperparameter.*setting.others;
}

bool has_others(const Schedule& schedule) {
  constexpr std::string_view set[] = {"learning_rate", "warmup_steps", "total_steps",
                                      "minimum_learning_rate"};
  return std::ranges::any_of(schedule.hyperparameters, [&](const Hyperparameter& hyperparameter) {
    return std::ranges::find(set, hyperparameter.name) == std::end(set);
  });
}

/// How far late seams are looked for: one step after the other, or each by itself.
long horizon(Access access, long total) {
  return access == Access::sequential ? 3 * total : 300000;
}

/// The first seams and the last ones up to the horizon.
std::vector<long> seams_to_ask(const Schedule& schedule, std::span<const double> hyperparameters,
                               long until) {
  if (schedule.seams == nullptr) return {};
  constexpr std::size_t first = 8, last = 3;
  std::vector<long> seams = schedule.seams(hyperparameters, until);
  if (seams.size() > first + last) seams.erase(seams.begin() + first, seams.end() - last);
  return seams;
}

std::vector<long> steps_to_ask(long warmup, long total, const std::vector<long>& seams) {
  std::set<long> steps;
  for (const long seam : seams) {
    for (long step = std::max(0L, seam - 2); step <= seam + 2; ++step) steps.insert(step);
  }
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
  return has_place_for(dialect, test_case.schedule->hyperparameters, test_case.hyperparameters);
}

std::vector<ScheduleCase> schedule_cases_for(const Schedule& schedule) {
  std::vector<ScheduleCase> cases;
  const auto add = [&](const Setting& setting, Access access, bool to_the_end) {
    ScheduleCase test_case;
    test_case.schedule = &schedule;
    test_case.id = std::string(schedule.name) + "/" + std::string(setting.name) +
                   (access == Access::sequential ? "/sequential" : "/direct");
    test_case.purpose = setting.purpose;
    test_case.access = access;
    test_case.golden = setting.golden && access == Access::sequential;
    for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
      test_case.hyperparameters.push_back(value_of(hyperparameter, setting));
    }
    test_case.steps = steps_to_ask(
        setting.warmup, setting.total,
        seams_to_ask(schedule, test_case.hyperparameters, horizon(access, setting.total)));
    if (to_the_end) {
      std::erase_if(test_case.steps, [&](long step) { return step > setting.total; });
    }
    cases.push_back(std::move(test_case));
  };
  for (const Setting& setting : settings) {
    for (const Access access : {Access::sequential, Access::direct}) {
      add(setting, access, schedule.ends);
    }
  }
  if (has_others(schedule)) {
    for (const Setting& setting : bare_settings) {
      for (const Access access : {Access::sequential, Access::direct}) {
        add(setting, access, schedule.ends);
      }
    }
  }
  if (schedule.ends) {
    for (const Access access : {Access::sequential, Access::direct}) {
      add(past_the_end, access, false);
    }
  }
  return cases;
}

}  // namespace plumbline::conformance
