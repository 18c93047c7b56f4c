// A rule bound for the built-in subject, with a mutant's mistake where that is in its text.
#pragma once

#include "conformance/builtin/held_parameter.hpp"

namespace plumbline::conformance {

template <class Number>
std::unique_ptr<Update<Number>> bound_rule(const Rule& rule,
                                           std::span<const double> hyperparameters,
                                           std::span<const int> choices, const Mutant* mutant) {
  if (mutant == nullptr || !mutant->mutation) return rule.bind<Number>(hyperparameters, choices);
  if constexpr (can_be_mutated<Number>) {
    return rule.bind_mutated<Number>(hyperparameters, choices, *mutant->mutation);
  } else {
    throw NoSuchMutant("systematic mutants compute in binary64 and binary32 only");
  }
}

}  // namespace plumbline::conformance
