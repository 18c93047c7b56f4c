#include "reference/by_name.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

std::string quoted(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

/// `whose`: "the rule adam".
[[noreturn]] void has_none(const std::string& whose, const std::string& kind,
                           std::string_view name) {
  throw std::invalid_argument(whose + " has no " + kind + " " + quoted(name));
}

std::string whole_name(const Rule& rule) {
  return "the rule " + std::string(rule.name);
}
std::string whole_name(const Schedule& schedule) {
  return "the schedule " + std::string(schedule.name);
}

template <class Entry>
const Dialect& dialect_of(const Entry& entry, std::string_view name) {
  if (name.empty()) return entry.dialects.front();
  const Dialect* dialect = find_dialect(entry.dialects, name);
  if (dialect == nullptr) has_none(whole_name(entry), "dialect", name);
  return *dialect;
}

template <class Entry>
std::vector<double> values_of(const Entry& entry, const Dialect& dialect,
                              const NamedNumbers& given) {
  std::vector<double> values;
  for (const Hyperparameter& one : entry.hyperparameters) {
    const bool has_place = std::ranges::find(dialect.without, one.name) == dialect.without.end();
    values.push_back(has_place ? one.default_value : one.neutral.value_or(one.default_value));
  }
  for (const NamedNumber& number : given) {
    const auto index = index_of(entry.hyperparameters, number.name);
    if (!index) has_none(whole_name(entry), "hyperparameter", number.name);
    values[*index] = number.value;
  }
  return values;
}

}  // namespace

const Rule& rule_named(std::string_view name) {
  const Rule* rule = find_rule(name);
  if (rule == nullptr) throw std::invalid_argument("no rule " + quoted(name));
  return *rule;
}

const Objective& objective_named(std::string_view name) {
  const Objective* objective = find_objective(name);
  if (objective == nullptr) {
    throw std::invalid_argument("no objective " + quoted(name) +
                                "; see `plumbline list objectives`");
  }
  return *objective;
}

const Dialect& dialect_named(const Rule& rule, std::string_view name) {
  return dialect_of(rule, name);
}

std::vector<double> hyperparameter_values(const Rule& rule, const Dialect& dialect,
                                          const NamedNumbers& given) {
  return values_of(rule, dialect, given);
}

std::size_t state_index(const Rule& rule, std::string_view name) {
  const auto found = std::ranges::find(rule.state, name, &StateTensor::name);
  if (found == rule.state.end()) has_none(whole_name(rule), "state", name);
  return static_cast<std::size_t>(found - rule.state.begin());
}

std::vector<Certified> certified_rates(std::string_view schedule, std::string_view dialect,
                                       const NamedNumbers& given, long steps) {
  const Schedule* entry = find_schedule(schedule);
  if (entry == nullptr) throw std::invalid_argument("no schedule " + quoted(schedule));
  const Dialect& chosen = dialect_of(*entry, dialect);
  std::vector<long> all(static_cast<std::size_t>(steps));
  std::iota(all.begin(), all.end(), 0L);
  return entry->values<Certified>(values_of(*entry, chosen, given), chosen.choices, Access::direct,
                                  all);
}

}  // namespace plumbline
