#include "conformance/properties/smooth_objective.hpp"

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {
namespace {

constexpr int hadamard[4][4] = {{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};

}  // namespace

SmoothObjective SmoothObjective::quadratic(const std::array<int, 4>& eigenvalues) {
  SmoothObjective objective;
  objective.eigenvalues_ = eigenvalues;
  objective.smoothness_ = std::ranges::max(eigenvalues);
  return objective;
}

SmoothObjective SmoothObjective::huber(int smoothness, int knee) {
  SmoothObjective objective;
  objective.is_quadratic_ = false;
  objective.smoothness_ = smoothness;
  objective.knee_ = knee;
  return objective;
}

Quadruple SmoothObjective::value(const FourVariables& point) const {
  Quadruple sum = 0;
  if (is_quadratic_) {
    for (std::size_t k = 0; k < 4; ++k) {
      Quadruple along = 0;
      for (std::size_t i = 0; i < 4; ++i) along += Quadruple(hadamard[k][i] * point[i]) / 2;
      sum += Quadruple(eigenvalues_[k]) * along * along / 2;
    }
    return sum;
  }
  for (const double coordinate : point) {
    const Quadruple size(std::abs(coordinate));
    const Quadruple knee(knee_);
    const Quadruple smoothness(smoothness_);
    sum += size * smoothness <= knee ? smoothness * size * size / 2
                                     : knee * size - knee * knee / (2 * smoothness);
  }
  return sum;
}

FourVariables SmoothObjective::gradient(const FourVariables& point) const {
  FourVariables gradient{};
  if (is_quadratic_) {
    for (std::size_t k = 0; k < 4; ++k) {
      double along = 0;
      for (std::size_t i = 0; i < 4; ++i) along += hadamard[k][i] * point[i] / 2;
      for (std::size_t i = 0; i < 4; ++i)
        gradient[i] += eigenvalues_[k] * along * hadamard[k][i] / 2;
    }
    return gradient;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    gradient[i] = std::clamp(smoothness_ * point[i], -knee_, knee_);
  }
  return gradient;
}

FourVariables SmoothObjective::steepest_direction() const {
  FourVariables direction{};
  if (!is_quadratic_) {
    direction[0] = knee_ / (4 * smoothness_);
    return direction;
  }
  const auto largest =
      static_cast<std::size_t>(std::ranges::max_element(eigenvalues_) - eigenvalues_.begin());
  for (std::size_t i = 0; i < 4; ++i) direction[i] = hadamard[largest][i];
  return direction;
}

}  // namespace plumbline::conformance
