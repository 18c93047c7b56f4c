// Mutated<Base>: a number that makes one mistake.
//
// It computes as Base does, and keeps beside each value which expression of the rule's
// inputs it is. One operation, picked by its expression, is then carried out wrongly:
// a difference for a sum, a root left out, a constant moved. So every operation of
// every rule can be got wrong in turn, with nothing written by hand, and an operation
// keeps its name however the compiler orders the evaluation.
//
// Which operation goes wrong, and how, is told to the thread by a MutationScope; a
// OperationRecording instead writes down the operations that there are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reference/numbers/number.hpp"

namespace plumbline {

enum class NumberOperation : std::uint8_t {
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
  less,
  cos,
  cos_pi,  // of a quotient of two counts, times pi
  sum,
  power,
  // Of whole tensors (reference/tensors/operations.hpp).
  matrix_product,
  transpose,
  total,
  mean,
  norm,
  inner_product,
  row_means,
  column_means,
  inverse,
  inverse_root,
  eigenvectors,
  orthonormal,
  // What a rule asks of its objective (reference/oracle.hpp): nothing goes wrong in it.
  objective_value,
  objective_gradient,
  objective_hessian,
  objective_hessian_vector,
  objective_fisher,
  objective_residuals,
  objective_jacobian,
  exp,
  log,
  tanh,
  unit_at_greatest,
  pushed,
  mean_decay,
  erf,
  squared_distances,
  least,
};

/// The parts of a rule. Their operations are told apart.
enum class Phase : std::uint8_t { start, advance, step, look_ahead, schedule, clipping };

/// How an operation, a write or a running value goes wrong.
enum class MutationKind : std::uint8_t {
  // Operations: another one in its place, ...
  to_add,
  to_subtract,
  to_multiply,
  to_divide,
  to_max,
  to_min,
  to_abs,
  to_cube,
  to_fourth_root,
  to_sine,
  to_mean,   // for a sum
  to_total,  // for a mean
  swapped,   // a - b to b - a, a / b to b / a
  // ... one of its operands alone, ...
  left_alone,
  right_alone,
  right_negated,  // a - b to -b
  operand_alone,  // the root, square, sign ... left out
  // ... one of its constants moved, ...
  left_plus_one,
  left_minus_one,
  left_times_eleven_tenths,
  right_plus_one,
  right_minus_one,
  right_times_eleven_tenths,
  // ... a comparison, a sum.
  inverted,
  always,
  never,
  first_term_dropped,
  last_term_dropped,
  sum_of_magnitudes,
  // Writes to a state tensor, a shared scalar or the parameter.
  not_written,
  written_late,  // at the end of the phase: later reads see the old value
  // Running values.
  twice,          // taken through the phase twice
  late,           // a shared scalar is advanced after the step instead of before
  starts_higher,  // by one
};

/// One mistake: where, and how.
struct Mutation {
  Phase phase = Phase::step;
  MutationKind kind = MutationKind::to_add;
  std::uint64_t expression = 0;  ///< of the operation that goes wrong
  int occurrence = 0;            ///< which one of those that compute this expression
  /// For writes and running values: the index of the state tensor or scalar; the number
  /// of state tensors for the parameter.
  int target = 0;
  int write = 0;  ///< which one of the target's writes in the phase

