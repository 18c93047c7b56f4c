// What is known of single objectives: published values, exact spectra, and the matrices
// of statistics and of layers against their definitions.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "reference/objective.hpp"

namespace plumbline {
namespace {

using Vector = std::vector<Certified>;
using CertifiedMatrix = Matrix<Certified>;

class Structure : public testing::Test {
 protected:
  void SetUp() override { Certified::set_precision(512); }
};

std::unique_ptr<ObjectiveOf<Certified>> bound(std::string_view name) {
  return find_objective(name)->bind<Certified>();
}
Vector start_of(std::string_view name) {
  const auto& start = find_objective(name)->start;
  return {start.begin(), start.end()};
}

testing::AssertionResult same(const Certified& left, const Certified& right) {
  if (Certified::disjoint(left, right) || !((left - right).upper() < 0x1p-300) ||
      !((left - right).lower() > -0x1p-300)) {
    return testing::AssertionFailure() << left.midpoint() << " is not " << right.midpoint();
  }
  return testing::AssertionSuccess();
}

void expect_same(const CertifiedMatrix& left, const CertifiedMatrix& right) {
  ASSERT_EQ(left.rows, right.rows);
  ASSERT_EQ(left.columns, right.columns);
  for (std::size_t i = 0; i < left.entries.size(); ++i) {
    EXPECT_TRUE(same(left.entries[i], right.entries[i])) << "entry " << i;
  }
}

/// left' right.
CertifiedMatrix inner(const CertifiedMatrix& left, const CertifiedMatrix& right) {
  CertifiedMatrix result(left.columns, right.columns);
  for (std::size_t i = 0; i < left.columns; ++i) {
    for (std::size_t j = 0; j < right.columns; ++j) {
      for (std::size_t k = 0; k < left.rows; ++k) {
        result.at(i, j) = result.at(i, j) + left.at(k, i) * right.at(k, j);
      }
    }
  }
  return result;
}

Certified determinant(CertifiedMatrix matrix) {
  if (matrix.rows == 1) return matrix.at(0, 0);
  Certified total;
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    CertifiedMatrix minor(matrix.rows - 1, matrix.columns - 1);
    for (std::size_t i = 1; i < matrix.rows; ++i) {
      for (std::size_t j = 0, at = 0; j < matrix.columns; ++j) {
        if (j != column) minor.at(i - 1, at++) = matrix.at(i, j);
      }
    }
    const Certified term = matrix.at(0, column) * determinant(minor);
    total = column % 2 == 0 ? total + term : total - term;
  }
  return total;
}

// ---- Quadratics -----------------------------------------------------------

struct Axes {
  std::string name;
  std::vector<double> reflected;
};

/// H's columns, e_k - 2 v v_k/(v'v), are the eigenvectors: exactly.
TEST_F(Structure, HouseholdersColumnsAreTheEigenvectors) {
  const std::vector<double> equal{1, 1, 1, 1};
  const std::vector<double> skew{3, 1, -1, 1, 1, -1, 1, 1};
  for (const Axes& axes : {Axes{"quadratic_line", {1}}, Axes{"quadratic_round", equal},
                           Axes{"quadratic", equal}, Axes{"quadratic_ill_conditioned", equal},
                           Axes{"quadratic_indefinite", skew}, Axes{"quadratic_singular", skew}}) {
    const Objective& objective = *find_objective(axes.name);
    const auto quadratic = objective.bind<Certified>();
    const Vector point = start_of(axes.name);
    double norm = 0;
    for (const double entry : axes.reflected) norm += entry * entry;
    ASSERT_EQ(objective.spectrum.size(), axes.reflected.size());
    for (std::size_t k = 0; k < axes.reflected.size(); ++k) {
      Vector axis;
      for (std::size_t i = 0; i < axes.reflected.size(); ++i) {
        axis.emplace_back((i == k ? 1.0 : 0.0) - 2 * axes.reflected[i] * axes.reflected[k] / norm);
      }
      const Vector image = quadratic->hessian_vector(point, axis);
      for (std::size_t i = 0; i < axis.size(); ++i) {
        EXPECT_TRUE(Certified::identical(image[i], Certified(objective.spectrum[k]) * axis[i]));
      }
    }
  }
}

TEST_F(Structure, TheSaddlesGradientIsZeroAtItsCentre) {
  const Vector centre{1, -0.5, 0.25, 2, -1.5, 0.5, -0.75, 1.25};
  for (const Certified& slope : bound("quadratic_indefinite")->gradient(centre)) {
    EXPECT_TRUE(Certified::identical(slope, Certified(0)));
  }
  for (const Certified& slope : bound("saddle")->gradient(Vector{0, 0})) {
    EXPECT_TRUE(Certified::identical(slope, Certified(0)));
  }
  const CertifiedMatrix hessian = bound("saddle")->hessian(Vector{0, 0});
  EXPECT_TRUE(Certified::identical(hessian.at(0, 0), Certified(1)));
  EXPECT_TRUE(Certified::identical(hessian.at(1, 1), Certified(-1)));
}

/// Nesterov 2004, section 2.1.2: sine vectors, with eigenvalues L sin^2(i pi/24).
TEST_F(Structure, NesterovsEigenvectorsAreSines) {
  const auto worst = bound("nesterov_tridiagonal");
  const Vector point = start_of("nesterov_tridiagonal");
  for (long k = 1; k <= 11; ++k) {
    const Certified eigenvalue = Certified(4) * (Certified(1) - cos_pi(k, 12));
    Vector sines;
    for (long i = 1; i <= 11; ++i) sines.push_back(cos_pi(6 - i * k, 12));  // sin(i k pi/12)
    const Vector image = worst->hessian_vector(point, sines);
    for (std::size_t i = 0; i < 11; ++i) EXPECT_TRUE(same(image[i], eigenvalue * sines[i]));
    EXPECT_FALSE(less(eigenvalue, Certified::ratio(1, 18)));
    EXPECT_TRUE(less(eigenvalue, Certified(8)));
  }
}

/// From 0 the gradients span one more coordinate a step.
TEST_F(Structure, NesterovsGradientsReachOneCoordinateMoreAStep) {
  const auto worst = bound("nesterov_tridiagonal");
  Vector point = start_of("nesterov_tridiagonal");
  for (std::size_t step = 0; step < 11; ++step) {
    const Vector gradient = worst->gradient(point);
    for (std::size_t i = 0; i < 11; ++i) {
      EXPECT_EQ(Certified::identical(gradient[i], Certified(0)), i > step);
      point[i] = point[i] - Certified(0.0625) * gradient[i];
    }
  }
}

// ---- Published values -----------------------------------------------------

/// More, Garbow and Hillstrom 1981, problem 1; and the Hessian at the minimum of every
/// text book.
TEST_F(Structure, RosenbrocksPublishedValues) {
  const auto valley = bound("rosenbrock");
  const Vector least{1, 1};
  const CertifiedMatrix hessian = valley->hessian(least);
  const std::array expected{802, -400, -400, 200};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(Certified::identical(hessian.entries[i], Certified(expected[i])));
  }
  // 24.2 at (-1.2, 1), with the gradient (-215.6, -88).
  const Vector usual{Certified::ratio(-6, 5), Certified(1)};
  EXPECT_TRUE(same(valley->value(usual), Certified::ratio(242, 10)));
  EXPECT_TRUE(same(valley->gradient(usual)[0], Certified::ratio(-2156, 10)));
  EXPECT_TRUE(same(valley->gradient(usual)[1], Certified(-88)));
  EXPECT_TRUE(Certified::identical(bound("rosenbrock_chained")->value(Vector(6)), Certified(5)));
}

