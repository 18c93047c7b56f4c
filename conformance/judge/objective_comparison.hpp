// A recording of runs on an objective against one dialect.
#pragma once

#include "conformance/judge/comparison.hpp"

namespace plumbline::conformance {

/// Each run's end against the rule's own point after as many steps, on the answers that the
/// subject was given.
Comparison compare_on_objective(const Case& test_case, const Recording& recording,
                                const Candidate& candidate, const SubjectFormat& format);

}  // namespace plumbline::conformance
