// Linear least squares, over-determined: more rows than unknowns, and no exact solution.
//
//   f(x) = 1/2 r'r,   r = A x - b
//   gradient A'r, Hessian A'A
//
// With r_i the noise of a Gaussian of variance 1 it is a negative log-likelihood, and A'A
// its Fisher matrix.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

// A'A has the eigenvalues 9/2, 25/4 and 11.
constexpr DataTable<6, 3> matrix{
    {{2, 1, 1}, {0, 1, 2}, {-0.5, 1.5, 0}, {1, 1, -1}, {2, 0, 0}, {0, 1, -0.5}}};
constexpr std::array right_side{3.0, 0.5, -1.0, 2.0, 1.5, -0.5};

template <class Number>
class LeastSquares final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Vector off = off_by(point);
    return Number(0.5) *
           sum_over<Number>(off.size(), [&](std::size_t i) { return square(off[i]); });
  }
  Vector gradient(Point point) const override { return weighted_rows(matrix, off_by(point)); }
  Matrix<Number> hessian(Point) const override {
    return weighted_outer_products(matrix, Vector(matrix.size(), Number(1)));
  }
  Vector hessian_vector(Point, Point direction) const override {
    return weighted_rows(matrix, rows_times(matrix, direction));
  }

  std::optional<Matrix<Number>> fisher(Point point) const override { return hessian(point); }
  std::optional<Vector> residuals(Point point) const override { return off_by(point); }
  std::optional<Matrix<Number>> jacobian(Point) const override {
    return scaled_rows(matrix, Vector(matrix.size(), Number(1)));
  }
  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    return scaled_rows(matrix, off_by(point));
  }

 private:
  static Vector off_by(Point point) {
    Vector off = rows_times(matrix, point);
    for (std::size_t i = 0; i < off.size(); ++i) off[i] = off[i] - Number(right_side[i]);
    return off;
  }
};

constexpr std::string_view eigenvalues = "the extreme eigenvalue of A'A";

}  // namespace

Objective least_squares() {
  return {.name = "least_squares",
          .title = "Linear least squares, over-determined",
          .formula = "1/2 |A x - b|^2",
          .source = "Nocedal and Wright 2006, Numerical Optimization, section 10.2",
          .parameters = {{"x", {3}}},
          .start = {0.5, -1, 2},
          .minimizers = {{.exact = {{11933, 9900}, {301, 3300}, {719, 4950}}}},
          .minimum = Ratio{44399, 39600},
          .smoothness = {{{11}, true, eigenvalues}},
          .strong_convexity = {{{9, 2}, true, eigenvalues}},
          .spectrum = {4.5, 6.25, 11},
          .notes = "6 rows; the terms are 1/2 r_i^2",
          .bindings = objective_bindings<LeastSquares>()};
}

}  // namespace plumbline::objectives
