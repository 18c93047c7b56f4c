// What is known exactly of rules that ask their objective.
#include <gtest/gtest.h>

#include <algorithm>

#include "reference/catalogue.hpp"

namespace plumbline {
namespace {

using Vector = std::vector<Certified>;

bool overlap(const Certified& one, const Certified& other) {
  const Certified difference = one - other;
  return difference.lower() <= 0 && difference.upper() >= 0;
}
bool narrow(const Certified& value) {
  return (value - value).upper() < 1e-40;
}

/// The rule's point after some steps on an objective, from a start.
Vector after(const std::string& rule_name, const std::string& dialect,
             const std::vector<double>& hyperparameters, const ObjectiveOf<Certified>& objective,
             Vector point, long steps, std::vector<Shape> layers = {}) {
  const Rule& rule = *find_rule(rule_name);
  const auto update =
      rule.bind<Certified>(hyperparameters, find_dialect(rule.dialects, dialect)->choices);
  SharedState<Certified> shared = update->start_shared({static_cast<long>(point.size())});
  shared.layers = std::move(layers);
  auto state = update->start_state(point, shared);
  for (long step = 0; step < steps; ++step) {
    update->advance(shared);
    update->apply_on(&objective, point, {}, state, shared);
  }
  return point;
}

Vector after(const std::string& rule, const std::string& dialect,
             const std::vector<double>& hyperparameters, const std::string& objective_name,
             long steps = 1) {
  const Objective& objective = *find_objective(objective_name);
  std::vector<Shape> shapes;
  for (const ParameterTensor& tensor : objective.parameters) shapes.push_back(tensor.shape);
  return after(rule, dialect, hyperparameters, *objective.bind<Certified>(),
               {objective.start.begin(), objective.start.end()}, steps, layers_of(shapes));
}

Vector minimizer_of(const std::string& objective) {
  Vector point;
  for (const Ratio& ratio : find_objective(objective)->minimizers.front().exact) {
    point.push_back(Certified(static_cast<double>(ratio.numerator)) /
                    Certified(static_cast<double>(ratio.denominator)));
  }
  return point;
}

void expect_same(const Vector& one, const Vector& other) {
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_TRUE(narrow(one[i]) && narrow(other[i])) << i;
    EXPECT_TRUE(overlap(one[i], other[i])) << i << ": " << one[i].lower();
  }
}
bool same(const Vector& one, const Vector& other) {
  return std::ranges::equal(one, other, overlap);
}

class ObjectiveRules : public testing::Test {
 protected:
  void SetUp() override { Certified::set_precision(256); }
};

// ---- Ends in one step -------------------------------------------------------------

TEST_F(ObjectiveRules, NewtonEndsOnAQuadraticInOneStep) {
  for (const std::string name : {"quadratic", "quadratic_ill_conditioned", "least_squares"}) {
    expect_same(after("newton", "fixed", {1, 0}, name), minimizer_of(name));
    EXPECT_FALSE(same(after("newton", "fixed", {1, 0.25}, name), minimizer_of(name)));
  }
}

TEST_F(ObjectiveRules, ADampedNewtonStepLeavesTheRestOfTheError) {
  const Vector end = minimizer_of("quadratic");
  const auto& start = find_objective("quadratic")->start;
  const Vector point = after("newton", "fixed", {0.75, 0}, "quadratic", 3);
  for (std::size_t i = 0; i < end.size(); ++i) {
    EXPECT_TRUE(overlap(point[i] - end[i], (Certified(start[i]) - end[i]) / 64));
  }
}

TEST_F(ObjectiveRules, GaussNewtonAndTheNaturalGradientEndOnLinearLeastSquares) {
  const Vector end = minimizer_of("least_squares");
  for (const std::string dialect : {"identity", "diagonal"}) {
    expect_same(after("gauss_newton", dialect, {1, 0}, "least_squares"), end);
  }
  expect_same(after("natural_gradient", "of_damped", {1, 0, 0, 0}, "least_squares"), end);
}

TEST_F(ObjectiveRules, ConjugateGradientsToTheEndAreTheDampedStep) {
  expect_same(after("hessian_free", "gauss_newton", {1, 0.3, 3}, "least_squares", 2),
              after("gauss_newton", "identity", {1, 0.3}, "least_squares", 2));
  expect_same(after("hessian_free", "hessian", {1, 0.3, 2}, "rosenbrock"),
              after("newton", "fixed", {1, 0.3}, "rosenbrock"));
  EXPECT_FALSE(same(after("hessian_free", "hessian", {1, 0.3, 1}, "rosenbrock"),
                    after("newton", "fixed", {1, 0.3}, "rosenbrock")));
}

// ---- Invariance -------------------------------------------------------------------

/// f(A y) for a matrix A, by rows.
class Transformed final : public ObjectiveOf<Certified> {
 public:
  using Values = std::vector<std::vector<double>>;
  Transformed(const std::string& name, Values matrix)
      : inner_(find_objective(name)->bind<Certified>()), matrix_(std::move(matrix)) {}

