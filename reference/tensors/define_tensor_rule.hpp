// How the file of a rule by tensor becomes a catalogue entry.
//
// Such a rule is a struct like one by element (define_rule.hpp), written over a Number that
// is a whole tensor: `step` gets the parameter, the gradient and the state as tensors, and
// may use the operations of operations.hpp and matrix_functions.hpp on them. It says its
// state tensors' shapes in `state_shapes`, by the parameter's. On acceptance intervals it
// runs on FirstOrder numbers, so that errors which cancel in products of matrices do.
//
// A rule that asks its objective (Unit::objective) has `step_on` in place of `step`: it gets
// the flat point, an Oracle, and the random numbers of its step, `draw_count(size)` of them.
// One whose state is a square matrix for each layer of its objective (StateShape::row_square or
// column_square) reaches that of a layer through the Oracle; a formula is that of one layer.
// One that keeps a history (StateShape::history) names the hyperparameter
// that says how long in `static constexpr std::size_t history_index`. One that does
// something every so many steps names that hyperparameter in `period_index`, and finds it as
// the last member of its Options, `int period`: 0 in formulas, where it has no value.
//
// Included by the rules' own files only: this is where their templates are instantiated.
#pragma once

#include "reference/define_rule.hpp"
#include "reference/tensors/matrix_functions.hpp"
#include "reference/tensors/oracles.hpp"

