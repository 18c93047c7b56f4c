// Functions of matrices on Plain and FirstOrder numbers.
#include "reference/tensors/matrix_functions.hpp"

#include "reference/numbers/elementary.hpp"
#include "reference/tensors/jacobi.hpp"
#include "reference/tensors/operations.hpp"

namespace plumbline {
namespace {

/// binary64 or wider, as Jacobi's rotations want it.
template <class Wide>
struct Real {
  Wide value = 0;
  Real() = default;
  Real(int exact) : value(exact) {}
  explicit Real(Wide exact) : value(exact) {}
  friend Real operator+(Real a, Real b) { return Real(a.value + b.value); }
  friend Real operator-(Real a, Real b) { return Real(a.value - b.value); }
  friend Real operator*(Real a, Real b) { return Real(a.value * b.value); }
  friend Real operator/(Real a, Real b) { return Real(a.value / b.value); }
  friend Real operator-(Real a) { return Real(-a.value); }
  friend Real sqrt(Real a) { return Real(wide_sqrt(a.value)); }
  friend bool operator<(Real a, Real b) { return a.value < b.value; }
};

template <class Wide>
using RealMatrix = std::vector<std::vector<Real<Wide>>>;

template <class Wide>
Eigensystem<Real<Wide>> solved(const RealMatrix<Wide>& matrix) {
  constexpr double negligible = std::is_same_v<Wide, double> ? 0x1p-60 : 0x1p-118;
  return eigensystem(matrix, negligible, [](const Real<Wide>& element) {
    return std::abs(static_cast<double>(element.value));
  });
}

/// sum over i of values[i] v_i v_i', by [row][column].
template <class Wide>
RealMatrix<Wide> rebuilt(const Eigensystem<Real<Wide>>& system,
                         const std::vector<Real<Wide>>& values) {
  const std::size_t size = values.size();
  RealMatrix<Wide> result(size, std::vector<Real<Wide>>(size));
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      for (std::size_t i = 0; i < size; ++i) {
        result[row][column] =
            result[row][column] + system.vectors[i][row] * values[i] * system.vectors[i][column];
      }
    }
  }
  return result;
}

template <class Base>
void require_square(const Array<Base>& matrix) {
  if (matrix.rows() != matrix.columns()) throw std::invalid_argument("a matrix that is not square");
}

template <class Wide>
Wide wide_power_of(Wide base, Wide exponent) {
  return static_cast<Wide>(wide_power(Quadruple(base), Quadruple(exponent)));
}

// On Plain numbers: computed in binary64 and rounded once, as libraries that turn to a
// wider format for their decompositions do.

template <class Format>
RealMatrix<double> entered(const Array<Plain<Format>>& matrix) {
  require_square(matrix);
  RealMatrix<double> result(matrix.rows());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < matrix.rows(); ++column) {
      result[row].emplace_back((matrix.at(row, column).value() + matrix.at(column, row).value()) /
                               2);
    }
  }
  return result;
}

template <class Format>
Array<Plain<Format>> left(const Shape& shape, const RealMatrix<double>& matrix) {
  std::vector<Plain<Format>> elements;
  for (const auto& row : matrix) {
    for (const auto& element : row) {
      elements.emplace_back(Format::description.round(element.value));
    }
  }
  return {shape, std::move(elements)};
}

template <class Format, class Function>
Array<Plain<Format>> spectral(const Array<Plain<Format>>& matrix, const Function& function) {
  const auto system = solved<double>(entered(matrix));
  std::vector<Real<double>> values;
  for (const auto& value : system.values) values.emplace_back(function(value.value));
  return left<Format>(matrix.shape(), rebuilt<double>(system, values));
}

// On FirstOrder numbers: what a backward stable computation may give.

template <class Format>
struct Neighbourhood {
  using Wide = typename Format::Wide;
  RealMatrix<Wide> centre;
  Wide radius = 0;     // Frobenius, of the operand's own enclosure and a backward error
  bool finite = true;  // else nothing is known
};

template <class Format>
typename Format::Wide operation_error(std::size_t size) {
  using Wide = typename Format::Wide;
  return Wide(rounding_model().budget * static_cast<double>(size) *
              Format::description.unit_roundoff());
}

