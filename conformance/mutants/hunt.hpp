// Hunting one mutant: case after case, in the order of a check, until one shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// One way of looking, up to the first that shows the mutant.
struct Search {
  bool caught = false;
  long tried = 0;        ///< cases, or properties
  std::string shown_by;  ///< that case or property; empty where none does
  double seconds = 0;    ///< of the clock; for the eye alone
};

/// What became of one mutant in one format.
struct Hunt {
  Search cases;
  Search properties;
  bool caught() const { return cases.caught || properties.caught; }
};

/// The formats in which a check puts this rule, schedule or clipping, among those that
/// mutants are measured in.
std::vector<std::string> hunting_formats(std::string_view rule);

/// Runs the mutant in this process through the cases of a plain check, held to the
/// dialect that it goes wrong in. It is caught when no way of holding hyperparameters
/// that the judge knows explains all of them, or when it ends in an error.
Search hunt_by_cases(const Mutant& mutant, const std::string& format);
/// The same with the properties that a plain check tries. Only rules have any.
Search hunt_by_properties(const Mutant& mutant, const std::string& format);

}  // namespace plumbline::conformance
