#include "conformance/report/console.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "conformance/report/reproduce.hpp"
#include "conformance/report/text_layout.hpp"
#include "conformance/report/wording.hpp"
#include "conformance/transport/printable_text.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

constexpr std::size_t column_count = 6;
using Cells = std::array<std::string, column_count>;
using Widths = std::array<std::size_t, column_count>;

constexpr std::size_t verdict_column = 2;
constexpr std::string_view gap = "  ";
/// With the gaps between them these make up the width of the console.
constexpr Widths greatest_widths{20, 17, 11, 31, 6, 15};

/// One kind's part of the table.
struct Section {
  Kind kind = Kind::rule;
  std::vector<Row> rows;
};

std::vector<Section> sections_of(const Report& report) {
  std::vector<Section> sections;
  for (Row& row : folded(report)) {
    const Kind kind = row.first().result.task.kind;
    auto section = std::ranges::find(sections, kind, &Section::kind);
    if (section == sections.end()) section = sections.insert(sections.end(), {kind, {}});
    section->rows.push_back(std::move(row));
  }
  return sections;
}

/// The formats of a row; "all 5" where it has every one of its kind, if those are many.
std::string format_cell(const Row& row, const std::vector<std::string>& all) {
  if (row.results.size() > 2 && row.results.size() == all.size()) {
    return fmt::format("all {}", all.size());
  }
  std::vector<std::string> formats;
  for (const ReportedResult* reported : row.results) {
    formats.push_back(reported->result.task.format);
  }
  return fmt::format("{}", fmt::join(formats, ", "));
}

Cells cells_of(const Row& row, const std::vector<std::string>& all_formats) {
  const Finding& finding = row.first().result.finding;
  return {row.first().result.task.name,
          format_cell(row, all_formats),
          std::string(name_of(finding.verdict)),
          dialect_text(finding),
          budget_text(row),
          cases_text(row)};
}

class ConsoleWriter {
 public:
  ConsoleWriter(const Report& report, bool colour) : report_(report), colour_(colour) {}

  std::string write() {
    line(printable_line(fmt::format("plumbline {}: {} {}, seed {}, budget {}", plumbline_version,
                                    report_.subject.name, report_.subject.version, report_.seed,
                                    shortest_decimal(report_.budget)),
                        console_width - 3));
    const std::vector<Section> sections = sections_of(report_);
    const Widths widths = widths_of(sections);
    for (const Section& section : sections) write_section(section, widths);
    write_legend(sections);
    write_summary();
    return std::move(text_);
  }

 private:
  const Report& report_;
  bool colour_;
  std::string text_;

  std::string painted(std::string_view text, std::string_view code) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  static std::string_view colour_of(Verdict verdict) {
    switch (verdict) {
      case Verdict::conforms:
        return "32";
      case Verdict::deviates:
        return "1;31";
      case Verdict::unsupported:
        return "33";
      case Verdict::error:
        return "1;35";
    }
    return "";
  }

  /// Ends a line; spaces at its end are of no use.
  void line(std::string text = {}) {
    text.erase(text.find_last_not_of(' ') + 1);
    text_ += text + "\n";
  }

  Widths widths_of(const std::vector<Section>& sections) const {
    Widths widths{};
    const auto widen = [&](const Cells& cells) {
      for (std::size_t i = 0; i < column_count; ++i) {
        widths[i] = std::min(greatest_widths[i], std::max(widths[i], width_of(cells[i])));
      }
    };
    for (const Section& section : sections) {
      widen(heading_of(section.kind));
      const auto formats = formats_of(report_, section.kind);
      for (const Row& row : section.rows) widen(cells_of(row, formats));
    }
    return widths;
  }

  static Cells heading_of(Kind kind) {
    return {std::string(name_of(kind)), "format", "verdict", "dialect", "budget", "cases"};
  }

  /// A row of cells, over several lines where a cell is wider than its column. The column
  /// in colour is painted after it is padded, since the codes have no width.
  void write_cells(const Cells& cells, const Widths& widths, std::string_view verdict_colour,
                   std::string_view row_colour) {
    std::array<std::vector<std::string>, column_count> lines;
    std::size_t height = 0;
    for (std::size_t i = 0; i < column_count; ++i) {
      lines[i] = wrapped(cells[i], widths[i]);
      height = std::max(height, lines[i].size());
    }
    for (std::size_t at = 0; at < height; ++at) {
      std::string row;
      for (std::size_t i = 0; i < column_count; ++i) {
        std::string cell = at < lines[i].size() ? lines[i][at] : std::string();
        const bool last = i + 1 == column_count;
        const std::string padding(last ? 0 : widths[i] - width_of(cell) + gap.size(), ' ');
        const std::string_view colour = i == verdict_column ? verdict_colour : row_colour;
        if (!cell.empty() && !colour.empty()) cell = painted(cell, colour);
        row += cell + padding;
      }
      line(std::move(row));
    }
  }

