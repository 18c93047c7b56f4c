// The report as JUnit XML, for continuous integration.
#pragma once

#include <string>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// A suite a kind, a test case a result. What an expectation file explains counts as
/// passed; what is not as it says fails. Problems of the file, and an incomplete run, make
/// a suite of their own, so that nobody takes the rest for a success.
std::string junit_report(const Report& report);

}  // namespace plumbline::conformance
