// What the judge's tests share: the built-in subject, started with some arguments.
#pragma once

#include <string>
#include <vector>

#include "conformance/checks/runner.hpp"
#include "conformance/subject/protocol_subject.hpp"

namespace plumbline::conformance {

/// Starts `plumbline subject ARGUMENTS`.
inline SubjectFactory built_in_program(std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(),
                   {std::string(PLUMBLINE_BINARY_DIR) + "/plumbline", "subject"});
  return [arguments] { return std::make_unique<ProtocolSubject>(arguments, Limits{}); };
}

/// Runs the check on `plumbline subject ARGUMENTS`, on one core.
inline RunOutcome check_built_in(const std::vector<std::string>& arguments,
                                 const CheckOptions& options) {
  RunOptions run;
  run.subject = built_in_program(arguments);
  return run_checks(options, run);
}

}  // namespace plumbline::conformance
