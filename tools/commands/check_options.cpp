#include "tools/commands/check_options.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <thread>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/runner.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "conformance/report/expectation.hpp"
#include "conformance/report/html.hpp"
#include "conformance/report/json_report.hpp"
#include "conformance/report/junit.hpp"
#include "conformance/subject/plugin_subject.hpp"
#include "conformance/subject/protocol_subject.hpp"
#include "tools/commands/globs.hpp"
#include "tools/commands/progress.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;

std::chrono::milliseconds milliseconds(double seconds, const char* option) {
  if (!(seconds > 0 && seconds < 1e6)) {
    throw UsageError(fmt::format("{} wants a positive number of seconds", option));
  }
  return std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

/// "2/5" is the second of five.
void read_shard(const std::string& text, RunOptions& run) {
  if (text.empty()) return;
  int index = 0, count = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d/%d%c", &index, &count, &rest) != 2 || count < 1 || index < 1 ||
      index > count) {
    throw UsageError(fmt::format("--shard {}: wants I/N with 1 <= I <= N", text));
  }
  run.shard = index - 1;
  run.shards = count;
}

std::vector<std::string_view> property_names() {
  std::vector<std::string_view> names;
  for (const auto& property : all_properties()) names.push_back(property->name());
  for (const auto& property : all_clipping_properties()) names.push_back(property->name());
  for (const auto& property : all_schedule_properties()) names.push_back(property.name());
  return names;
}

/// A counterexample to try again is for one rule, clipping or schedule, and must be readable
/// for it.
void refuse_input_without_place(const CheckOptions& check) {
  if (check.input.empty()) return;
  const Rule* rule = check.rules.size() == 1 ? find_rule(check.rules[0]) : nullptr;
  const Clipping* clipping =
      check.clippings.size() == 1 ? find_clipping(check.clippings[0]) : nullptr;
  const Schedule* schedule =
      check.schedules.size() == 1 ? find_schedule(check.schedules[0]) : nullptr;
  const int named = int{rule != nullptr} + int{clipping != nullptr} + int{schedule != nullptr};
  if (named != 1 || check.properties.empty()) {
    throw UsageError("--input goes with one --rule, --clipping or --schedule and a --property");
  }
  try {
    if (rule != nullptr) {
      read_case(*rule, nlohmann::ordered_json::parse(check.input));
    } else if (clipping != nullptr) {
      read_clipping_case(*clipping, check.input);
    } else {
      read_schedule_question(*schedule, check.input);
    }
  } catch (const std::exception& wrong) {
    throw UsageError(fmt::format("--input: {}", wrong.what()));
  }
}

void refuse_what_is_not_there(const CheckOptions& check) {
  refuse_names_without_match(check);
  refuse_globs_without_match(check.formats, names_of(subject_formats()), "--format");
  refuse_globs_without_match(check.properties, property_names(), "--property");
  if (!check.modifier.empty() && !is_modifier(check.modifier)) {
    throw UsageError(fmt::format("--modifier {}: no such modifier", check.modifier));
  }
  if (check.dialect.empty()) return;
  bool known = false;
  const auto look = [&](const auto& entries) {
    for (const auto& entry : entries) {
      known = known || find_dialect(entry.dialects, check.dialect) != nullptr;
    }
  };
  look(all_rules());
  look(all_schedules());
  look(all_clippings());
  look(all_samplings());
  look(all_initializations());
  if (!known) throw UsageError(fmt::format("--dialect {}: no such dialect", check.dialect));
}

/// Says what happened when a plugin brings this process down.
void say_when_crashing() {
  struct sigaction action {};
  action.sa_handler = [](int) {
    constexpr std::string_view text =
        "\nplumbline: the plugin crashed, and the check with it: nothing was reported. Without "
        "--in-process it has a process of its own\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    _exit(3);
  };
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
}

/// A plugin in a process of its own: this program serves it, so that whatever it does, it
/// does to itself. Or in this process, where every thread takes the same library.
SubjectFactory plugin_factory(const CheckCommand& options, const Limits& limits) {
  if (!options.command.empty()) throw UsageError("--plugin and a command: one subject at a time");
  if (access(options.plugin.c_str(), R_OK) != 0) {
    throw UsageError(fmt::format("{}: can't be read ({})", options.plugin, std::strerror(errno)));
  }
  if (!options.in_process) {
    return [command = plugin_command(options.plugin), limits] {
      return std::make_unique<ProtocolSubject>(command, limits);
    };
  }
  say_when_crashing();
  try {
    return [library = std::make_shared<PluginLibrary>(options.plugin)] {
      return std::make_unique<PluginSubject>(library);
    };
  } catch (const SubjectUnusable& wrong) {
    throw UsageError(wrong.what());
  }
}

/// The program that the command starts; without one, the built-in subject in this process.
SubjectFactory subject_factory(const CheckCommand& options) {
  Limits limits;
  limits.call = milliseconds(options.timeout_seconds, "--timeout");
  limits.run_ends =
      std::chrono::steady_clock::now() + milliseconds(options.run_timeout_seconds, "--run-timeout");
  if (!options.plugin.empty()) return plugin_factory(options, limits);
  if (options.in_process) throw UsageError("--in-process goes with --plugin");
  if (options.command.empty()) return [] { return std::make_unique<BuiltInSubject>(); };
  return [command = options.command, limits] {
    return std::make_unique<ProtocolSubject>(command, limits);
  };
}

}  // namespace

