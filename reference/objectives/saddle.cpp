// A saddle between two minima, on which gradient descent begun on the ridge ends.
//
//   f(x) = 1/2 x_1^2 + 1/4 x_2^4 - 1/2 x_2^2
//   gradient (x_1, x_2^3 - x_2), Hessian diag(1, 3 x_2^2 - 1)
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

template <class Number>
class Saddle final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Number squared = square(point[1]);
    return Number(0.5) * square(point[0]) + squared * (Number(0.25) * squared - Number(0.5));
  }
  Vector gradient(Point point) const override {
    return {point[0], point[1] * (square(point[1]) - Number(1))};
  }
  Matrix<Number> hessian(Point point) const override {
    Matrix<Number> matrix(2, 2);
    matrix.at(0, 0) = Number(1);
    matrix.at(1, 1) = curvature(point);
    return matrix;
  }
  Vector hessian_vector(Point point, Point direction) const override {
    return {direction[0], curvature(point) * direction[1]};
  }

 private:
  static Number curvature(Point point) { return Number(3) * square(point[1]) - Number(1); }
};

}  // namespace

Objective saddle() {
  return {.name = "saddle",
          .title = "A saddle between two minima",
          .formula = "1/2 x_1^2 + 1/4 x_2^4 - 1/2 x_2^2",
          .source = "Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3",
          .parameters = {{"x", {2}}},
          .start = {1, 0.125},
          .minimizers = {{.exact = {{0}, {-1}}}, {.exact = {{0}, {1}}}},
          .minimum = Ratio{-1, 4},
          .notes = "the saddle is (0, 0); gradient descent from any (x_1, 0) goes there",
          .bindings = objective_bindings<Saddle>()};
}

}  // namespace plumbline::objectives