  friend bool operator==(const Mutation&, const Mutation&) = default;
};

/// True where the kind is of an operation, and false where it is of a write or value.
bool is_of_operation(MutationKind kind);

/// Inputs of a rule, from which all expressions are built.
enum class Input : std::uint8_t {
  constant,
  hyperparameter,
  initial_learning_rate,
  scalar,
  state,
  parameter,
  gradient,
  assigned,  // a schedule's running value
};

/// What a value is computed from.
struct Provenance {
  std::uint64_t id = 0;
  int node = -1;                  ///< in the recording, where there is one
  Input input = Input::constant;  ///< where it is no operation's result
  int index = 0;
  bool constant = false;  ///< written in the rule's text, or a count
};

/// One value of a recorded phase: an input, or an operation on earlier values.
struct RecordedNode {
  bool is_operation = false;
  Input input = Input::constant;
  int index = 0;     ///< of the input among its kind
  double value = 0;  ///< of a constant
  NumberOperation operation = NumberOperation::add;
  std::uint64_t expression = 0;
  int occurrence = 0;
  std::vector<int> operands = {};  ///< nodes
  /// Mistakes that would give another shape here, and so are not made.
  std::vector<MutationKind> misfits = {};
};

struct RecordedWrite {
  int target = 0;
  int write = 0;
  int node = 0;      ///< what was written
  int position = 0;  ///< nodes that were there before the write
};

/// One run of a phase.
struct RecordedRun {
  Phase phase = Phase::step;
  long step = 0;
  std::vector<RecordedNode> nodes = {};
  std::vector<RecordedWrite> writes = {};
  std::vector<int> outputs = {};  ///< nodes: state tensors and parameter, scalars, or values
};

/// Collects the runs of its thread while it lives.
class OperationRecording {
 public:
  OperationRecording();
  ~OperationRecording();
  OperationRecording(const OperationRecording&) = delete;
  OperationRecording& operator=(const OperationRecording&) = delete;
  std::vector<RecordedRun> runs;
};

/// True for numbers that are whole tensors (reference/tensors/array.hpp).
template <class Base>
inline constexpr bool holds_tensors = false;

/// The expression of an input; part of the recording where there is one.
Provenance input_expression(Input input, int index = 0, double value = 0);

/// A number that remembers its expression. Copies keep it.
template <class Base>
class Mutated {
 public:
  Mutated();
  /// A hyperparameter where it is one of the scope's (see MutationScope), else a constant.
  Mutated(const double& exact);
  Mutated(int exact);
  Mutated(Base value, Provenance expression) : value_(std::move(value)), expression_(expression) {}
  /// A scalar meets an element.
  template <class Other>
  requires(!std::is_same_v<Base, Other> && std::is_same_v<Other, Scalar<Base>>)
      Mutated(const Mutated<Other>& scalar)
      : value_(scalar.value()), expression_(scalar.expression()) {}
  Mutated(const Mutated& other) = default;
  Mutated(Mutated&& other) noexcept = default;
  Mutated& operator=(const Mutated& other);  ///< a write, which may go wrong
  ~Mutated() = default;

  const Base& value() const { return value_; }
  const Provenance& expression() const { return expression_; }

  friend Mutated operator+(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::add, left, right);
  }
  friend Mutated operator-(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::subtract, left, right);
  }
  friend Mutated operator*(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::multiply, left, right);
  }
  friend Mutated operator/(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::divide, left, right);
  }
  friend Mutated max(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::max, left, right);
  }
  friend Mutated min(const Mutated& left, const Mutated& right) {
    return of_two(NumberOperation::min, left, right);
  }
  friend Mutated power(const Mutated& base, const Mutated& exponent) {
    return of_two(NumberOperation::power, base, exponent);
  }
  friend Mutated operator-(const Mutated& value) { return of_one(NumberOperation::negate, value); }
  friend Mutated square(const Mutated& value) { return of_one(NumberOperation::square, value); }
  friend Mutated sqrt(const Mutated& value) { return of_one(NumberOperation::sqrt, value); }
  friend Mutated abs(const Mutated& value) { return of_one(NumberOperation::abs, value); }
  friend Mutated sign(const Mutated& value) { return of_one(NumberOperation::sign, value); }
  friend Mutated cos(const Mutated& value) { return of_one(NumberOperation::cos, value); }
  friend Mutated exp(const Mutated& value) { return of_one(NumberOperation::exp, value); }
  friend Mutated log(const Mutated& value) { return of_one(NumberOperation::log, value); }
  friend Mutated tanh(const Mutated& value) { return of_one(NumberOperation::tanh, value); }
  friend Mutated erf(const Mutated& value) { return of_one(NumberOperation::erf, value); }
  friend bool less(const Mutated& left, const Mutated& right) { return compared(left, right); }
  friend Mutated sum(std::span<const Mutated> terms) { return of_all(terms); }
  friend Mutated as_result(const Mutated& value) {
    return Mutated(plumbline::as_result(value.value_), value.expression_);
  }
  /// A constant.
  static Mutated pi() {
    return Mutated(plumbline::pi<Base>(), input_expression(Input::constant, 0, 3.14159265358979));
  }
  /// cos(pi numerator/denominator); mutants move the two counts too.
  static Mutated cos_of_pi(long numerator, long denominator);
  /// Operations of whole tensors; Base is an Array. A mistake that the shapes do not allow
  /// is not made.
  static Mutated of_tensor(NumberOperation operation,
                           const Mutated& value) requires holds_tensors<Base>;
  static Mutated of_tensors(NumberOperation operation, const Mutated& left,
                            const Mutated& right) requires holds_tensors<Base>;
  /// What an objective answered at a point.
  static Mutated answered(NumberOperation operation, const Mutated& point, Base answer);

 private:
  Base value_;
  Provenance expression_;

  static Mutated of_one(NumberOperation operation, const Mutated& value);
  static Mutated of_two(NumberOperation operation, const Mutated& left, const Mutated& right);
  static Mutated of_all(std::span<const Mutated> terms);
  static bool compared(const Mutated& left, const Mutated& right);
};

