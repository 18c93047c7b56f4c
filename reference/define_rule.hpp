// How a rule's file becomes a catalogue entry.
//
// An element-wise rule is a struct that says how many hyperparameters, state tensors
// and shared scalars it has, lists its conventions as enumerations in `Options`, and
// writes its update once, for one element, generic over the number. Included by the
// rules' own files only: this is where their templates are instantiated.
#pragma once

#include <array>
#include <cstddef>

#include "reference/define_mutated.hpp"
#include "reference/options.hpp"
#include "reference/rule.hpp"

namespace plumbline {

/// What a step may know beside its operands.
template <class Number>
struct StepContext {
  long step;                             ///< t, counted from 1 for each parameter: for conditions
  Scalar<Number> initial_learning_rate;  ///< the one that the optimizer was made with

  /// t - past, exactly: for arithmetic.
  Scalar<Number> step_count(long past = 0) const {
    return plumbline::step_count<Scalar<Number>>(step, past);
  }
};

/// Base of a rule that treats each element by itself. A rule defines
///   struct Options { ... };                       enumerations of int size
///   template <class Number> static void step(Number& parameter, Number gradient, State&,
///       const Scalars&, const Hyperparameters&, const Options&, const StepContext&);
/// and may define `advance` (scalars, once a step), `start` (state that does not
/// begin at zero) and `look_ahead` (where the next gradient is wanted).
template <std::size_t hyperparameters, std::size_t state_tensors, std::size_t shared_scalars>
struct ElementwiseRule {
  static constexpr std::size_t state_count = state_tensors;
  static constexpr std::size_t scalar_count = shared_scalars;
  static constexpr std::size_t hyperparameter_count = hyperparameters;

  template <class Number>
  using Hyperparameters = std::array<Scalar<Number>, hyperparameters>;
  template <class Number>
  using State = std::array<Number, state_tensors>;
  template <class Number>
  using Scalars = std::array<Scalar<Number>, shared_scalars>;
};

/// What every rule's update holds and does alike. `Value`: what the rule's text is written
/// over, a number or a whole tensor of them.
template <class RuleText, class Number, class Value = Number>
class RuleTextUpdate : public Update<Number> {
 public:
  using Hyperparameters = typename RuleText::template Hyperparameters<Value>;
  using State = typename RuleText::template State<Value>;
  using Scalars = typename RuleText::template Scalars<Value>;
  using Options = typename RuleText::Options;

  SharedState<Number> start_shared(const Shape& shape) const override {
    SharedState<Number> shared;
    shared.scalars.assign(RuleText::scalar_count, Scalar<Number>(1));
    shared.shape = shape;
    return shared;
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

  void set_learning_rate(Given<Number> learning_rate) override {
    hyperparameters_[0] = Scalar<Number>(learning_rate);
  }

 protected:
  Hyperparameters hyperparameters_;
  Options options_;

  RuleTextUpdate(std::span<const Given<Number>> hyperparameters, Options options)
      : options_(options), initial_learning_rate_(hyperparameters[0]) {
    for (std::size_t i = 0; i < hyperparameters_.size(); ++i) {
      hyperparameters_[i] = Scalar<Number>(hyperparameters[i]);
    }
  }

  StepContext<Value> context(const SharedState<Number>& shared) const {
    return {shared.step, initial_learning_rate_};
  }
  static Scalars scalars_of(const SharedState<Number>& shared) {
    Scalars scalars;
    for (std::size_t i = 0; i < scalars.size(); ++i) scalars[i] = shared.scalars[i];
    return scalars;
  }

 private:
  Scalar<Number> initial_learning_rate_;
};

template <class RuleText, class Number>
class ElementwiseUpdate final : public RuleTextUpdate<RuleText, Number> {
  using Shared = RuleTextUpdate<RuleText, Number>;
  using Shared::context, Shared::scalars_of, Shared::hyperparameters_, Shared::options_;

 public:
  using typename Shared::Options, typename Shared::Scalars, typename Shared::State;

