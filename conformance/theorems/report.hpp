// Judged theorems as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "conformance/theorems/judge.hpp"

namespace plumbline::conformance {

/// What `show` gives of a theorem: no run is made.
nlohmann::ordered_json describe(const Theorem& theorem);

nlohmann::ordered_json as_json(const JudgedTheorem& judged);

/// The whole report; `complete` comes last.
nlohmann::ordered_json theorem_report(std::span<const JudgedTheorem> theorems);

}  // namespace plumbline::conformance
