// A rule's text compiled on Mutated numbers; included by define_rule.hpp alone.
#pragma once

#include <algorithm>
#include <array>

#include "reference/mutated_update.hpp"

namespace plumbline {

template <class Number>
struct StepContext;  // define_rule.hpp

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
              const Mutation& mutation, std::vector<StateShape> state_shapes)
      : MutatedUpdate<Base, Value>(hyperparameters, mutation, std::move(state_shapes),
                                   RuleText::scalar_count),
        options_(options) {}

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
    State tensors = filled<State>(state);
    scope.watch(std::span<Number>(tensors), &parameter);
    RuleText::template step<Number>(parameter, gradient, tensors, filled<Scalars>(scalars), held(),
                                    options_, context(step));
    scope.write_late(std::span<Number>(tensors), &parameter);
    scope.watch(std::span<Number>{});
    std::ranges::copy(tensors, state.begin());
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
