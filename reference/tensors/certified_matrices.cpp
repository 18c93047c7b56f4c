// Functions of matrices on Certified numbers: enclosed after the fact.
//
// Jacobi's rotations give points Q (by rows here) and D. With q a bound of ||QQ' - I||_F there
// is an orthogonal P with ||Q - P||_F <= q (the polar factor), so that Y = P'DP has the exact
// eigenvalues D and ||A - Y||_F <= ||A - Q'DQ||_F + (2 + q) q max |D| =: delta. Then for f with
// Lipschitz constant c on intervals that hold both spectra, and by Weyl each eigenvalue of A is
// within delta of D's,
//   ||f(A) - Q' f(D) Q||_F <= c delta + (2 + q) q max |f(D)|.
#include "reference/tensors/jacobi.hpp"
#include "reference/tensors/matrix_functions.hpp"
#include "reference/tensors/operations.hpp"

namespace plumbline {
namespace {

/// A single number of Certified's precision: every result is taken back to a point.
struct Point {
  Certified value;
  Point(int exact) : value(exact) {}
  explicit Point(const Certified& enclosure) : value(centre(enclosure)) {}
  friend Point operator+(const Point& a, const Point& b) { return Point(a.value + b.value); }
  friend Point operator-(const Point& a, const Point& b) { return Point(a.value - b.value); }
  friend Point operator*(const Point& a, const Point& b) { return Point(a.value * b.value); }
  friend Point operator/(const Point& a, const Point& b) { return Point(a.value / b.value); }
  friend Point operator-(const Point& a) { return Point(-a.value); }
  friend Point sqrt(const Point& a) { return Point(sqrt(a.value)); }
  friend bool operator<(const Point& a, const Point& b) { return less(a.value, b.value); }
};

double magnitude(const Certified& value) {
  return std::max(std::abs(value.lower()), std::abs(value.upper()));
}

/// An approximate eigensystem of a matrix with the bounds of its errors.
struct Enclosed {
  Array<Certified> vectors;  // points, by rows: Q
  std::vector<Certified> values;
  Certified off_orthogonal;  // q
  Certified off_matrix;      // delta
};

Certified largest(const std::vector<Certified>& values) {
  Certified most(0);
  for (const Certified& value : values) most = max(most, abs(value));
  return most;
}

Array<Certified> diagonal(const std::vector<Certified>& values) {
  const std::size_t size = values.size();
  std::vector<Certified> elements(size * size);
  for (std::size_t i = 0; i < size; ++i) elements[i * size + i] = values[i];
  return {{static_cast<long>(size), static_cast<long>(size)}, std::move(elements)};
}

Enclosed enclosed(const Array<Certified>& matrix) {
  const std::size_t size = matrix.rows();
  if (size != matrix.columns()) throw std::invalid_argument("a matrix that is not square");
  std::vector<std::vector<Point>> points(size);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      if (Certified::disjoint(matrix.at(row, column), matrix.at(column, row))) {
        throw std::domain_error("a matrix that is not symmetric");
      }
      points[row].emplace_back((matrix.at(row, column) + matrix.at(column, row)) / Certified(2));
    }
  }
  const double negligible = std::ldexp(1.0, -std::min(Certified::precision(), 1000));
  const Eigensystem<Point> system =
      eigensystem(points, negligible, [](const Point& point) { return magnitude(point.value); });

  Enclosed result;
  std::vector<Certified> vectors;
  for (std::size_t i = 0; i < size; ++i) {
    result.values.push_back(system.values[i].value);
    for (const Point& element : system.vectors[i]) vectors.push_back(element.value);
  }
  result.vectors = Array<Certified>(matrix.shape(), std::move(vectors));
  const Array<Certified> turned = transposed(result.vectors);
  const Array<Certified> square = matrix_product(result.vectors, turned);
  const Array<Certified> rebuilt =
      matrix_product(matrix_product(turned, diagonal(result.values)), result.vectors);
  result.off_orthogonal = norm(square - identity_like(matrix))[0];
  const Certified& q = result.off_orthogonal;
  result.off_matrix = norm(matrix - rebuilt)[0] + (2 + q) * q * largest(result.values);
  return result;
}

