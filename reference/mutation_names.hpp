// How mistakes are told: the words for each kind, and an operation written as a formula.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// The kinds of mistake that an operation can be made with; constant operands, marked in
/// `constant`, can be moved.
std::vector<MutationKind> mistakes_in(NumberOperation operation, const std::vector<bool>& constant);

/// The mistake in a name: "root-dropped".
std::string mistake_slug(MutationKind kind, NumberOperation operation);
/// The mistake in words: "the root left out".
std::string mistake_words(MutationKind kind, NumberOperation operation);

/// The mistake's sort, of which there are a few: "operand dropped".
std::string_view mistake_sort(MutationKind kind);

/// Names for the inputs of expressions.
struct InputNames {
  std::vector<std::string> hyperparameters;
  std::vector<std::string> state;
};

/// A node as a formula; what lies deeper than `depth` operations is written "...".
std::string formula_of(const RecordedRun& run, int node, const InputNames& names, int depth = 3);

}  // namespace plumbline
