// Small smooth objectives of four variables whose smoothness L is known exactly, with
// gradients that are exact in binary.
#pragma once

#include <array>

#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

using FourVariables = std::array<double, 4>;

/// theta' H theta / 2 with H = Q diag(eigenvalues) Q', Q = Hadamard/2: L is the largest
/// eigenvalue. Or, separable, Huber's function: L theta^2/2 up to `knee`/L, then linear.
class SmoothObjective {
 public:
  static SmoothObjective quadratic(const std::array<int, 4>& eigenvalues);
  static SmoothObjective huber(int smoothness, int knee);

  double smoothness() const { return smoothness_; }
  Quadruple value(const FourVariables& point) const;
  FourVariables gradient(const FourVariables& point) const;
  /// The eigenvector of the largest eigenvalue, with entries 1 and -1 (quadratic), or the
  /// first unit vector inside the quadratic part.
  FourVariables steepest_direction() const;

 private:
  bool is_quadratic_ = true;
  std::array<int, 4> eigenvalues_{};
  double smoothness_ = 0;
  double knee_ = 0;
};

}  // namespace plumbline::conformance
