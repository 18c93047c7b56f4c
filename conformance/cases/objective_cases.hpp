// Cases that run on objectives: closed loops.
#pragma once

#include <vector>

#include "conformance/cases/case.hpp"

namespace plumbline::conformance {

/// The cases of a rule that asks its objective: on every objective that has what it wants.
std::vector<Case> objective_cases_for(const Rule& rule);

}  // namespace plumbline::conformance
