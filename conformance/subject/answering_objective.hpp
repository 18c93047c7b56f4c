// An objective of the catalogue as a subject asks it.
#pragma once

#include <vector>

#include "conformance/subject/recording.hpp"
#include "reference/objective.hpp"

namespace plumbline::conformance {

/// Answers with the exact values, rounded once to the format, and writes down each question.
/// `asked` outlives what is given back.
Objective answering(const plumbline::Objective& objective, const SubjectFormat& format,
                    std::vector<AskedObjective>& asked);

}  // namespace plumbline::conformance
