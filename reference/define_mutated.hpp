// A rule's text compiled on Mutated numbers; included by define_rule.hpp alone.
#pragma once

#include <algorithm>
#include <array>

#include "reference/mutated_update.hpp"

namespace plumbline {

template <class Number>
struct StepContext;  // define_rule.hpp
template <class Value>
class Oracle;  // oracle.hpp
template <class Base>
class MutatedOracle;  // tensors/oracles.hpp

/// The text of a rule by element (Value is Base) or by tensor (Array<Base>).
template <class RuleText, class Base, class Value>
class MutatedRule final : public MutatedUpdate<Base, Value> {
 public:
  using Number = Mutated<Value>;
  using Factor = Scalar<Number>;
  using Hyperparameters = typename RuleText::template Hyperparameters<Number>;
  using State = typename RuleText::template State<Number>;
  using Scalars = typename RuleText::template Scalars<Number>;
  using Options = typename RuleText::Options;

  MutatedRule(std::span<const double> hyperparameters, const Options& options,
              const Mutation& mutation, StateLayout layout)
      : MutatedUpdate<Base, Value>(hyperparameters, mutation, std::move(layout),
                                   RuleText::scalar_count),
        options_(options) {}

  bool asks_objective() const override {
    return requires {
      &RuleText::template step_on<Number>;
    };
  }
  std::size_t draw_count(std::size_t size) const override {
    if constexpr (requires { RuleText::draw_count(size); }) {
      return RuleText::draw_count(size);
    } else {
      return 0;
    }
  }

 protected:
  void run_start(MutationScope& scope, std::span<Number> state,
                 const Number& parameter) const override {
    if constexpr (requires(State & tensors) {
                    RuleText::template start<Number>(tensors, parameter, Hyperparameters{},
                                                     options_);
                  }) {
      State tensors = filled<State>(state);
      scope.watch(std::span<Number>(tensors));
      RuleText::template start<Number>(tensors, parameter, held(), options_);
      scope.write_late(std::span<Number>(tensors));
      scope.watch(std::span<Number>{});
      std::ranges::copy(tensors, state.begin());
    }
  }

  void run_advance(MutationScope& scope, std::span<Factor> scalars, long step) const override {
    if constexpr (requires(Scalars & running) {
                    RuleText::template advance<Number>(running, Hyperparameters{}, options_,
                                                       StepContext<Number>{});
                  }) {
      Scalars running = filled<Scalars>(scalars);
      scope.watch(std::span<Factor>(running));
      RuleText::template advance<Number>(running, held(), options_, context(step));
      scope.write_late(std::span<Factor>(running));
      scope.watch(std::span<Factor>{});
      std::ranges::copy(running, scalars.begin());
    }
  }

  void run_step(MutationScope& scope, Number& parameter, const Number& gradient,
                std::span<Number> state, std::span<const Factor> scalars,
                long step) const override {
    if constexpr (requires(State & tensors) {
                    RuleText::template step<Number>(parameter, gradient, tensors, Scalars{},
                                                    Hyperparameters{}, options_, context(step));
                  }) {
      State tensors = filled<State>(state);
      scope.watch(std::span<Number>(tensors), &parameter);
      RuleText::template step<Number>(parameter, gradient, tensors, filled<Scalars>(scalars),
                                      held(), options_, context(step));
      scope.write_late(std::span<Number>(tensors), &parameter);
      scope.watch(std::span<Number>{});
      std::ranges::copy(tensors, state.begin());
    } else {
      throw std::logic_error("the rule needs its objective");
    }
  }

  void run_step_on(MutationScope& scope, Number& point, const ObjectiveOf<Base>& objective,
                   const Number& draws, std::span<Number> state, std::span<const Factor> scalars,
                   long step) const override {
    if constexpr (requires(State & tensors, const Oracle<Number>& oracle) {
                    RuleText::template step_on<Number>(point, oracle, draws, tensors, Scalars{},
                                                       Hyperparameters{}, options_, context(step));
                  }) {
      const MutatedOracle<Base> oracle(objective);
      State tensors = filled<State>(state);
      scope.watch(std::span<Number>(tensors), &point);
      RuleText::template step_on<Number>(point, oracle, draws, tensors, filled<Scalars>(scalars),
                                         held(), options_, context(step));
      scope.write_late(std::span<Number>(tensors), &point);
      scope.watch(std::span<Number>{});
      std::ranges::copy(tensors, state.begin());
    } else {
      MutatedUpdate<Base, Value>::run_step_on(scope, point, objective, draws, state, scalars, step);
    }
  }

  bool looks_ahead() const override {
    if constexpr (requires { RuleText::looks_ahead(options_); }) {
      return RuleText::looks_ahead(options_);
    } else {
      return false;
    }
  }

  Number run_look_ahead(const Number& parameter, std::span<const Number> state,
                        std::span<const Factor> scalars) const override {
    if constexpr (requires(const State& tensors, const Scalars& running) {
                    RuleText::template look_ahead<Number>(parameter, tensors, running,
                                                          Hyperparameters{}, options_);
                  }) {
      return RuleText::template look_ahead<Number>(parameter, filled<State>(state),
                                                   filled<Scalars>(scalars), held(), options_);
    } else {
      return parameter;
    }
  }

 private:
  Options options_;

  template <class Array>
  static Array filled(auto values) {
    Array array;
    std::ranges::copy(values, array.begin());
    return array;
  }
  Hyperparameters held() const {
    return filled<Hyperparameters>(std::span<const Factor>(this->hyperparameters()));
  }
  StepContext<Number> context(long step) const { return {step, this->initial_learning_rate()}; }
};

}  // namespace plumbline
