// The dialects that the variants follow.
#pragma once

#include <string>

#include "numerics.hpp"

namespace variant {

/// The dialect of a rule, schedule or clipping by its name, or its first one for "". Null
/// where there is none.
const Dialect* find_dialect(const std::string& entry, const std::string& name);

}  // namespace variant
