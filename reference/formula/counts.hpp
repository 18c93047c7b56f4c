// How many operations an expression takes.
#pragma once

#include <vector>

#include "reference/formula/formula.hpp"

namespace plumbline {

/// Operations in these values, whose equal sub-expressions are one node (rewriting.hpp).
OperationCounts count_operations(const std::vector<Traced>& values);

}  // namespace plumbline