TEST_F(Structure, HuberIsQuadraticInsideAndLinearOutside) {
  // At (-1, 2) the first residual is 1/8, and those of 2, 3, 6, 7 and 8 are past the knee.
  const auto robust = bound("huber");
  const Vector point = start_of("huber");
  const std::vector<double> residuals{0.125, 4.125, 1.5, 0.25, -0.375, 2.75, 3.5, 4.625};
  Certified expected;
  for (const double residual : residuals) {
    const double size = std::abs(residual);
    expected = expected + Certified(size <= 0.5 ? size * size / 2 : 0.5 * size - 0.125);
  }
  EXPECT_TRUE(Certified::identical(robust->value(point), expected));
  // Rows 1, 4 and 5 are inside: (1, 1), (-1, 1), (3/2, 1).
  const CertifiedMatrix hessian = robust->hessian(point);
  EXPECT_TRUE(Certified::identical(hessian.at(0, 0), Certified(4.25)));
  EXPECT_TRUE(Certified::identical(hessian.at(0, 1), Certified(1.5)));
  EXPECT_TRUE(Certified::identical(hessian.at(1, 1), Certified(3)));
}

// ---- Tight bounds ---------------------------------------------------------

TEST_F(Structure, LogisticSmoothnessIsReachedAtZero) {
  for (const std::string_view name : {"logistic", "logistic_l2"}) {
    CertifiedMatrix hessian = bound(name)->hessian(Vector(3));
    const Ratio bound = find_objective(name)->smoothness->value;
    for (std::size_t i = 0; i < 3; ++i) {
      hessian.at(i, i) = hessian.at(i, i) - Certified::ratio(bound.numerator, bound.denominator);
    }
    EXPECT_TRUE(same(determinant(hessian), Certified(0))) << name;
  }
}

