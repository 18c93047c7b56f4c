// Expectation files: deviations that are known, each with a reason, in a list that
// can't rot.
#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// One entry. Its name glob decides which results it covers; of several entries that
/// match a result the first one does. All else is what must be found there.
struct Expectation {
  std::string name;
  Verdict verdict = Verdict::conforms;
  std::string reason;
  std::string link = {};
  std::optional<std::string> dialect = {};  ///< glob on the dialect found, or the nearest
  std::optional<std::vector<std::string>> modifiers = {};  ///< these, and no others
  std::optional<std::string> test_case = {};  ///< glob on the case that deviates or fails
  std::optional<std::size_t> at_most = {};    ///< how many results it may cover
};

struct ExpectationFile {
  std::string path;  ///< for messages
  std::vector<Expectation> entries;
};

/// One line that names the file, the entry and the field.
struct ExpectationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads an array of entries, or {"expectations": [...]}. Throws ExpectationError.
ExpectationFile parse_expectations(std::string_view text, std::string path);

/// The names that a name glob is matched against: "adam", "rule/adam", "adam/binary32",
/// "rule/adam/binary32". A schedule has the first two only, since the format that it is
/// computed in is found out and not chosen.
std::vector<std::string> expectation_names(const Task& task);

/// Which entry covers which result. Entries and results are told by their places.
struct Coverage {
  std::vector<std::optional<std::size_t>> entry_of;  ///< [result]
  std::vector<std::vector<std::size_t>> covered;     ///< [entry]: results
  std::vector<bool> awaited;  ///< [entry]: it covers a task that did not run this time
  std::vector<bool> known;    ///< [entry]: it matches some task at all
};
Coverage coverage_of(std::span<const Expectation> entries, std::span<const ReportedResult> results,
                     std::span<const Task> all_tasks);

/// What is not as the entry says; empty where all is.
std::string difference(const Expectation& entry, const Result& result);

/// Holds every result against the file, and the file against the results: an entry that
/// covers nothing, or more than it may, becomes a problem. A result that no entry covers
/// must conform. `all_tasks` are those of a run without filters: an entry for tasks that
/// were left out this time is no problem.
void apply_expectations(Report& report, const ExpectationFile& file,
                        std::span<const Task> all_tasks);

/// The text of a file by which the report is as expected: entries that cover nothing or
/// are bettered are dropped, changed ones updated with their reason kept, and what is
/// missing is added, unexplained. Entries for tasks that were left out this time stay.
/// Throws ExpectationError when `text` can't be read.
std::string fix_expectations(std::string_view text, const std::string& path, const Report& report,
                             std::span<const Task> all_tasks);

}  // namespace plumbline::conformance
