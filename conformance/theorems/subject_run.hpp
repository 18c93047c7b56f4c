// The same theorems on a third-party subject: it runs the theorem's rule on the theorem's
// objective, step by step, with the gradient at its own point, and what its points show has to
// keep the bound, widened by what rounding may do.
#pragma once

#include "conformance/subject/subject.hpp"
#include "conformance/theorems/judge.hpp"

namespace plumbline::conformance {

/// Whether a subject can be put to this run: of a rule that is given gradients, within the
/// hypotheses or attaining the bound.
bool is_for_subjects(const Theorem& theorem, const Run& run);

/// One run. The bound is widened at each step by the width that all K-budget evaluations give
/// to what is observed; where that passes the bound itself the claim ends. A subject that
/// follows another dialect of the rule is held to the theorem where its hypotheses hold for
/// that one, and else the run is `unsupported`.
JudgedRun judge_subject(const Theorem& theorem, const Run& run, Subject& subject);

/// All runs that are for subjects; none where the theorem has none.
JudgedTheorem judge_subject(const Theorem& theorem, Subject& subject);

}  // namespace plumbline::conformance
