// Where an honest implementation in binary64 may be, step by step, in a loop with an
// objective.
#pragma once

#include <vector>

#include "reference/theorems/setting.hpp"

namespace plumbline::conformance {

/// By step and coordinate: all K-budget evaluations of the setting (acceptance.md), each with
/// the gradient at its own point, as the harness rounds it to binary64. It ends where one
/// is no longer finite.
std::vector<CertifiedVector> rounded_trajectory(const Setting& setting);

}  // namespace plumbline::conformance