/// The least magnitude that an eigenvalue of the matrix can have.
Certified least_magnitude(const Enclosed& system) {
  Certified least = abs(system.values.front());
  for (const Certified& value : system.values) least = min(least, abs(value));
  least = least - system.off_matrix;
  if (!(least.lower() > 0)) throw MaybeSingular("a matrix may be singular");
  return least;
}

/// (1 - e^-z)/z. For small z by its power series, in which nothing cancels: the terms left out
/// are at most the next one times e^|z| < 2.
Certified mean_decay_of(const Certified& value) {
  if (magnitude(value) > 0.5) return (1 - exp(-value)) / value;
  Certified total(1);
  Certified term(1);
  for (int order = 2; order < Certified::precision() + 2; ++order) {
    term = term * -value / Certified(order);
    total = total + term;
  }
  return total + spread(2 * abs(term));
}

/// Q' f(D) Q and its error; `lipschitz` bounds |f'| where the spectra are.
Array<Certified> function_of(const Enclosed& system, const std::vector<Certified>& values,
                             const Certified& lipschitz) {
  const Certified& q = system.off_orthogonal;
  const Certified error = lipschitz * system.off_matrix + (2 + q) * q * largest(values);
  const Array<Certified> middle =
      matrix_product(matrix_product(transposed(system.vectors), diagonal(values)), system.vectors);
  return middle + Array<Certified>(spread(error));
}

}  // namespace

template <>
Array<Certified> inverse(const Array<Certified>& matrix) {
  const Enclosed system = enclosed(matrix);
  const Certified least = least_magnitude(system);
  std::vector<Certified> values;
  for (const Certified& value : system.values) values.push_back(1 / value);
  return function_of(system, values, 1 / square(least));
}

template <>
Array<Certified> inverse_root(const Array<Certified>& matrix, const Array<Certified>& order) {
  const Enclosed system = enclosed(matrix);
  const Certified least = least_magnitude(system);
  const Certified exponent = -1 / order[0];
  std::vector<Certified> values;
  for (const Certified& value : system.values) {
    if (value.upper() < 0) throw std::domain_error("a root of a matrix that is not positive");
    values.push_back(power(value, exponent));
  }
  return function_of(system, values, power(least, exponent - 1) / order[0]);
}

template <>
Array<Certified> mean_decay(const Array<Certified>& matrix) {
  const Enclosed system = enclosed(matrix);
  std::vector<Certified> values;
  Certified least(0);
  for (const Certified& value : system.values) {
    values.push_back(mean_decay_of(value));
    least = min(least, value);
  }
  // The derivative is that of the integral of e^(-z s): at most e^-z/2, and 1/2 above 0.
  return function_of(system, values, exp(system.off_matrix - least) / 2);
}

template <>
Array<Certified> eigenvectors(const Array<Certified>& matrix) {
  // Davis and Kahan: the sine of the angle to an eigenvector is at most the residual over
  // the distance to the other eigenvalues, and unit vectors at an angle t are within
  // sqrt(2) sin t of each other.
  const Enclosed system = enclosed(matrix);
  const std::size_t size = matrix.rows();
  std::vector<Certified> columns(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    Certified error(0);
    for (std::size_t other = 0; other < size; ++other) {
      if (other == i) continue;
      const Certified gap = abs(system.values[i] - system.values[other]) - system.off_matrix * 2;
      if (!(gap.lower() > 0)) throw MaybeSingular("two eigenvalues may be equal");
      error = max(error, system.off_matrix / gap);
    }
    // The vector's own length is off by at most q.
    const Certified total = sqrt(Certified(2)) * error + system.off_orthogonal;
    for (std::size_t k = 0; k < size; ++k) {
      columns[k * size + i] = system.vectors.at(i, k) + spread(total);
    }
  }
  return {matrix.shape(), std::move(columns)};
}

}  // namespace plumbline
