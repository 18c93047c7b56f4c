// Cases that only some rules need; each adds none to the others.
#pragma once

#include <string>

#include "conformance/cases/case_list.hpp"

namespace plumbline::conformance {

/// For a case's name: "scale-2p-7".
std::string power_of_two(int exponent);

/// Gradients that bring what a rule compares to equality, next to it, and far off.
void add_near_ties(CaseList& list);
/// The same for what stands inside a sign.
void add_signs(CaseList& list);
/// Step sizes that reach their bounds, begin outside of them, and are set late.
void add_step_bounds(CaseList& list);
/// Shapes and ranks that rules by tensor tell apart.
void add_matrices(CaseList& list);

}  // namespace plumbline::conformance
