// Hyperparameter profiles: sets of values made from a rule's own description.
#pragma once

#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline::conformance {

/// Which of its described values each hyperparameter that must be sent takes.
enum class Values {
  defaults,
  dyadic,
  distinct,  ///< all unlike each other
  low_high,  ///< far ends, low and high in turn
  high_low,
};

/// Optional hyperparameters stay neutral (or at their default), except `with`, which
/// is switched on; those that no dialect takes together with it are switched off.
std::vector<double> profile(const Rule& rule, Values values, std::string_view with = {});

/// The same with one hyperparameter set to a value.
std::vector<double> with_value(const Rule& rule, std::vector<double> hyperparameters,
                               std::string_view name, double value);

bool has_hyperparameter(const Rule& rule, std::string_view name);

}  // namespace plumbline::conformance
