// Nesterov's worst function in the world for first-order methods, smooth and convex.
//
//   f(x) = L/4 (1/2 (x_1^2 + sum_{i<k} (x_i - x_{i+1})^2 + x_k^2) - x_1)
//   gradient L/4 (T x - e_1), Hessian L/4 T, T tridiagonal with 2 and -1
//
// T's eigenvalues are 2 - 2 cos(i pi/(k + 1)). The minimizer is x_i = 1 - i/(k + 1). A method
// that adds up gradients, begun at 0, reaches one more coordinate a step.
#include <numeric>

#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr std::size_t dimension = 11;     // k, and all the coordinates
constexpr double quarter_smoothness = 2;  // L/4

template <class Number>
class NesterovTridiagonal final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Number squares = sum_over<Number>(dimension + 1, [&](std::size_t i) {
      if (i == 0) return square(point[0]);
      if (i == dimension) return square(point[dimension - 1]);
      return square(point[i - 1] - point[i]);
    });
    return Number(quarter_smoothness) * (Number(0.5) * squares - point[0]);
  }

  Vector gradient(Point point) const override {
    Vector image = second_differences(point);
    image[0] = image[0] - Number(1);
    return times_quarter(image);
  }

  Matrix<Number> hessian(Point) const override {
    return symmetric_of<Number>(dimension, [](std::size_t i, std::size_t j) {
      const double entry = i == j ? 2 : i == j + 1 ? -1 : 0;
      return Number(quarter_smoothness * entry);
    });
  }

  Vector hessian_vector(Point, Point direction) const override {
    return times_quarter(second_differences(direction));
  }

 private:
  static Vector second_differences(Point vector) {
    return vector_of<Number>(dimension, [&](std::size_t i) {
      Number difference = Number(2) * vector[i];
      if (i > 0) difference = difference - vector[i - 1];
      if (i + 1 < dimension) difference = difference - vector[i + 1];
      return difference;
    });
  }
  static Vector times_quarter(const Vector& vector) {
    return vector_of<Number>(dimension,
                             [&](std::size_t i) { return Number(quarter_smoothness) * vector[i]; });
  }
};

}  // namespace

Objective nesterov_tridiagonal() {
  Minimizer minimizer;
  constexpr long parts = static_cast<long>(dimension) + 1;
  for (long i = 1; i < parts; ++i) {
    const long divisor = std::gcd(parts - i, parts);
    minimizer.exact.push_back({(parts - i) / divisor, parts / divisor});
  }
  return {.name = "nesterov_tridiagonal",
          .title = "Nesterov's tridiagonal worst case",
          .formula = "L/4 (1/2 (x_1^2 + sum_{i<k} (x_i - x_{i+1})^2 + x_k^2) - x_1), L = 8, k = 11",
          .source = "Nesterov 2004, Introductory Lectures on Convex Optimization, section 2.1.2",
          .parameters = {{"x", {static_cast<long>(dimension)}}},
          .start = std::vector<double>(dimension, 0.0),
          .minimizers = {std::move(minimizer)},
          .minimum = Ratio{-11, 12},
          .smoothness = {{{8}, false, "L; Nesterov 2004, section 2.1.2: 0 <= T <= 4 I"}},
          .strong_convexity = {{{1, 18},
                                false,
                                "L/(k + 1)^2 <= L sin^2(pi/(2 (k + 1))), the least eigenvalue, by "
                                "Jordan's inequality"}},
          .notes = "the eigenvalues are L sin^2(i pi/24), i = 1, ..., 11",
          .bindings = objective_bindings<NesterovTridiagonal>()};
}

}  // namespace plumbline::objectives
