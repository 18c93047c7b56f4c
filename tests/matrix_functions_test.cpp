// Functions of matrices: the exact results, known as integers, are inside; what other
// algorithms give is accepted; and neither is wide.
#include "reference/tensors/matrix_functions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "reference/tensors/operations.hpp"

namespace plumbline {
namespace {

template <class Format>
using PlainMatrix = Array<Plain<Format>>;

// ---- Matrices whose functions are rational -------------------------------
// N = s (I - 2 v v'/s) with integers v, v'v = s: N N = s^2 I. With s = m^2 the matrix
// A = N diag(k^4) N has the eigenvalues (m k)^4, and its functions are N diag(f) N / s^2.

struct Known {
  std::vector<long> v;
  long m;
};
const std::vector<Known> known_matrices{
    {{1}, 1},          {{4, 3}, 5},          {{2, 2, 1}, 3},
    {{1, 2, 2, 4}, 5}, {{2, 2, 2, 2, 3}, 5}, {{1, 1, 1, 2, 3, 3}, 5}};
constexpr long eigenvalue_root[] = {3, 1, 6, 2, 5, 4};  // k
constexpr long multiple = 60 * 60 * 60 * 60;            // of every k^4

using Integers = std::vector<std::vector<long>>;

Integers reflection(const std::vector<long>& v) {
  long s = 0;
  for (const long element : v) s += element * element;
  Integers result(v.size(), std::vector<long>(v.size()));
  for (std::size_t i = 0; i < v.size(); ++i) {
    for (std::size_t j = 0; j < v.size(); ++j) result[i][j] = (i == j ? s : 0) - 2 * v[i] * v[j];
  }
  return result;
}

/// N diag(f(k)) N.
Integers spectral(const Known& known, const std::function<long(long)>& f) {
  const Integers n = reflection(known.v);
  Integers result(n.size(), std::vector<long>(n.size(), 0));
  for (std::size_t i = 0; i < n.size(); ++i) {
    for (std::size_t j = 0; j < n.size(); ++j) {
      for (std::size_t l = 0; l < n.size(); ++l) {
        result[i][j] += n[i][l] * f(eigenvalue_root[l]) * n[l][j];
      }
    }
  }
  return result;
}

Array<Certified> certified(const Integers& matrix) {
  std::vector<Certified> elements;
  for (const auto& row : matrix) {
    for (const long element : row) elements.emplace_back(static_cast<double>(element));
  }
  return {{static_cast<long>(matrix.size()), static_cast<long>(matrix[0].size())},
          std::move(elements)};
}

Array<Certified> known_matrix(const Known& known) {
  return certified(spectral(known, [](long k) { return k * k * k * k; }));
}

Array<Certified> root_of(const Array<Certified>& matrix, int order) {
  return inverse_root(matrix, Array<Certified>(order));
}

/// Every enclosure holds integers / divisor, and has 40 digits unless it is of zero.
void expect_holds(const Array<Certified>& enclosures, const Integers& integers, double divisor) {
  ASSERT_EQ(enclosures.rows(), integers.size());
  for (std::size_t i = 0; i < enclosures.rows(); ++i) {
    for (std::size_t j = 0; j < enclosures.columns(); ++j) {
      const Certified& enclosure = enclosures.at(i, j);
      const Certified product = enclosure * Certified(divisor);
      EXPECT_TRUE(product.contains(static_cast<double>(integers[i][j])))
          << i << ", " << j << ": " << product.midpoint() << " for " << integers[i][j];
      if (integers[i][j] != 0) {
        EXPECT_TRUE(enclosure.decimal(40).has_value()) << i << ", " << j;
      } else {
        EXPECT_LT(std::abs(enclosure.upper()), 1e-45);
      }
    }
  }
}

TEST(MatrixFunctions, EnclosuresHoldRationalResults) {
  Certified::set_precision(256);
  for (const Known& known : known_matrices) {
    const Array<Certified> matrix = known_matrix(known);
    const auto s = static_cast<double>(known.m * known.m);
    expect_holds(inverse(matrix),
                 spectral(known, [](long k) { return multiple / (k * k * k * k); }),
                 static_cast<double>(multiple) * s * s * s * s);
    expect_holds(root_of(matrix, 2), spectral(known, [](long k) { return multiple / (k * k); }),
                 static_cast<double>(multiple) * s * s * s);
    expect_holds(root_of(matrix, 4), spectral(known, [](long k) { return multiple / k; }),
                 static_cast<double>(multiple) * s * s * static_cast<double>(known.m));
    expect_holds(root_of(matrix, 1),
                 spectral(known, [](long k) { return multiple / (k * k * k * k); }),
                 static_cast<double>(multiple) * s * s * s * s);
  }
}

TEST(MatrixFunctions, EnclosuresHoldRationalEigenvectors) {
  Certified::set_precision(256);
  for (const Known& known : known_matrices) {
    const Integers n = reflection(known.v);
    std::vector<std::size_t> order(n.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, std::greater{}, [](std::size_t i) { return eigenvalue_root[i]; });
    Integers expected(n.size(), std::vector<long>(n.size()));
    for (std::size_t column = 0; column < n.size(); ++column) {
      long greatest = 0;
      for (const auto& row : n) {
        const long element = row[order[column]];
        if (std::abs(element) > std::abs(greatest)) greatest = element;
      }
      for (std::size_t row = 0; row < n.size(); ++row) {
        expected[row][column] = (greatest < 0 ? -1 : 1) * n[row][order[column]];
      }
    }
    expect_holds(eigenvectors(known_matrix(known)), expected,
                 static_cast<double>(known.m * known.m));
  }
}

/// The columns of N times an upper triangular matrix with a positive diagonal.
TEST(MatrixFunctions, OrthonormalColumnsAreThoseOfTheDecomposition) {
  Certified::set_precision(256);
  for (const Known& known : known_matrices) {
    const Integers n = reflection(known.v);
    for (std::size_t columns = 1; columns <= n.size(); ++columns) {
      Integers product(n.size(), std::vector<long>(columns, 0));
      Integers expected(n.size(), std::vector<long>(columns));
      for (std::size_t i = 0; i < n.size(); ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
          expected[i][j] = n[i][j];
          for (std::size_t l = 0; l <= j; ++l) {
            product[i][j] +=
                n[i][l] * (l == j ? static_cast<long>(j) + 2 : 3 * static_cast<long>(l) - 4);
          }
        }
      }
      expect_holds(orthonormal(certified(product)), expected,
                   static_cast<double>(known.m * known.m));
    }
  }
}

// ---- Matrices at large -----------------------------------------------------

/// B B' + I of small random integers.
Array<Certified> random_positive(std::mt19937_64& generator, std::size_t size) {
  std::vector<Certified> elements;
  for (std::size_t i = 0; i < size * size; ++i) {
    elements.emplace_back(static_cast<double>(generator() % 19) - 9);
  }
  const auto extent = static_cast<long>(size);
  const Array<Certified> factor({extent, extent}, std::move(elements));
  return matrix_product(factor, transposed(factor)) + identity_like(factor);
}

void expect_identity(const Array<Certified>& product, double width) {
  for (std::size_t i = 0; i < product.rows(); ++i) {
    for (std::size_t j = 0; j < product.columns(); ++j) {
      const Certified& enclosure = product.at(i, j);
      EXPECT_TRUE(enclosure.contains(i == j ? 1 : 0)) << i << ", " << j;
      EXPECT_LT((enclosure - Certified(i == j ? 1 : 0)).upper(), width) << i << ", " << j;
    }
  }
}

TEST(MatrixFunctions, RootsToTheirPowerAreTheInverse) {
  Certified::set_precision(256);
  std::mt19937_64 generator(11);
  for (std::size_t size = 1; size <= 6; ++size) {
    const Array<Certified> matrix = random_positive(generator, size);
    expect_identity(matrix_product(inverse(matrix), matrix), 1e-60);
    for (const int order : {1, 2, 3, 4, 8}) {
      const Array<Certified> root = root_of(matrix, order);
      Array<Certified> product = matrix;
      for (int power = 0; power < order; ++power) product = matrix_product(root, product);
      expect_identity(product, 1e-55);
    }
    const Array<Certified> vectors = eigenvectors(matrix);
    expect_identity(matrix_product(transposed(vectors), vectors), 1e-60);
    const Array<Certified> diagonal =
        matrix_product(matrix_product(transposed(vectors), matrix), vectors);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        if (i != j) {
          EXPECT_TRUE(diagonal.at(i, j).contains(0));
        } else if (i > 0) {
          EXPECT_FALSE(less(diagonal.at(i - 1, i - 1), diagonal.at(i, i)));
        }
      }
    }
  }
}