  Vector image(Point y) const {
    Vector x;
    for (const auto& row : matrix_) {
      Certified sum(0);
      for (std::size_t i = 0; i < row.size(); ++i) sum = sum + Certified(row[i]) * y[i];
      x.push_back(sum);
    }
    return x;
  }
  Certified value(Point y) const override { return inner_->value(image(y)); }
  Vector gradient(Point y) const override { return pulled_back(inner_->gradient(image(y))); }
  Matrix<Certified> hessian(Point y) const override {
    return pulled_back(inner_->hessian(image(y)));
  }
  Vector hessian_vector(Point y, Point direction) const override {
    return pulled_back(inner_->hessian_vector(image(y), image(direction)));
  }
  std::optional<Matrix<Certified>> fisher(Point y) const override {
    return pulled_back(*inner_->fisher(image(y)));
  }
  std::optional<Vector> residuals(Point y) const override { return inner_->residuals(image(y)); }
  std::optional<Matrix<Certified>> jacobian(Point y) const override {
    const Matrix<Certified> own = *inner_->jacobian(image(y));
    Matrix<Certified> result(own.rows, own.columns);
    for (std::size_t row = 0; row < own.rows; ++row) {
      const Vector back = pulled_back(Vector(own.row(row).begin(), own.row(row).end()));
      std::ranges::copy(back, &result.at(row, 0));
    }
    return result;
  }

 private:
  std::unique_ptr<ObjectiveOf<Certified>> inner_;
  Values matrix_;

