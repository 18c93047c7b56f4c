// Logistic regression, with and without L2 regularization.
//
//   f(w) = sum_i log(1 + exp(-z_i)) + lambda/2 w'w,   z_i = y_i a_i'w,  y_i = -1 or 1
//   gradient -sum_i y_i s(-z_i) a_i + lambda w,   s(z) = 1/(1 + exp(-z))
//   Hessian sum_i s(z_i) s(-z_i) a_i a_i' + lambda I
//
// No plane parts the labels: there is a minimizer without regularization too. The Fisher
// matrix is the Hessian of the sum, since that does not depend on the labels.
#include "reference/define_objective.hpp"

namespace plumbline::objectives {
namespace {

constexpr std::size_t examples = 8;
// Two features and the intercept. A'A has the eigenvalues 51/8, 9 and 45/4.
constexpr DataTable<examples, 3> features{{{1.5, -1, 1},
                                           {-0.75, 0.75, 1},
                                           {0.75, 1.5, 1},
                                           {-1.5, -0.5, 1},
                                           {-1.5, 1, 1},
                                           {1.25, 1, 1},
                                           {-0.25, -1.5, 1},
                                           {-0.75, 0.5, 1}}};
constexpr std::array labels{1, -1, 1, -1, 1, -1, -1, 1};

struct Regularization {
  double lambda;
};
constexpr Regularization none{0};
constexpr Regularization quarter{0.25};

/// 1/(1 + exp(-z)); the other class's probability is sigmoid(-z), without a difference.
template <class Number>
Number sigmoid(const Number& z) {
  return Number(1) / (Number(1) + exp(-z));
}

template <class Number>
class Logistic final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  explicit Logistic(const Regularization& regularization) : lambda_(regularization.lambda) {}

  Number value(Point point) const override {
    const Vector margins = margins_at(point);
    const Number loss = sum_over<Number>(examples, [&](std::size_t i) {
      return max(-margins[i], Number(0)) + log(Number(1) + exp(-abs(margins[i])));
    });
    if (lambda_ == 0) return loss;
    return loss + Number(lambda_ / 2) * sum_over<Number>(point.size(), [&](std::size_t j) {
                    return square(point[j]);
                  });
  }

  Vector gradient(Point point) const override {
    return regularized(weighted_rows(features, slopes(point)), point);
  }
  Matrix<Number> hessian(Point point) const override {
    Matrix<Number> matrix = information(point);
    if (lambda_ == 0) return matrix;
    for (std::size_t j = 0; j < matrix.rows; ++j) {
      matrix.at(j, j) = matrix.at(j, j) + Number(lambda_);
    }
    return matrix;
  }
  Vector hessian_vector(Point point, Point direction) const override {
    return regularized(
        weighted_rows(features,
                      elementwise_product(curvatures(point), rows_times(features, direction))),
        direction);
  }

  std::optional<Matrix<Number>> fisher(Point point) const override { return information(point); }

  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    Matrix<Number> terms = scaled_rows(features, slopes(point));
    if (lambda_ == 0) return terms;
    for (std::size_t i = 0; i < terms.rows; ++i) {
      for (std::size_t j = 0; j < terms.columns; ++j) {
        terms.at(i, j) = terms.at(i, j) + Number(lambda_ / examples) * point[j];
      }
    }
    return terms;
  }

 private:
  double lambda_;

  static Vector margins_at(Point point) {
    Vector margins = rows_times(features, point);
    for (std::size_t i = 0; i < examples; ++i) margins[i] = Number(labels[i]) * margins[i];
    return margins;
  }
  /// The loss's derivative in a_i'w.
  static Vector slopes(Point point) {
    Vector values = margins_at(point);
    for (std::size_t i = 0; i < examples; ++i) values[i] = Number(-labels[i]) * sigmoid(-values[i]);
    return values;
  }
  static Vector curvatures(Point point) {
    Vector values = rows_times(features, point);
    for (Number& value : values) value = sigmoid(value) * sigmoid(-value);
    return values;
  }
  static Matrix<Number> information(Point point) {
    return weighted_outer_products(features, curvatures(point));
  }
  Vector regularized(Vector vector, Point weights) const {
    if (lambda_ == 0) return vector;
    for (std::size_t j = 0; j < vector.size(); ++j) {
      vector[j] = vector[j] + Number(lambda_) * weights[j];
    }
    return vector;
  }
};

constexpr std::string_view boehning =
    "lambda and a quarter of A'A's greatest eigenvalue, reached at w = 0; Boehning and Lindsay "
    "1988, Ann. Inst. Statist. Math. 40(4)";

}  // namespace

Objective logistic() {
  return {.name = "logistic",
          .title = "Logistic regression",
          .formula = "sum_i log(1 + exp(-y_i a_i'w))",
          .source = "McCullagh and Nelder 1989, Generalized Linear Models, chapter 4",
          .parameters = {{"w", {3}}},
          .start = {0.5, -1, 0.25},
          .minimizers = {{.decimal = {"0.2839845160947221440121242060772477923935",
                                      "0.5952943264661751818202026990852320612125",
                                      "-0.08573414901358675611587219625200056661412"}}},
          .smoothness = {{{45, 16}, true, boehning}},
          .notes = "8 examples of two features and an intercept, not separable",
          .bindings = objective_bindings<Logistic, none>()};
}

Objective logistic_l2() {
  return {.name = "logistic_l2",
          .title = "Logistic regression with L2 regularization",
          .formula = "sum_i log(1 + exp(-y_i a_i'w)) + lambda/2 w'w, lambda = 1/4",
          .source =
              "McCullagh and Nelder 1989, Generalized Linear Models, chapter 4; le Cessie and "
              "van Houwelingen 1992, Appl. Statist. 41(1), for the regularization",
          .parameters = {{"w", {3}}},
          .start = {0.5, -1, 0.25},
          .minimizers = {{.decimal = {"0.2518067303237821510959420824056987517243",
                                      "0.5168965012416923401966474829870734230201",
                                      "-0.06475264056778684078109527103072453070886"}}},
          .smoothness = {{{49, 16}, true, boehning}},
          .strong_convexity = {{{1, 4}, true, "lambda: the rest is positive and tends to 0"}},
          .notes = "8 examples of two features and an intercept, which is regularized too",
          .bindings = objective_bindings<Logistic, quarter>()};
}

}  // namespace plumbline::objectives
