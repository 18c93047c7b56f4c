// Power: how well a case tells two dialects apart.
//
// The distance of two dialects in a case is the largest, over steps and elements, of
// the distance of their acceptance intervals' centres in radii of the wider one. Two
// intervals at a distance above 2 have no value in common.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "conformance/cases/case.hpp"

namespace plumbline::conformance {

/// The least power with which each pair of dialects has to be told apart.
inline constexpr double least_power = 8;

/// One pair of dialects of a rule over all its cases.
struct PairPower {
  std::string_view first, second;
  std::vector<std::optional<double>> by_case;  ///< in the order of the cases
  /// Some case sends a hyperparameter that one of the two has a place for and the other
  /// has not: they are told apart by whether they take it.
  bool apart_by_hyperparameters = false;
  double best() const;
};

/// Every pair, in the catalogue's order.
std::vector<PairPower> power_table(const std::vector<Case>& cases, const Rule& rule,
                                   const SubjectFormat& format);

/// A dialect of one rule and a dialect of another over cases that both can be put to.
struct RulePairPower {
  std::string_view first, second;
  double best = 0;
};

/// One case as it is for either of two rules.
struct SharedCase {
  Case first, second;
};

/// Every dialect of the first rule against every dialect of the second.
std::vector<RulePairPower> power_between_rules(const std::vector<SharedCase>& cases,
                                               const SubjectFormat& format);

}  // namespace plumbline::conformance
