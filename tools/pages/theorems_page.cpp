#include "tools/pages/theorems_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "conformance/report/xml_text.hpp"
#include "reference/numbers/certified_decimal.hpp"
#include "tools/pages/page.hpp"
#include "tools/pages/parts.hpp"
#include "tools/pages/rosenbrock_paths.hpp"

namespace plumbline::tools {
namespace {

using conformance::html_text;
using nlohmann::ordered_json;

std::string digits_of(const ordered_json& object, const char* key) {
  return object.contains(key) ? six_digits(object[key].get<std::string>()) : "";
}

long count(const ordered_json& runs, std::string_view role) {
  return std::ranges::count_if(runs, [&](const ordered_json& run) { return run["role"] == role; });
}

/// "learning_rate 0.125".
std::string hyperparameter_text(const ordered_json& run) {
  std::string text;
  for (const auto& [name, value] : run["hyperparameters"].items()) {
    text += fmt::format("{}{} {:.6g}", text.empty() ? "" : ", ", name, value.get<double>());
  }
  return text;
}

/// "gradient_descent (coupled_decay), learning_rate 0.125".
std::string setting_text(const ordered_json& run) {
  std::string text = run["rule"].get<std::string>();
  const auto dialect = run["dialect"].get<std::string>();
  if (!dialect.empty()) text += " (" + dialect + ")";
  const std::string hyperparameters = hyperparameter_text(run);
  return text + (text.empty() || hyperparameters.empty() ? "" : ", ") + hyperparameters;
}

std::string verdict_text(const ordered_json& run) {
  const bool expected = run["as_expected"];
  std::string text = run["verdict"];
  if (run["verdict"] == "holds" && run["attained"]) {
    text = run["attained_exactly"] ? "attained exactly" : "attained to 30 digits";
  }
  if (run["role"] == "control" && expected) text = "violated, as it should be";
  return fmt::format("<span class=\"verdict {}\">{}</span>", expected ? "conforms" : "deviates",
                     text);
}

/// False of what a subject had no place for.
bool has_series(const ordered_json& run) {
  return !run["series"].empty();
}

/// The run to begin with: of those with a line to draw that keep the hypotheses, one with a proved
/// slope if there is any, and then the one that comes closest to its bound without being it.
std::size_t first_shown(const ordered_json& runs) {
  std::size_t best =
      static_cast<std::size_t>(std::ranges::find_if(runs, has_series) - runs.begin());
  std::pair<bool, long double> closest{false, -1};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const ordered_json& run = runs[i];
    if (run["role"] != "within" || run["series"].size() < 8 || !run.contains("largest_ratio")) {
      continue;
    }
    const auto ratio = run["attained"] ? 0.0L : number_of(run["largest_ratio"].get<std::string>());
    if (!ratio) continue;
    const std::pair candidate{run.contains("slope"), *ratio};
    if (candidate > closest) {
      closest = candidate;
      best = i;
    }
  }
  return best;
}

/// The run's name; with its hyperparameters or all of its setting, where others have that name.
std::string distinct_name(const ordered_json& run, const ordered_json& runs) {
  const auto name = run["name"].get<std::string>();
  const auto same = [&](const ordered_json& other) { return other["name"] == run["name"]; };
  const auto alike = [&](const ordered_json& other) {
    return same(other) && hyperparameter_text(other) == hyperparameter_text(run);
  };
  if (std::ranges::count_if(runs, same) == 1) return name;
  return fmt::format(
      "{}: {}", name,
      std::ranges::count_if(runs, alike) == 1 ? hyperparameter_text(run) : setting_text(run));
}

class TheoremsPage {
 public:
  explicit TheoremsPage(const ordered_json& report)
      : report_(report), theorems_(report.at("theorems")) {}

  std::string write() {
    data_ = {{"theorems", ordered_json::array()}, {"rosenbrock", ordered_json::array()}};
    write_head();
    write_overview();
    for (const ordered_json& theorem : theorems_) write_theorem(theorem);
    write_rosenbrock();
    write_foot();
    const std::vector<std::string> scripts{
        with_licence(parts::d3_min_js, parts::d3_license),
        with_licence(parts::plot_umd_min_js, parts::plot_license),
        std::string(parts::filter_js),
        std::string(parts::axes_js),
        std::string(parts::theorems_page_js),
        std::string(parts::rosenbrock_js)};
    return page_text(title(), text_, data_, scripts);
  }

