// The mutants that are no faults, each with the reason why.
#pragma once

#include <span>
#include <string_view>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// What shows on all cases that it is none, beside the reason.
enum class Proof {
  enclosures,  ///< certified_equals()
  bits         ///< equal_bits(): where two values compared are one, which no enclosure decides
};

struct EquivalentMutant {
  std::string_view rule;
  std::string_view name;
  std::string_view dialect;  ///< that it is the same function as: its own, or another one
  std::string_view reason;   ///< a sentence of mathematics
  Proof proof = Proof::enclosures;
};

/// All of them, each held against the cases by its proof (mutants_test).
std::span<const EquivalentMutant> equivalent_mutants();

/// The entry of a mutant, or null.
const EquivalentMutant* find_equivalent(const Mutant& mutant);

}  // namespace plumbline::conformance
