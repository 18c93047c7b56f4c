// The mutants that are no faults, each with the reason why.
#pragma once

#include <span>
#include <string_view>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

struct EquivalentMutant {
  std::string_view rule;
  std::string_view name;
  std::string_view dialect;  ///< that it is the same function as: its own, or another one
  std::string_view reason;   ///< a sentence of mathematics
};

/// All of them. certified_equals() holds each against the cases (mutants_test).
std::span<const EquivalentMutant> equivalent_mutants();

/// The entry of a mutant, or null.
const EquivalentMutant* find_equivalent(const Mutant& mutant);

}  // namespace plumbline::conformance
