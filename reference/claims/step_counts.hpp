// How many steps a linear rate takes.
#pragma once

#include "reference/numbers/certified.hpp"

namespace plumbline::claims {

/// The least T with ratio^T <= target, for 0 < ratio < 1 and 0 < target < 1: both sides of it
/// are decided.
long steps_to(const Certified& ratio, const Certified& target);

}  // namespace plumbline::claims