void add_check_options(CLI::App& command, CheckCommand& options) {
  CheckOptions& check = options.check;
  command.add_option("--rule", check.rules, "only these rules (globs; repeatable)")
      ->allow_extra_args(false);
  command.add_option("--schedule", check.schedules, "only these schedules")
      ->allow_extra_args(false);
  command.add_option("--clipping", check.clippings, "only these clippings")
      ->allow_extra_args(false);
  command.add_option("--sampling", check.samplings, "only these samplings and initializations")
      ->allow_extra_args(false);
  command.add_option("--format", check.formats, "only these formats")->allow_extra_args(false);
  command.add_option("--case", check.cases, "only these cases")->allow_extra_args(false);
  command.add_option("--property", check.properties, "only these properties (globs)")
      ->allow_extra_args(false);
  command.add_flag("--no-properties", check.no_properties, "cases alone");
  command.add_option("--examples", check.examples, "random cases for each property (default 12)");
  command.add_option("--input", check.input,
                     "a case as JSON: put the named property to the subject on it alone");
  command.add_option("--dialect", check.dialect, "hold the subject to this dialect");
  command.add_option("--modifier", check.modifier,
                     "consider only this modifier (`none`: hyperparameters held exactly)");
  command.add_option("--budget", check.budget, "roundings allowed an operation (default 2)");
  command.add_option("--seed", check.seed, "seed of the random gradients and draws (default 1)");
  command.add_option("--jobs", options.jobs, "copies of the subject that run side by side");
  command.add_option("--timeout", options.timeout_seconds, "seconds for one call (default 10)");
  command.add_option("--run-timeout", options.run_timeout_seconds,
                     "seconds for the whole run (default 3600)");
  command.add_option("--shard", options.shard, "I/N: only the I-th of N parts");
  command.add_option("--expect", options.expect, "expectation file: known deviations");
  command.add_flag("--fix", options.fix, "rewrite the expectation file to what was found");
  command.add_option("--json", options.json, "write the JSON report (- is standard output)");
  command.add_option("--junit", options.junit, "write the JUnit XML report");
  command.add_option("--html", options.html, "write the HTML report");
  command.add_option("--plugin", options.plugin,
                     "check this shared library (plumbline_subject_v1.h), in a process of its own");
  command.add_flag(
      "--in-process", options.in_process,
      "load the plugin into this process: faster, but if it crashes, so does the check");
  command.add_option("command", options.command, "after --: the command that starts the subject");
}

Report run_check(const CheckCommand& options) {
  const CheckOptions& check = options.check;
  refuse_what_is_not_there(check);
  if (!(check.budget >= 0.01 && check.budget <= 1000)) {
    throw UsageError("--budget wants a number from 0.01 to 1000");
  }
  if (check.examples < 1 || check.examples > 1000000) {
    throw UsageError("--examples wants 1 to 1000000");
  }
  refuse_input_without_place(check);
  if (options.jobs < 0 || options.jobs > 256) throw UsageError("--jobs wants 1 to 256");
  if (options.fix && options.expect.empty()) throw UsageError("--fix goes with --expect");
  std::string expectation_text;
  std::optional<ExpectationFile> expectations;
  if (!options.expect.empty()) {
    try {
      expectation_text = read_file(options.expect);
      expectations = parse_expectations(expectation_text, options.expect);
    } catch (const ExpectationError& error) {
      throw UsageError(error.what());
    }
  }

  RunOptions run;
  run.subject = subject_factory(options);
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  run.jobs = options.jobs > 0 ? options.jobs : static_cast<int>(std::min(processors, 8U));
  read_shard(options.shard, run);
  const ProgressLine progress;
  if (progress.is_shown()) {
    run.progress = [&](std::size_t done, std::size_t all, const std::string& what) {
      progress.show(fmt::format("[{}/{}] {}", done, all, what.substr(0, 80)));
    };
  }

  RunOutcome outcome = run_checks(check, run);
  progress.clear();

  Report report;
  report.subject = outcome.subject;
  report.command = options.command;
  report.plugin = options.plugin;
  report.in_process = options.in_process;
  report.seed = check.seed;
  report.budget = check.budget;
  report.dialect = check.dialect;
  report.complete = outcome.incomplete_reason.empty();
  report.incomplete_reason = outcome.incomplete_reason;
  for (Result& result : outcome.results) report.results.push_back({std::move(result), {}});
  if (expectations) {
    const std::vector<Task> all = tasks_for(CheckOptions{});
    if (options.fix) {
      expectation_text = fix_expectations(expectation_text, options.expect, report, all);
      write_file(options.expect, expectation_text);
      expectations = parse_expectations(expectation_text, options.expect);
    }
    apply_expectations(report, *expectations, all);
  }
  if (!options.json.empty()) write_file(options.json, json_report(report));
  if (!options.junit.empty()) write_file(options.junit, junit_report(report));
  if (!options.html.empty()) write_file(options.html, html_report(report));
  return report;
}

}  // namespace plumbline::tools
