// exp, log, tanh and erf in quadruple precision, behind the numbers that need them.
//
// Each is computed by MPFR and rounded to nearest, with a relative error below 2^-110:
// the caller widens by far more. So the result is the same on every machine, which a C
// library's own function does not promise.
#pragma once

#include "reference/numbers/quadruple.hpp"

namespace plumbline {

/// Infinity above 11356, 0 below -11355.
Quadruple quadruple_exp(Quadruple value);
/// -infinity at 0, NaN below.
Quadruple quadruple_log(Quadruple value);
Quadruple quadruple_tanh(Quadruple value);
/// The error function, 2/sqrt(pi) times the integral of e^(-s^2) over s from 0 to the value.
Quadruple quadruple_erf(Quadruple value);

}  // namespace plumbline