  /// One empty line, whether or not there is one already.
  void leave_a_line() {
    if (!text_.ends_with("\n\n")) line();
  }

  void write_section(const Section& section, const Widths& widths) {
    leave_a_line();
    write_cells(heading_of(section.kind), widths, "1", "1");
    const auto formats = formats_of(report_, section.kind);
    for (const Row& row : section.rows) {
      write_cells(cells_of(row, formats), widths, colour_of(row.first().result.finding.verdict),
                  "");
      write_details(row);
    }
  }

  /// Text with a label, indented, its further lines below the first.
  void write_labelled(std::string_view label, const std::vector<std::string>& lines,
                      std::string_view colour = "2") {
    for (std::size_t at = 0; at < lines.size(); ++at) {
      const std::string first =
          painted(label, colour) + std::string(label_width - label.size(), ' ');
      line(fmt::format("    {} {}", at == 0 ? first : std::string(label_width, ' '), lines[at]));
    }
  }
  static constexpr std::size_t label_width = 10;
  static constexpr std::size_t labelled_width = console_width - 4 - label_width - 1;

  void write_text(std::string_view label, std::string_view text, std::string_view colour = "2") {
    write_labelled(label, wrapped(printable_block(text), labelled_width), colour);
  }

  void write_command(std::string_view label, std::vector<std::string> parts) {
    for (std::string& part : parts) part = printable_block(part);
    write_labelled(label, wrapped_command(parts, labelled_width));
  }

  void write_details(const Row& row) {
    const ReportedResult& reported = row.first();
    const Finding& finding = reported.result.finding;
    const auto& expectation = reported.expectation;
    if (expectation && !expectation->as_expected) {
      write_text("unexpected", expectation->message, "1;31");
    }
    if (expectation && !expectation->reason.empty()) {
      write_text("reason",
                 expectation->reason + (expectation->link.empty() ? "" : " " + expectation->link));
      // What is known needs no block of its own.
      if (expectation->as_expected) return;
    }
    for (const Fact& fact : facts_of(reported.result)) {
      // What a row that conforms has to say besides is in the JSON and HTML reports.
      if (finding.verdict == Verdict::conforms && fact.label != "note") continue;
      write_text(fact.label, fact.text);
    }
    if (worth_reproducing(finding)) {
      write_command("reproduce", reproduce_parts(report_, reported.result));
      const PropertyFinding* failed = failed_property(finding);
      if (failed != nullptr && finding.deviation) {
        write_command("", reproduce_parts(report_, reported.result, *failed));
      }
      line();
    }
  }

  void write_legend(const std::vector<Section>& sections) {
    leave_a_line();
    const auto explain = [&](std::string_view text) {
      for (const std::string& part : wrapped(text, console_width)) line(painted(part, "2"));
    };
    bool any_conforms = false;
    bool any_more = false;
    for (const Section& section : sections) {
      const auto formats = formats_of(report_, section.kind);
      const bool any_all = std::ranges::any_of(section.rows, [&](const Row& row) {
        return row.results.size() > 2 && row.results.size() == formats.size();
      });
      if (any_all) {
        explain(fmt::format("all {}: the formats {}", formats.size(), fmt::join(formats, ", ")));
      }
      for (const Row& row : section.rows) {
        const Finding& finding = row.first().result.finding;
        if (finding.verdict != Verdict::conforms) continue;
        any_conforms = true;
        any_more = any_more || !finding.indistinguishable_dialects.empty();
      }
    }
    if (any_conforms) {
      explain("budget: how much of the rounding that is allowed was used, at most, by any value");
    }
    if (any_more) explain("dialect +N: N more dialects explain all that was seen in this format");
  }

  void write_summary() {
    leave_a_line();
    line(painted(summary_line(report_), "1"));
    for (const Remark& remark : remarks(report_)) {
      for (const std::string& part : wrapped(printable_block(remark.text), console_width)) {
        line(remark.bad ? painted(part, "1;31") : part);
      }
    }
  }
};

}  // namespace

std::string console_report(const Report& report, bool colour) {
  return ConsoleWriter(report, colour).write();
}

}  // namespace plumbline::conformance
