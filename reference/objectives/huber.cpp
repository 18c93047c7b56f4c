// Robust regression with Huber's loss: a line through points, two of which lie far off.
//
//   f(x) = sum_i h(r_i),   r = A x - b
//   h(r) = 1/2 r^2 where |r| <= k, else k |r| - 1/2 k^2;   with m = min(|r|, k): m (|r| - m/2)
//   h'(r) = max(-k, min(r, k)),   h''(r) = 1 where |r| < k, else 0
//
// At |r| = k there is no second derivative.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr double knee = 0.5;
// Slope and intercept. A'A has the eigenvalues 7 and 12.
constexpr DataTable<8, 2> matrix{
    {{1, 1}, {-1.5, 1}, {0, 1}, {-1, 1}, {1.5, 1}, {-0.5, 1}, {0.5, 1}, {-2, 1}}};
constexpr std::array right_side{0.875, -0.625, 0.5, 2.75, 0.875, -0.25, -2.0, -0.625};

template <class Number>
class Huber final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override {
    const Vector off = off_by(point);
    return sum_over<Number>(off.size(), [&](std::size_t i) {
      const Number size = abs(off[i]);
      const Number quadratic_part = min(size, Number(knee));
      return quadratic_part * (size - Number(0.5) * quadratic_part);
    });
  }
  Vector gradient(Point point) const override { return weighted_rows(matrix, slopes(point)); }
  Matrix<Number> hessian(Point point) const override {
    return weighted_outer_products(matrix, curvatures(point));
  }
  Vector hessian_vector(Point point, Point direction) const override {
    return weighted_rows(matrix,
                         elementwise_product(curvatures(point), rows_times(matrix, direction)));
  }
  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    return scaled_rows(matrix, slopes(point));
  }

 private:
  static Vector off_by(Point point) {
    Vector off = rows_times(matrix, point);
    for (std::size_t i = 0; i < off.size(); ++i) off[i] = off[i] - Number(right_side[i]);
    return off;
  }
  static Vector slopes(Point point) {
    Vector values = off_by(point);
    for (Number& value : values) value = max(Number(-knee), min(value, Number(knee)));
    return values;
  }
  static Vector curvatures(Point point) {
    Vector values = off_by(point);
    for (Number& value : values) value = Number(less(abs(value), Number(knee)) ? 1 : 0);
    return values;
  }
};

}  // namespace

Objective huber() {
  return {.name = "huber",
          .title = "Robust regression with Huber's loss",
          .formula = "sum_i h(a_i'x - b_i), h(r) = 1/2 r^2 where |r| <= k, else k |r| - 1/2 k^2",
          .source = "Huber 1964, Ann. Math. Statist. 35(1)",
          .parameters = {{"x", {2}}},
          .start = {-1, 2},
          .minimizers = {{.exact = {{21, 50}, {23, 100}}}},
          .minimum = Ratio{2051, 800},
          .smoothness = {{{12}, false, "the greatest eigenvalue of A'A, as h'' <= 1"}},
          .notes =
              "8 points, k = 1/2; the Hessian jumps where some |r_i| = k, and is taken as if "
              "|r_i| > k there",
          .bindings = objective_bindings<Huber>()};
}

}  // namespace plumbline::objectives
