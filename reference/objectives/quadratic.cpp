// Quadratics whose eigenvalues, axes and minimizer are known exactly.
//
//   f(x) = 1/2 x'A x - b'x,   A = H diag(spectrum) H,   b = A c
//   gradient A x - b, Hessian A
//
// H = I - 2 v v'/(v'v) is Householder's reflection: symmetric and orthogonal, so that its
// columns are the eigenvectors. v'v is a power of two, which makes every entry of A exact.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

struct QuadraticData {
  std::span<const double> reflected;  ///< v
  std::span<const double> spectrum;
  std::span<const double> centre;  ///< c, where the gradient is zero
};

/// A and b: exact in binary64, since all that goes into them is small and dyadic.
struct System {
  Matrix<double> matrix;
  std::vector<double> right_side;
};

System system_of(const QuadraticData& data) {
  const std::size_t size = data.spectrum.size();
  double norm = 0;
  for (const double entry : data.reflected) norm += entry * entry;
  const auto reflection = [&](std::size_t i, std::size_t j) {
    return (i == j ? 1 : 0) - 2 * data.reflected[i] * data.reflected[j] / norm;
  };
  System system{Matrix<double>(size, size), std::vector<double>(size)};
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t k = 0; k < size; ++k) {
        system.matrix.at(i, j) += reflection(i, k) * data.spectrum[k] * reflection(k, j);
      }
      system.right_side[i] += system.matrix.at(i, j) * data.centre[j];
    }
  }
  return system;
}

template <class Number>
class Quadratic final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  explicit Quadratic(const QuadraticData& data) {
    const System system = system_of(data);
    matrix_ = matrix_of<Number>(
        system.matrix.rows, system.matrix.columns,
        [&](std::size_t i, std::size_t j) { return Number(system.matrix.at(i, j)); });
    right_side_.assign(system.right_side.begin(), system.right_side.end());
  }

  Number value(Point point) const override {
    const Vector image = hessian_vector(point, point);
    return sum_over<Number>(point.size(), [&](std::size_t i) {
      return point[i] * (Number(0.5) * image[i] - right_side_[i]);
    });
  }

  Vector gradient(Point point) const override {
    const Vector image = hessian_vector(point, point);
    return vector_of<Number>(point.size(),
                             [&](std::size_t i) { return image[i] - right_side_[i]; });
  }

  Matrix<Number> hessian(Point) const override { return matrix_; }

  Vector hessian_vector(Point, Point direction) const override {
    return vector_of<Number>(direction.size(), [&](std::size_t i) {
      return sum_over<Number>(direction.size(),
                              [&](std::size_t j) { return matrix_.at(i, j) * direction[j]; });
    });
  }

 private:
  Matrix<Number> matrix_;
  Vector right_side_;
};

constexpr std::array line_axis{1.0};
constexpr std::array line_spectrum{2.0};
constexpr std::array line_centre{0.75};
constexpr QuadraticData line{line_axis, line_spectrum, line_centre};

constexpr std::array equal_axis{1.0, 1.0, 1.0, 1.0};
constexpr std::array near_centre{0.25, 0.5, -1.0, 1.0};
constexpr std::array round_spectrum{1.0, 1.0, 1.0, 1.0};
constexpr std::array well_conditioned_spectrum{1.0, 2.0, 4.0, 8.0};
constexpr std::array ill_conditioned_spectrum{0.0625, 1.0, 4.0, 64.0};
constexpr QuadraticData round_bowl{equal_axis, round_spectrum, near_centre};
constexpr QuadraticData well_conditioned{equal_axis, well_conditioned_spectrum, near_centre};
constexpr QuadraticData ill_conditioned{equal_axis, ill_conditioned_spectrum, near_centre};

// v'v = 16.
constexpr std::array skew_axis{3.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0};
constexpr std::array far_centre{1.0, -0.5, 0.25, 2.0, -1.5, 0.5, -0.75, 1.25};
constexpr std::array indefinite_spectrum{-2.0, -0.5, 0.25, 1.0, 1.0, 2.0, 3.0, 6.0};
constexpr QuadraticData indefinite{skew_axis, indefinite_spectrum, far_centre};
constexpr std::array singular_spectrum{0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0};
constexpr QuadraticData singular{skew_axis, singular_spectrum, far_centre};

