// The report as JSON: the contract with programs that read it.
#pragma once

#include <string>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// Values and bounds are strings in shortest decimal, so that NaN and infinity can be
/// told; other numbers are JSON numbers, with 1e308 for infinity. `complete` comes last.
std::string json_report(const Report& report);

}  // namespace plumbline::conformance