/// With the third class out of the way the Hessian is X'X/4 times ((1, -1), (-1, 1)), whose
/// greatest eigenvalue is half of X'X's.
TEST_F(Structure, SoftmaxSmoothnessIsApproached) {
  Vector point(9);
  point[8] = Certified(-800);
  const CertifiedMatrix hessian = bound("softmax")->hessian(point);
  CertifiedMatrix block(3, 3);
  const std::array<std::size_t, 3> first_class{0, 1, 6};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      block.at(i, j) = Certified(2) * hessian.at(first_class[i], first_class[j]);
    }
    block.at(i, i) = block.at(i, i) - Certified(8.5);
  }
  EXPECT_TRUE(same(determinant(block), Certified(0)));
}

// ---- Statistics -----------------------------------------------------------

TEST_F(Structure, GaussNewtonOfLeastSquares) {
  const auto linear = bound("least_squares");
  const Vector point = start_of("least_squares");
  const CertifiedMatrix jacobian = *linear->jacobian(point);
  expect_same(inner(jacobian, jacobian), linear->hessian(point));
  expect_same(*linear->fisher(point), linear->hessian(point));
}

TEST_F(Structure, ResidualsGiveValueAndGradient) {
  for (const std::string_view name :
       {"least_squares", "network", "rosenbrock", "rosenbrock_chained"}) {
    const auto objective = bound(name);
    const Vector point = start_of(name);
    const Vector residuals = *objective->residuals(point);
    const CertifiedMatrix jacobian = *objective->jacobian(point);
    ASSERT_EQ(jacobian.rows, residuals.size());
    CertifiedMatrix column(residuals.size(), 1);
    column.entries = residuals;
    const CertifiedMatrix slope = inner(jacobian, column);
    const Vector gradient = objective->gradient(point);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_TRUE(same(slope.entries[i], gradient[i]));
    }
    const Certified squares = inner(column, column).entries[0];
    EXPECT_TRUE(same(squares / 2, objective->value(point)));
    if (const auto fisher = objective->fisher(point)) {
      expect_same(*fisher, inner(jacobian, jacobian));
    }
  }
}

TEST_F(Structure, FisherIsTheHessianWithoutRegularization) {
  for (const std::string_view name : {"logistic", "logistic_l2", "softmax"}) {
    const auto objective = bound(name);
    const Vector point = start_of(name);
    CertifiedMatrix fisher = *objective->fisher(point);
    if (name == "logistic_l2") {
      for (std::size_t i = 0; i < fisher.rows; ++i) {
        fisher.at(i, i) = fisher.at(i, i) + Certified(0.25);
      }
    }
    expect_same(fisher, objective->hessian(point));
  }
}

/// The term's gradient for label 1 is -p(-1) a and for -1 it is p(1) a, so that both labels'
/// outer products are known from the one given; weighted by their own probabilities.
TEST_F(Structure, LogisticFisherByEnumeration) {
  const std::array labels{1, -1, 1, -1, 1, -1, -1, 1};
  const auto objective = bound("logistic");
  const Vector point = start_of("logistic");
  const CertifiedMatrix terms = *objective->term_gradients(point);
  CertifiedMatrix expected(3, 3);
  for (std::size_t n = 0; n < terms.rows; ++n) {
    // The intercept's feature is 1: that entry is the slope, -y (1 - p(y)).
    const Certified other = Certified(-labels[n]) * terms.at(n, 2);
    const Certified own = Certified(1) - other;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        const Certified given = terms.at(n, i) * terms.at(n, j);
        const Certified reverse = given * square(own / other);
        expected.at(i, j) = expected.at(i, j) + own * given + other * reverse;
      }
    }
  }
  expect_same(*objective->fisher(point), expected);
}

