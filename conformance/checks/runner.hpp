// All tasks of a check, over several copies of the subject.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/checks/check.hpp"

namespace plumbline::conformance {

struct RunOptions {
  SubjectFactory subject;
  int jobs = 1;               ///< copies of the subject, each in a thread of its own
  int shard = 0, shards = 1;  ///< this run takes every shards-th task, from shard on
  /// Called now and then, one call at a time: tasks done, all tasks, what runs.
  std::function<void(std::size_t, std::size_t, const std::string&)> progress;
};

struct RunOutcome {
  SubjectDescription subject;
  std::vector<Task> selected;     ///< what was to be run
  std::vector<Result> results;    ///< in the order of the tasks
  std::string incomplete_reason;  ///< empty when all tasks ran
};

/// Runs the selected tasks. The results do not depend on `jobs`: after a task in which
/// the subject became unusable, no later task is reported.
RunOutcome run_checks(const CheckOptions& check, const RunOptions& run);

}  // namespace plumbline::conformance
