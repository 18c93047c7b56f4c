// How results are put for people: the same words in the console, JUnit and HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/report/report.hpp"

namespace plumbline::conformance {

/// Results of one name that say the same in several formats, shown as one row.
struct Row {
  std::vector<const ReportedResult*> results;  ///< at least one
  const ReportedResult& first() const { return *results.front(); }
};

/// One row a result, but where formats agree they are joined; in the report's order.
std::vector<Row> folded(const Report& report);

/// The formats in which the report has results of this kind.
std::vector<std::string> formats_of(const Report& report, Kind kind);

// The cells of a row.
std::string dialect_text(const Finding& finding);  ///< "pytorch +1, hyperparameters in binary32"
std::string budget_text(const Row& row);           ///< "44%", the most of all formats; "over"
std::string cases_text(const Row& row);            ///< "57 (+12 unsupported)", of all formats

/// One thing to say of a result, with its label.
struct Fact {
  std::string label;
  std::string text;
};

/// All there is to say beyond the row: where it deviates, what went wrong, notes. The
/// reproduce command is left out, since each writer lays it out in its own way.
std::vector<Fact> facts_of(const Result& result);

/// "binary32: deviates at case adam/gaussian/x, step 3, w0[5]": a result in one line.
std::string headline(const Result& result);

/// True where a command that shows it again is worth giving.
bool worth_reproducing(const Finding& finding);

/// "12 conform, 3 deviate, 5 unsupported, 0 errors".
std::string summary_line(const Report& report);

/// What else the summary has to say, a line each: skipped cases, expectations that hold
/// or do not, problems of the expectation file, and why the report is incomplete.
struct Remark {
  std::string text;
  bool bad = false;
};
std::vector<Remark> remarks(const Report& report);

}  // namespace plumbline::conformance
