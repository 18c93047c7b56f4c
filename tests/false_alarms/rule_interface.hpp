// What each rule takes and shows, by the names of the interface.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "numerics.hpp"
#include "plumbline_subject_v1.h"

namespace variant {

std::optional<Rule> find_rule(const std::string& name);

/// The hyperparameters that the rule and dialect have a place for; others are left.
Hyperparameters take(const plumbline_hyperparameters& from, Rule rule, const Dialect& dialect,
                     bool in_binary32);

struct StateName {
  const char* name;
  int tensor;  ///< of Held::state
};
std::vector<StateName> state_names(Rule rule, const Dialect& dialect);

}  // namespace variant
