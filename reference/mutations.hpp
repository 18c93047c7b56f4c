// Every mistake that a rule, schedule or clipping can be made with: each operation that
// contributes to the result, got wrong in every way that its kind allows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline {

struct NamedMutation {
  Mutation mutation;
  /// As `op-07-root-dropped`: the phase where it is not the step, the operation's place
  /// in the text's order, and the mistake. Holds as long as the rule's text does.
  std::string name;
  std::string description;
  /// Inputs that enter the operation directly, or the target of a write.
  std::vector<std::string> touches = {};
};

/// In the order of the phases and operations; `choices` are a dialect's.
std::vector<NamedMutation> mutations_of(const Rule& rule, std::span<const int> choices);
std::vector<NamedMutation> mutations_of(const Schedule& schedule, std::span<const int> choices);
std::vector<NamedMutation> mutations_of(const Clipping& clipping, std::span<const int> choices);

/// What a rule asks of its objective, in a few steps of a dialect; nothing of a rule that has
/// none. A residual and a layer's output gradient count as first derivatives, a Fisher matrix
/// as second ones.
struct AskedOfObjective {
  bool value = false;
  bool first_derivatives = false;
  bool first_derivatives_again = false;  ///< also in later steps than the first
  bool second_derivatives = false;
  bool draws = false;  ///< the case's, which come with the objective
};
AskedOfObjective asked_of_objective(const Rule& rule, std::span<const int> choices);

}  // namespace plumbline
