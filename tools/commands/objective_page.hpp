// An objective on one page, for `plumbline show`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reference/objective.hpp"

namespace plumbline::tools {

/// What is known of it, what it gives, and its value and derivatives at its start with 40
/// certified digits.
nlohmann::ordered_json describe(const Objective& objective);

/// The same for a reader.
void print_objective(const nlohmann::ordered_json& page);

}  // namespace plumbline::tools
