// Where an honest implementation in a format may be, step by step, in a loop with an objective.
#pragma once

#include <vector>

#include "reference/theorems/setting.hpp"

namespace plumbline::conformance {

/// By step and coordinate: all K-budget evaluations of the setting (acceptance.md), each with
/// the gradient at its own point, as the harness rounds it to the format. It ends where one
/// is no longer finite. `format`: "binary64" or "binary32"; else std::invalid_argument.
std::vector<CertifiedVector> rounded_trajectory(const Setting& setting, std::string_view format);

}  // namespace plumbline::conformance
