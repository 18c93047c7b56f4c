// Certified rates of schedules, and where two of them differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/by_name.hpp"

namespace plumbline::claims {

using Values = std::vector<Certified>;

/// The first step at which the two certainly differ, or -1; elsewhere they agree to fifty digits.
long first_difference(const Values& left, const Values& right);

/// The step, or "none".
std::string step_text(long step);

}  // namespace plumbline::claims
