// A rule as the catalogue knows it: its name, what it is fed, the conventions
// (dialects) in which it is in use, and the update itself bound to any number.
//
// This header is all that the rest of the program sees of a rule. The formula is in
// the rule's own file, and is compiled there for every number (define_rule.hpp).
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "reference/numbers/mutated.hpp"
#include "reference/objective.hpp"

namespace plumbline {

/// One hyperparameter of a rule, schedule or clipping. The values beside the default
/// are what cases are made of: each must be legal and do something visible.
struct Hyperparameter {
  std::string_view name;
  /// In formulas, as plain text: `eta`, `beta1`; the name where there is none.
  std::string_view symbol = {};
  std::string_view meaning;
  double default_value;
  /// The value at which it does nothing; it is then not sent to a subject. None: it
  /// is always sent.
  std::optional<double> neutral;
  double least, greatest;  ///< legal values; `least` itself is legal, infinity is not
  double dyadic;           ///< a plain value that is exact in bfloat16
  double low, high;        ///< far ends of what is used
  double distinct;         ///< unlike every other hyperparameter of the rule
  enum class Kind { real, boolean, count } kind = Kind::real;
};

/// A convention in which implementations of a rule differ: its name, and its choices
/// in the order of the rule's enumeration.
struct Option {
  std::string_view name;
  std::vector<std::string_view> choices;
};

/// A named set of choices that is in use.
struct Dialect {
  std::string_view name;
  std::vector<int> choices;                    ///< one for each Option, an index into its choices
  std::string_view users;                      ///< who follows it: library, path
  std::vector<std::string_view> aliases = {};  ///< other names that a subject may claim
  std::vector<std::string_view> without = {};  ///< hyperparameters that it has no place for
};

/// Two dialects that are the same function, with the reason.
struct Equivalence {
  std::string_view first, second;
  std::string_view reason;
};

/// One tensor of a rule's state, in the standard name.
struct StateTensor {
  std::string_view name;
  std::string_view symbol;  ///< in formulas, without the step
  std::string_view meaning = {};
  /// When it exists; empty: always. "centered": only where that hyperparameter is not
  /// neutral; "form=polyak", "form!=polyak": only with (without) that choice.
  std::string_view only_with = {};
};

/// One scalar that a parameter carries from step to step, for the formulas.
struct SharedScalar {
  std::string_view symbol;  ///< in formulas, without the step
  std::string_view meaning;
};

/// A tensor's sizes; [] is a scalar, and a size may be 0.
using Shape = std::vector<long>;

/// The shape of a state tensor by that of its parameter. A parameter counts as a matrix
/// of its first size (rows) by all others (columns); a scalar has one row and column.
enum class StateShape : int {
  parameter,
  rows,
  columns,
  row_square,
  column_square,
  scalar,
  history,         ///< as many rows as the rule keeps, each of the parameter's size
  history_column,  ///< one number a row kept
};

/// Number of elements of a tensor of this shape.
std::size_t element_count(const Shape& shape);
Shape state_shape(StateShape kind, const Shape& parameter, long history = 0);

/// The matrices of a network's layers, weights and bias together, from its parameters' shapes:
/// [outputs, inputs + 1] for weights [outputs, inputs] that a bias [outputs] follows.
std::vector<Shape> layers_of(std::span<const Shape> parameters);

/// What one parameter carries from step to step beside its state tensors.
template <class Number>
struct SharedState {
  long step = 0;                        ///< steps that this parameter has taken
  std::vector<Scalar<Number>> scalars;  ///< running products and the like
  Shape shape = {};                     ///< the parameter's, for rules by tensor
  std::vector<Shape> layers = {};       ///< of the objective, where a rule's state is by layer
};

/// State tensors of one parameter, by [state][element].
template <class Number>
using StateTensors = std::vector<std::vector<Number>>;

/// A rule with its hyperparameters and conventions fixed, on one kind of number.
/// It holds nothing that changes but the learning rate: the state is the caller's,
/// to copy, to show, or to replace by a subject's own.
template <class Number>
class Update {
 public:
  virtual ~Update() = default;

  /// False: an element's step depends on other elements of its tensor.
  virtual bool by_element() const { return true; }
  /// By state tensor, for a parameter of this shape.
  virtual std::vector<Shape> state_shapes(const Shape& parameter) const = 0;

  virtual SharedState<Number> start_shared(const Shape& shape) const = 0;
  virtual StateTensors<Number> start_state(std::span<const Number> parameter,
                                           const SharedState<Number>& shared) const = 0;

  /// Opens a parameter's next step: counts it, and advances its scalars.
  virtual void advance(SharedState<Number>& shared) const = 0;
  /// The step itself, after advance(). A rule by element may be given any part of its
  /// tensor, with the same part of the state.
  virtual void apply(std::span<Number> parameter, std::span<const Number> gradient,
                     StateTensors<Number>& state, const SharedState<Number>& shared) const = 0;
  /// Where the next gradient is wanted, for rules that look ahead; else nothing.
  virtual std::optional<std::vector<Number>> look_ahead(
      std::span<const Number> parameter, const StateTensors<Number>& state,
      const SharedState<Number>& shared) const = 0;

