// Which entries of the catalogue are meant, by globs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline::conformance {

/// True when `text` matches the glob (* and ?).
bool matches(std::string_view glob, std::string_view text);
/// True when no globs are given or one of them matches.
bool selected(const std::vector<std::string>& globs, std::string_view text);

/// Globs for each kind of entry. Without any all entries are meant; naming some of one kind
/// leaves the other kinds out.
struct CatalogueSelection {
  std::vector<std::string> rules, schedules, clippings, samplings;

  bool is_whole() const {
    return rules.empty() && schedules.empty() && clippings.empty() && samplings.empty();
  }
  /// Whether the entry is meant; `globs` is the list above of its kind.
  bool has(const std::vector<std::string>& globs, std::string_view name) const {
    return is_whole() || (!globs.empty() && selected(globs, name));
  }
};

}  // namespace plumbline::conformance
