// What mutants do to the numbers that go into a rule.
#pragma once

#include <vector>

#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

/// The hyperparameters as the mutant takes them.
void distort_hyperparameters(const Rule& rule, const Mutant& mutant, std::vector<double>& values);

/// The same hyperparameters, by name, for another rule.
std::vector<double> translated(const Rule& from, const Rule& to, const std::vector<double>& values);

/// The format that a subject keeps parameters in which loses digits.
FormatDescription narrower(const FormatDescription& storage);

}  // namespace plumbline::conformance
