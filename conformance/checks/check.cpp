#include "conformance/checks/check.hpp"

#include <algorithm>

#include "conformance/checks/examination.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::rule:
      return "rule";
    case Kind::schedule:
      return "schedule";
    case Kind::clipping:
      return "clipping";
    case Kind::sampling:
      return "sampling";
  }
  return "";
}

std::vector<Task> tasks_for(const CheckOptions& options) {
  std::vector<Task> tasks;
  const auto add = [&](Kind kind, const auto& entries, const std::vector<std::string>& globs,
                       bool by_format) {
    for (const auto& entry : entries) {
      if (!options.has(globs, entry.name)) continue;
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
  add(Kind::sampling, all_samplings(), options.samplings, false);
  add(Kind::sampling, all_initializations(), options.samplings, true);
  // A clipping has no state, so the mixed formats have nothing to mix.
  std::erase_if(tasks, [](const Task& task) {
    return task.kind == Kind::clipping && find_format(task.format)->mixed();
  });
  // A narrow format has a grid so coarse that it is seen in the distribution itself.
  std::erase_if(tasks, [](const Task& task) {
    return task.kind == Kind::sampling && !task.format.empty() && task.format != "binary64" &&
           task.format != "binary32";
  });
  return tasks;
}

std::optional<Result> run_task(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress) {
  std::optional<Examination> examination = examine(subject, task, options, progress);
  if (!examination) return std::nullopt;
  const RoundingScope scope(
      {.budget = options.budget, .flushes_subnormals = examination->flushes_subnormals});
  // A schedule's task has no format; the examination found one.
  try_properties(subject, examination->task, options, examination->trials, progress,
                 examination->finding);
  return Result{std::move(examination->task), std::move(examination->finding)};
}

}  // namespace plumbline::conformance
