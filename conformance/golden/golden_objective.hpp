// Checkpoints of a case that runs on an objective.
#pragma once

#include <nlohmann/json.hpp>

#include "conformance/cases/case.hpp"
#include "conformance/golden/golden.hpp"

namespace plumbline::conformance {

/// The certified points of a closed loop, with the radii of the same loop in each format.
/// Throws NotEnoughPrecision, as certify() wants it.
nlohmann::ordered_json objective_checkpoints(const Case& test_case, const Dialect& dialect,
                                             const std::string& id, GoldenCounts& counts);

}  // namespace plumbline::conformance