/// Hilbert's matrix, of condition 1.5e7 at size 6; its inverse is of integers.
TEST(MatrixFunctions, IllConditionedMatricesTakeMoreBitsAndNothingElse) {
  const Integers inverse_of_hilbert{{36, -630, 3360, -7560, 7560, -2772},
                                    {-630, 14700, -88200, 211680, -220500, 83160},
                                    {3360, -88200, 564480, -1411200, 1512000, -582120},
                                    {-7560, 211680, -1411200, 3628800, -3969000, 1552320},
                                    {7560, -220500, 1512000, -3969000, 4410000, -1746360},
                                    {-2772, 83160, -582120, 1552320, -1746360, 698544}};
  const auto hilbert = [] {
    std::vector<Certified> elements;
    for (long i = 1; i <= 6; ++i) {
      for (long j = 0; j < 6; ++j) elements.push_back(Certified::ratio(1, i + j));
    }
    return Array<Certified>({6, 6}, std::move(elements));
  };
  int precision = 0;
  certify([&] { expect_holds(inverse(hilbert()), inverse_of_hilbert, 1); }, &precision);
  EXPECT_EQ(precision, certified_least_precision);

  // Eigenvalues 1 and 2^-400 in a turned basis: lost at 192 bits, found at more.
  const auto nearly_singular = [] {
    const Certified small(0x1p-400);
    const Certified scale = Certified::ratio(1, 25);
    return Array<Certified>({2, 2}, {(16 + 9 * small) * scale, (12 - 12 * small) * scale,
                                     (12 - 12 * small) * scale, (9 + 16 * small) * scale});
  };
  Certified::set_precision(certified_least_precision);
  EXPECT_THROW(root_of(nearly_singular(), 4), NotEnoughPrecision);
  const auto root = certify([&] { return root_of(nearly_singular(), 4); }, &precision);
  EXPECT_GT(precision, 400);
  EXPECT_LE(precision, 2048);
  // (9 2^100 + 16)/25 at the first place.
  EXPECT_TRUE((root.at(0, 0) * Certified(25) - Certified(9 * 0x1p100)).contains(16));
}

