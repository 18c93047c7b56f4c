// The options that `check` and `identify` share, and the run behind both.
#pragma once

#include <string>
#include <vector>

#include "conformance/report/report.hpp"
#include "tools/commands/commands.hpp"

namespace plumbline::tools {

struct CheckCommand {
  conformance::CheckOptions check;
  std::vector<std::string> command;  ///< starts the subject; empty: the built-in one
  std::string plugin;                ///< the subject is this shared library instead
  bool in_process = false;           ///< which is loaded into this process
  int jobs = 0;                      ///< 0: as many as there are processors
  double timeout_seconds = 10;
  double run_timeout_seconds = 3600;
  std::string shard;  ///< "I/N", I from 1
  std::string expect, json, junit, html;
  bool fix = false;
};

void add_check_options(CLI::App& command, CheckCommand& options);

/// Runs the check, holds it against the expectation file, writes the reports asked for.
/// Throws UsageError.
conformance::Report run_check(const CheckCommand& options);

}  // namespace plumbline::tools
