// A whole tensor as one number: shapes, operations, and the same text on every number.
#include <gtest/gtest.h>

#include <random>

#include "reference/formula/notation.hpp"
#include "reference/tensors/matrix_functions.hpp"
#include "reference/tensors/mutated_operations.hpp"
#include "reference/tensors/operations.hpp"
#include "reference/tensors/traced_operations.hpp"

namespace plumbline {
namespace {

using Number = Plain<Binary64>;
using Tensor = Array<Number>;

Tensor tensor(const Shape& shape, const std::vector<double>& values) {
  return {shape, {values.begin(), values.end()}};
}

void expect_equal(const Tensor& value, const Shape& shape, const std::vector<double>& expected) {
  EXPECT_EQ(value.shape(), shape);
  ASSERT_EQ(value.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(value[i].value(), expected[i]) << i;
}

const Tensor wide = tensor({2, 3}, {1, 2, 3, 4, 5, 6});
const Tensor row = tensor({1, 3}, {10, 20, 30});
const Tensor column = tensor({2, 1}, {1, -1});

TEST(Tensors, OperatorsGoElementByElement) {
  const Tensor other = tensor({2, 3}, {6, 5, 4, 3, 2, 1});
  expect_equal(wide + other, {2, 3}, {7, 7, 7, 7, 7, 7});
  expect_equal(wide - other, {2, 3}, {-5, -3, -1, 1, 3, 5});
  expect_equal(wide * other, {2, 3}, {6, 10, 12, 12, 10, 6});
  expect_equal(tensor({2}, {6, 1}) / tensor({2}, {3, 4}), {2}, {2, 0.25});
  expect_equal(max(wide, other), {2, 3}, {6, 5, 4, 4, 5, 6});
  expect_equal(min(wide, other), {2, 3}, {1, 2, 3, 3, 2, 1});
  expect_equal(power(wide, Tensor(2)), {2, 3}, {1, 4, 9, 16, 25, 36});
  expect_equal(-wide, {2, 3}, {-1, -2, -3, -4, -5, -6});
  expect_equal(square(wide), {2, 3}, {1, 4, 9, 16, 25, 36});
  expect_equal(sqrt(square(wide)), {2, 3}, {1, 2, 3, 4, 5, 6});
  expect_equal(abs(tensor({2}, {-2, 3})), {2}, {2, 3});
  expect_equal(sign(tensor({3}, {-2, 0, 3})), {3}, {-1, 0, 1});
}

TEST(Tensors, ScalarsRowsAndColumnsAreRepeated) {
  expect_equal(Tensor(2) * wide, {2, 3}, {2, 4, 6, 8, 10, 12});
  expect_equal(wide - Tensor(1), {2, 3}, {0, 1, 2, 3, 4, 5});
  expect_equal(wide + row, {2, 3}, {11, 22, 33, 14, 25, 36});
  expect_equal(row + wide, {2, 3}, {11, 22, 33, 14, 25, 36});
  expect_equal(wide * column, {2, 3}, {1, 2, 3, -4, -5, -6});
  expect_equal(column * row, {2, 3}, {10, 20, 30, -10, -20, -30});
  expect_equal(row * column, {2, 3}, {10, 20, 30, -10, -20, -30});
  expect_equal(row - tensor({1, 1}, {5}), {1, 3}, {5, 15, 25});
  expect_equal(tensor({1, 1}, {5}) - column, {2, 1}, {4, 6});
  expect_equal(tensor({0}, {}) + Tensor(1), {0}, {});
  expect_equal(Tensor(2) + Tensor(3), {}, {5});
}

TEST(Tensors, ShapesThatDoNotFitAreAnError) {
  EXPECT_THROW(wide + tensor({3, 2}, {1, 2, 3, 4, 5, 6}), std::invalid_argument);
  EXPECT_THROW(wide * tensor({6}, {1, 2, 3, 4, 5, 6}), std::invalid_argument);
  EXPECT_THROW(tensor({2}, {1, 2}) + tensor({3}, {1, 2, 3}), std::invalid_argument);
  EXPECT_THROW(tensor({2}, {1, 2}) + tensor({1}, {1}), std::invalid_argument);
  EXPECT_THROW(wide + tensor({1, 2}, {1, 2}), std::invalid_argument);
  EXPECT_THROW(matrix_product(wide, wide), std::invalid_argument);
  EXPECT_THROW(inner_product(wide, row), std::invalid_argument);
  EXPECT_THROW(moving_mean(Number(0.5), wide, row), std::invalid_argument);
  EXPECT_THROW(less(wide, Tensor(1)), std::invalid_argument);
  EXPECT_THROW(tensor({2, 2}, {1, 2, 3}), std::invalid_argument);
  EXPECT_THROW(in_shape_of(wide, row), std::invalid_argument);
  EXPECT_TRUE(less(Tensor(1), tensor({1, 1}, {2})));
}

TEST(Tensors, SetsOfPointsAreRows) {
  const Tensor points = tensor({3, 2}, {0, 0, 3, 4, -1, 1});
  expect_equal(squared_distances(points, points), {3, 3}, {0, 25, 2, 25, 0, 25, 2, 25, 0});
  expect_equal(squared_distances(tensor({1, 2}, {1, 1}), points), {1, 3}, {2, 13, 4});
  EXPECT_THROW(squared_distances(points, wide), std::invalid_argument);
  expect_equal(least(points), {}, {-1});
  expect_equal(least(tensor({1}, {7})), {}, {7});
  expect_equal(newest_rows(points, 2), {2, 2}, {0, 0, 3, 4});
  expect_equal(newest_rows(points, 4), {3, 2}, {0, 0, 3, 4, -1, 1});
  expect_equal(draws_in_rows(tensor({2}, {0, 0}), tensor({6}, {1, 2, 3, 4, 5, 6})), {3, 2},
               {1, 2, 3, 4, 5, 6});
}

TEST(Tensors, MistakesWithSetsOfPointsAreThoseTheyAreCalled) {
  using Faulty = Mutated<Tensor>;
  const Faulty points(tensor({2, 2}, {0, 0, 3, 4}), input_expression(Input::state));
  const auto with = [&](MutationKind kind, const auto& operation) {
    Mutation mutation{.kind = kind};
    {
      OperationRecording recording;
      const MutationScope scope(nullptr, Phase::step, 1);
      mutation.expression = operation(points).expression().id;
    }
    const MutationScope scope(&mutation, Phase::step, 1);
    return operation(points).value();
  };
  const auto distances = [](const Faulty& value) { return squared_distances(value, value); };
  expect_equal(with(MutationKind::sum_of_magnitudes, distances), {2, 2}, {0, 7, 7, 0});
  expect_equal(with(MutationKind::to_mean, distances), {2, 2}, {0, 12.5, 12.5, 0});
  expect_equal(with(MutationKind::to_max, [](const Faulty& value) { return least(value); }), {},
               {4});
}

TEST(Tensors, OperationsGiveWhatIsComputedByHand) {
  expect_equal(transposed(wide), {3, 2}, {1, 4, 2, 5, 3, 6});
  expect_equal(matrix_product(wide, transposed(wide)), {2, 2}, {14, 32, 32, 77});
  expect_equal(matrix_product(transposed(wide), wide), {3, 3},
               {17, 22, 27, 22, 29, 36, 27, 36, 45});
  expect_equal(matrix_product(wide, tensor({3}, {1, 0, -1})), {2, 1}, {-2, -2});
  expect_equal(total(wide), {}, {21});
  expect_equal(mean(wide), {}, {3.5});
  expect_equal(inner_product(wide, wide), {}, {91});
  expect_equal(norm(tensor({2, 2}, {1, -1, 3, 5})), {}, {6});
  expect_equal(row_means(wide), {2, 1}, {2, 5});
  expect_equal(column_means(wide), {1, 3}, {2.5, 3.5, 4.5});
  expect_equal(identity_like(wide), {2, 2}, {1, 0, 0, 1});
  expect_equal(row_count(wide), {}, {2});
  expect_equal(column_count(wide), {}, {3});
  expect_equal(in_shape_of(tensor({6}, {0, 0, 0, 0, 0, 0}), wide), {6}, {1, 2, 3, 4, 5, 6});
}

TEST(Tensors, AnyRankCountsAsAMatrix) {
  const Tensor cube = tensor({2, 1, 3}, {1, 2, 3, 4, 5, 6});
  expect_equal(as_matrix(cube), {2, 3}, {1, 2, 3, 4, 5, 6});
  expect_equal(as_matrix(tensor({3}, {1, 2, 3})), {3, 1}, {1, 2, 3});
  expect_equal(as_matrix(Tensor(7)), {1, 1}, {7});
  EXPECT_TRUE(is_matrix(cube));
  EXPECT_FALSE(is_matrix(tensor({3}, {1, 2, 3})));
  EXPECT_FALSE(is_matrix(Tensor(7)));
  EXPECT_TRUE(is_tall(transposed(wide)));
  EXPECT_FALSE(is_tall(wide));
  EXPECT_FALSE(is_tall(tensor({1, 1}, {1})));
  const Tensor empty = tensor({0, 3}, {});
  EXPECT_EQ(empty.rows(), 0U);
  EXPECT_EQ(total(empty)[0].value(), 0);
}

TEST(Tensors, EnclosuresHoldExactRationals) {
  Certified::set_precision(256);
  const Array<Certified> thirds(
      {2, 3}, {Certified::ratio(1, 3), 2, -1, Certified::ratio(5, 7), 0, Certified::ratio(-2, 3)});
  const auto holds = [](const Certified& enclosure, long numerator, long denominator) {
    const Certified multiple = enclosure * Certified(static_cast<double>(denominator));
    return multiple.contains(static_cast<double>(numerator)) &&
           multiple.upper() - multiple.lower() < 1e-60 + 1e-14 * std::abs(multiple.upper()) &&
           enclosure.decimal(40).has_value();
  };
  EXPECT_TRUE(holds(mean(thirds)[0], 29, 126));
  EXPECT_TRUE(holds(total(thirds)[0], 29, 21));
  EXPECT_TRUE(holds(row_means(thirds)[0], 4, 9));
  EXPECT_TRUE(holds(row_means(thirds)[1], 1, 63));
  EXPECT_TRUE(holds(column_means(thirds)[0], 11, 21));
  EXPECT_TRUE(holds(inner_product(thirds, thirds)[0], 2675, 441));
  const auto gram = matrix_product(thirds, transposed(thirds));
  EXPECT_TRUE(holds(gram.at(0, 0), 46, 9));
  EXPECT_TRUE(holds(gram.at(0, 1), 19, 21));
  EXPECT_TRUE(holds(gram.at(1, 1), 421, 441));
  EXPECT_TRUE(holds(square(norm(thirds))[0], 2675, 441));
}

/// A norm has a value wherever its elements have: also of what may be zero.
TEST(Tensors, NormsOfEnclosuresThatHoldZero) {
  Certified::set_precision(256);
  const Certified nearly_zero = spread(Certified(0x1p-200));
  const Certified small = norm(Array<Certified>({2}, {nearly_zero, nearly_zero}))[0];
  EXPECT_TRUE(small.contains(0));
  EXPECT_LT(small.upper(), 0x1p-199);

  const FirstOrderScope scope;
  const FirstOrder<Binary32> either(Rounded<Binary32>::between(-0.25, 0.25));
  const auto length = as_rounded(norm(Array<FirstOrder<Binary32>>({2}, {either, either}))[0]);
  EXPECT_FALSE(length.may_be_nan());
  EXPECT_TRUE(length.contains(0));
  EXPECT_TRUE(length.contains(0.35));
  EXPECT_LT(static_cast<double>(length.upper()), 0.3536);
}

/// A text that uses every operation, over any number that is a tensor.
template <class Value>
std::vector<Value> every_operation(const Value& matrix, const Value& other) {
  const Value gram = matrix_product(matrix, transposed(matrix)) + identity_like(matrix);
  return {matrix + other * Value(0.5),
          as_matrix(matrix) / (norm(other) + mean(matrix)),
          row_means(square(matrix)) * column_means(abs(other)),
          inner_product(matrix, other) * total(other) / row_count(matrix),
          inverse(gram),
          inverse_root(gram, Value(4)),
          eigenvectors(gram),
          orthonormal(gram),
          in_shape_of(matrix, max(matrix, other) - min(matrix, column_count(other)))};
}

template <class Base>
void expect_mutated_is_its_base() {
  std::mt19937_64 generator(3);
  const auto random = [&](const Shape& shape) {
    std::vector<Base> elements;
    for (std::size_t i = 0; i < element_count(shape); ++i) {
      elements.emplace_back(static_cast<double>(generator() % 1000) / 256 - 1.5);
    }
    return Array<Base>(shape, std::move(elements));
  };
  for (const Shape& shape : {Shape{1, 1}, Shape{2, 3}, Shape{4, 2}}) {
    const Array<Base> matrix = random(shape);
    const Array<Base> other = random(shape);
    const auto plain = every_operation(matrix, other);
    const MutationScope scope(nullptr, Phase::step, 1);
    const auto mutated =
        every_operation(MutatedArray<Base>(matrix, input_expression(Input::parameter)),
                        MutatedArray<Base>(other, input_expression(Input::gradient)));
    ASSERT_EQ(plain.size(), mutated.size());
    for (std::size_t k = 0; k < plain.size(); ++k) {
      ASSERT_EQ(plain[k].shape(), mutated[k].value().shape()) << k;
      for (std::size_t i = 0; i < plain[k].size(); ++i) {
        EXPECT_EQ(plain[k][i].value(), mutated[k].value()[i].value()) << k << ", " << i;
      }
    }
  }
}

TEST(Tensors, MutatedWithoutAMistakeIsItsBase) {
  expect_mutated_is_its_base<Plain<Binary64>>();
  expect_mutated_is_its_base<Plain<Binary32>>();
}

TEST(Tensors, MistakesThatShapesForbidAreNotMade) {
  const Mutation alone{.phase = Phase::step, .kind = MutationKind::operand_alone};
  const MutationScope nothing(nullptr, Phase::step, 1);
  const MutatedArray<Number> square_matrix(tensor({2, 2}, {1, 2, 3, 4}),
                                           input_expression(Input::gradient));
  const MutatedArray<Number> turned = transposed(square_matrix);
  Mutation mutation = alone;
  mutation.expression = turned.expression().id;
  const MutationScope scope(&mutation, Phase::step, 1);
  expect_equal(transposed(square_matrix).value(), {2, 2}, {1, 2, 3, 4});
  const MutatedArray<Number> wide_matrix(wide, input_expression(Input::gradient));
  expect_equal(transposed(wide_matrix).value(), {3, 2}, {1, 4, 2, 5, 3, 6});
}

TEST(Tensors, FormulasPrintAsTextAndLatex) {
  const Traced x(Symbol{"X", "t", true});
  const Traced product = matrix_product(x, transposed(x));
  EXPECT_EQ(to_text(product), "X_t @ transpose(X_t)");
  EXPECT_EQ(to_latex(product), "X_{t} \\times {X_{t}}^{\\top}");
  EXPECT_EQ(to_text(matrix_product(product + x, x)), "(X_t @ transpose(X_t) + X_t) @ X_t");
  EXPECT_EQ(to_text(matrix_product(x, product)), "X_t @ (X_t @ transpose(X_t))");
  EXPECT_EQ(to_text(Traced(2) * product), "2 (X_t @ transpose(X_t))");
  EXPECT_EQ(to_text(x / (norm(x) + mean(x))), "X_t/(norm(X_t) + mean(X_t))");
  EXPECT_EQ(to_text(inverse_root(product, Traced(4))), "inverse_root(X_t @ transpose(X_t), 4)");
  EXPECT_EQ(to_latex(inverse_root(x, Traced(4))), "{X_{t}}^{-1/4}");
  EXPECT_EQ(to_latex(inverse(x)), "{X_{t}}^{-1}");
  EXPECT_EQ(to_latex(norm(x)), "\\left\\lVert X_{t} \\right\\rVert");
  EXPECT_EQ(to_text(inner_product(x, x)), "inner_product(X_t, X_t)");
  EXPECT_EQ(to_text(orthonormal(eigenvectors(x))), "orthonormal(eigenvectors(X_t))");
  EXPECT_EQ(to_text(total(row_means(x))), "sum(row_means(X_t))");
  EXPECT_EQ(to_text(row_count(x) / column_count(x)), "rows/columns");
  EXPECT_EQ(to_text(identity_like(x)), "I");
}

}  // namespace
}  // namespace plumbline
