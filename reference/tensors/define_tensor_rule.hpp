// How the file of a rule by tensor becomes a catalogue entry.
//
// Such a rule is a struct like one by element (define_rule.hpp), written over a Number that
// is a whole tensor: `step` gets the parameter, the gradient and the state as tensors, and
// may use the operations of operations.hpp and matrix_functions.hpp on them. It says its
// state tensors' shapes in `state_shapes`, by the parameter's. On acceptance intervals it
// runs on FirstOrder numbers, so that errors which cancel in products of matrices do.
//
// Included by the rules' own files only: this is where their templates are instantiated.
#pragma once

#include "reference/define_rule.hpp"
#include "reference/numbers/first_order.hpp"
#include "reference/tensors/matrix_functions.hpp"
#include "reference/tensors/mutated_operations.hpp"
#include "reference/tensors/operations.hpp"
#include "reference/tensors/traced_operations.hpp"

namespace plumbline {

/// Base of a rule by tensor. Beside what a rule by element defines, it has
///   static constexpr std::array<StateShape, n> state_shapes
/// in the order of its state.
template <std::size_t hyperparameters, std::size_t state_tensors, std::size_t shared_scalars>
using TensorRule = ElementwiseRule<hyperparameters, state_tensors, shared_scalars>;

/// How a rule's text runs on a number: which tensor it sees, and what frames a step.
template <class Number>
struct TensorArithmetic {
  using Value = Array<Number>;
  struct Scope {};
  static Value entered(const Shape& shape, std::span<const Number> elements) {
    return Value(shape, {elements.begin(), elements.end()});
  }
  static void leave(const Value& value, std::span<Number> elements) {
    std::ranges::copy(value.elements(), elements.begin());
  }
};

template <class Format>
struct TensorArithmetic<Rounded<Format>> {
  using Value = Array<FirstOrder<Format>>;
  using Scope = FirstOrderScope;
  static Value entered(const Shape& shape, std::span<const Rounded<Format>> elements) {
    std::vector<FirstOrder<Format>> converted;
    converted.reserve(elements.size());
    for (const Rounded<Format>& element : elements) converted.emplace_back(element);
    return Value(shape, std::move(converted));
  }
  static void leave(const Value& value, std::span<Rounded<Format>> elements) {
    std::ranges::transform(value.elements(), elements.begin(),
                           [](const FirstOrder<Format>& element) { return as_rounded(element); });
  }
};

/// One symbol stands for a whole tensor.
template <>
struct TensorArithmetic<Traced> {
  using Value = Traced;
  struct Scope {};
  static Value entered(const Shape&, std::span<const Traced> elements) { return elements.front(); }
  static void leave(const Value& value, std::span<Traced> elements) { elements.front() = value; }
};

template <class RuleText, class Number>
class TensorUpdate final : public Update<Number> {
 public:
  using Arithmetic = TensorArithmetic<Number>;
  using Value = typename Arithmetic::Value;
  using Hyperparameters = typename RuleText::template Hyperparameters<Value>;
  using State = typename RuleText::template State<Value>;
  using Scalars = typename RuleText::template Scalars<Value>;
  using Options = typename RuleText::Options;

  TensorUpdate(std::span<const Given<Number>> hyperparameters, std::span<const int> choices)
      : options_(options_from<Options>(choices)), initial_learning_rate_(hyperparameters[0]) {
    for (std::size_t i = 0; i < hyperparameters_.size(); ++i) {
      hyperparameters_[i] = Scalar<Number>(hyperparameters[i]);
    }
  }

  bool by_element() const override { return false; }
  std::vector<StateShape> state_shapes() const override {
    return {RuleText::state_shapes.begin(), RuleText::state_shapes.end()};
  }

  SharedState<Number> start_shared(const Shape& shape) const override {
    SharedState<Number> shared;
    shared.scalars.assign(RuleText::scalar_count, Scalar<Number>(1));
    shared.shape = shape;
    return shared;
  }

