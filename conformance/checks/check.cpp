#include "conformance/checks/check.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {
namespace {

/// What the subject claims of a name: {"dialect": ..., "formats": [...]}.
std::string claimed_dialect(const nlohmann::json& claims, const Task& task) {
  const auto claim = claims.find(task.name);
  if (claim == claims.end() || !claim->is_object()) return {};
  if (const auto formats = claim->find("formats"); formats != claim->end()) {
    if (formats->is_array() && !task.format.empty() &&
        std::ranges::find(*formats, nlohmann::json(task.format)) == formats->end()) {
      return {};
    }
  }
  return claim->contains("dialect") && (*claim)["dialect"].is_string()
             ? (*claim)["dialect"].get<std::string>()
             : std::string();
}

Conventions conventions_of(const Task& task) {
  const auto of = [](const auto& entry) {
    return Conventions{entry.options, entry.dialects, entry.equivalences};
  };
  switch (task.kind) {
    case Kind::rule:
      return of(*find_rule(task.name));
    case Kind::schedule:
      return of(*find_schedule(task.name));
    case Kind::clipping:
      return of(*find_clipping(task.name));
  }
  return {};
}

/// For a given input: no cases are run, the subject is taken to be what is demanded.
Finding as_demanded(const Demands& demands) {
  Finding finding;
  finding.verdict = Verdict::conforms;
  finding.dialect =
      demands.required_dialect.empty() ? demands.claimed_dialect : demands.required_dialect;
  if (!demands.required_modifier.empty() && demands.required_modifier != "none") {
    finding.modifiers.push_back(demands.required_modifier);
  }
  return finding;
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::rule:
      return "rule";
    case Kind::schedule:
      return "schedule";
    case Kind::clipping:
      return "clipping";
  }
  return "";
}

bool matches(std::string_view glob, std::string_view text) {
  return fnmatch(std::string(glob).c_str(), std::string(text).c_str(), 0) == 0;
}

bool selected(const std::vector<std::string>& globs, std::string_view text) {
  return globs.empty() ||
         std::ranges::any_of(globs, [&](const std::string& glob) { return matches(glob, text); });
}

std::vector<Task> tasks_for(const CheckOptions& options) {
  // Naming some of one kind leaves the other kinds out.
  const bool everything =
      options.rules.empty() && options.schedules.empty() && options.clippings.empty();
  std::vector<Task> tasks;
  const auto add = [&](Kind kind, const auto& entries, const std::vector<std::string>& globs,
                       bool by_format) {
    if (globs.empty() && !everything) return;
    for (const auto& entry : entries) {
      if (!selected(globs, entry.name)) continue;
      if (!by_format) {
        tasks.push_back({kind, std::string(entry.name), ""});
        continue;
      }
      for (const SubjectFormat& format : subject_formats()) {
        if (selected(options.formats, format.name)) {
          tasks.push_back({kind, std::string(entry.name), format.name});
        }
      }
    }
  };
  add(Kind::rule, all_rules(), options.rules, true);
  add(Kind::schedule, all_schedules(), options.schedules, false);
  add(Kind::clipping, all_clippings(), options.clippings, true);
  // A clipping has no state, so the mixed formats have nothing to mix.
  std::erase_if(tasks, [](const Task& task) {
    return task.kind == Kind::clipping && find_format(task.format)->mixed();
  });
  return tasks;
}

std::optional<Result> run_task(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress) {
  const SubjectDescription& description = subject.describe();
  const RoundingScope scope(
      {.budget = options.budget, .flushes_subnormals = description.flushes_subnormals});
  Result result{task, {}};
  const Demands demands{.required_dialect = options.dialect,
                        .required_modifier = options.modifier,
                        .claimed_dialect = claimed_dialect(description.claims, task),
                        .thorough = options.thorough};
  switch (task.kind) {
    case Kind::rule: {
      if (options.input.empty()) {
        const auto trials = rule_trials(subject, task, options, progress);
        if (trials.empty()) return std::nullopt;
        result.finding = decide(conventions_of(task), trials, demands);
      } else {
        result.finding = as_demanded(demands);
      }
      try_properties(subject, task, options, progress, result.finding);
      break;
    }
    case Kind::clipping: {
      const auto trials = clipping_trials(subject, task, options, progress);
      if (trials.empty()) return std::nullopt;
      result.finding = decide(conventions_of(task), trials, demands);
      break;
    }
    case Kind::schedule: {
      // The protocol does not say in which format a schedule is computed: binary64
      // first, then binary32.
      Task in_format = task;
      in_format.format = "binary64";
      const auto trials = schedule_trials(subject, in_format, options, progress);
      if (trials.empty()) return std::nullopt;
      result.finding = decide(conventions_of(task), trials, demands);
      result.task.format = in_format.format;
      if (result.finding.verdict != Verdict::deviates) break;
      in_format.format = "binary32";
      const auto again = schedule_trials(subject, in_format, options, progress);
      Finding narrower = decide(conventions_of(task), again, demands);
      if (narrower.verdict == Verdict::conforms) {
        result.finding = std::move(narrower);
        result.task.format = in_format.format;
      }
      break;
    }
  }
  return result;
}

}  // namespace plumbline::conformance
