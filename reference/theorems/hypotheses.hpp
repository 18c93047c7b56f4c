// The hypotheses that many theorems share, held against a setting in rational numbers.
#pragma once

#include "reference/theorem.hpp"

namespace plumbline::theorems {

Hypothesis is_smooth(const Setting& setting);
Hypothesis is_convex(const Setting& setting);
Hypothesis is_strongly_convex(const Setting& setting);
Hypothesis is_quadratic(const Setting& setting);
/// learning_rate <= greatest, which `words` names.
Hypothesis rate_at_most(const Setting& setting, const Rational& greatest, const std::string& words);
/// ... <= 1/L.
Hypothesis rate_at_most_inverse_smoothness(const Setting& setting);
/// No option but the learning rate is in use.
Hypothesis is_plain(const Setting& setting);

/// Copies that claim another constant than they have: for controls.
Setting claiming_smoothness(Setting setting, const Rational& smoothness);
Setting claiming_strong_convexity(Setting setting, const Rational& strong_convexity);

/// Gradient descent on an objective of the catalogue.
Setting gradient_descent_on(std::string_view objective, double learning_rate, long steps);
Setting gradient_descent_on(Problem problem, double learning_rate, long steps);

}  // namespace plumbline::theorems