template <class Format>
Neighbourhood<Format> neighbourhood(const Array<FirstOrder<Format>>& matrix) {
  using Wide = typename Format::Wide;
  require_square(matrix);
  Neighbourhood<Format> result;
  Wide squared_radius = 0;
  Wide squared_norm = 0;
  result.centre.resize(matrix.rows());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < matrix.rows(); ++column) {
      const auto& one = as_rounded(matrix.at(row, column));
      const auto& other = as_rounded(matrix.at(column, row));
      result.finite = result.finite && one.is_finite() && !one.may_be_nan();
      const Wide middle = (one.lower() + one.upper() + other.lower() + other.upper()) / 4;
      result.centre[row].emplace_back(middle);
      const Wide radius = std::max<Wide>(one.upper() - middle, middle - one.lower());
      squared_radius += radius * radius;
      squared_norm += middle * middle;
    }
  }
  result.radius =
      wide_sqrt(squared_radius) + operation_error<Format>(matrix.rows()) * wide_sqrt(squared_norm);
  return result;
}

template <class Format>
Array<FirstOrder<Format>> around(const Shape& shape,
                                 const RealMatrix<typename Format::Wide>& centre,
                                 typename Format::Wide radius) {
  std::vector<FirstOrder<Format>> elements;
  for (const auto& row : centre) {
    for (const auto& element : row) {
      elements.emplace_back(
          Rounded<Format>::between(element.value - radius, element.value + radius));
    }
  }
  return {shape, std::move(elements)};
}

template <class Format>
Array<FirstOrder<Format>> anything(const Shape& shape) {
  const double infinity = std::numeric_limits<double>::infinity();
  return {shape, std::vector<FirstOrder<Format>>(
                     element_count(shape),
                     FirstOrder<Format>(Rounded<Format>::between(-infinity, infinity, true)))};
}

/// f of every matrix in the neighbourhood, and f's own rounding; `steepest` bounds |f'| for
/// eigenvalues of at least the magnitude that it is given. Anything where an eigenvalue may be
/// zero, or negative where f is of positive ones alone.
template <class Format, class Function, class Steepest>
Array<FirstOrder<Format>> spectral(const Array<FirstOrder<Format>>& matrix,
                                   const Function& function, const Steepest& steepest,
                                   bool of_negatives) {
  using Wide = typename Format::Wide;
  const Neighbourhood<Format> around_matrix = neighbourhood(matrix);
  if (!around_matrix.finite) return anything<Format>(matrix.shape());
  const auto system = solved<Wide>(around_matrix.centre);
  std::vector<Real<Wide>> values;
  Wide squared_norm = 0;
  Wide least = std::numeric_limits<double>::max();
  for (const auto& value : system.values) {
    const Wide size = value.value < 0 ? -value.value : value.value;
    least = std::min<Wide>(least, size);
    if (size > 0 && (of_negatives || value.value > 0)) values.emplace_back(function(value.value));
  }
  // Weyl: no eigenvalue moves by more than the distance of the matrices.
  least -= around_matrix.radius;
  if (!(least > 0) || values.size() != system.values.size()) {
    return anything<Format>(matrix.shape());
  }
  for (const auto& value : values) squared_norm += value.value * value.value;
  const Wide radius = steepest(least) * around_matrix.radius +
                      operation_error<Format>(matrix.rows()) * wide_sqrt(squared_norm);
  return around<Format>(matrix.shape(), rebuilt<Wide>(system, values), radius * Wide(1 + 0x1p-20));
}

/// The operand's deviation from the centre, a backward error in it. It is symmetric: an element
/// below the diagonal may be read in place of the one above it.
template <class Format>
Array<FirstOrder<Format>> deviation(const Array<FirstOrder<Format>>& matrix,
                                    const RealMatrix<typename Format::Wide>& centre) {
  using Wide = typename Format::Wide;
  using Number = FirstOrder<Format>;
  const std::size_t size = matrix.rows();
  Wide squared_norm = 0;
  for (const auto& row : centre) {
    for (const auto& element : row) squared_norm += element.value * element.value;
  }
  const Wide backward = operation_error<Format>(size) * wide_sqrt(squared_norm);
  std::vector<Number> elements(size * size);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = row; column < size; ++column) {
      const Wide middle = centre[row][column].value;
      const Number either = hull(matrix.at(row, column), matrix.at(column, row));
      elements[row * size + column] = elements[column * size + row] =
          either - Number(Rounded<Format>::between(middle, middle)) +
          Number(Rounded<Format>::between(-backward, backward));
    }
  }
  return {matrix.shape(), std::move(elements)};
}

