// Objectives whose minimiser is known exactly, evaluated to one rounding.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

struct KnownObjective {
  std::string name;
  std::vector<double> start;      ///< exact in bfloat16, as is the minimiser
  std::vector<double> minimiser;  ///< where the gradient is exactly 0; the value there is 0
  /// The value and, into `gradient`, the gradient at a point.
  std::function<Quadruple(const std::vector<Quadruple>& point, std::vector<Quadruple>& gradient)>
      evaluate;
  /// How far from the minimiser an element may be where the gradient's norm is `tau`.
  std::function<double(double tau)> distance;
  double curvature = 1;  ///< bound of the Hessian's norm about the minimiser
};

/// Quadratics of several condition numbers, with axes that are not the coordinates', and
/// Rosenbrock's function.
const std::vector<KnownObjective>& known_objectives();

}  // namespace plumbline::conformance
