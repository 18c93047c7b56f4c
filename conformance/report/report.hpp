// What a run found, ready to be shown.
//
// report/ turns results into text (a console table, JSON, JUnit XML, HTML) and holds
// them against expectation files. Each writer is a function from a Report to a string;
// files are the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/checks/check.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

inline constexpr std::string_view plumbline_version = "1.0.0";
inline constexpr int protocol_version = 1;

/// What a reason begins with that explains nothing yet.
inline constexpr std::string_view unexplained_mark = "unexplained";

/// How a result stands to an expectation file.
struct ExpectationOutcome {
  bool as_expected = true;
  std::string reason = {};  ///< of the entry that covers the result; empty where none does
  std::string link = {};
  std::string message = {};  ///< what is not as expected; else empty
};

struct ReportedResult {
  Result result;
  std::optional<ExpectationOutcome> expectation = {};  ///< only with an expectation file
};

struct Report {
  SubjectDescription subject = {};
  std::vector<std::string> command = {};  ///< starts the subject; empty: the built-in one
  std::string plugin = {};                ///< the file that is the subject instead
  bool in_process = false;                ///< the plugin was loaded into the harness
  std::uint64_t seed = CheckOptions{}.seed;
  double budget = CheckOptions{}.budget;
  std::string dialect = {};  ///< the one that the subject was held to; empty: any
  std::vector<ReportedResult> results = {};
  std::vector<std::string> expectation_problems = {};  ///< of the file as a whole
  bool complete = true;
  std::string incomplete_reason = {};
};

struct VerdictCounts {
  long conforms = 0, deviates = 0, unsupported = 0, error = 0;
};
VerdictCounts count_verdicts(const Report& report);

/// True when some case or property of some result ran; else the run proved nothing.
bool anything_checked(const Report& report);

/// 0: all conforms, or is as expected. 1: something deviates, or is better or otherwise
/// than expected. 3: an error that is not expected, nothing was checked, or the report is
/// incomplete. 3 wins over 1.
int exit_code(const Report& report);

/// "adam/binary32", or the name alone where there is no format.
std::string label_of(const Task& task);

/// The first property that fails; null where all hold.
const PropertyFinding* failed_property(const Finding& finding);

/// The case that a deviation or an error was seen in; empty where none is known.
std::string telling_case(const Result& result);

}  // namespace plumbline::conformance