/// matrix^exponent, for a negative exponent, to first order in the deviation E:
///   f(A + E) = f(A) + V (F o (V' E V)) V' + rest,
/// with A's eigenvectors V and F the divided differences of f at its eigenvalues (Daleckii and
/// Krein). So errors that cancel in products do, and an eigenvalue near zero widens only what
/// reaches it. A power is an integral of exp(-s x) with positive weights, where the rest is known:
/// it is at most f''(least) / 2 ||E||^2, for the least eigenvalue on the way.
template <class Format>
Array<FirstOrder<Format>> negative_power(const Array<FirstOrder<Format>>& matrix,
                                         typename Format::Wide exponent) {
  using Wide = typename Format::Wide;
  using Number = FirstOrder<Format>;
  const Neighbourhood<Format> around_matrix = neighbourhood(matrix);
  if (!around_matrix.finite) return anything<Format>(matrix.shape());
  const auto system = solved<Wide>(around_matrix.centre);
  const std::size_t size = system.values.size();
  const Wide least = system.values.back().value - around_matrix.radius;
  if (!(least > 0)) return anything<Format>(matrix.shape());

  const auto point = [](Wide value) { return Number(Rounded<Format>::between(value, value)); };
  std::vector<Real<Wide>> values;
  Wide squared_norm = 0;
  for (const auto& value : system.values) {
    values.emplace_back(wide_power_of(value.value, exponent));
    squared_norm += values.back().value * values.back().value;
  }
  std::vector<Number> vectors;
  std::vector<Number> differences;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      vectors.push_back(point(system.vectors[i][k].value));  // by rows: V'
      const Wide one = system.values[i].value;
      const Wide other = system.values[k].value;
      const Wide gap = one - other;
      const bool near = gap * gap <= one * other * Wide(1e-12);
      differences.push_back(point(near ? exponent * wide_power_of((one + other) / 2, exponent - 1)
                                       : (values[i].value - values[k].value) / gap));
    }
  }
  const Array<Number> rows(matrix.shape(), std::move(vectors));
  const Array<Number> columns = transposed(rows);
  const Array<Number> inside =
      matrix_product(matrix_product(rows, deviation(matrix, around_matrix.centre)), columns);
  const Array<Number> linear = matrix_product(
      matrix_product(columns, Array<Number>(matrix.shape(), std::move(differences)) * inside),
      rows);

  const Wide curvature = exponent * (exponent - 1) * wide_power_of(least, exponent - 2);
  const Wide rest = curvature / 2 * around_matrix.radius * around_matrix.radius * Wide(1.001) +
                    operation_error<Format>(size) * wide_sqrt(squared_norm);
  return linear + around<Format>(matrix.shape(), rebuilt<Wide>(system, values), rest);
}

// The functions on each kind of number.

template <class Format>
Array<Plain<Format>> inverse_of(const Array<Plain<Format>>& matrix) {
  return spectral(matrix, [](double value) { return 1 / value; });
}
template <class Format>
Array<FirstOrder<Format>> inverse_of(const Array<FirstOrder<Format>>& matrix) {
  using Wide = typename Format::Wide;
  return spectral(
      matrix, [](Wide value) { return 1 / value; }, [](Wide least) { return 1 / (least * least); },
      true);
}

