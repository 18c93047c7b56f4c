#include "conformance/checks/selection.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace plumbline::conformance {

bool matches(std::string_view glob, std::string_view text) {
  return fnmatch(std::string(glob).c_str(), std::string(text).c_str(), 0) == 0;
}

bool selected(const std::vector<std::string>& globs, std::string_view text) {
  return globs.empty() ||
         std::ranges::any_of(globs, [&](const std::string& glob) { return matches(glob, text); });
}

}  // namespace plumbline::conformance
