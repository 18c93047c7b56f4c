// The report as one HTML page.
#pragma once

#include <string>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// A page that needs nothing but itself: no network, no script. It suits a phone, light
/// and dark, and a keyboard.
std::string html_report(const Report& report);

}  // namespace plumbline::conformance
