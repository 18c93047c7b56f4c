// The rectification of Liu et al. 2020 (section 5.1), which RAdam and AdaBelief share:
// how much of an adaptive step is taken while the second moment rests on few gradients.
// All of it is made of t and beta2 alone, and so of scalars.
//
//   rho_inf = 2/(1 - beta2) - 1
//   rho_t = rho_inf - 2 t beta2^t/(1 - beta2^t)
//   r_t = sqrt((rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t))
//
// Libraries compare rho_t with 4 or 5, some with > and some with >=. That is the same: with
// rho_t = 5, or 4, beta2 would be a root in [0, 1) of
//   (3 - t) x^t + x^{t-1} + ... + x - 2,  or  (5 - 2t) x^t + 2 (x^{t-1} + ... + x) - 3,
// and a binary fraction p/2^q, p odd. Then p divides the last coefficient and 2^q the first:
// the second, whose first coefficient is odd, has none; for the first p = 1, and the powers
// of x <= 1/2 add up to less than 2 for every t.
#pragma once

#include "reference/numbers/number.hpp"

namespace plumbline::rules {

/// rho_inf: the length of the simple moving average that the moving mean tends to.
template <class Number>
Number longest_average(const Number& beta2) {
  return 2 / (1 - beta2) - 1;
}

/// rho_t, with beta2_power = beta2^t and count = t.
template <class Number>
Number average_length(const Number& beta2, const Number& beta2_power, const Number& count) {
  return longest_average(beta2) - 2 * count * beta2_power / (1 - beta2_power);
}

/// r_t, for rho_t > 4.
template <class Number>
Number rectification(const Number& beta2, const Number& length) {
  const Number longest = longest_average(beta2);
  return sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
}

}  // namespace plumbline::rules
