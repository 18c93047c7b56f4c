// The exponential moving mean, beta mean + (1 - beta) value.
//
// Two forms of it are in use, equal in real arithmetic and not in rounding: as written,
// and mean + (1 - beta)(value - mean) (TensorFlow's kernels, PyTorch's lerp_). The
// second rounds a difference that may be far larger than the result. Both are right, so
// an acceptance interval is the hull of the two.
#pragma once

#include "reference/numbers/number.hpp"

namespace plumbline {

template <class Number>
Number moving_mean(const Scalar<Number>& beta, const Number& mean, const Number& value) {
  return beta * mean + (1 - beta) * value;
}

template <class Format>
Rounded<Format> moving_mean(const Scalar<Rounded<Format>>& beta, const Rounded<Format>& mean,
                            const Rounded<Format>& value) {
  const Rounded<Format> weighted = beta * mean + (1 - beta) * value;
  const Rounded<Format> interpolated = interpolate(mean, Rounded<Format>(1 - beta), value);
  return hull(weighted, interpolated);
}

}  // namespace plumbline
