// False alarms: correct implementations at random, none of which may be called wrong.
//
//   false_alarms [--runs N] [--seed N] [--jobs N] [--first N] [--rule R] [--dialect D]
//                [--format F] [--order N] [--judged-as D] [--budget K] PLUGIN...
//
// A run is one random case on one variant (compiler and flags, order of operations,
// dialect) in one format. Every run is judged by trajectory and, since the variants show
// their state, step by step. Prints progress, then a table of runs and the largest share
// of the rounding budget by rule and order, and by rule and compiler. Exit code 1 where a
// variant was called wrong: its smallest case found is printed.
//
// A share near 1 need not be near an alarm: it is the distance from the interval's middle,
// and where a divisor may vanish or a factor ends at 1 the interval is lopsided. How much
// of the budget is needed shows in the alarms at a smaller one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "reference/numbers/rounded.hpp"
#include "tests/false_alarms/random_run.hpp"

using namespace plumbline::conformance;

namespace {

struct Options {
  long runs = 3000;
  std::uint64_t seed = 1;
  std::uint64_t first = 0;
  unsigned jobs = 2;
  double budget = plumbline::RoundingModel{}.budget;
  RunFilter filter;
  std::vector<std::string> plugins;
};

struct Tally {
  long runs = 0;
  double budget = 0;
  void add(const RunOutcomeOfVariant& run) {
    ++runs;
    budget = std::max(budget, run.budget_used);
  }
};

class Board {
 public:
  explicit Board(const Options& options) : options_(options) {}

  void add(std::uint64_t number, const RunOutcomeOfVariant& run, const std::string& plugin) {
    const std::lock_guard lock(mutex_);
    ++done_;
    steps_ += run.steps;
    single_steps_ += run.single_steps;
    by_order_[run.entry][std::string(order_text(run.order))].add(run);
    by_plugin_[run.entry][plugin].add(run);
    by_format_[run.entry][run.format].add(run);
    dialects_[run.entry + "/" + run.dialect] += 1;
    if (!run.alarm.empty()) {
      alarms_[number] =
          fmt::format("run {}: {}/{} in {}, {}, by {}\n    {}", number, run.entry, run.dialect,
                      run.format, order_text(run.order), plugin, run.alarm);
    }
    if (done_ % std::max(1L, options_.runs / 20) == 0) {
      fmt::print("{} of {} runs, {} steps, {} alarms\n", done_, options_.runs, steps_,
                 alarms_.size());
      std::fflush(stdout);
    }
  }

  /// Everything that was seen; true when nothing is wrong.
  bool report() const {
    print("runs (largest share of the budget) by order of operations", by_order_);
    print("by compiler and flags", by_plugin_);
    print("by format", by_format_);
    for (const auto& [number, text] : alarms_) fmt::print("FALSE ALARM {}\n", text);
    fmt::print("{} runs in {} dialects, {} steps, {} of them also by themselves; {} false alarms\n",
               done_, dialects_.size(), steps_, single_steps_, alarms_.size());
    return alarms_.empty() && done_ == options_.runs && single_steps_ > 0;
  }

 private:
  using Table = std::map<std::string, std::map<std::string, Tally>>;

  const Options& options_;
  std::mutex mutex_;
  long done_ = 0, steps_ = 0, single_steps_ = 0;
  Table by_order_, by_plugin_, by_format_;
  std::map<std::string, long> dialects_;
  std::map<std::uint64_t, std::string> alarms_;

  static void print(const char* title, const Table& table) {
    fmt::print("\n{}\n", title);
    for (const auto& [entry, row] : table) {
      for (const auto& [column, tally] : row) {
        fmt::print("  {:<22}{:<34}{:>8}  ({:.3f})\n", entry, column, tally.runs, tally.budget);
      }
    }
  }
};

void work(const Options& options, const std::vector<VariantPlugin>& plugins,
          std::atomic<long>& next, Board& board) {
  const plumbline::RoundingScope scope({.budget = options.budget});
  for (long index = next++; index < options.runs; index = next++) {
    const std::uint64_t number = options.first + static_cast<std::uint64_t>(index);
    const RunOutcomeOfVariant run = random_run(plugins, options.seed, number, options.filter);
    board.add(number, run, plugins[run.plugin].name);
  }
}

}  // namespace

int main(int count, char** words) {
  Options options;
  CLI::App app{"correct implementations at random, none of which may be called wrong"};
  app.add_option("--runs", options.runs);
  app.add_option("--seed", options.seed);
  app.add_option("--first", options.first, "number of the first run");
  app.add_option("--jobs", options.jobs);
  app.add_option("--rule", options.filter.entry, "only this rule, schedule or clipping");
  app.add_option("--dialect", options.filter.dialect);
  app.add_option("--format", options.filter.format);
  app.add_option("--order", options.filter.order);
  app.add_option("--judged-as", options.filter.judged_as, "hold the variants to this dialect");
  app.add_option("--budget", options.budget, "roundings allowed an operation");
  app.add_option("plugins", options.plugins)->required();
  CLI11_PARSE(app, count, words);

  std::vector<VariantPlugin> plugins;
  for (const std::string& path : options.plugins) plugins.push_back(load_variant(path));
  Board board(options);
  std::atomic<long> next{0};
  std::vector<std::thread> workers;
  for (unsigned job = 0; job < std::max(1U, options.jobs); ++job) {
    workers.emplace_back([&] { work(options, plugins, next, board); });
  }
  for (std::thread& worker : workers) worker.join();
  return board.report() ? 0 : 1;
}
