// Globs that the command line takes for names of the catalogue.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/checks/selection.hpp"
#include "reference/catalogue.hpp"
#include "tools/commands/commands.hpp"

namespace plumbline::tools {

/// The names of a kind of entry.
template <class Entries>
std::vector<std::string_view> names_of(const Entries& entries) {
  std::vector<std::string_view> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

/// Throws UsageError where one of the globs matches no name.
inline void refuse_globs_without_match(const std::vector<std::string>& globs,
                                       const std::vector<std::string_view>& names,
                                       const char* option, const char* where = "catalogue") {
  for (const std::string& glob : globs) {
    if (std::ranges::none_of(
            names, [&](std::string_view name) { return conformance::matches(glob, name); })) {
      throw UsageError(fmt::format("{} {}: matches nothing in the {}", option, glob, where));
    }
  }
}

/// The same of all kinds of entry, with the options' usual names.
inline void refuse_names_without_match(const conformance::CatalogueSelection& selection) {
  refuse_globs_without_match(selection.rules, names_of(all_rules()), "--rule");
  refuse_globs_without_match(selection.schedules, names_of(all_schedules()), "--schedule");
  refuse_globs_without_match(selection.clippings, names_of(all_clippings()), "--clipping");
  std::vector<std::string_view> samplings = names_of(all_samplings());
  for (const Initialization& entry : all_initializations()) samplings.push_back(entry.name);
  refuse_globs_without_match(selection.samplings, samplings, "--sampling");
}

}  // namespace plumbline::tools
