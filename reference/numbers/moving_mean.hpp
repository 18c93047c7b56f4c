// The exponential moving mean, beta mean + (1 - beta) value.
//
// Three forms of it are in use, equal in real arithmetic and not in rounding: as written;
// mean + (1 - beta)(value - mean) (TensorFlow's kernels, PyTorch's lerp_), which rounds a
// difference that may be far larger than the result; and where beta <= 1/2 PyTorch's lerp_
// turns to value - beta (value - mean). All are right, so an acceptance interval is the
// hull of the first two. The third is within it as long as the difference is finite; else
// it gives inf - inf, or the other infinity, where the first two don't.
#pragma once

#include <limits>

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
  const Rounded<Format> both = hull(weighted, interpolated);
  const Rounded<Format> difference = value - mean;
  if (difference.is_finite() || !(beta.lower() <= 0.5)) return both;
  using Wide = typename Format::Wide;
  const Wide infinity = std::numeric_limits<double>::infinity();
  if (value.lower() == infinity || value.upper() == -infinity) {
    return Rounded<Format>::between(both.lower(), both.upper(), true);
  }
  return hull(both, value - beta * difference);
}

}  // namespace plumbline
