// All cases of a task, put to a subject and judged together; then each case by itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conformance/checks/check.hpp"

namespace plumbline::conformance {

struct Examination {
  Task task;  ///< with the format in which it was judged
  std::vector<Trial> trials;
  Finding finding;  ///< of all trials
  double budget = 2;
  bool flushes_subnormals = false;
};

/// Puts every selected case to the subject and judges them together; nothing where no case
/// is selected. Throws SubjectUnusable. `progress` is called with the id of each case
/// before it runs.
std::optional<Examination> examine(Subject& subject, const Task& task, const CheckOptions& options,
                                   const std::function<void(const std::string&)>& progress);

/// What one trial of the examination says by itself, held to the dialect and the modifiers
/// that all of them together showed, or are nearest to.
Finding case_finding(const Examination& examination, const Trial& trial);

/// The ids of the cases that `examine` would put to a subject, in its order.
std::vector<std::string> case_ids(const Task& task, const CheckOptions& options);

}  // namespace plumbline::conformance