 private:
  const ordered_json& report_;
  const ordered_json& theorems_;
  ordered_json data_;
  std::string text_;

  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
  }

  std::string title() const {
    if (!report_.contains("subject")) return "Plumbline: theorems";
    const ordered_json& subject = report_["subject"];
    return fmt::format("Plumbline: theorems, held against {} {}",
                       subject["name"].get<std::string>(), subject["version"].get<std::string>());
  }

  void write_head() {
    const auto held = std::ranges::count_if(
        theorems_, [](const ordered_json& theorem) { return theorem["verdict"] == "holds"; });
    add("<a class=\"skip\" href=\"#main\">to the theorems</a>\n<header>\n"
        "<h1>{}</h1>\n<p class=\"summary\">{} of {} theorems hold</p>\n"
        "<p class=\"soft\">Each theorem’s bound is held against what happens, step by step, in "
        "interval arithmetic. Runs within keep the hypotheses, and the bound has to hold; "
        "witnesses "
        "attain it; in controls a hypothesis fails, and the check has to see it violated. What "
        "documents "
        "say of rates is on the page of <code>plumbline claims --html</code>.</p>\n"
        "</header>\n",
        html_text(title()), held, theorems_.size());
  }

  void write_overview() {
    add("<nav aria-labelledby=\"overview\">\n<h2 id=\"overview\">Overview</h2>\n{}",
        filter_form("theorems", std::vector<Choice>{{"verdict", verdicts()}}));
    add("<table role=\"table\" aria-labelledby=\"overview\">\n<thead role=\"rowgroup\">"
        "<tr role=\"row\">");
    for (const std::string_view heading :
         {"theorem", "verdict", "within", "attained", "violated", "largest observed/bound"}) {
      add("<th scope=\"col\" role=\"columnheader\">{}</th>", heading);
    }
    add("</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (const ordered_json& theorem : theorems_) {
      const std::string id = text_of(theorem, "id");
      const ordered_json& runs = theorem["runs"];
      add("<tr role=\"row\" class=\"filtered\" data-section=\"{0}\" data-verdict=\"{1}\"><th "
          "scope=\"row\" role=\"rowheader\"><a href=\"#{0}\">{0}</a></th>",
          id, text_of(theorem, "verdict"));
      add_cell("verdict", theorem_verdict(theorem));
      add_cell("within", fmt::to_string(count(runs, "within")));
      add_cell("attained", fmt::to_string(count(runs, "witness")));
      add_cell("violated", fmt::to_string(count(runs, "control")));
      add_cell("largest observed/bound", digits_of(theorem, "largest_ratio"));
      add("</tr>\n");
    }
    add("</tbody>\n</table>\n<p><a href=\"#rosenbrock\">Paths on Rosenbrock’s function</a></p>\n"
        "</nav>\n<main id=\"main\">\n");
  }

  /// Those that there are, in the order of the theorems.
  std::vector<std::string> verdicts() const {
    std::vector<std::string> found;
    for (const ordered_json& theorem : theorems_) {
      const auto verdict = theorem["verdict"].get<std::string>();
      if (std::ranges::find(found, verdict) == found.end()) found.push_back(verdict);
    }
    return found;
  }

  static std::string theorem_verdict(const ordered_json& theorem) {
    const ordered_json& verdict = theorem["verdict"];
    return fmt::format("<span class=\"verdict {}\">{}</span>",
                       verdict == "holds"         ? "conforms"
                       : verdict == "unsupported" ? "unsupported"
                                                  : "deviates",
                       text_of(theorem, "verdict"));
  }

  void add_cell(std::string_view label, std::string_view content) {
    add("<td role=\"cell\" data-label=\"{}\">{}</td>", label, content.empty() ? "–" : content);
  }