  StateTensors<Number> start_state(std::span<const Number> parameter,
                                   const SharedState<Number>& shared) const override {
    [[maybe_unused]] const typename Arithmetic::Scope scope{};
    StateTensors<Number> tensors;
    for (const StateShape kind : RuleText::state_shapes) {
      const Shape shape = state_shape(kind, shared.shape);
      tensors.emplace_back(element_count(shape));
    }
    if constexpr (requires(State & state, const Value& value) {
                    RuleText::template start<Value>(state, value, hyperparameters_, options_);
                  }) {
      if (parameter.empty()) return tensors;
      State state = gather(tensors, shared.shape);
      RuleText::template start<Value>(state, Arithmetic::entered(shared.shape, parameter),
                                      hyperparameters_, options_);
      scatter(state, tensors);
    }
    return tensors;
  }

  void advance(SharedState<Number>& shared) const override {
    ++shared.step;
    if constexpr (requires(Scalars & scalars) {
                    RuleText::template advance<Value>(scalars, hyperparameters_, options_,
                                                      context(shared));
                  }) {
      Scalars scalars = scalars_of(shared);
      RuleText::template advance<Value>(scalars, hyperparameters_, options_, context(shared));
      shared.scalars.assign(scalars.begin(), scalars.end());
    }
  }

  void apply(std::span<Number> parameter, std::span<const Number> gradient,
             StateTensors<Number>& tensors, const SharedState<Number>& shared) const override {
    if (parameter.empty()) return;
    [[maybe_unused]] const typename Arithmetic::Scope scope{};
    State state = gather(tensors, shared.shape);
    Value moved = Arithmetic::entered(shared.shape, parameter);
    RuleText::template step<Value>(moved, Arithmetic::entered(shared.shape, gradient), state,
                                   scalars_of(shared), hyperparameters_, options_,
                                   context(shared));
    Arithmetic::leave(moved, parameter);
    scatter(state, tensors);
  }

  std::optional<std::vector<Number>> look_ahead(std::span<const Number>,
                                                const StateTensors<Number>&,
                                                const SharedState<Number>&) const override {
    return std::nullopt;
  }

  void set_learning_rate(Given<Number> learning_rate) override {
    hyperparameters_[0] = Scalar<Number>(learning_rate);
  }

 private:
  Hyperparameters hyperparameters_;
  Options options_;
  Scalar<Number> initial_learning_rate_;

  StepContext<Value> context(const SharedState<Number>& shared) const {
    return {shared.step, initial_learning_rate_};
  }
  static Scalars scalars_of(const SharedState<Number>& shared) {
    Scalars scalars;
    for (std::size_t i = 0; i < scalars.size(); ++i) scalars[i] = shared.scalars[i];
    return scalars;
  }
  static State gather(const StateTensors<Number>& tensors, const Shape& shape) {
    State state;
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = Arithmetic::entered(state_shape(RuleText::state_shapes[i], shape), tensors[i]);
    }
    return state;
  }
  static void scatter(const State& state, StateTensors<Number>& tensors) {
    for (std::size_t i = 0; i < state.size(); ++i) Arithmetic::leave(state[i], tensors[i]);
  }
};

template <class RuleText, class Number>
std::unique_ptr<Update<Number>> bind_by_tensor(std::span<const Given<Number>> hyperparameters,
                                               std::span<const int> choices) {
  return std::make_unique<TensorUpdate<RuleText, Number>>(hyperparameters, choices);
}

template <class RuleText, class Number>
std::unique_ptr<Update<Number>> bind_mutated_by_tensor(std::span<const double> hyperparameters,
                                                       std::span<const int> choices,
                                                       const Mutation& mutation) {
  return std::make_unique<MutatedRule<RuleText, Number, Array<Number>>>(
      hyperparameters, options_from<typename RuleText::Options>(choices), mutation,
      std::vector<StateShape>(RuleText::state_shapes.begin(), RuleText::state_shapes.end()));
}

/// The bindings of a rule by tensor to every number.
template <class RuleText>
UpdateBindings by_tensor() {
#define PLUMBLINE_BIND(...) &bind_by_tensor<RuleText, __VA_ARGS__>,
#define PLUMBLINE_BIND_MUTATED(...) &bind_mutated_by_tensor<RuleText, __VA_ARGS__>,
  return {PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND)
              PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_BIND_MUTATED) nullptr};
#undef PLUMBLINE_BIND_MUTATED
#undef PLUMBLINE_BIND
}

}  // namespace plumbline
