// Mutants: the built-in subject with one deliberate fault, to measure what is caught.
// Most are systematic, made from the rules' own text (reference/mutations.hpp); beside
// them stand those that no single operation makes, written here.
//
// builtin/ is the built-in subject: the catalogue's rules on plain numbers, behind the
// protocol. It is an example, an oracle, and with a mutant a faulty partner for tests.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

/// Where and how the built-in subject goes wrong. Each kind is one hook in the
/// optimizer (builtin/optimizer.cpp); `target` says which hyperparameter, state tensor
/// or scalar it acts on.
enum class Slip {
  none,
  // Hyperparameters: target is an index, `factor` scales or replaces.
  hyperparameter_scaled,
  hyperparameter_dropped,
  hyperparameter_negated,
  hyperparameter_squared,
  hyperparameter_rooted,
  hyperparameter_complemented,  // 1 - h
  hyperparameters_swapped,      // target and other
  hyperparameter_times_rate,
  hyperparameter_over_rate,
  decay_scales_gradient,  // (1 - eta lambda) multiplies the gradient
  // The gradient.
  gradient_negated,
  gradient_doubled,
  gradient_stale,        // the one of the step before
  gradient_accumulated,  // never zeroed
  gradient_absolute,
  gradient_clipped,  // to [-1, 1]
  // Shared scalars: target is an index.
  scalar_missing,      // a running product held at 0: no correction
  scalar_ahead,        // one step too far
  scalar_behind,       // one step too few
  scalar_frozen,       // as at step 1
  step_counted_twice,  // the count advances with every parameter
  scalar_in_bfloat16,
  // State tensors: target is an index.
  state_not_carried,  // begins afresh in every step
  state_reset_at_1000,
  state_stale,  // the step reads the state of two steps ago
  state_negated,
  // Structure.
  second_tensor_skipped,
  tail_skipped,  // elements past the last full vector of 8
  only_first_row,
  only_first_vector,  // elements past the first eight stay
  scalar_tensors_skipped,
  groups_ignored,
  first_rate_for_all,  // the first parameter's learning rate goes into the others
  rate_of_neighbour,   // the learning rate of the parameter before
  state_of_neighbour,  // the state of the parameter before, where it fits
  slots_by_position,   // the k-th gradient that is there goes with the k-th state
  rate_change_ignored,
  rate_change_for_one_step,
  rate_change_late,        // by one step
  rate_change_first_only,  // the first parameter alone hears of it
  missing_is_zero,         // no gradient is taken for a zero gradient
  late_parameter_counts_from_start,
  optimizers_share_state,
  state_kept_from_last_run,
  count_kept_from_last_run,
  // Saving and loading: target is a state tensor.
  saved_without_state,
  saved_without_count,
  saved_without_rate,
  // Rules that ask their objective (builtin/minimizer.cpp). The gradient's kinds act on
  // whatever first derivatives a rule asks for.
  value_negated,
  value_stale,         // the one asked for before
  matrix_diagonal,     // a Hessian or Fisher matrix without its other entries
  matrix_stale,        // the one asked for before
  last_element_stays,  // of all parameters
  last_step_left_out,
  one_step_more,
  draws_repeated,  // those of the first step in every step
  draws_negated,
  // Arithmetic.
  parameter_in_lower_precision,
  other_rule,  // follows another rule: `other_name`
};

struct Mutant {
  std::string rule;  ///< or schedule, clipping, sampling
  std::string name;
  std::string description;
  std::string fault_class;  ///< of mutations.md
  Slip slip = Slip::none;
  std::size_t target = 0;
  std::size_t other = 0;
  double factor = 1;
  std::string other_name = {};
  std::string dialect = {};               ///< that it goes wrong in; empty: the first one
  std::optional<Mutation> mutation = {};  ///< of a systematic one

  std::string_view origin() const { return mutation ? "systematic" : "written"; }
};

/// The mutants of one rule that are written by hand; each deviates from all of the
/// rule's dialects.
std::vector<Mutant> written_mutants_of(const Rule& rule);
/// Mutants of schedules and clipping act on the values that come out.
std::vector<Mutant> written_mutants_of(const Schedule& schedule);
std::vector<Mutant> written_mutants_of(const Clipping& clipping);
/// Mutants of samplings and initializations are in the built-in sampler and initializer; none
/// are systematic.
std::vector<Mutant> written_mutants_of(const Sampling& sampling);
std::vector<Mutant> written_mutants_of(const Initialization& initialization);

/// The written ones, then the systematic ones of every dialect, where there are any.
std::vector<Mutant> mutants_of(const Rule& rule);
std::vector<Mutant> mutants_of(const Schedule& schedule);
std::vector<Mutant> mutants_of(const Clipping& clipping);
std::vector<Mutant> mutants_of(const Sampling& sampling);
std::vector<Mutant> mutants_of(const Initialization& initialization);

/// All of them, in the catalogue's order; those of schedules, clipping and
/// sampling at the end.
const std::vector<Mutant>& all_mutants();

}  // namespace plumbline::conformance
