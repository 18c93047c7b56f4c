// A rule with one mistake in it, as an ordinary Update: from outside nothing shows but
// wrong results.
//
// MutatedUpdate holds what does not depend on the rule, so that a rule's file compiles
// only its own text on Mutated numbers (bind_mutated, define_mutated.hpp). The text runs
// on Value: on Base, element by element, or on Array<Base>, the whole tensor at once.
#pragma once

#include <span>
#include <vector>

#include "reference/numbers/mutated.hpp"
#include "reference/rule.hpp"
#include "reference/tensors/array.hpp"

namespace plumbline {

/// The shapes of a rule's state tensors.
struct StateLayout {
  std::vector<StateShape> kinds;
  long history = 0;  ///< rows that are kept
  Shape shape(std::size_t tensor, const Shape& parameter) const {
    return state_shape(kinds[tensor], parameter, history);
  }
  /// A square for each of the layers, one after the other, where there are any.
  Shape shape(std::size_t tensor, const Shape& parameter, const std::vector<Shape>& layers) const {
    const bool by_layer = !layers.empty() && (kinds[tensor] == StateShape::row_square ||
                                              kinds[tensor] == StateShape::column_square);
    if (!by_layer) return shape(tensor, parameter);
    std::size_t count = 0;
    for (const Shape& layer : layers) count += element_count(state_shape(kinds[tensor], layer));
    return {static_cast<long>(count)};
  }
};

template <class Base, class Value = Base>
class MutatedUpdate : public Update<Base> {
 public:
  using Number = Mutated<Value>;
  using Factor = Scalar<Number>;

  bool by_element() const override { return !is_array<Value>; }
  std::vector<Shape> state_shapes(const Shape& parameter) const override {
    std::vector<Shape> shapes;
    for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
      shapes.push_back(layout_.shape(i, parameter));
    }
    return shapes;
  }
  SharedState<Base> start_shared(const Shape& shape) const override;
  StateTensors<Base> start_state(std::span<const Base> parameter,
                                 const SharedState<Base>& shared) const override;
  void advance(SharedState<Base>& shared) const override;
  void apply(std::span<Base> parameter, std::span<const Base> gradient, StateTensors<Base>& state,
             const SharedState<Base>& shared) const override;
  std::optional<std::vector<Base>> look_ahead(std::span<const Base> parameter,
                                              const StateTensors<Base>& state,
                                              const SharedState<Base>& shared) const override;
  void set_learning_rate(double learning_rate) override;
  void apply_on(const ObjectiveOf<Base>* objective, std::span<Base> point,
                std::span<const Base> draws, StateTensors<Base>& state,
                const SharedState<Base>& shared) const override;

 protected:
  /// `scalar_count`: the shared scalars of the rule.
  MutatedUpdate(std::span<const double> hyperparameters, const Mutation& mutation,
                StateLayout layout, std::size_t scalar_count);

  const std::vector<Factor>& hyperparameters() const { return hyperparameters_; }
  const Factor& initial_learning_rate() const { return initial_learning_rate_; }

  // The phases, run by the rule's text. Each writes to what it is given by plain
  // assignment, inside the scope.
  virtual void run_start(MutationScope& scope, std::span<Number> state,
                         const Number& parameter) const = 0;
  virtual void run_advance(MutationScope& scope, std::span<Factor> scalars, long step) const = 0;
  virtual void run_step(MutationScope& scope, Number& parameter, const Number& gradient,
                        std::span<Number> state, std::span<const Factor> scalars,
                        long step) const = 0;
  /// The step of a rule that asks its objective; `objective` is of the thread's scope.
  virtual void run_step_on(MutationScope&, Number&, const ObjectiveOf<Base>&, const Number&,
                           std::span<Number>, std::span<const Factor>, long) const {
    throw std::logic_error("the rule asks nothing of its objective");
  }
  virtual bool looks_ahead() const = 0;
  virtual Number run_look_ahead(const Number& parameter, std::span<const Number> state,
                                std::span<const Factor> scalars) const = 0;

 private:
  std::vector<Factor> hyperparameters_;
  Factor initial_learning_rate_;
  Mutation mutation_;
  StateLayout layout_;
  std::size_t scalar_count_;

  bool is(Phase phase, MutationKind kind) const {
    return mutation_.phase == phase && mutation_.kind == kind;
  }
  std::vector<Factor> scalars_of(const SharedState<Base>& shared, Phase reader) const;
  /// `given` is the gradient, or the draws of a rule that asks its objective.
  void step_piece(Value& parameter, const Value& given, std::span<Value> state,
                  const SharedState<Base>& shared, const Mutation* mutation,
                  const ObjectiveOf<Base>* objective = nullptr) const;
  void step_all(std::span<Base> parameter, std::span<const Base> given, const Shape& given_shape,
                StateTensors<Base>& state, const SharedState<Base>& shared,
                const ObjectiveOf<Base>* objective) const;
};

#define PLUMBLINE_EXTERN(...)                       \
  extern template class MutatedUpdate<__VA_ARGS__>; \
  extern template class MutatedUpdate<__VA_ARGS__, Array<__VA_ARGS__>>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_EXTERN)
#undef PLUMBLINE_EXTERN

}  // namespace plumbline