  /// A'v.
  Vector pulled_back(const Vector& v) const {
    Vector result(v.size(), Certified(0));
    for (std::size_t row = 0; row < v.size(); ++row) {
      for (std::size_t i = 0; i < v.size(); ++i) {
        result[i] = result[i] + Certified(matrix_[row][i]) * v[row];
      }
    }
    return result;
  }
  /// A'M A.
  Matrix<Certified> pulled_back(const Matrix<Certified>& m) const {
    Matrix<Certified> half(m.rows, m.columns);
    for (std::size_t row = 0; row < m.rows; ++row) {
      const Vector back = pulled_back(Vector(m.row(row).begin(), m.row(row).end()));
      std::ranges::copy(back, &half.at(row, 0));
    }
    Matrix<Certified> result(m.rows, m.columns);
    for (std::size_t column = 0; column < m.columns; ++column) {
      Vector one;
      for (std::size_t row = 0; row < m.rows; ++row) one.push_back(half.at(row, column));
      const Vector back = pulled_back(one);
      for (std::size_t row = 0; row < m.rows; ++row) result.at(row, column) = back[row];
    }
    return result;
  }
};

/// Whether the rule on f(A y) is at A^-1 of where it is on f, after two steps.
bool is_invariant(const std::string& rule, const std::string& dialect,
                  const std::vector<double>& hyperparameters, const std::string& objective,
                  const Transformed::Values& matrix) {
  const Transformed transformed(objective, matrix);
  const Transformed plain(objective, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  const Vector start{Certified(0.25), Certified(-0.5), Certified(1)};
  const Vector there = after(rule, dialect, hyperparameters, transformed, start, 2);
  const Vector here = after(rule, dialect, hyperparameters, plain, transformed.image(start), 2);
  return same(transformed.image(there), here);
}

TEST_F(ObjectiveRules, NewtonIsInvariantUnderLinearMapsWithoutDamping) {
  const Transformed::Values matrix{{1, 0.5, 0}, {-2, 0.25, 1}, {0, 3, 1}};
  EXPECT_TRUE(is_invariant("newton", "fixed", {1, 0}, "logistic_l2", matrix));
  EXPECT_TRUE(is_invariant("newton", "fixed", {0.5, 0}, "logistic_l2", matrix));
  EXPECT_FALSE(is_invariant("newton", "fixed", {1, 0.125}, "logistic_l2", matrix));
}

TEST_F(ObjectiveRules, TheNaturalGradientIsInvariantUnderLinearMapsWithoutDamping) {
  const Transformed::Values matrix{{1, 0.5, 0}, {-2, 0.25, 1}, {0, 3, 1}};
  for (const double radius : {0.0, 0.25}) {
    EXPECT_TRUE(
        is_invariant("natural_gradient", "of_fisher", {1, 0, 0, radius}, "logistic", matrix));
    EXPECT_FALSE(
        is_invariant("natural_gradient", "of_fisher", {1, 0.125, 0, radius}, "logistic", matrix));
  }
}

TEST_F(ObjectiveRules, MarquardtsDampingIsInvariantUnderUnitsAndLevenbergsIsNot) {
  const Transformed::Values units{{2, 0, 0}, {0, 0.25, 0}, {0, 0, 8}};
  EXPECT_TRUE(is_invariant("gauss_newton", "diagonal", {1, 0.5}, "least_squares", units));
  EXPECT_FALSE(is_invariant("gauss_newton", "identity", {1, 0.5}, "least_squares", units));
}

// ---- Descent ----------------------------------------------------------------------

void expect_descent(const std::string& rule, const std::vector<double>& hyperparameters,
                    const std::vector<std::string>& objectives) {
  for (const Dialect& dialect : find_rule(rule)->dialects) {
    for (const std::string& name : objectives) {
      const Objective& objective = *find_objective(name);
      const Vector start(objective.start.begin(), objective.start.end());
      const Vector end = after(rule, std::string(dialect.name), hyperparameters, name);
      const Vector gradient = objective.bind<Certified>()->gradient(start);
      Certified slope(0);
      for (std::size_t i = 0; i < end.size(); ++i) {
        slope = slope + gradient[i] * (end[i] - start[i]);
      }
      EXPECT_LT(slope.upper(), 0) << rule << "/" << dialect.name << " on " << name;
    }
  }
}

// A positive definite matrix of any kind, inverted, gives a direction of descent.
TEST_F(ObjectiveRules, GoDownhillFromTheFirstStep) {
  expect_descent("newton", {1, 0.5}, {"quadratic", "quadratic_ill_conditioned", "logistic_l2"});
  expect_descent("gauss_newton", {1, 0.5}, {"least_squares", "rosenbrock", "network"});
  expect_descent("natural_gradient", {1, 0.5, 0, 0}, {"logistic", "softmax", "network"});
  expect_descent("levenberg_marquardt", {0.5, 0.1, 10}, {"least_squares", "rosenbrock", "network"});
  expect_descent("kfac", {1, 0.5, 0.95}, {"softmax", "network"});
}

}  // namespace
}  // namespace plumbline
