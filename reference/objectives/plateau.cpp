// A well in a plateau: far from the minimizer value and gradient hardly change.
//
//   f(x) = 1 - exp(-1/2 d'd),   d = x - c
//   gradient exp(-1/2 d'd) d, Hessian exp(-1/2 d'd) (I - d d')
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr std::array centre{0.5, -0.25};

template <class Number>
class Plateau final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  Number value(Point point) const override { return Number(1) - height(from_centre(point)); }

  Vector gradient(Point point) const override {
    const Vector distance = from_centre(point);
    const Number factor = height(distance);
    return {factor * distance[0], factor * distance[1]};
  }

  Matrix<Number> hessian(Point point) const override {
    const Vector distance = from_centre(point);
    const Number factor = height(distance);
    return symmetric_of<Number>(2, [&](std::size_t i, std::size_t j) {
      return i == j ? factor * (Number(1) - square(distance[i]))
                    : -(factor * (distance[i] * distance[j]));
    });
  }

  Vector hessian_vector(Point point, Point direction) const override {
    const Vector distance = from_centre(point);
    const Number factor = height(distance);
    const Number along = distance[0] * direction[0] + distance[1] * direction[1];
    return {factor * (direction[0] - along * distance[0]),
            factor * (direction[1] - along * distance[1])};
  }

 private:
  static Vector from_centre(Point point) {
    return {point[0] - Number(centre[0]), point[1] - Number(centre[1])};
  }
  static Number height(const Vector& distance) {
    return exp(Number(-0.5) * (square(distance[0]) + square(distance[1])));
  }
};

}  // namespace

Objective plateau() {
  return {
      .name = "plateau",
      .title = "A well in a plateau (Welsch's loss)",
      .formula = "1 - exp(-1/2 d'd), d = x - c, c = (1/2, -1/4)",
      .source = "Dennis and Welsch 1978, Commun. Stat. B 7(4)",
      .parameters = {{"x", {2}}},
      .start = {3.5, 1.75},
      .minimizers = {{.exact = {{1, 2}, {-1, 4}}}},
      .minimum = Ratio{0},
      .smoothness = {{{1},
                      true,
                      "the eigenvalues are exp(-s/2) and exp(-s/2) (1 - s), s = d'd: at most 1, "
                      "at s = 0, and at least -2 exp(-3/2)"}},
      .notes = "the gradient at the start has norm exp(-13/2) sqrt(13), about 0.005",
      .bindings = objective_bindings<Plateau>()};
}

}  // namespace plumbline::objectives