template <class Base>
struct NumberTraits<Mutated<Base>> {
  using Scalar = Mutated<typename NumberTraits<Base>::Scalar>;
};

#define PLUMBLINE_COS_PI(...)                                                                  \
  template <>                                                                                  \
  inline Mutated<__VA_ARGS__> cos_pi<Mutated<__VA_ARGS__>>(long numerator, long denominator) { \
    return Mutated<__VA_ARGS__>::cos_of_pi(numerator, denominator);                            \
  }
PLUMBLINE_COS_PI(Certified)
PLUMBLINE_COS_PI(Plain<Binary64>)
PLUMBLINE_COS_PI(Plain<Binary32>)
#undef PLUMBLINE_COS_PI

/// True for the numbers that Mutated is compiled for.
template <class Base>
inline constexpr bool can_be_mutated = false;
#define PLUMBLINE_CAN_BE_MUTATED(...) \
  template <>                         \
  inline constexpr bool can_be_mutated<__VA_ARGS__> = true;

/// Lists the numbers that can be mutated.
#define PLUMBLINE_FOR_EACH_MUTATED_NUMBER(apply) \
  apply(Certified) apply(Plain<Binary64>) apply(Plain<Binary32>)

PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_CAN_BE_MUTATED)
#undef PLUMBLINE_CAN_BE_MUTATED

#define PLUMBLINE_EXTERN(...) extern template class Mutated<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN

/// While it lives, operations on this thread's Mutated numbers are those of one phase.
/// Conversions from doubles inside `hyperparameters` are hyperparameters.
class MutationScope {
 public:
  /// `mutation` may be null: nothing goes wrong.
  MutationScope(const Mutation* mutation, Phase phase, long step,
                std::span<const double> hyperparameters = {});
  ~MutationScope();
  MutationScope(const MutationScope&) = delete;
  MutationScope& operator=(const MutationScope&) = delete;

  /// From now on assignments to these count as writes, in this order.
  template <class Base>
  void watch(std::span<Mutated<Base>> targets, Mutated<Base>* last = nullptr) {
    watch(targets.data(), sizeof(Mutated<Base>), targets.size(), last);
  }
  /// Makes the write that was put off, if there is one.
  template <class Base>
  void write_late(std::span<Mutated<Base>> targets, Mutated<Base>* last = nullptr);
  /// What comes out of the phase, for a recording.
  template <class Base>
  void output(const Mutated<Base>& value) {
    output(value.expression());
  }

 private:
  void watch(const void* first, std::size_t size, std::size_t count, const void* last);
  void output(const Provenance& expression);
};

}  // namespace plumbline
