#include "conformance/checks/runner.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

namespace plumbline::conformance {
namespace {

/// What the workers share.
struct Board {
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  std::size_t done = 0;
  std::map<std::size_t, Result> results;
  std::map<std::size_t, std::string> failures;  // tasks in which the subject became unusable
  SubjectDescription subject;
};

Result unusable(const Task& task, const std::string& reason) {
  Result result{task, {}};
  result.finding.verdict = Verdict::error;
  result.finding.error = reason;
  result.finding.fault = "could not be run";
  return result;
}

void work(Board& board, const std::vector<Task>& tasks, const CheckOptions& check,
          const RunOptions& run) {
  const std::unique_ptr<Subject> subject = run.subject();
  for (;;) {
    const std::size_t index = board.next++;
    if (index >= tasks.size()) break;
    const auto progress = [&](const std::string& what) {
      if (!run.progress) return;
      const std::lock_guard lock(board.mutex);
      run.progress(board.done, tasks.size(), what);
    };
    try {
      const SubjectDescription description = subject->describe();
      std::optional<Result> result = run_task(*subject, tasks[index], check, progress);
      const std::lock_guard lock(board.mutex);
      board.subject = description;
      if (result) board.results.emplace(index, *std::move(result));
      ++board.done;
    } catch (const SubjectUnusable& failure) {
      const std::lock_guard lock(board.mutex);
      board.results.emplace(index, unusable(tasks[index], failure.what()));
      board.failures.emplace(index, failure.what());
      board.next = tasks.size();
      return;
    }
  }
  // A subject that does not leave when asked is told of in the last result it gave.
  const std::string parting = subject->shutdown();
  const std::lock_guard lock(board.mutex);
  if (!parting.empty() && !board.results.empty()) {
    board.results.rbegin()->second.finding.notes.push_back("at the end: " + parting);
  }
}

}  // namespace

RunOutcome run_checks(const CheckOptions& check, const RunOptions& run) {
  RunOutcome outcome;
  const std::vector<Task> all = tasks_for(check);
  for (std::size_t index = 0; index < all.size(); ++index) {
    if (static_cast<int>(index) % run.shards == run.shard) outcome.selected.push_back(all[index]);
  }
  Board board;
  std::vector<std::thread> workers;
  const std::size_t count = std::clamp<std::size_t>(static_cast<std::size_t>(run.jobs), 1,
                                                    std::max<std::size_t>(all.size(), 1));
  for (std::size_t i = 0; i < count; ++i) {
    workers.emplace_back([&] { work(board, outcome.selected, check, run); });
  }
  for (std::thread& worker : workers) worker.join();

  outcome.subject = board.subject;
  const std::size_t last =
      board.failures.empty() ? outcome.selected.size() : board.failures.begin()->first;
  for (auto& [index, result] : board.results) {
    if (index <= last) outcome.results.push_back(std::move(result));
  }
  if (!board.failures.empty()) outcome.incomplete_reason = board.failures.begin()->second;
  return outcome;
}

}  // namespace plumbline::conformance
