// Hyperparameters of rules that solve with a matrix of second derivatives.
#pragma once

#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {

/// The share of the full step that is taken; 1 where a subject has no place for it.
inline Hyperparameter step_share() {
  Hyperparameter share = learning_rate(1);
  share.meaning = "the share of the full step that is taken";
  share.neutral = 1;
  share.dyadic = 0.5;
  share.low = 0.25;
  share.high = 1;
  share.distinct = 0.7;
  return share;
}

/// The damping with a default of its own.
inline Hyperparameter damping(double default_value) {
  Hyperparameter result = damping();
  result.default_value = default_value;
  return result;
}

/// Damping that a rule cannot do without.
inline Hyperparameter required_damping(double default_value) {
  Hyperparameter result = damping(default_value);
  result.neutral = {};
  return result;
}

}  // namespace plumbline::rules
