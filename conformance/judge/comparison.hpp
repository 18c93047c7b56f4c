// A recording against one dialect.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "conformance/subject/recording.hpp"

namespace plumbline::conformance {

/// The first place where a subject leaves what a dialect allows.
struct Deviation {
  std::string test_case = {};
  long step = 0;
  std::string parameter = {};
  std::size_t element = 0;
  std::string quantity = {};    ///< "parameter", "evaluate_at", or the state's name
  std::string comparison = {};  ///< "trajectory" or "step"
  double value = 0;
  double lower = 0;
  double upper = 0;
  double radii = 0;       ///< distance from the centre; infinity for NaN
  std::string note = {};  ///< what else there is to say; often empty
};

/// A trajectory says little once its radius passes this share of the motion so far.
constexpr double telling_share_of_motion = 0.5;

/// How a subject holds hyperparameters, where that shows beyond rounding.
enum class Held {
  exactly,
  in_binary32,         ///< all of them: 1 - beta2 is then off by 3e-5 relative
  powers_in_binary32,  ///< only those that go into running products (beta^t)
};

/// One way to evaluate the reference.
struct Candidate {
  std::vector<int> choices;
  Held held = Held::exactly;
};

struct Comparison {
  double budget_used = 0;              ///< largest share of a radius, of what was inside
  std::optional<Deviation> deviation;  ///< the earliest; none where all is inside
  std::optional<long> claim_ends;      ///< step past which trajectories say little
};

/// Compares both by trajectory and, where the subject shows its state, step by step.
Comparison compare(const Case& test_case, const Recording& recording, const Candidate& candidate,
                   const SubjectFormat& format);

}  // namespace plumbline::conformance
