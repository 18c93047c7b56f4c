// The mutants of what has no state: schedules and clipping.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/cases/clipping_case.hpp"

namespace plumbline::conformance {

/// What a schedule's mutant does to the question before it is answered. (schedule_mutants.cpp)
void distort_question(std::string_view mutant, const Schedule& schedule, Access access,
                      std::vector<double>& hyperparameters, std::vector<long>& steps);
/// ... and to the answer.
void distort_answer(std::string_view mutant, const std::vector<double>& hyperparameters,
                    const std::vector<long>& steps, std::vector<double>& values);

/// The gradients of a case as a clipping's mutant gives them; false where it has none of its
/// own. (clipping_mutants.cpp)
bool clip_as_mutant(std::string_view mutant, const ClippingCase& asked,
                    std::vector<std::vector<double>>& gradients);

}  // namespace plumbline::conformance