/// (1 - e^-z)/z; for small z by its power series, in which nothing cancels.
Quadruple mean_decay_of(Quadruple value) {
  if (value > 0.5 || value < -0.5) return (1 - quadruple_exp(-value)) / value;
  Quadruple total = 1;
  Quadruple term = 1;
  for (int order = 2; order < 32; ++order) {
    term = -term * value / order;
    total += term;
  }
  return total;
}
template <class Format>
Array<Plain<Format>> decay_of(const Array<Plain<Format>>& matrix) {
  return spectral(matrix, [](double value) { return static_cast<double>(mean_decay_of(value)); });
}
template <class Format>
Array<FirstOrder<Format>> decay_of(const Array<FirstOrder<Format>>& matrix) {
  using Wide = typename Format::Wide;
  const Neighbourhood<Format> around_matrix = neighbourhood(matrix);
  if (!around_matrix.finite) return anything<Format>(matrix.shape());
  const auto system = solved<Wide>(around_matrix.centre);
  std::vector<Real<Wide>> values;
  Wide squared_norm = 0;
  Quadruple least = 0;
  for (const auto& value : system.values) {
    values.emplace_back(static_cast<Wide>(mean_decay_of(Quadruple(value.value))));
    squared_norm += values.back().value * values.back().value;
    least = std::min(least, Quadruple(value.value));
  }
  // The derivative's magnitude falls: at most e^-z/2, and 1/2 above 0.
  const Quadruple steepest = quadruple_exp(Quadruple(around_matrix.radius) - least) / 2;
  const Wide radius = static_cast<Wide>(steepest) * around_matrix.radius +
                      operation_error<Format>(matrix.rows()) * wide_sqrt(squared_norm);
  return around<Format>(matrix.shape(), rebuilt<Wide>(system, values), radius * Wide(1 + 0x1p-20));
}

template <class Format>
Array<Plain<Format>> root_of(const Array<Plain<Format>>& matrix,
                             const Array<Plain<Format>>& order) {
  const double exponent = -1 / order[0].value();
  return spectral(matrix, [&](double value) { return std::pow(value, exponent); });
}
template <class Format>
Array<FirstOrder<Format>> root_of(const Array<FirstOrder<Format>>& matrix,
                                  const Array<FirstOrder<Format>>& order) {
  using Wide = typename Format::Wide;
  const Wide exponent = -1 / static_cast<Wide>(as_rounded(order[0]).lower());
  return negative_power(matrix, exponent);
}

template <class Format>
Array<Plain<Format>> vectors_of(const Array<Plain<Format>>& matrix) {
  return transposed(left<Format>(matrix.shape(), solved<double>(entered(matrix)).vectors));
}
/// The bounds of certified_matrices.cpp: residual over gap, and a rounding of the result.
template <class Format>
Array<FirstOrder<Format>> vectors_of(const Array<FirstOrder<Format>>& matrix) {
  using Wide = typename Format::Wide;
  const Neighbourhood<Format> around_matrix = neighbourhood(matrix);
  if (!around_matrix.finite) return anything<Format>(matrix.shape());
  const auto system = solved<Wide>(around_matrix.centre);
  Wide radius = 0;
  for (std::size_t i = 0; i + 1 < system.values.size(); ++i) {
    const Wide gap = system.values[i].value - system.values[i + 1].value - 2 * around_matrix.radius;
    if (!(gap > 0)) return anything<Format>(matrix.shape());
    radius = std::max<Wide>(radius, Wide(1.5) * around_matrix.radius / gap);
  }
  return transposed(around<Format>(matrix.shape(), system.vectors,
                                   radius + operation_error<Format>(matrix.rows())));
}

}  // namespace

template <class Base>
Array<Base> inverse(const Array<Base>& matrix) {
  return inverse_of(matrix);
}
template <class Base>
Array<Base> inverse_root(const Array<Base>& matrix, const Array<Base>& order) {
  return root_of(matrix, order);
}
template <class Base>
Array<Base> mean_decay(const Array<Base>& matrix) {
  return decay_of(matrix);
}
template <class Base>
Array<Base> eigenvectors(const Array<Base>& matrix) {
  return vectors_of(matrix);
}

#define PLUMBLINE_INSTANTIATE(...)                                                                \
  template Array<__VA_ARGS__> inverse(const Array<__VA_ARGS__>&);                                 \
  template Array<__VA_ARGS__> mean_decay(const Array<__VA_ARGS__>&);                              \
  template Array<__VA_ARGS__> inverse_root(const Array<__VA_ARGS__>&, const Array<__VA_ARGS__>&); \
  template Array<__VA_ARGS__> eigenvectors(const Array<__VA_ARGS__>&);
PLUMBLINE_FOR_EACH_MATRIX_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

}  // namespace plumbline
