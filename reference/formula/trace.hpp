// A rule's own operations, recorded by running it on symbols (numbers/traced.hpp).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// What a rule computes, operation by operation, nothing simplified. Values held before
/// a step have the subscript `t-1`, those after it `t`; the parameter is theta, the
/// gradient g_t, and everything else is named by the rule's symbols.
struct RuleTrace {
  struct Step {
    std::vector<Traced> scalars;  ///< of the scalars before the step
    std::vector<Traced> state;    ///< of the parameter and state before, and the scalars after
    Traced parameter;             ///< of the same
    std::vector<std::pair<Symbol, Traced>> names = {};  ///< values that the text names
  };
  std::vector<Traced> first_scalars;  ///< before the first step
  std::vector<Traced> first_state;    ///< of theta_0
  std::vector<Step> steps;            ///< the first few: a rule may treat them differently
  std::optional<Traced> look_ahead;   ///< where g_t is wanted, of what is held before the step
};

/// Which of a rule's hyperparameters a formula keeps: by index, true for a symbol, false
/// for the neutral value. One that has none is always kept.
using KeptHyperparameters = std::vector<bool>;

RuleTrace trace(const Rule& rule, std::span<const int> choices, const KeptHyperparameters& kept);

/// The symbols of a trace.
Symbol parameter_symbol(const char* subscript);
Symbol gradient_symbol();
Symbol state_symbol(const Rule& rule, std::size_t tensor, const char* subscript);
Symbol scalar_symbol(const Rule& rule, std::size_t scalar, const char* subscript);
Symbol hyperparameter_symbol(const Hyperparameter& hyperparameter);

}  // namespace plumbline
