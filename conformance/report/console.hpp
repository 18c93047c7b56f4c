// The report as a table for a terminal.
#pragma once

#include <string>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

inline constexpr std::size_t console_width = 110;

/// A row a result (formats that agree share one), a block below each deviation and error,
/// and a summary. At most `console_width` wide, but for commands with longer arguments.
std::string console_report(const Report& report, bool colour);

}  // namespace plumbline::conformance
