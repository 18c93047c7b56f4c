// Whether a mutant computes the same as a dialect, on enclosures and over all cases.
//
// mutants/ measures the harness by its own mutants: which ones the cases catch, and
// which ones can't be caught because they are no faults.
#pragma once

#include <string>
#include <vector>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// The dialects that a systematic mutant agrees with in every value of every case, to far
/// more digits than any format has; the mutant's own comes first. A division by zero, a
/// negative radicand or an open comparison is no agreement. Certified arithmetic has one
/// precision for the process: one call at a time.
std::vector<std::string> certified_equals(const Mutant& mutant);

}  // namespace plumbline::conformance