constexpr std::string_view extreme_eigenvalue = "the extreme eigenvalue, which is given";

Objective described(const QuadraticData& data, Objective objective) {
  objective.formula = "1/2 x'A x - b'x, A = H diag(spectrum) H, b = A c, H = I - 2 v v'/(v'v)";
  objective.source = "the eigenvalues are given; Householder 1958, J. ACM 5(4), for the reflection";
  objective.parameters = {{"x", {static_cast<long>(data.spectrum.size())}}};
  objective.spectrum.assign(data.spectrum.begin(), data.spectrum.end());
  return objective;
}

/// `least` and `greatest`: the eigenvalues between which all are.
Objective convex(const QuadraticData& data, Ratio least, Ratio greatest, Minimizer minimizer,
                 Ratio minimum, Objective objective) {
  objective.minimizers = {std::move(minimizer)};
  objective.minimum = minimum;
  objective.smoothness = {greatest, true, extreme_eigenvalue};
  if (least.numerator > 0) objective.strong_convexity = {least, true, extreme_eigenvalue};
  return described(data, std::move(objective));
}

const Minimizer near_minimizer{.exact = {{1, 4}, {1, 2}, {-1, 1}, {1, 1}}};
const std::vector<double> near_start{2, -1, 0.5, 1.5};
const std::vector<double> far_start{0.5, 1, -2, 0.25, 1.5, -1, 0.75, -0.5};

}  // namespace

Objective quadratic_line() {
  return convex(line, {2}, {2}, {.exact = {{3, 4}}}, {-9, 16},
                {.name = "quadratic_line",
                 .title = "A parabola",
                 .start = {-1.5},
                 .notes = "spectrum (2), c = 3/4",
                 .bindings = objective_bindings<Quadratic, line>()});
}

Objective quadratic_round() {
  return convex(round_bowl, {1}, {1}, near_minimizer, {-37, 32},
                {.name = "quadratic_round",
                 .title = "A round quadratic",
                 .start = near_start,
                 .notes = "the identity, c = (1/4, 1/2, -1, 1): condition number 1",
                 .bindings = objective_bindings<Quadratic, round_bowl>()});
}

Objective quadratic() {
  return convex(well_conditioned, {1}, {8}, near_minimizer, {-687, 128},
                {.name = "quadratic",
                 .title = "A well-conditioned quadratic",
                 .start = near_start,
                 .notes = "v = (1, 1, 1, 1), c = (1/4, 1/2, -1, 1): condition number 8",
                 .bindings = objective_bindings<Quadratic, well_conditioned>()});
}

Objective quadratic_ill_conditioned() {
  return convex(ill_conditioned, {1, 16}, {64}, near_minimizer, {-33361, 2048},
                {.name = "quadratic_ill_conditioned",
                 .title = "An ill-conditioned quadratic",
                 .start = near_start,
                 .notes = "v = (1, 1, 1, 1), c = (1/4, 1/2, -1, 1): condition number 1024",
                 .bindings = objective_bindings<Quadratic, ill_conditioned>()});
}

Objective quadratic_indefinite() {
  return described(
      indefinite,
      {.name = "quadratic_indefinite",
       .title = "An indefinite quadratic",
       .start = far_start,
       .smoothness = {{{6}, true, extreme_eigenvalue}},
       .notes =
           "v = (3, 1, -1, 1, 1, -1, 1, 1), c = (1, -1/2, 1/4, 2, -3/2, 1/2, -3/4, 5/4), where "
           "the gradient is zero: a saddle, unbounded below",
       .bindings = objective_bindings<Quadratic, indefinite>()});
}

Objective quadratic_singular() {
  return convex(
      singular, {0}, {8}, {.exact = {{1}, {-1, 2}, {1, 4}, {2}, {-3, 2}, {1, 2}, {-3, 4}, {5, 4}}},
      {-35943, 4096},
      {.name = "quadratic_singular",
       .title = "A singular quadratic",
       .start = far_start,
       .notes = "v = (3, 1, -1, 1, 1, -1, 1, 1): rank 5; the minimizers are c plus the span of H's "
                "first three columns",
       .bindings = objective_bindings<Quadratic, singular>()});
}

}  // namespace plumbline::objectives
