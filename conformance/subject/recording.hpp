// What a subject answered to a case, written down before anything is judged.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// A question that a subject put to its objective, and what it was told.
struct AskedObjective {
  std::vector<double> point;  ///< all parameters, flat
  Evaluation answer;
};

struct StepRecord {
  Tensors parameters;
  std::optional<Tensors> evaluate_at;
  std::optional<StateRecord> state;
  std::vector<AskedObjective> asked = {};  ///< by a run of as many steps, from the start
};

struct Recording : Ended {
  std::optional<Tensors> evaluate_at_start;
  std::optional<StateRecord> state_at_start;
  std::vector<StepRecord> steps;
  /// On an objective: the longest run, taken again, came to the same bits, so that a run of one
  /// step more goes on where one ended.
  bool repeats = false;
  std::unique_ptr<Recording> beside;  ///< of the second optimizer, where the case has one
};

/// Runs a case on the subject. Never throws for what the subject does, except
/// SubjectUnusable when it can't be used any more.
Recording record(Subject& subject, const Case& test_case, const SubjectFormat& format);

/// What creates the optimizer of a case.
CreateRequest create_request(const Case& test_case, const SubjectFormat& format);
/// What is sent for a step of a case, counted from 1.
StepRequest step_request(const Case& test_case, long step);

}  // namespace plumbline::conformance
