// The two ways in which weight decay enters a rule that was written without it.
#pragma once

#include "reference/numbers/number.hpp"

namespace plumbline::rules {

enum class WeightDecay : int {
  coupled,    ///< g <- g + lambda theta: the gradient of (lambda/2) ||theta||^2 in the loss
  decoupled,  ///< theta <- (1 - eta lambda) theta before the rule (Loshchilov and Hutter 2019)
};

/// Applies the decay to the gradient or to the parameter, before the rule sees them.
template <class Number>
void apply_weight_decay(WeightDecay place, const Scalar<Number>& learning_rate,
                        const Scalar<Number>& weight_decay, Number& parameter, Number& gradient) {
  switch (place) {
    case WeightDecay::coupled:
      gradient = gradient + weight_decay * parameter;
      break;
    case WeightDecay::decoupled:
      parameter = (1 - learning_rate * weight_decay) * parameter;
      break;
  }
}

}  // namespace plumbline::rules
