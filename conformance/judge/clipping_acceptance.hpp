// What a clipping may answer to a case, as numbers to reckon with.
#pragma once

#include <optional>
#include <vector>

#include "conformance/cases/clipping_case.hpp"
#include "conformance/judge/acceptance.hpp"

namespace plumbline::conformance {

/// Open comparisons are followed up to so many ways through a clipping.
inline constexpr std::size_t most_clipping_outcomes = 256;

/// [tensor][element], the hull of all outcomes; nothing where too many are open.
std::optional<std::vector<std::vector<Acceptance>>> clipping_acceptances(
    const ClippingCase& test_case, const Candidate& candidate, const SubjectFormat& format);

}  // namespace plumbline::conformance
