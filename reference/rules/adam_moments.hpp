// What Adam and its family share: the two moments, their bias corrections, and the
// step along the corrected moments. Shapes: the parameter's; corrections are scalars.
#pragma once

#include "reference/numbers/moving_mean.hpp"

namespace plumbline::rules {

enum class AdamEpsilon : int {
  outside_root,  ///< eta mhat/(sqrt(vhat) + epsilon)
  hat,           ///< eta sqrt(c2)/c1 m/(sqrt(v) + epsilon): Kingma and Ba, end of section 2
  inside_root,   ///< eta mhat/sqrt(vhat + epsilon)
  nowhere,       ///< eta mhat/sqrt(vhat)
};

/// m = beta1 m + (1 - beta1) g and v = beta2 v + (1 - beta2) g^2.
template <class Number>
void update_moments(Number& first_moment, Number& second_moment, const Number& gradient,
                    const Scalar<Number>& beta1, const Scalar<Number>& beta2) {
  first_moment = moving_mean(beta1, first_moment, gradient);
  second_moment = moving_mean(beta2, second_moment, square(gradient));
}

/// The step along mhat = m/correction1 and vhat = v/correction2.
template <class Number>
Number adam_step(const Number& first_moment, const Number& second_moment,
                 const Scalar<Number>& correction1, const Scalar<Number>& correction2,
                 const Scalar<Number>& learning_rate, const Scalar<Number>& epsilon,
                 AdamEpsilon place) {
  if (place == AdamEpsilon::hat) {
    const Scalar<Number> rate = learning_rate * sqrt(correction2) / correction1;
    return rate * first_moment / (sqrt(second_moment) + epsilon);
  }
  const Number corrected_first = first_moment / correction1;
  const Number corrected_second = second_moment / correction2;
  if (place == AdamEpsilon::nowhere) {
    return learning_rate * corrected_first / sqrt(corrected_second);
  }
  const Number divisor = place == AdamEpsilon::inside_root ? sqrt(corrected_second + epsilon)
                                                           : sqrt(corrected_second) + epsilon;
  return learning_rate * corrected_first / divisor;
}

}  // namespace plumbline::rules
