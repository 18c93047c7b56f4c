#include "reference/claims/schedule_values.hpp"

#include <numeric>

#include "reference/catalogue.hpp"

namespace plumbline::claims {

Values values_of(std::string_view name, std::string_view dialect, const Settings& settings,
                 long steps) {
  const Schedule& schedule = *find_schedule(name);
  std::vector<double> values;
  for (const Hyperparameter& description : schedule.hyperparameters) {
    values.push_back(description.default_value);
  }
  for (const auto& [key, value] : settings) {
    values[index_of(schedule.hyperparameters, key).value()] = value;
  }
  std::vector<long> all(static_cast<std::size_t>(steps));
  std::iota(all.begin(), all.end(), 0L);
  return schedule.values<Certified>(values, find_dialect(schedule.dialects, dialect)->choices,
                                    Access::direct, all);
}

long first_difference(const Values& left, const Values& right) {
  for (std::size_t t = 0; t < left.size(); ++t) {
    if (Certified::disjoint(left[t], right[t])) return static_cast<long>(t);
    if (!less(abs(left[t] - right[t]), Certified(0x1p-170))) {
      throw NotEnoughPrecision("two schedules are not told apart");
    }
  }
  return -1;
}

std::string step_text(long step) {
  return step < 0 ? "none" : std::to_string(step);
}

}  // namespace plumbline::claims
