// The paths of methods on Rosenbrock's function, for a picture.
#pragma once

#include <string>
#include <vector>

#include "reference/theorems/setting.hpp"

namespace plumbline::tools {

struct PathPoint {
  long step;
  double x, y;
  double value;  ///< of the function
};

struct Path {
  std::string_view title;  ///< the rule's
  Setting setting;
  /// The step after which both coordinates first are within half a unit of the fourth decimal of
  /// the minimizer; the last one where none is.
  long steps = 0;
  bool arrived = false;
  /// Those that a picture shows, and the steps 1, 2, 5, 10, 20, 50, ...; the start and the end.
  std::vector<PathPoint> points;
};

/// Gradient descent, momentum, Adam and Newton's method from (-1, 1), each in its first dialect,
/// in binary64. (`plumbline claims` counts steps on enclosures; a picture needs no proof.)
std::vector<Path> rosenbrock_paths();

}  // namespace plumbline::tools