TEST(MatrixFunctions, WhatHasNoResultIsAnError) {
  Certified::set_precision(256);
  const Array<Certified> ones({2, 2}, {1, 1, 1, 1});
  EXPECT_THROW(inverse(ones), NotEnoughPrecision);
  EXPECT_THROW(root_of(ones, 4), NotEnoughPrecision);
  EXPECT_THROW(root_of(Array<Certified>({1, 1}, {0}), 2), NotEnoughPrecision);
  EXPECT_THROW(root_of(Array<Certified>({2, 2}, {1, 2, 2, 1}), 2), std::domain_error);
  EXPECT_THROW(eigenvectors(Array<Certified>({2, 2}, {3, 0, 0, 3})), NotEnoughPrecision);
  EXPECT_THROW(orthonormal(Array<Certified>({2, 2}, {1, 2, 2, 4})), std::exception);

  const Array<Certified> skew({2, 2}, {2, 1, 0, 2});
  EXPECT_THROW(inverse(skew), std::domain_error);
  EXPECT_THROW(root_of(skew, 2), std::domain_error);
  EXPECT_THROW(eigenvectors(skew), std::domain_error);

  const Array<Certified> tall({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THROW(inverse(tall), std::invalid_argument);
  EXPECT_THROW(eigenvectors(tall), std::invalid_argument);
  const Array<Plain<Binary64>> plain({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THROW(inverse(plain), std::invalid_argument);
  EXPECT_THROW(inverse_root(plain, PlainMatrix<Binary64>(2)), std::invalid_argument);
  EXPECT_THROW(eigenvectors(plain), std::invalid_argument);
  const FirstOrderScope scope;
  const Array<FirstOrder<Binary32>> enclosed({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_THROW(inverse(enclosed), std::invalid_argument);
  EXPECT_THROW(inverse_root(enclosed, Array<FirstOrder<Binary32>>(2)), std::invalid_argument);
  EXPECT_THROW(eigenvectors(enclosed), std::invalid_argument);
}

// ---- Acceptance ------------------------------------------------------------
// Other algorithms than the reference's, each rounding every operation to the format.

/// Gauss and Jordan with pivots from the column.
template <class Format>
PlainMatrix<Format> inverse_by_elimination(const PlainMatrix<Format>& matrix) {
  const std::size_t size = matrix.rows();
  std::vector<std::vector<Plain<Format>>> rows(size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) rows[i].push_back(matrix.at(i, j));
    for (std::size_t j = 0; j < size; ++j) rows[i].emplace_back(i == j ? 1.0 : 0.0);
  }
  for (std::size_t pivot = 0; pivot < size; ++pivot) {
    std::size_t best = pivot;
    for (std::size_t i = pivot; i < size; ++i) {
      if (std::abs(rows[i][pivot].value()) > std::abs(rows[best][pivot].value())) best = i;
    }
    std::swap(rows[pivot], rows[best]);
    const Plain<Format> divisor = rows[pivot][pivot];
    for (auto& element : rows[pivot]) element = element / divisor;
    for (std::size_t i = 0; i < size; ++i) {
      const Plain<Format> factor = rows[i][pivot];
      for (std::size_t j = 0; i != pivot && j < 2 * size; ++j) {
        rows[i][j] = rows[i][j] - factor * rows[pivot][j];
      }
    }
  }
  std::vector<Plain<Format>> elements;
  for (const auto& row : rows) {
    elements.insert(elements.end(), row.begin() + static_cast<std::ptrdiff_t>(size), row.end());
  }
  return {matrix.shape(), std::move(elements)};
}

/// A^(-1/2) as the limit of Denman and Beavers' iteration Y, Z <- (Y + Z^-1)/2, (Z + Y^-1)/2.
template <class Format>
PlainMatrix<Format> root_by_denman_and_beavers(const PlainMatrix<Format>& matrix) {
  PlainMatrix<Format> root = matrix;
  PlainMatrix<Format> inverse_of_root = identity_like(matrix);
  for (int iteration = 0; iteration < 14; ++iteration) {
    const PlainMatrix<Format> next =
        Plain<Format>(0.5) * (root + inverse_by_elimination(inverse_of_root));
    inverse_of_root = Plain<Format>(0.5) * (inverse_of_root + inverse_by_elimination(root));
    root = next;
  }
  return inverse_of_root;
}

/// B B'/size + I/2, rounded: of condition below about 50.
template <class Format>
PlainMatrix<Format> well_conditioned(std::mt19937_64& generator, std::size_t size) {
  std::vector<Plain<Format>> elements;
  for (std::size_t i = 0; i < size * size; ++i) {
    elements.emplace_back(static_cast<double>(generator() % 257) / 64 - 2);
  }
  const auto extent = static_cast<long>(size);
  const PlainMatrix<Format> factor({extent, extent}, std::move(elements));
  return matrix_product(factor, transposed(factor)) / Plain<Format>(static_cast<double>(size)) +
         Plain<Format>(0.5) * identity_like(factor);
}

template <class Format>
Array<FirstOrder<Format>> enclosed(const PlainMatrix<Format>& matrix) {
  std::vector<FirstOrder<Format>> elements;
  for (const auto& element : matrix.elements()) elements.emplace_back(element.value());
  return {matrix.shape(), std::move(elements)};
}

template <class Format>
void expect_accepts(const Array<FirstOrder<Format>>& acceptance, const PlainMatrix<Format>& result,
                    double width, const std::string& what) {
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto& range = as_rounded(acceptance[i]);
    EXPECT_TRUE(range.contains(result[i].value()))
        << what << ", " << i << ": " << result[i].value() << " in "
        << static_cast<double>(range.lower()) << ", " << static_cast<double>(range.upper());
    EXPECT_FALSE(range.may_be_nan());
    EXPECT_LT(static_cast<double>(range.upper() - range.lower()), width) << what;
  }
}

template <class Format>
void expect_acceptance() {
  const RoundingScope rounding({.budget = 2, .flushes_subnormals = false});
  const double u = Format::description.unit_roundoff();
  std::mt19937_64 generator(5);
  for (int trial = 0; trial < 30; ++trial) {
    const std::size_t size = 1 + static_cast<std::size_t>(trial) % 6;
    const PlainMatrix<Format> matrix = well_conditioned<Format>(generator, size);
    const FirstOrderScope scope;
    // At most 2 K n u times the condition, the norm of the result and roots of n.
    const double width = 4000 * static_cast<double>(size) * u;
    const auto accepted = inverse(enclosed(matrix));
    expect_accepts(accepted, inverse(matrix), width, "inverse");
    expect_accepts(accepted, inverse_by_elimination(matrix), width, "by elimination");
    const auto accepted_root = inverse_root(enclosed(matrix), Array<FirstOrder<Format>>(2));
    expect_accepts(accepted_root, inverse_root(matrix, PlainMatrix<Format>(2)), width, "root");
    expect_accepts(accepted_root, root_by_denman_and_beavers(matrix), width, "by iteration");
    const auto fourth = inverse_root(enclosed(matrix), Array<FirstOrder<Format>>(4));
    expect_accepts(fourth, inverse_root(matrix, PlainMatrix<Format>(4)), width, "fourth root");
    // As two square roots.
    const PlainMatrix<Format> half =
        root_by_denman_and_beavers(inverse_by_elimination(root_by_denman_and_beavers(matrix)));
    expect_accepts(fourth, half, width, "fourth root by iterations");
  }
}

TEST(MatrixFunctions, AcceptanceHoldsOtherAlgorithmsResults) {
  expect_acceptance<Binary64>();
  expect_acceptance<Binary32>();
}

template <class Format>
void expect_vectors_accepted() {
  const RoundingScope rounding({.budget = 2, .flushes_subnormals = false});
  for (const Known& known : known_matrices) {
    std::vector<Plain<Format>> elements;
    for (const auto& row : spectral(known, [](long k) { return k; })) {
      for (const long element : row) elements.emplace_back(static_cast<double>(element));
    }
    const auto extent = static_cast<long>(known.v.size());
    const PlainMatrix<Format> matrix({extent, extent}, std::move(elements));
    const FirstOrderScope scope;
    const double width = 400 * Format::description.unit_roundoff();
    const auto accepted = eigenvectors(enclosed(matrix));
    expect_accepts(accepted, eigenvectors(matrix), width, "eigenvectors");
    const auto orthonormalized = orthonormal(enclosed(matrix));
    expect_accepts(orthonormalized, orthonormal(matrix), width, "orthonormal");
  }
}

TEST(MatrixFunctions, AcceptanceOfVectors) {
  expect_vectors_accepted<Binary64>();
  expect_vectors_accepted<Binary32>();
}

/// Where the operand may be singular, or is not positive, anything is accepted.
TEST(MatrixFunctions, NothingIsClaimedOfSingularMatrices) {
  const RoundingScope rounding({.budget = 2, .flushes_subnormals = false});
  const FirstOrderScope scope;
  const Array<FirstOrder<Binary32>> ones({2, 2}, {1, 1, 1, 1});
  for (const auto& result : {inverse(ones), inverse_root(ones, Array<FirstOrder<Binary32>>(2))}) {
    for (const auto& element : result.elements()) {
      EXPECT_TRUE(as_rounded(element).may_be_nan());
      EXPECT_TRUE(as_rounded(element).contains(-1e30));
      EXPECT_TRUE(as_rounded(element).contains(std::numeric_limits<double>::infinity()));
    }
  }
  const auto turned = eigenvectors(Array<FirstOrder<Binary32>>({2, 2}, {3, 0, 0, 3}));
  EXPECT_TRUE(as_rounded(turned[0]).may_be_nan());
}

}  // namespace
}  // namespace plumbline