  ElementwiseUpdate(std::span<const Given<Number>> hyperparameters, std::span<const int> choices)
      : Shared(hyperparameters, options_from<Options>(choices)) {}

  std::vector<Shape> state_shapes(const Shape& parameter) const override {
    return std::vector<Shape>(RuleText::state_count, parameter);
  }

  StateTensors<Number> start_state(std::span<const Number> parameter,
                                   const SharedState<Number>&) const override {
    StateTensors<Number> tensors(RuleText::state_count, std::vector<Number>(parameter.size()));
    if constexpr (requires(State & state) {
                    RuleText::template start<Number>(state, parameter[0], hyperparameters_,
                                                     options_);
                  }) {
      for (std::size_t element = 0; element < parameter.size(); ++element) {
        State state;
        RuleText::template start<Number>(state, parameter[element], hyperparameters_, options_);
        scatter(tensors, element, state);
      }
    }
    return tensors;
  }

  void apply(std::span<Number> parameter, std::span<const Number> gradient,
             StateTensors<Number>& tensors, const SharedState<Number>& shared) const override {
    const Scalars scalars = scalars_of(shared);
    for (std::size_t element = 0; element < parameter.size(); ++element) {
      State state = gather(tensors, element);
      RuleText::template step<Number>(parameter[element], gradient[element], state, scalars,
                                      hyperparameters_, options_, context(shared));
      scatter(tensors, element, state);
    }
  }

  std::optional<std::vector<Number>> look_ahead(std::span<const Number> parameter,
                                                const StateTensors<Number>& tensors,
                                                const SharedState<Number>& shared) const override {
    if constexpr (requires(const State& state, const Scalars& scalars) {
                    RuleText::template look_ahead<Number>(parameter[0], state, scalars,
                                                          hyperparameters_, options_);
                  }) {
      if (!RuleText::looks_ahead(options_)) return std::nullopt;
      const Scalars scalars = scalars_of(shared);
      std::vector<Number> points;
      for (std::size_t element = 0; element < parameter.size(); ++element) {
        points.push_back(RuleText::template look_ahead<Number>(
            parameter[element], gather(tensors, element), scalars, hyperparameters_, options_));
      }
      return points;
    } else {
      return std::nullopt;
    }
  }

 private:
  static State gather(const StateTensors<Number>& tensors, std::size_t element) {
    State state;
    for (std::size_t i = 0; i < state.size(); ++i) state[i] = tensors[i][element];
    return state;
  }
  static void scatter(StateTensors<Number>& tensors, std::size_t element, State& state) {
    for (std::size_t i = 0; i < state.size(); ++i) tensors[i][element] = std::move(state[i]);
  }
};

template <class RuleText, class Number>
std::unique_ptr<Update<Number>> bind_elementwise(std::span<const Given<Number>> hyperparameters,
                                                 std::span<const int> choices) {
  return std::make_unique<ElementwiseUpdate<RuleText, Number>>(hyperparameters, choices);
}

template <class RuleText, class Number>
std::unique_ptr<Update<Number>> bind_mutated_elementwise(std::span<const double> hyperparameters,
                                                         std::span<const int> choices,
                                                         const Mutation& mutation) {
  return std::make_unique<MutatedRule<RuleText, Number, Number>>(
      hyperparameters, options_from<typename RuleText::Options>(choices), mutation,
      StateLayout{std::vector<StateShape>(RuleText::state_count, StateShape::parameter)});
}

/// The bindings of an element-wise rule to every number.
template <class RuleText>
UpdateBindings elementwise() {
#define PLUMBLINE_BIND(...) &bind_elementwise<RuleText, __VA_ARGS__>,
#define PLUMBLINE_BIND_MUTATED(...) &bind_mutated_elementwise<RuleText, __VA_ARGS__>,
  return {PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND)
              PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_BIND_MUTATED) nullptr};
#undef PLUMBLINE_BIND_MUTATED
#undef PLUMBLINE_BIND
}

}  // namespace plumbline
