// The built-in subject's initializations, and their mutants.
#pragma once

#include <string_view>
#include <vector>

#include "conformance/subject/subject.hpp"
#include "reference/initialization.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline::conformance {

/// A tensor drawn by the law that the dialect's choices give; `mutant` is empty, or a name of
/// `written_mutants_of(Initialization)`.
std::vector<double> initialize_tensor(const Initialization& initialization,
                                      std::vector<double> hyperparameters,
                                      std::span<const int> choices, const Shape& shape,
                                      const FormatDescription& format, std::uint64_t seed,
                                      std::string_view mutant);

}  // namespace plumbline::conformance
