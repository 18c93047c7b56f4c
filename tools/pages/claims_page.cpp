#include "tools/pages/claims_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "conformance/report/xml_text.hpp"
#include "tools/pages/page.hpp"
#include "tools/pages/parts.hpp"

namespace plumbline::tools {
namespace {

using conformance::html_text;
using nlohmann::ordered_json;

class ClaimsPage {
 public:
  explicit ClaimsPage(const ordered_json& report)
      : claims_(report.at("claims")), summary_(report.at("summary")) {}

  std::string write() {
    add("<header>\n<h1>Plumbline: claims</h1>\n<p class=\"summary\">{}</p>\n"
        "<p class=\"soft\">Quantitative sentences of the documents under seeds/, each computed and "
        "decided by the program: it holds, holds under a condition that it does not say, is "
        "refuted, or is a convention, in which documents differ and both forms are dialects. The "
        "bounds of theorems are on the page of <code>plumbline theorems --html</code>.</p>\n"
        "</header>\n<main>\n<h2 id=\"ledger\">Ledger</h2>\n{}",
        summary(),
        filter_form("claims",
                    std::vector<Choice>{{"document", documents()}, {"verdict", verdicts()}}));
    add("<table role=\"table\" aria-labelledby=\"ledger\">\n<thead role=\"rowgroup\">"
        "<tr role=\"row\">");
    for (const std::string_view heading : {"claim", "verdict", "document"}) {
      add("<th scope=\"col\" role=\"columnheader\">{}</th>", heading);
    }
    add("</tr></thead>\n");
    for (const ordered_json& claim : claims_) write_claim(claim);
    add("</table>\n</main>\n");
    const std::vector<std::string> scripts{std::string(parts::filter_js)};
    return page_text("Plumbline: claims", text_, ordered_json::object(), scripts);
  }

 private:
  const ordered_json& claims_;
  const ordered_json& summary_;  ///< how many there are of each verdict
  std::string text_;

  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
  }

  /// "63 claims: 30 holds, 20 refuted".
  std::string summary() const {
    std::string counts;
    for (const auto& [verdict, count] : summary_.items()) {
      counts +=
          fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.get<long>(), html_text(verdict));
    }
    return fmt::format("{} claims: {}", claims_.size(), counts);
  }

  std::vector<std::string> verdicts() const {
    std::vector<std::string> names;
    for (const auto& [verdict, count] : summary_.items()) names.push_back(verdict);
    return names;
  }

  std::vector<std::string> documents() const {
    std::vector<std::string> names;
    for (const ordered_json& claim : claims_) {
      const auto name = claim.at("document").get<std::string>();
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
  }

  static std::string_view class_of(const ordered_json& claim) {
    if (claim["verdict"] == "holds") return "conforms";
    return claim["verdict"] == "refuted" ? "deviates" : "unsupported";
  }

  void write_claim(const ordered_json& claim) {
    std::string place = fmt::format("<span class=\"place\">{}</span>", text_of(claim, "document"));
    if (claim.contains("line")) place += fmt::format(", line {}", claim["line"].get<long>());
    add("<tbody role=\"rowgroup\" class=\"filtered\" data-document=\"{}\" data-verdict=\"{}\">\n"
        "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\" id=\"{}\">{}</th>",
        text_of(claim, "document"), text_of(claim, "verdict"), text_of(claim, "id"),
        text_of(claim, "sentence"));
    add("<td role=\"cell\" data-label=\"verdict\"><span class=\"verdict {}\">{}</span></td>"
        "<td role=\"cell\" data-label=\"document\">{}</td></tr>\n"
        "<tr class=\"more\" role=\"row\"><td role=\"cell\" colspan=\"3\">",
        class_of(claim), text_of(claim, "verdict"), place);
    if (claim.contains("condition")) {
      add("<p>{}: {}</p>", claim["verdict"] == "convention" ? "dialects" : "under",
          text_of(claim, "condition"));
    }
    if (claim.contains("counterexample")) add("<p>but {}</p>", text_of(claim, "counterexample"));
    add("<details><summary>{}</summary>\n<dl>\n<dt>computed</dt><dd>{}</dd>\n",
        text_of(claim, "id"), text_of(claim, "computed"));
    for (const ordered_json& figure : claim.at("figures")) {
      add("<dt>{}</dt><dd>{}</dd>\n", text_of(figure, "name"), text_of(figure, "value"));
    }
    add("<dt>reproduce</dt><dd><code>{}</code></dd>\n</dl>\n</details></td></tr>\n</tbody>\n",
        text_of(claim, "reproduce"));
  }
};

}  // namespace

std::string claims_page(const ordered_json& report) {
  return ClaimsPage(report).write();
}

}  // namespace plumbline::tools