namespace plumbline {

/// Base of a rule by tensor. Beside what a rule by element defines, it has
///   static constexpr std::array<StateShape, n> state_shapes
/// in the order of its state.
template <std::size_t hyperparameters, std::size_t state_tensors, std::size_t shared_scalars>
using TensorRule = ElementwiseRule<hyperparameters, state_tensors, shared_scalars>;

/// The state's shapes with these hyperparameters.
template <class RuleText, class Given>
StateLayout layout_of(std::span<const Given> hyperparameters) {
  StateLayout layout{{RuleText::state_shapes.begin(), RuleText::state_shapes.end()}};
  if constexpr (requires { RuleText::history_index; } && std::is_same_v<Given, double>) {
    layout.history = static_cast<long>(hyperparameters[RuleText::history_index]);
  }
  return layout;
}

/// The options, with the period that the hyperparameters say.
template <class RuleText, class Given>
typename RuleText::Options with_period(typename RuleText::Options options,
                                       std::span<const Given> hyperparameters) {
  if constexpr (requires { RuleText::period_index; } && std::is_same_v<Given, double>) {
    options.period = static_cast<int>(hyperparameters[RuleText::period_index]);
  }
  return options;
}

template <class RuleText, class Number>
class TensorUpdate final
    : public RuleTextUpdate<RuleText, Number, typename TensorArithmetic<Number>::Value> {
  using Shared = RuleTextUpdate<RuleText, Number, typename TensorArithmetic<Number>::Value>;
  using Shared::context, Shared::scalars_of, Shared::hyperparameters_, Shared::options_;

 public:
  using Arithmetic = TensorArithmetic<Number>;
  using Value = typename Arithmetic::Value;
  using typename Shared::Hyperparameters, typename Shared::Options;
  using typename Shared::Scalars, typename Shared::State;

  TensorUpdate(std::span<const Given<Number>> hyperparameters, std::span<const int> choices)
      : Shared(hyperparameters,
               with_period<RuleText>(options_from<Options>(choices), hyperparameters)),
        layout_(layout_of<RuleText>(hyperparameters)) {}

  bool by_element() const override { return false; }
  std::vector<Shape> state_shapes(const Shape& parameter) const override {
    std::vector<Shape> shapes;
    for (std::size_t i = 0; i < RuleText::state_count; ++i) {
      shapes.push_back(layout_.shape(i, parameter));
    }
    return shapes;
  }

  StateTensors<Number> start_state(std::span<const Number> parameter,
                                   const SharedState<Number>& shared) const override {
    [[maybe_unused]] const typename Arithmetic::Scope scope{};
    StateTensors<Number> tensors;
    for (std::size_t i = 0; i < RuleText::state_count; ++i) {
      const std::size_t count = element_count(layout_.shape(i, shared.shape, shared.layers));
      tensors.emplace_back(std::is_same_v<Number, Traced> ? 1 : count);
    }
    if constexpr (requires(State & state, const Value& value) {
                    RuleText::template start<Value>(state, value, hyperparameters_, options_);
                  }) {
      if (parameter.empty()) return tensors;
      State state = gather(tensors, shared);
      RuleText::template start<Value>(state, Arithmetic::entered(shared.shape, parameter),
                                      hyperparameters_, options_);
      scatter(state, tensors);
    }
    return tensors;
  }

  void apply(std::span<Number> parameter, std::span<const Number> gradient,
             StateTensors<Number>& tensors, const SharedState<Number>& shared) const override {
    if constexpr (requires(Value & value, State & state) {
                    RuleText::template step<Value>(value, value, state, Scalars{}, hyperparameters_,
                                                   options_, context(shared));
                  }) {
      if (parameter.empty()) return;
      [[maybe_unused]] const typename Arithmetic::Scope scope{};
      State state = gather(tensors, shared);
      Value moved = Arithmetic::entered(shared.shape, parameter);
      RuleText::template step<Value>(moved, Arithmetic::entered(shared.shape, gradient), state,
                                     scalars_of(shared), hyperparameters_, options_,
                                     context(shared));
      Arithmetic::leave(moved, parameter);
      scatter(state, tensors);
    } else {
      throw std::logic_error("the rule needs its objective");
    }
  }

  bool asks_objective() const override { return asks; }
  std::size_t draw_count(std::size_t size) const override {
    if constexpr (requires { RuleText::draw_count(size); }) {
      return RuleText::draw_count(size);
    } else {
      return 0;
    }
  }
  void apply_on(const ObjectiveOf<Number>* objective, std::span<Number> point,
                std::span<const Number> draws, StateTensors<Number>& tensors,
                const SharedState<Number>& shared) const override {
    if constexpr (asks) {
      [[maybe_unused]] const typename Arithmetic::Scope scope{};
      State state = gather(tensors, shared);
      Value moved = Arithmetic::entered(shared.shape, point);
      const Value given = Arithmetic::entered({static_cast<long>(draws.size())}, draws);
      const auto run = [&](const Oracle<Value>& oracle) {
        RuleText::template step_on<Value>(moved, oracle, given, state, scalars_of(shared),
                                          hyperparameters_, options_, context(shared));
      };
      if constexpr (std::is_same_v<Number, Traced>) {
        run(TracedOracle());
      } else {
        run(ObjectiveOracle<Number>(*objective));
      }
      Arithmetic::leave(moved, point);
      scatter(state, tensors);
    } else {
      Update<Number>::apply_on(objective, point, draws, tensors, shared);
    }
  }

  std::optional<std::vector<Number>> look_ahead(std::span<const Number>,
                                                const StateTensors<Number>&,
                                                const SharedState<Number>&) const override {
    return std::nullopt;
  }

 private:
  static constexpr bool asks = requires(Value & value, const Oracle<Value>& oracle, State& state,
                                        const Hyperparameters& hyperparameters,
                                        const Options& options, const StepContext<Value>& context) {
    RuleText::template step_on<Value>(value, oracle, value, state, Scalars{}, hyperparameters,
                                      options, context);
  };

  StateLayout layout_;

  State gather(const StateTensors<Number>& tensors, const SharedState<Number>& shared) const {
    State state;
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = Arithmetic::entered(layout_.shape(i, shared.shape, shared.layers), tensors[i]);
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
      hyperparameters,
      with_period<RuleText>(options_from<typename RuleText::Options>(choices), hyperparameters),
      mutation, layout_of<RuleText>(hyperparameters));
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