  void write_theorem(const ordered_json& theorem) {
    const std::string id = text_of(theorem, "id");
    add("<section id=\"{0}\" class=\"theorem filtered\" data-verdict=\"{1}\" "
        "aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{2}</h2>\n"
        "<p>{3} <code>{0}</code></p>\n<p class=\"statement\">{4}</p>\n<dl>\n",
        id, text_of(theorem, "verdict"), text_of(theorem, "title"), theorem_verdict(theorem),
        text_of(theorem, "statement"));
    add("<dt>hypotheses</dt><dd><ul>");
    for (const ordered_json& hypothesis : theorem["hypotheses"]) {
      add("<li>{}</li>", html_text(hypothesis.get<std::string>()));
    }
    add("</ul></dd>\n");
    for (const char* key : {"bound", "tight", "source"}) {
      if (!theorem[key].get<std::string>().empty()) {
        add("<dt>{}</dt><dd>{}</dd>\n", key, text_of(theorem, key));
      }
    }
    add("</dl>\n");
    write_figure(theorem, id);
    write_runs(theorem["runs"], id);
    add("</section>\n");
  }

  void write_figure(const ordered_json& theorem, const std::string& id) {
    const ordered_json& runs = theorem["runs"];
    if (std::ranges::none_of(runs, has_series)) return;
    const std::size_t first = first_shown(runs);
    add("<figure class=\"series\" data-theorem=\"{0}\" hidden>\n<p class=\"choose\"><label for=\""
        "{0}-run\">run</label> <select id=\"{0}-run\">",
        id);
    for (const std::string_view role : {"within", "witness", "control"}) {
      if (count(runs, role) == 0) continue;
      add("<optgroup label=\"{}\">", role);
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i]["role"] != role || !has_series(runs[i])) continue;
        add("<option value=\"{}\"{}>{}</option>", i, i == first ? " selected" : "",
            html_text(distinct_name(runs[i], runs)));
      }
      add("</optgroup>");
    }
    add("</select></p>\n<p class=\"legend\"></p>\n<div class=\"plot\"></div>\n<figcaption>"
        "</figcaption>\n<details><summary>The series as a table</summary></details>\n</figure>\n");
    ordered_json entry{{"id", theorem["id"]}, {"runs", ordered_json::array()}};
    for (const ordered_json& run : runs) entry["runs"].push_back(drawn(run));
    data_["theorems"].push_back(std::move(entry));
  }

  /// What is drawn of a run.
  static ordered_json drawn(const ordered_json& run) {
    ordered_json data;
    for (const char* key : {"name", "role", "objective", "verdict", "relation", "scale", "attained",
                            "at_step", "slope"}) {
      if (run.contains(key)) data[key] = run[key];
    }
    data["setting"] = setting_text(run);
    for (const char* key : {"largest_ratio", "tight_ratio"}) {
      if (run.contains(key)) data[key] = digits_of(run, key);
    }
    for (const char* key : {"observed", "bound", "tight"}) {
      if (!run["series"].empty() && run["series"].front().contains(key)) {
        data[key] = ordered_json::array();
        for (const ordered_json& step : run["series"]) {
          data[key].push_back(step.contains(key) ? digits_of(step, key) : "");
        }
      }
    }
    data["step"] = ordered_json::array();
    for (const ordered_json& step : run["series"]) data["step"].push_back(step["step"]);
    return data;
  }

  void write_runs(const ordered_json& runs, const std::string& id) {
    add("<details><summary>All runs: {1}</summary>\n<table role=\"table\" "
        "aria-labelledby=\"{0}-title\">\n<thead role=\"rowgroup\"><tr role=\"row\">",
        id, runs.size());
    for (const std::string_view heading :
         {"run", "role", "verdict", "largest observed/bound", "slope fitted, proved"}) {
      add("<th scope=\"col\" role=\"columnheader\">{}</th>", heading);
    }
    add("</tr></thead>\n");
    for (const ordered_json& run : runs) write_run(run);
    add("</table>\n</details>\n");
  }

  void write_run(const ordered_json& run) {
    add("<tbody role=\"rowgroup\"><tr role=\"row\"><th scope=\"row\" role=\"rowheader\">{}</th>",
        text_of(run, "name"));
    add_cell("role", text_of(run, "role"));
    add_cell("verdict", verdict_text(run));
    std::string ratio = digits_of(run, "largest_ratio");
    if (!ratio.empty()) ratio += fmt::format(" at step {}", run["at_step"].get<long>());
    if (run.contains("tight_ratio")) ratio += ", of tight " + digits_of(run, "tight_ratio");
    add_cell("largest observed/bound", ratio);
    add_cell("slope fitted, proved",
             run.contains("slope")
                 ? fmt::format("{:.4g}, {:.4g}", run["slope"]["fitted"].get<double>(),
                               run["slope"]["proved"].get<double>())
                 : "");
    add("</tr>\n<tr class=\"more\" role=\"row\"><td role=\"cell\" colspan=\"5\"><p "
        "class=\"soft\">{}</p>",
        html_text(fmt::format("{}; {}", run["objective"].get<std::string>(), setting_text(run))));
    if (run.contains("failed_hypotheses")) {
      for (const ordered_json& failed : run["failed_hypotheses"]) {
        add("<p>hypothesis fails: {}</p>", html_text(failed.get<std::string>()));
      }
    }
    if (run.contains("reason")) add("<p>{}</p>", text_of(run, "reason"));
    if (run.contains("counterexample")) write_counterexample(run["counterexample"]);
    add("</td></tr></tbody>\n");
  }

  void write_counterexample(const ordered_json& found) {
    add("<details><summary>counterexample at step {}</summary>\n<dl><dt>observed</dt><dd>{}</dd>\n"
        "<dt>{}</dt><dd>{}</dd>\n",
        found["step"].get<long>(), text_of(found, "observed"),
        found["of"] == "tight" ? "tight bound" : "bound", text_of(found, "bound"));
    if (!found["point"].empty()) {
      std::string point;
      for (const ordered_json& coordinate : found["point"]) {
        point += (point.empty() ? "" : ", ") + coordinate.get<std::string>();
      }
      add("<dt>at the point</dt><dd>({})</dd>\n", html_text(point));
    }
    add("</dl></details>");
  }

  void write_rosenbrock() {
    const std::vector<Path> paths = rosenbrock_paths();
    add("<section id=\"rosenbrock\" aria-labelledby=\"rosenbrock-title\">\n"
        "<h2 id=\"rosenbrock-title\">Paths on Rosenbrock’s function</h2>\n"
        "<p class=\"statement\">f(x) = {}</p>\n<p>Each method’s way from (−1, 1) towards the "
        "minimizer (1, 1), by the catalogue’s rule "
        "in binary64, until both coordinates are within half a unit of the fourth decimal. "
        "Contour lines are at 1/10, 1, 10, 100 and 1000; dots at the steps 1, 2, 5, 10, 20, "
        "50 and so on.</p>\n<div class=\"paths\">\n",
        html_text(paths.front().setting.problem.catalogue->formula));
    for (const Path& path : paths) write_path(path);
    add("</div>\n</section>\n");
  }

  void write_path(const Path& path) {
    std::string setting;
    for (const NamedNumber& one : path.setting.hyperparameters) {
      setting += fmt::format("{}{} {:.6g}", setting.empty() ? "" : ", ", one.name, one.value);
    }
    const std::string title = html_text(path.title);
    add("<figure class=\"path\" data-path=\"{}\">\n<h3>{}</h3>\n<div class=\"plot\"></div>\n"
        "<figcaption>{}{}{}: {} {} steps.</figcaption>\n"
        "<details><summary>The path as a table</summary></details>\n</figure>\n",
        data_["rosenbrock"].size(), title, path.setting.rule, setting.empty() ? "" : ", ", setting,
        path.arrived ? "arrives after" : "has not arrived after", path.steps);
    ordered_json points = ordered_json::array();
    for (const PathPoint& point : path.points) {
      points.push_back({point.step, fmt::format("{:.6g}", point.x), fmt::format("{:.6g}", point.y),
                        fmt::format("{:.6g}", point.value)});
    }
    data_["rosenbrock"].push_back({{"title", path.title}, {"points", std::move(points)}});
  }

  void write_foot() {
    add("</main>\n<footer>\n<p class=\"soft\">plumbline {}. The pictures are drawn by Observable "
        "Plot and D3.</p>\n",
        text_of(report_, "plumbline"));
    for (const auto& [name, licence] :
         {std::pair{"Observable Plot", parts::plot_license}, std::pair{"D3", parts::d3_license}}) {
      add("<details><summary>Licence of {}</summary><p>{}</p></details>\n", name,
          html_text(licence));
    }
    add("<noscript><p>Without JavaScript there are no pictures here; the rest is complete.</p>"
        "</noscript>\n</footer>\n");
  }
};

}  // namespace

std::string theorems_page(const ordered_json& report) {
  return TheoremsPage(report).write();
}

}  // namespace plumbline::tools
