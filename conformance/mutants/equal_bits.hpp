// Whether a mutant gives the same bits as a dialect over all cases of its rule.
#pragma once

#include <string>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// In binary64, parameters and state after every step that the subject shows, and whether the
/// case could be run at all. False where no case could.
bool equal_bits(const Mutant& mutant, const std::string& dialect);

}  // namespace plumbline::conformance
