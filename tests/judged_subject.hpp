// What the judge's tests share: the built-in subject, started with some arguments.
#pragma once

#include <string>
#include <vector>

#include "conformance/checks/runner.hpp"

namespace plumbline::conformance {

/// Runs the check on `plumbline subject ARGUMENTS`, on one core.
inline RunOutcome check_built_in(const std::vector<std::string>& arguments,
                                 const CheckOptions& options) {
  RunOptions run;
  run.command = {std::string(PLUMBLINE_BINARY_DIR) + "/plumbline", "subject"};
  run.command.insert(run.command.end(), arguments.begin(), arguments.end());
  return run_checks(options, run);
}

}  // namespace plumbline::conformance
