// Certified values of the catalogue's schedules, and where two of them differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/claims/trajectory.hpp"

namespace plumbline::claims {

using Values = std::vector<Certified>;

/// At the steps 0, 1, ..., of a schedule and dialect of the catalogue.
Values values_of(std::string_view name, std::string_view dialect, const Settings& settings,
                 long steps);

/// The first step at which the two certainly differ, or -1; elsewhere they agree to fifty digits.
long first_difference(const Values& left, const Values& right);

/// The step, or "none".
std::string step_text(long step);

}  // namespace plumbline::claims
