// One self-contained HTML page: its style, data and scripts inside, nothing from a network.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace plumbline::tools {

/// `body`: what stands on the page. `data`: what the scripts draw, as the element `data`. Only
/// these scripts can run in it: the page's policy names their hashes.
std::string page_text(std::string_view title, std::string_view body,
                      const nlohmann::ordered_json& data, std::span<const std::string> scripts);

/// A library's script, with its licence at the top, as the licence asks.
std::string with_licence(std::string_view script, std::string_view licence);

/// JSON that may stand in a script element: none of its text ends the element, or opens another.
std::string json_for_script(const nlohmann::ordered_json& data);

/// A member that is text, escaped.
std::string text_of(const nlohmann::ordered_json& object, const char* key);

/// A row of controls that filter what has the class `filtered`: by words and, for each named
/// choice, by the attribute data-NAME. Shown by the script that serves it.
struct Choice {
  std::string name;
  std::vector<std::string> values;
};
std::string filter_form(std::string_view what, std::span<const Choice> choices);

}  // namespace plumbline::tools