/// All classes as if each were the label, weighted by the model's probabilities, which are
/// the output gradients but for the label's 1.
TEST_F(Structure, SoftmaxFisherByEnumeration) {
  const std::array<std::size_t, 8> labels{2, 0, 2, 0, 1, 1, 2, 0};
  const auto objective = bound("softmax");
  const Vector point = start_of("softmax");
  const Layer<Certified> layer = objective->layers(point)->front();
  CertifiedMatrix expected(9, 9);
  for (std::size_t n = 0; n < 8; ++n) {
    Vector probabilities;
    for (std::size_t k = 0; k < 3; ++k) {
      probabilities.push_back(layer.output_gradients.at(n, k) + Certified(k == labels[n] ? 1 : 0));
    }
    for (std::size_t label = 0; label < 3; ++label) {
      Vector gradient(9);
      for (std::size_t k = 0; k < 3; ++k) {
        const Certified slope = probabilities[k] - Certified(k == label ? 1 : 0);
        for (std::size_t i = 0; i < 2; ++i) gradient[2 * k + i] = slope * layer.inputs.at(n, i);
        gradient[6 + k] = slope;
      }
      for (std::size_t i = 0; i < 9; ++i) {
        for (std::size_t j = 0; j < 9; ++j) {
          expected.at(i, j) = expected.at(i, j) + probabilities[label] * gradient[i] * gradient[j];
        }
      }
    }
  }
  expect_same(*objective->fisher(point), expected);
}

// ---- Layers ---------------------------------------------------------------

/// Where each layer's tensors begin in the flat point.
std::size_t offset_of(const Objective& objective, std::size_t tensor) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < tensor; ++i) offset += objective.parameters[i].size();
  return offset;
}

/// Outer products of output gradients and inputs are the terms' gradients; and with the
/// outputs' Fisher blocks they are each layer's block of the Fisher matrix.
TEST_F(Structure, LayersGiveTermsAndFisherBlocks) {
  for (const std::string_view name : {"softmax", "network"}) {
    const Objective& objective = *find_objective(name);
    const auto model = objective.bind<Certified>();
    const Vector point = start_of(name);
    const CertifiedMatrix terms = *model->term_gradients(point);
    const CertifiedMatrix fisher = *model->fisher(point);
    const auto layers = *model->layers(point);
    EXPECT_EQ(2 * layers.size(), objective.parameters.size());
    for (const Layer<Certified>& layer : layers) {
      const std::size_t weights = offset_of(objective, layer.weights);
      const std::size_t bias = offset_of(objective, layer.bias);
      const std::size_t fan_in = layer.inputs.columns;
      ASSERT_EQ(layer.output_fisher.size(), terms.rows);
      const auto place = [&](std::size_t output, std::size_t input) {
        return input < fan_in ? weights + output * fan_in + input : bias + output;
      };
      const auto input_of = [&](std::size_t n, std::size_t input) {
        return input < fan_in ? layer.inputs.at(n, input) : Certified(1);
      };
      for (std::size_t k = 0; k < layer.output_gradients.columns; ++k) {
        for (std::size_t i = 0; i <= fan_in; ++i) {
          for (std::size_t n = 0; n < terms.rows; ++n) {
            EXPECT_TRUE(
                same(layer.output_gradients.at(n, k) * input_of(n, i), terms.at(n, place(k, i))));
          }
          for (std::size_t l = 0; l < layer.output_gradients.columns; ++l) {
            for (std::size_t j = 0; j <= fan_in; ++j) {
              Certified block;
              for (std::size_t n = 0; n < terms.rows; ++n) {
                block = block + layer.output_fisher[n].at(k, l) * input_of(n, i) * input_of(n, j);
              }
              EXPECT_TRUE(same(block, fisher.at(place(k, i), place(l, j))));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace plumbline
