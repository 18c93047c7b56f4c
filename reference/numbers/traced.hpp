// Traced: the expression that a computation evaluates, instead of its value.
//
// Run on symbols, a rule yields its own formula: every operation makes one node of an
// expression, in the order and with the operands of the code, nothing simplified. What is
// printed and counted from it is in reference/formula/.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline {

/// What a node of an expression stands for. `power` is a rule's own, or sums up a running
/// product; `select` has no operation of the rules behind it, but a comparison whose
/// outcomes were followed.
enum class Operation : int {
  symbol,
  literal,
  add,
  subtract,
  multiply,
  divide,
  negate,
  square,
  sqrt,
  abs,
  max,
  min,
  sign,
  cos,
  exp,
  log,
  tanh,
  pi,
  sum,
  power,
  select,  ///< operands a, b, x, y: x where a < b, else y
  // Of whole tensors (reference/tensors/traced_operations.hpp).
  matrix_product,
  transpose,
  mean,
  norm,
  inner_product,
  row_means,
  column_means,
  inverse,
  inverse_root,  ///< operands matrix, order p: the matrix to the power of -1/p
  eigenvectors,
  orthonormal,
  // What a rule asks of its objective (reference/oracle.hpp); operands the point, and a direction.
  objective_value,
  objective_gradient,
  objective_hessian,
  objective_hessian_vector,
  objective_fisher,
  objective_residuals,
  objective_jacobian,
  // Of vectors and histories, the newest row 1.
  diagonal,
  unit_at_greatest,
  strong_wolfe_length,  ///< operands point, direction, first length, c1: a search along a line
  row,
  pushed,
  mean_decay,
  erf,
  squared_distances,
  least,
  greatest,  ///< of all elements
};

/// A named quantity: a hyperparameter (`eta`), or a value at a step (`m` with subscript
/// `t-1`).
struct Symbol {
  std::string name;
  std::string subscript = {};
  bool of_element = false;  ///< differs from element to element
  bool positive = false;    ///< is known to be above 0

  friend bool operator==(const Symbol&, const Symbol&) = default;
};

struct Expression;

/// An expression under construction: a reference to a shared node that never changes.
class Traced {
 public:
  Traced();  ///< the literal 0
  Traced(double literal);
  Traced(int literal);
  Traced(Symbol symbol);
  /// A node with these operands, as it stands.
  Traced(Operation operation, std::vector<Traced> operands);

  const Expression& expression() const { return *node_; }
  /// Identity of the node: two references to one node are equal.
  friend bool operator==(const Traced&, const Traced&) = default;

  /// t - past as it enters the arithmetic of step t.
  static Traced step_count(long past);
  static Traced pi();

  friend Traced operator+(const Traced& left, const Traced& right);
  friend Traced operator-(const Traced& left, const Traced& right);
  friend Traced operator*(const Traced& left, const Traced& right);
  friend Traced operator/(const Traced& left, const Traced& right);
  friend Traced operator-(const Traced& value);
  friend Traced square(const Traced& value);
  friend Traced sqrt(const Traced& value);
  friend Traced abs(const Traced& value);
  friend Traced max(const Traced& left, const Traced& right);
  friend Traced min(const Traced& left, const Traced& right);
  friend Traced sign(const Traced& value);
  friend Traced cos(const Traced& angle);
  friend Traced power(const Traced& base, const Traced& exponent);
  friend Traced exp(const Traced& value);
  friend Traced log(const Traced& value);
  friend Traced tanh(const Traced& value);
  friend Traced erf(const Traced& value);
  friend Traced sum(std::span<const Traced> terms);
  /// Decided between literals, and between 0 and what is known to be positive. Else
  /// trace_outcomes() follows both outcomes, and OpenComparison is thrown where it does not run.
  friend bool less(const Traced& left, const Traced& right);

 private:
  std::shared_ptr<const Expression> node_;
};

struct Expression {
  Operation operation;
  double literal;                ///< of a literal
  Symbol symbol;                 ///< of a symbol
  std::vector<Traced> operands;  ///< of everything else
  bool of_element;               ///< depends on a symbol that differs between elements
};

/// t, the step.
Traced step_symbol();

/// Remembers what the value is called in a formula; gives it back.
const Traced& named(std::string_view name, const Traced& value);
/// The names given on this thread since the last call, in their order.
std::vector<std::pair<std::string, Traced>> take_names();

/// What `computation` gives, with every outcome of its comparisons followed and the
/// results joined by `select`. Throws TooManyOutcomes past 64 ways through it.
std::vector<Traced> trace_outcomes(const std::function<std::vector<Traced>()>& computation);

}  // namespace plumbline
