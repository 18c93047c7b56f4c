// Gradient descent on Huber's function of one variable, in rational numbers: the function that
// is worst for it.
#pragma once

#include "reference/theorem.hpp"

namespace plumbline::theorems {

/// f(x) = L/2 x^2 where |x| <= knee, else L knee (|x| - knee/2); its minimum is 0.
Rational huber_value(const Rational& smoothness, const Rational& knee, const Rational& x);
Rational huber_slope(const Rational& smoothness, const Rational& knee, const Rational& x);

/// f after so many steps of gradient descent from 1.
Rational gap_on_huber(const Rational& smoothness, const Rational& knee, const Rational& rate,
                      long steps);

/// A slope as runs have it: none for a control.
std::function<Certified()> slope_of(Role role, const Rational& slope);

}  // namespace plumbline::theorems
