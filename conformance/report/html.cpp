#include "conformance/report/html.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/report/reproduce.hpp"
#include "conformance/report/wording.hpp"
#include "conformance/report/xml_text.hpp"
#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

// On a phone each row becomes a card, its cells labelled by `data-label`. That takes the
// table's meaning from screen readers in some browsers, so the roles are spelled out.
constexpr std::string_view style = R"css(
:root { color-scheme: light dark; --text: #1c1e21; --soft: #5a6068; --page: #fff;
  --line: #d9dce0; --block: #f4f5f7; --conforms: #1a6b2d; --deviates: #a8201a;
  --unsupported: #7a5200; --error: #6b2fa0; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --soft: #a3a9b2; --page: #16181b; --line: #363a40;
    --block: #202327; --conforms: #7fd191; --deviates: #ff9a91; --unsupported: #e5c06b;
    --error: #cfa6ff; } }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin: .75rem 0 0; }
p, ul, dd, td, th { overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; } .soft { color: var(--soft); }
.summary { font-size: 1.1rem; font-weight: 600; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem .35rem 0;
  font-weight: normal; }
thead th { color: var(--soft); font-size: .875rem; }
tbody tr { border-top: 1px solid var(--line); } tbody tr.more { border-top: 0; }
tbody th { font-weight: 600; } .more td { padding-top: 0; }
.verdict { font-weight: 600; } .bad { color: var(--deviates); font-weight: 600; }
.conforms { color: var(--conforms); } .deviates { color: var(--deviates); }
.unsupported { color: var(--unsupported); } .error { color: var(--error); }
summary { cursor: pointer; color: var(--soft); }
summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0;
  padding: .5rem .75rem; background: var(--block); border-radius: .3rem; }
dt { color: var(--soft); } dd { margin: 0; white-space: pre-line; }
code { font: .875em/1.5 ui-monospace, monospace; white-space: pre-wrap; }
@media (max-width: 40rem) {
  table, tbody, tr, th, td { display: block; }
  thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  tbody tr { padding: .4rem 0; } tbody th, tbody td { padding: 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
  dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: .4rem; } }
)css";

class HtmlWriter {
 public:
  explicit HtmlWriter(const Report& report) : report_(report) {}

  std::string write() {
    const std::string subject =
        html_text(fmt::format("{} {}", report_.subject.name, report_.subject.version));
    add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>Plumbline: {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
        subject, style);
    add("<h1>Plumbline: {}</h1>\n", subject);
    write_summary();
    const std::vector<Row> rows = folded(report_);
    for (const Kind kind : all_kinds) write_kind(kind, rows);
    add("</main>\n</body>\n</html>\n");
    return std::move(text_);
  }

 private:
  const Report& report_;
  std::string text_;

  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
  }

  void write_summary() {
    add("<p class=\"summary\">{}</p>\n<ul>\n", html_text(summary_line(report_)));
    for (const Remark& remark : remarks(report_)) {
      add("<li{}>{}</li>\n", remark.bad ? " class=\"bad\"" : "", html_text(remark.text));
    }
    add("</ul>\n<p class=\"soft\">plumbline {}, seed {}, budget {}. The column “budget” "
        "says how much of the rounding that is allowed was used, at most, by any value; "
        "“+1” beside a dialect, that one more explains all that was seen.</p>\n",
        plumbline_version, report_.seed, html_text(shortest_decimal(report_.budget)));
  }

  void write_kind(Kind kind, const std::vector<Row>& rows) {
    const auto of_kind = [&](const Row& row) { return row.first().result.task.kind == kind; };
    if (std::ranges::none_of(rows, of_kind)) return;
    add("<section>\n<h2 id=\"{0}\">{0}</h2>\n<table role=\"table\" aria-labelledby=\"{0}\">\n"
        "<thead role=\"rowgroup\"><tr role=\"row\">",
        name_of(kind));
    for (const std::string_view heading :
         {"name", "format", "verdict", "dialect", "budget", "cases"}) {
      add("<th scope=\"col\" role=\"columnheader\">{}</th>", heading);
    }
    add("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (const Row& row : rows) {
      if (of_kind(row)) write_row(row);
    }
    add("</tbody>\n</table>\n</section>\n");
  }

  void write_row(const Row& row) {
    const Finding& finding = row.first().result.finding;
    std::vector<std::string> formats;
    for (const ReportedResult* reported : row.results) {
      formats.push_back(reported->result.task.format);
    }
    const auto cell = [&](std::string_view label, std::string_view content) {
      add("<td role=\"cell\" data-label=\"{}\">{}</td>", label, content);
    };
    add("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}</th>",
        html_text(row.first().result.task.name));
    cell("format", html_text(fmt::format("{}", fmt::join(formats, ", "))));
    cell("verdict", fmt::format("<span class=\"verdict {0}\">{0}</span>{1}",
                                name_of(finding.verdict), expectation_text(row.first())));
    cell("dialect", html_text(dialect_text(finding)));
    cell("budget", html_text(budget_text(row)));
    cell("cases", html_text(cases_text(row)));
    add("</tr>\n");
    write_details(row);
  }

  static std::string expectation_text(const ReportedResult& reported) {
    const auto& expectation = reported.expectation;
    if (!expectation) return {};
    if (!expectation->as_expected) return " <span class=\"bad\">not as expected</span>";
    return expectation->reason.empty() ? "" : " <span class=\"soft\">as expected</span>";
  }

  std::vector<Fact> all_facts(const ReportedResult& reported) const {
    std::vector<Fact> facts;
    if (const auto& expectation = reported.expectation) {
      if (!expectation->message.empty()) facts.push_back({"unexpected", expectation->message});
      if (!expectation->reason.empty()) facts.push_back({"reason", expectation->reason});
      if (!expectation->link.empty()) facts.push_back({"link", expectation->link});
    }
    for (Fact& fact : facts_of(reported.result)) facts.push_back(std::move(fact));
    return facts;
  }

  void write_details(const Row& row) {
    const bool any = std::ranges::any_of(
        row.results, [&](const ReportedResult* reported) { return !all_facts(*reported).empty(); });
    if (!any) return;
    const Result& first = row.first().result;
    add("<tr class=\"more\" role=\"row\"><td role=\"cell\" colspan=\"6\"><details>"
        "<summary>{}</summary>\n",
        html_text(worth_reproducing(first.finding) ? headline(first)
                                                   : "more on " + first.task.name));
    for (const ReportedResult* reported : row.results) {
      const std::vector<Fact> facts = all_facts(*reported);
      if (facts.empty()) continue;
      if (row.results.size() > 1) add("<h3>{}</h3>\n", html_text(reported->result.task.format));
      add("<dl>\n");
      for (const Fact& fact : facts) {
        add("<dt>{}</dt><dd>{}</dd>\n", html_text(fact.label), html_text(fact.text));
      }
      if (worth_reproducing(reported->result.finding)) {
        add("<dt>reproduce</dt><dd><code>{}</code></dd>\n",
            html_text(reproduce_command(report_, reported->result)));
      }
      add("</dl>\n");
    }
    add("</details></td></tr>\n");
  }
};

}  // namespace

std::string html_report(const Report& report) {
  return HtmlWriter(report).write();
}

}  // namespace plumbline::conformance
