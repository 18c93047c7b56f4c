// FirstOrder's roots of matrices hold the root of every matrix near the operand, also of nearly
// singular ones, and products with them too: there errors cancel, and nothing is to be lost.
#include <gtest/gtest.h>

#include <random>

#include "reference/tensors/jacobi.hpp"
#include "reference/tensors/matrix_functions.hpp"

namespace plumbline {
namespace {

struct Real {
  double value = 0;
  Real() = default;
  Real(int exact) : value(exact) {}
  explicit Real(double exact) : value(exact) {}
  friend Real operator+(Real a, Real b) { return Real(a.value + b.value); }
  friend Real operator-(Real a, Real b) { return Real(a.value - b.value); }
  friend Real operator*(Real a, Real b) { return Real(a.value * b.value); }
  friend Real operator/(Real a, Real b) { return Real(a.value / b.value); }
  friend Real operator-(Real a) { return Real(-a.value); }
  friend Real sqrt(Real a) { return Real(std::sqrt(a.value)); }
  friend bool operator<(Real a, Real b) { return a.value < b.value; }
};

using Number = FirstOrder<Binary32>;
using Square = std::vector<double>;  // row-major

/// matrix^(-1/order) by plain arithmetic in binary64.
Square plain_root(const Square& matrix, std::size_t size, double order) {
  std::vector<std::vector<Real>> rows(size, std::vector<Real>(size));
  for (std::size_t i = 0; i < size * size; ++i) rows[i / size][i % size] = Real(matrix[i]);
  const auto system =
      eigensystem(rows, 0x1p-60, [](const Real& element) { return std::abs(element.value); });
  Square result(size * size);
  for (std::size_t i = 0; i < size * size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      result[i] += system.vectors[k][i / size].value * system.vectors[k][i % size].value *
                   std::pow(system.values[k].value, -1 / order);
    }
  }
  return result;
}

/// How far from the middle of the interval, in radii; 0 where nothing is known.
double share(const Number& interval, double value) {
  const auto& range = as_rounded(interval);
  if (!range.is_finite()) return 0;
  const auto lower = static_cast<double>(range.lower());
  const auto upper = static_cast<double>(range.upper());
  return std::abs(value - (lower + upper) / 2) / ((upper - lower) / 2);
}

TEST(InverseRoots, hold_those_of_every_matrix_near_and_are_not_much_wider) {
  std::mt19937_64 chance(7);
  std::normal_distribution<double> gaussian;
  double of_roots = 0;
  double of_products = 0;
  for (std::size_t trial = 0; trial < 300; ++trial) {
    const std::size_t size = 1 + trial % 5;
    const std::size_t columns = 1 + trial % size;
    const double epsilon = std::pow(10.0, -static_cast<double>(trial % 5));
    const double order = static_cast<double>(1 << (trial % 3));
    const double width = static_cast<double>(trial % 3) * 1e-6;
    // epsilon I + G G', singular but for epsilon where G has fewer columns than rows.
    Square gradient(size * columns);
    for (double& element : gradient) element = std::round(gaussian(chance) * 256) / 256;
    Square matrix(size * size);
    double norm = 0;
    for (std::size_t i = 0; i < size * size; ++i) {
      matrix[i] = i / size == i % size ? epsilon : 0;
      for (std::size_t k = 0; k < columns; ++k) {
        matrix[i] += gradient[i / size * columns + k] * gradient[i % size * columns + k];
      }
      norm += matrix[i] * matrix[i];
    }
    const FirstOrderScope scope;
    const auto extent = static_cast<long>(size);
    std::vector<Number> elements(size * size);
    for (std::size_t i = 0; i < size * size; ++i) {
      const std::size_t mirrored = i % size * size + i / size;
      elements[i] = mirrored < i
                        ? elements[mirrored]
                        : Number(Rounded<Binary32>::between(matrix[i] - width, matrix[i] + width));
    }
    const auto root = inverse_root(Array<Number>({extent, extent}, elements), Array<Number>(order));
    const auto product =
        matrix_product(root, Array<Number>({extent, static_cast<long>(columns)},
                                           std::vector<Number>(gradient.begin(), gradient.end())));
    const double backward = 0.99 * rounding_model().budget * static_cast<double>(size) *
                            Binary32::description.unit_roundoff() * std::sqrt(norm);
    for (int sample = 0; sample < 30; ++sample) {
      Square error(size * size);
      double length = 0;
      for (std::size_t i = 0; i < size * size; ++i) {
        const std::size_t mirrored = i % size * size + i / size;
        error[i] = mirrored < i ? error[mirrored] : gaussian(chance);
        length += error[i] * error[i];
      }
      Square moved = matrix;
      for (std::size_t i = 0; i < size * size; ++i) {
        const double side = error[i] < 0 ? -width : width;
        moved[i] += 0.999 * side + error[i] / std::sqrt(length) * backward;
      }
      const Square expected = plain_root(moved, size, order);
      for (std::size_t i = 0; i < size * size; ++i) {
        of_roots = std::max(of_roots, share(root[i], expected[i]));
      }
      for (std::size_t i = 0; i < size * columns; ++i) {
        double value = 0;
        for (std::size_t k = 0; k < size; ++k) {
          value += expected[i / columns * size + k] * gradient[k * columns + i % columns];
        }
        of_products = std::max(of_products, share(product[i], value));
      }
    }
  }
  EXPECT_LE(of_roots, 1);
  EXPECT_LE(of_products, 1);
  EXPECT_GT(of_roots, 0.1);
  EXPECT_GT(of_products, 0.1);
}

// A gradient of one column has nothing in the small eigenvalue's space, and its step is known as
// well: the root itself is not, and one radius for all of it would be over a tenth.
TEST(InverseRoots, are_sharp_where_nothing_reaches_the_small_eigenvalue) {
  const FirstOrderScope scope;
  const double epsilon = 0x1p-12;
  const Array<Number> column({2, 1}, {Number(1.5), Number(-0.5)});
  const Array<Number> matrix =
      matrix_product(column, transposed(column)) +
      Array<Number>(epsilon) * identity_like(Array<Number>({2, 2}, std::vector<Number>(4)));
  const auto step = matrix_product(inverse_root(matrix, Array<Number>(2)), column);
  const double expected = 1.5 / std::sqrt(2.5 + epsilon);
  EXPECT_LE(share(step[0], expected), 1);
  const auto& range = as_rounded(step[0]);
  EXPECT_LT(static_cast<double>(range.upper() - range.lower()), 0.005);
}

}  // namespace
}  // namespace plumbline
