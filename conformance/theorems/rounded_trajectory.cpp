#include "conformance/theorems/rounded_trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/stepped_rule.hpp"

namespace plumbline::conformance {
namespace {

/// The nearest binary64 values on the outside.
template <class Wide>
double below(Wide value) {
  return std::nextafter(static_cast<double>(value), -std::numeric_limits<double>::infinity());
}
template <class Wide>
double above(Wide value) {
  return std::nextafter(static_cast<double>(value), std::numeric_limits<double>::infinity());
}

/// All numbers between two.
Certified between(double lower, double upper) {
  const Certified middle = (Certified(lower) + Certified(upper)) / Certified(2);
  return middle + spread((Certified(upper) - Certified(lower)) / Certified(2));
}

template <class Number>
CertifiedVector enclosed(const std::vector<Number>& point) {
  CertifiedVector result;
  for (const Number& value : point) {
    result.push_back(value.is_point() ? Certified(static_cast<double>(value.lower()))
                                      : between(below(value.lower()), above(value.upper())));
  }
  return result;
}

/// The gradient over the whole box, rounded to the format.
template <class Number>
std::vector<Number> gradient_over(const CertifiedObjective& objective,
                                  const std::vector<Number>& point) {
  std::vector<Number> gradient;
  for (const Certified& value : objective.gradient(enclosed(point))) {
    gradient.push_back(as_result(Number::between(value.lower(), value.upper())));
  }
  return gradient;
}

template <class Number>
std::vector<CertifiedVector> trajectory_on(const Setting& setting) {
  const auto objective = setting.problem.bind();
  const auto& start = setting.problem.start;
  SteppedRule<Number> stepped(setting.rule, setting.dialect, setting.hyperparameters,
                              {start.begin(), start.end()});
  std::vector<CertifiedVector> boxes{enclosed(stepped.point())};
  while (stepped.steps() < setting.steps) {
    try {
      stepped.step(gradient_over(*objective, stepped.gradient_point()));
    } catch (const NotEnoughPrecision&) {
      break;  // a box over which the gradient has no one value
    }
    // Past any use, and before the ends overflow.
    const bool bounded = std::ranges::all_of(stepped.point(), [](const Number& value) {
      return value.is_finite() && !value.may_be_nan() && below(value.lower()) > -0x1p500 &&
             above(value.upper()) < 0x1p500;
    });
    if (!bounded) break;
    boxes.push_back(enclosed(stepped.point()));
  }
  return boxes;
}

}  // namespace

std::vector<CertifiedVector> rounded_trajectory(const Setting& setting, std::string_view format) {
  if (format == "binary64") return trajectory_on<Rounded<Binary64>>(setting);
  if (format == "binary32") return trajectory_on<Rounded<Binary32>>(setting);
  throw std::invalid_argument("no theorem is held against " + std::string(format));
}

}  // namespace plumbline::conformance