  virtual void set_learning_rate(Given<Number> learning_rate) = 0;

  /// True: the rule asks its objective itself, and apply_on() is its step. All parameters
  /// are one flat point then.
  virtual bool asks_objective() const { return false; }
  /// How many random numbers such a step is given, for a point of this size.
  virtual std::size_t draw_count(std::size_t) const { return 0; }
  /// The step, after advance(). On Traced numbers there is no objective.
  virtual void apply_on(const ObjectiveOf<Number>* objective, std::span<Number> point,
                        std::span<const Number> draws, StateTensors<Number>& state,
                        const SharedState<Number>& shared) const {
    static_cast<void>(objective), static_cast<void>(draws);
    static_cast<void>(point), static_cast<void>(state), static_cast<void>(shared);
    throw std::logic_error("the rule asks nothing of its objective");
  }
};

/// Functions that bind a rule to each number.
template <class Number>
using BindUpdate = std::unique_ptr<Update<Number>> (*)(
    std::span<const Given<Number>> hyperparameters, std::span<const int> choices);

/// ... and with one mistake.
template <class Number>
using BindMutated = std::unique_ptr<Update<Number>> (*)(std::span<const double> hyperparameters,
                                                        std::span<const int> choices,
                                                        const Mutation& mutation);

#define PLUMBLINE_BIND_TYPE(...) BindUpdate<__VA_ARGS__>,
#define PLUMBLINE_BIND_MUTATED_TYPE(...) BindMutated<__VA_ARGS__>,
using UpdateBindings =
    std::tuple<PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND_TYPE)
                   PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_BIND_MUTATED_TYPE) std::nullptr_t>;
#undef PLUMBLINE_BIND_MUTATED_TYPE
#undef PLUMBLINE_BIND_TYPE

/// What a rule treats as one: an element, a tensor of any shape, a matrix alone, or all
/// parameters together, with their objective.
enum class Unit { element, tensor, matrix, objective };

/// Why no step is longer than a number of learning rates, whatever the gradients; the bounds
/// themselves are in conformance/properties/step_bounds.cpp. Of a rule's dialects some may
/// still step further.
enum class StepBound {
  none,
  moving_means,  ///< divided by the root of a moving mean of g^2, which beta2 weighs
  mean_square,   ///< the same, with rho and without momentum
  square_sum     ///< divided by the root of a sum that g^2 is part of
};

struct Rule {
  std::string_view name;
  std::string_view title;
  std::string_view formula;  ///< of the first dialect, in plain text
  std::string_view source;   ///< paper, equation
  std::vector<Hyperparameter> hyperparameters;
  std::vector<Option> options;
  std::vector<Dialect> dialects;  ///< the first one is the paper's or the most usual
  std::vector<Equivalence> equivalences;
  std::vector<StateTensor> state;
  std::vector<SharedScalar> scalars = {};
  std::string_view notes;
  Unit unit = Unit::element;
  /// What a rule asks of its objective beside value and gradient: "hessian", "fisher",
  /// "residuals" (and their Jacobian), "layers".
  std::vector<std::string_view> wants = {};
  /// The objectives that it is checked on; none: all that have what it wants.
  std::vector<std::string_view> objectives = {};
  /// Of a step's draws how many, the last ones, are uniform on (0, 1). All others are standard
  /// normal.
  std::size_t uniform_draws = 0;
  /// True where parameters have to be positive.
  bool positive_parameters = false;
  StepBound step_bound = StepBound::none;
  UpdateBindings bindings;

  /// `hyperparameters` in the rule's order; `choices` one for each option.
  template <class Number>
  std::unique_ptr<Update<Number>> bind(std::span<const Given<Number>> values,
                                       std::span<const int> choices) const {
    return std::get<BindUpdate<Number>>(bindings)(values, choices);
  }

  /// The same with one mistake in it (reference/mutations.hpp lists them).
  template <class Number>
  std::unique_ptr<Update<Number>> bind_mutated(std::span<const double> values,
                                               std::span<const int> choices,
                                               const Mutation& mutation) const {
    return std::get<BindMutated<Number>>(bindings)(values, choices, mutation);
  }
};

/// The dialect with this name or alias, or null.
const Dialect* find_dialect(std::span<const Dialect> dialects, std::string_view name);

/// The names of all dialects that are the same function as this one, itself left out.
std::vector<std::string_view> equivalents(std::span<const Equivalence> equivalences,
                                          std::string_view dialect);

/// Whether a state tensor exists with these hyperparameters and choices.
bool in_use(const Rule& rule, const StateTensor& tensor, std::span<const double> hyperparameters,
            std::span<const int> choices);

/// The hyperparameter's place in the list, or nothing.
std::optional<std::size_t> index_of(std::span<const Hyperparameter> hyperparameters,
                                    std::string_view name);

/// True where the values, in the order of the description, leave at its neutral value what the
/// dialect has no place for.
bool has_place_for(const Dialect& dialect, std::span<const Hyperparameter> description,
                   std::span<const double> values);

}  // namespace plumbline
