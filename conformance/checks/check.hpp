// The checks that a subject can be put to, each by name and format.
//
// checks/ joins cases, subject and judge: it puts every case of a rule, schedule, clipping
// or sampling to a subject and gives the verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/checks/selection.hpp"
#include "conformance/judge/verdict.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// What is checked.
struct CheckOptions : CatalogueSelection {
  std::vector<std::string> formats;
  std::vector<std::string> cases;  ///< globs on case ids
  std::string dialect;             ///< hold the subject to this one
  std::string modifier;            ///< consider this one only; empty: all
  double budget = 2;
  std::uint64_t seed = 1;
  bool thorough = true;  ///< look for the nearest dialect of a deviating subject
  std::vector<std::string> properties = {};  ///< globs; empty: all, unless cases are named
  bool no_properties = false;
  bool any_rule = false;   ///< hold a rule's recordings against the other rules too
  int examples = 12;       ///< random cases for each property
  std::string input = {};  ///< a case as JSON, for the named property alone
};

/// Samplings are of indices (the catalogue's `Sampling`) or of weights (`Initialization`).
enum class Kind { rule, schedule, clipping, sampling };
/// In the order of reports.
inline constexpr Kind all_kinds[] = {Kind::rule, Kind::schedule, Kind::clipping, Kind::sampling};
std::string_view name_of(Kind kind);

/// One line of the report to be: a rule in a format, say.
struct Task {
  Kind kind = Kind::rule;
  std::string name;
  std::string format;
};

struct Result {
  Task task;
  Finding finding;
};

/// The tasks that the options select, in the catalogue's order.
std::vector<Task> tasks_for(const CheckOptions& options);

/// Puts one task to the subject; nothing where no case is selected for it. Throws
/// SubjectUnusable. `progress` is called with the id of each case before it runs.
std::optional<Result> run_task(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress);

// The trials of each kind; run_task chooses.
std::vector<Trial> rule_trials(Subject& subject, const Task& task, const CheckOptions& options,
                               const std::function<void(const std::string&)>& progress);
std::vector<Trial> schedule_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress);
std::vector<Trial> clipping_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress);
std::vector<Trial> sampling_trials(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress);
std::vector<Trial> initialization_trials(Subject& subject, const Task& task,
                                         const CheckOptions& options,
                                         const std::function<void(const std::string&)>& progress);

// The ids of the cases of those trials, in their order.
std::vector<std::string> rule_case_ids(const Task& task, const CheckOptions& options);
std::vector<std::string> schedule_case_ids(const Task& task, const CheckOptions& options);
std::vector<std::string> clipping_case_ids(const Task& task, const CheckOptions& options);
std::vector<std::string> sampling_case_ids(const Task& task, const CheckOptions& options);
std::vector<std::string> initialization_case_ids(const Task& task, const CheckOptions& options);

/// Tries the selected properties on a subject that follows the finding's dialect (or is
/// nearest to it), and adds them to the finding: one that fails makes it deviate.
void try_properties(Subject& subject, const Task& task, const CheckOptions& options,
                    std::span<const Trial> trials,
                    const std::function<void(const std::string&)>& progress, Finding& finding);

}  // namespace plumbline::conformance
