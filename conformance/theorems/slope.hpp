// The slope of what is observed, to stand beside the proved one.
#pragma once

#include "reference/theorem.hpp"

namespace plumbline::conformance {

/// By least squares over the last half of the series: of log(observed) on log(step), or on the
/// step. Steps at which it is not certainly positive are left out; 0 with fewer than two.
double fitted_slope(const Series& series, Scale scale);

}  // namespace plumbline::conformance
