// Hunting one mutant: case after case, in the order of a check, until one shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// What became of one mutant in one format.
struct Hunt {
  bool caught = false;
  long cases = 0;        ///< put to it, up to the one that shows it
  std::string shown_by;  ///< that case
  double seconds = 0;    ///< of the clock; for the eye alone
};

/// The formats in which a check puts this rule, schedule or clipping, among those that
/// mutants are measured in.
std::vector<std::string> hunting_formats(std::string_view rule);

/// Runs the mutant in this process through the cases of a plain check, held to the
/// dialect that it goes wrong in. It is caught when no way of holding hyperparameters
/// that the judge knows explains all of them, or when it ends in an error.
Hunt hunt(const Mutant& mutant, const std::string& format);

}  // namespace plumbline::conformance
