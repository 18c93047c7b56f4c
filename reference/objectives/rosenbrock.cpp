// Rosenbrock's function, and its chain of more variables.
//
//   f(x) = sum_{i<n} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2
//
// With o_i = x_{i+1} - x_i^2, term i's gradient is -400 x_i o_i - 2 (1 - x_i) in x_i and
// 200 o_i in x_{i+1}; its Hessian 800 x_i^2 - 400 o_i + 2, -400 x_i, 200. As 1/2 r'r each term
// has two residuals: sqrt(200) o_i and sqrt(2) (1 - x_i).
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

template <class Number>
class Rosenbrock final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  explicit Rosenbrock(std::size_t dimension) : dimension_(dimension) {}

  Number value(Point point) const override {
    return sum_over<Number>(dimension_ - 1, [&](std::size_t i) {
      return Number(100) * square(off_valley(point, i)) + square(Number(1) - point[i]);
    });
  }

  Vector gradient(Point point) const override {
    return vector_of<Number>(dimension_, [&](std::size_t i) {
      if (i == 0) return in_first(point, 0);
      if (i == dimension_ - 1) return in_second(point, i - 1);
      return in_first(point, i) + in_second(point, i - 1);
    });
  }

  Matrix<Number> hessian(Point point) const override {
    return symmetric_of<Number>(dimension_, [&](std::size_t i, std::size_t j) {
      if (i == j) return diagonal(point, i);
      return i == j + 1 ? Number(-400) * point[j] : Number(0);
    });
  }

  Vector hessian_vector(Point point, Point direction) const override {
    return vector_of<Number>(dimension_, [&](std::size_t i) {
      Number image = diagonal(point, i) * direction[i];
      if (i > 0) image = image - Number(400) * point[i - 1] * direction[i - 1];
      if (i + 1 < dimension_) image = image - Number(400) * point[i] * direction[i + 1];
      return image;
    });
  }

  std::optional<Vector> residuals(Point point) const override {
    return vector_of<Number>(2 * (dimension_ - 1), [&](std::size_t row) {
      const std::size_t i = row / 2;
      return row % 2 == 0 ? weight(200) * off_valley(point, i) : weight(2) * (Number(1) - point[i]);
    });
  }
  std::optional<Matrix<Number>> jacobian(Point point) const override {
    Matrix<Number> rows(2 * (dimension_ - 1), dimension_);
    for (std::size_t i = 0; i + 1 < dimension_; ++i) {
      rows.at(2 * i, i) = weight(200) * (Number(-2) * point[i]);
      rows.at(2 * i, i + 1) = weight(200);
      rows.at(2 * i + 1, i) = -weight(2);
    }
    return rows;
  }

  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    Matrix<Number> terms(dimension_ - 1, dimension_);
    for (std::size_t i = 0; i + 1 < dimension_; ++i) {
      terms.at(i, i) = in_first(point, i);
      terms.at(i, i + 1) = in_second(point, i);
    }
    return terms;
  }

 private:
  std::size_t dimension_;

  static Number weight(int squared) { return sqrt(Number(squared)); }
  static Number off_valley(Point point, std::size_t i) { return point[i + 1] - square(point[i]); }
  static Number in_first(Point point, std::size_t i) {
    return Number(-400) * point[i] * off_valley(point, i) - Number(2) * (Number(1) - point[i]);
  }
  static Number in_second(Point point, std::size_t i) { return Number(200) * off_valley(point, i); }
  Number diagonal(Point point, std::size_t i) const {
    if (i == dimension_ - 1) return Number(200);
    const Number own =
        Number(800) * square(point[i]) - Number(400) * off_valley(point, i) + Number(2);
    return i == 0 ? own : own + Number(200);
  }
};

constexpr std::size_t plane = 2;
constexpr std::size_t chain = 6;

}  // namespace

Objective rosenbrock() {
  return {.name = "rosenbrock",
          .title = "Rosenbrock's function",
          .formula = "100 (x_2 - x_1^2)^2 + (1 - x_1)^2",
          .source = "Rosenbrock 1960, Computer Journal 3(3), p. 184",
          .parameters = {{"x", {2}}},
          .start = {-1.25, 1},
          .minimizers = {{.exact = {{1}, {1}}}},
          .minimum = Ratio{0},
          .notes = "the paper starts at (-1.2, 1), which is no value of a binary format",
          .bindings = objective_bindings<Rosenbrock, plane>()};
}

Objective rosenbrock_chained() {
  return {.name = "rosenbrock_chained",
          .title = "Rosenbrock's function, chained",
          .formula = "sum_{i<n} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2, n = 6",
          .source = "Kok and Sandrock 2009, Evol. Comput. 17(3)",
          .parameters = {{"x", {6}}},
          .start = {-1.25, 1, -1.25, 1, -1.25, 1},
          .minimizers = {{.exact = {{1}, {1}, {1}, {1}, {1}, {1}}}},
          .minimum = Ratio{0},
          .notes =
              "for 4 <= n <= 7 there is one other local minimizer, near (-1, 1, ..., 1) (Kok "
              "and Sandrock)",
          .bindings = objective_bindings<Rosenbrock, chain>()};
}

}  // namespace plumbline::objectives
