// A subject that announces one rule, held against the others.
//
// No case is run for it: the recordings made for the announced rule are read as runs of
// another. Hyperparameters correspond by name.
#pragma once

#include <span>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/judge/verdict.hpp"

namespace plumbline::conformance {

/// A case of one rule as a case of another.
struct Translation {
  Case test_case;
  /// False where the case switches on an option that the rule has no place for.
  bool fits = true;
  /// Hyperparameters that the rule needs and the case does not send, at their defaults.
  std::vector<std::string> assumed;
};

Translation as_case_of(const Rule& rule, const Case& test_case);

/// The rules, other than the announced one, of which some dialect explains every trial that
/// fits it. In the catalogue's order.
std::vector<OtherRule> explaining_rules(std::string_view announced, std::span<const Trial> trials);

}  // namespace plumbline::conformance
