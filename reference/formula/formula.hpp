// The formula of a rule or clipping, derived from its own code.
//
// The trace (trace.hpp) is put in the order and the words of a paper: hyperparameters at
// a neutral value are folded away, running products become powers, a new state value is
// a line of its own and is named where it is used again, and steps that differ from the
// later ones are written apart. Counts come from the same expressions.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "reference/clipping.hpp"
#include "reference/formula/trace.hpp"
#include "reference/rule.hpp"

namespace plumbline {

struct Assignment {
  Traced target;  ///< a symbol
  Traced value;
};

/// The lines of one step, or of all steps from one on.
struct StepFormula {
  long first_step;
  bool and_later;                     ///< holds for every later step too
  std::optional<Traced> gradient_at;  ///< where g_t is wanted, unless at theta_{t-1}
  std::vector<Assignment> assignments;
};

/// Operations by kind, each distinct sub-expression counted once. A sum over n elements
/// counts as one addition an element.
struct OperationCounts {
  std::map<Operation, int> per_element;
  std::map<Operation, int> per_step;  ///< of scalars, once a parameter's step
};

struct Formula {
  std::vector<Assignment> start;
  std::vector<StepFormula> steps;    ///< in order; the last holds for all later ones
  OperationCounts operations;        ///< of those later steps
  std::vector<std::size_t> state;    ///< the state tensors that the result depends on
  std::vector<std::size_t> scalars;  ///< and the shared scalars that a step takes over
};

/// Throws std::logic_error for a rule whose steps keep changing.
Formula formula_of(const Rule& rule, std::span<const int> choices, const KeptHyperparameters& kept);
/// All of it is one step; the norms before are written ||g|| and ||w||, the elements g_i.
Formula formula_of(const Clipping& clipping, std::span<const int> choices);

/// Those that the dialect has a place for: all of them; and without those that do
/// nothing by default, unless the dialect lost a state tensor with them.
KeptHyperparameters all_hyperparameters(const Rule& rule, const Dialect& dialect);
KeptHyperparameters usual_hyperparameters(const Rule& rule, const Dialect& dialect);

/// The name of an operation in counts: `add`, `square`, ...
std::string_view operation_name(Operation operation);

}  // namespace plumbline
