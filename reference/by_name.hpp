// What is asked of the catalogue by name. Each function throws std::invalid_argument where it has
// none of a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/objective.hpp"
#include "reference/rule.hpp"

namespace plumbline {

/// A number with its name, exact as it stands.
struct NamedNumber {
  std::string name = {};
  double value = 0;
};
using NamedNumbers = std::vector<NamedNumber>;

const Rule& rule_named(std::string_view name);
const Objective& objective_named(std::string_view name);
/// Empty: the rule's first.
const Dialect& dialect_named(const Rule& rule, std::string_view name);
/// In the rule's order. What is not given has its default; what the dialect has no place for is
/// at its neutral value.
std::vector<double> hyperparameter_values(const Rule& rule, const Dialect& dialect,
                                          const NamedNumbers& given);
/// The place of a state tensor.
std::size_t state_index(const Rule& rule, std::string_view name);

/// A schedule's rates at the steps 0, ..., steps - 1, each asked for by itself; dialect and
/// hyperparameters as a rule's.
std::vector<Certified> certified_rates(std::string_view schedule, std::string_view dialect,
                                       const NamedNumbers& given, long steps);

}  // namespace plumbline
