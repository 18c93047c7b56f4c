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

/// Throws UsageError where one of the globs matches no entry's name.
template <class Entries>
void refuse_globs_without_match(const std::vector<std::string>& globs, const Entries& entries,
                                const char* option) {
  for (const std::string& glob : globs) {
    if (std::ranges::none_of(
            entries, [&](const auto& entry) { return conformance::matches(glob, entry.name); })) {
      throw UsageError(fmt::format("{} {}: matches nothing in the catalogue", option, glob));
    }
  }
}

/// The same of all kinds of entry, with the options' usual names.
inline void refuse_names_without_match(const conformance::CatalogueSelection& selection) {
  refuse_globs_without_match(selection.rules, all_rules(), "--rule");
  refuse_globs_without_match(selection.schedules, all_schedules(), "--schedule");
  refuse_globs_without_match(selection.clippings, all_clippings(), "--clipping");
  struct Named {
    std::string_view name;
  };
  std::vector<Named> samplings;
  for (const Sampling& entry : all_samplings()) samplings.push_back({entry.name});
  for (const Initialization& entry : all_initializations()) samplings.push_back({entry.name});
  refuse_globs_without_match(selection.samplings, samplings, "--sampling");
}

}  // namespace plumbline::tools
