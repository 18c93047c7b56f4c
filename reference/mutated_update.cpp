#include "reference/mutated_update.hpp"

#include <algorithm>

namespace plumbline {
namespace {

/// How what the rule's text runs on is taken out of tensors and put back.
template <class Base, class Value>
struct Pieces {
  static std::size_t count(std::size_t elements) { return elements; }
  static std::size_t state_size(std::size_t elements, const Shape&) { return elements; }
  static Value take(std::span<const Base> tensor, std::size_t piece, const Shape&) {
    return tensor[piece];
  }
  static void put(const Value& value, std::span<Base> tensor, std::size_t piece) {
    tensor[piece] = value;
  }
};
template <class Base>
struct Pieces<Base, Array<Base>> {
  static std::size_t count(std::size_t elements) { return elements > 0 ? 1 : 0; }
  static std::size_t state_size(std::size_t, const Shape& shape) { return element_count(shape); }
  static Array<Base> take(std::span<const Base> tensor, std::size_t, const Shape& shape) {
    return Array<Base>(shape, {tensor.begin(), tensor.end()});
  }
  static void put(const Array<Base>& value, std::span<Base> tensor, std::size_t) {
    std::ranges::copy(value.elements(), tensor.begin());
  }
};

}  // namespace

template <class Base, class Value>
MutatedUpdate<Base, Value>::MutatedUpdate(std::span<const double> hyperparameters,
                                          const Mutation& mutation, StateLayout layout,
                                          std::size_t scalar_count)
    : initial_learning_rate_(Scalar<Base>(hyperparameters[0]),
                             input_expression(Input::initial_learning_rate)),
      mutation_(mutation),
      layout_(std::move(layout)),
      scalar_count_(scalar_count) {
  for (std::size_t i = 0; i < hyperparameters.size(); ++i) {
    hyperparameters_.emplace_back(Scalar<Base>(hyperparameters[i]),
                                  input_expression(Input::hyperparameter, static_cast<int>(i)));
  }
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::set_learning_rate(double learning_rate) {
  hyperparameters_[0] =
      Factor(Scalar<Base>(learning_rate), input_expression(Input::hyperparameter, 0));
}

// Behind the scalars stand those of the step before, for the one that is late.
template <class Base, class Value>
SharedState<Base> MutatedUpdate<Base, Value>::start_shared(const Shape& shape) const {
  SharedState<Base> shared;
  shared.shape = shape;
  shared.scalars.assign(scalar_count_ * 2, Scalar<Base>(1));
  if (is(Phase::advance, MutationKind::starts_higher)) {
    shared.scalars[static_cast<std::size_t>(mutation_.target)] = Scalar<Base>(2);
  }
  return shared;
}

template <class Base, class Value>
std::vector<typename MutatedUpdate<Base, Value>::Factor> MutatedUpdate<Base, Value>::scalars_of(
    const SharedState<Base>& shared, Phase reader) const {
  std::vector<Factor> scalars;
  for (std::size_t i = 0; i < scalar_count_; ++i) {
    const bool late = reader != Phase::advance && is(Phase::advance, MutationKind::late) &&
                      mutation_.target == static_cast<int>(i);
    scalars.emplace_back(shared.scalars[late ? scalar_count_ + i : i],
                         input_expression(Input::scalar, static_cast<int>(i)));
  }
  return scalars;
}

template <class Base, class Value>
StateTensors<Base> MutatedUpdate<Base, Value>::start_state(std::span<const Base> parameter,
                                                           const SharedState<Base>& shared) const {
  using Parts = Pieces<Base, Value>;
  StateTensors<Base> tensors;
  for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
    tensors.emplace_back(
        Parts::state_size(parameter.size(), layout_.shape(i, shared.shape, shared.layers)));
  }
  for (std::size_t piece = 0; piece < Parts::count(parameter.size()); ++piece) {
    MutationScope scope(&mutation_, Phase::start, 0);
    std::vector<Number> state;
    for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
      const Shape own = layout_.shape(i, shared.shape, shared.layers);
      state.emplace_back(Parts::take(tensors[i], piece, own), input_expression(Input::constant));
    }
    const Number start(Parts::take(parameter, piece, shared.shape),
                       input_expression(Input::parameter));
    run_start(scope, state, start);
    for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
      scope.output(state[i]);
      Value value = state[i].value();
      const bool higher = is(Phase::start, MutationKind::starts_higher) &&
                          static_cast<std::size_t>(mutation_.target) == i;
      if (higher) value = value + Value(1);
      Parts::put(value, tensors[i], piece);
    }
  }
  return tensors;
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::advance(SharedState<Base>& shared) const {
  ++shared.step;
  const auto advanced = [&](const Mutation* mutation) {
    MutationScope scope(mutation, Phase::advance, shared.step);
    std::vector<Factor> scalars = scalars_of(shared, Phase::advance);
    run_advance(scope, scalars, shared.step);
    for (const Factor& scalar : scalars) scope.output(scalar);
    return scalars;
  };
  for (std::size_t i = 0; i < scalar_count_; ++i) {
    shared.scalars[scalar_count_ + i] = shared.scalars[i];
  }
  if (is(Phase::advance, MutationKind::twice)) {
    const auto target = static_cast<std::size_t>(mutation_.target);
    shared.scalars[target] = advanced(nullptr)[target].value();
  }
  const std::vector<Factor> scalars = advanced(&mutation_);
  for (std::size_t i = 0; i < scalar_count_; ++i) shared.scalars[i] = scalars[i].value();
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::step_piece(Value& parameter, const Value& given,
                                            std::span<Value> state, const SharedState<Base>& shared,
                                            const Mutation* mutation,
                                            const ObjectiveOf<Base>* objective) const {
  MutationScope scope(mutation, Phase::step, shared.step);
  std::vector<Number> held;
  for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
    held.emplace_back(state[i], input_expression(Input::state, static_cast<int>(i)));
  }
  Number moved(parameter, input_expression(Input::parameter));
  const Number input(given, input_expression(Input::gradient));
  const std::vector<Factor> scalars = scalars_of(shared, Phase::step);
  if (objective != nullptr) {
    run_step_on(scope, moved, *objective, input, held, scalars, shared.step);
  } else {
    run_step(scope, moved, input, held, scalars, shared.step);
  }
  for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
    scope.output(held[i]);
    state[i] = held[i].value();
  }
  scope.output(moved);
  parameter = moved.value();
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::apply(std::span<Base> parameter, std::span<const Base> gradient,
                                       StateTensors<Base>& tensors,
                                       const SharedState<Base>& shared) const {
  step_all(parameter, gradient, shared.shape, tensors, shared, nullptr);
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::apply_on(const ObjectiveOf<Base>* objective, std::span<Base> point,
                                          std::span<const Base> draws, StateTensors<Base>& tensors,
                                          const SharedState<Base>& shared) const {
  step_all(point, draws, {static_cast<long>(draws.size())}, tensors, shared, objective);
}

template <class Base, class Value>
void MutatedUpdate<Base, Value>::step_all(std::span<Base> parameter, std::span<const Base> given,
                                          const Shape& given_shape, StateTensors<Base>& tensors,
                                          const SharedState<Base>& shared,
                                          const ObjectiveOf<Base>* objective) const {
  using Parts = Pieces<Base, Value>;
  for (std::size_t piece = 0; piece < Parts::count(parameter.size()); ++piece) {
    std::vector<Value> state;
    for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
      state.push_back(
          Parts::take(tensors[i], piece, layout_.shape(i, shared.shape, shared.layers)));
    }
    Value moved = Parts::take(parameter, piece, shared.shape);
    const Value input = Parts::take(given, piece, given_shape);
    if (is(Phase::step, MutationKind::twice)) {
      Value once = moved;
      std::vector<Value> after = state;
      step_piece(once, input, after, shared, nullptr, objective);
      const auto target = static_cast<std::size_t>(mutation_.target);
      if (target < after.size()) {
        state[target] = after[target];
      } else {
        moved = once;
      }
    }
    step_piece(moved, input, state, shared, &mutation_, objective);
    Parts::put(moved, parameter, piece);
    for (std::size_t i = 0; i < state.size(); ++i) Parts::put(state[i], tensors[i], piece);
  }
}

template <class Base, class Value>
std::optional<std::vector<Base>> MutatedUpdate<Base, Value>::look_ahead(
    std::span<const Base> parameter, const StateTensors<Base>& tensors,
    const SharedState<Base>& shared) const {
  using Parts = Pieces<Base, Value>;
  if (!looks_ahead()) return std::nullopt;
  std::vector<Base> points(parameter.size());
  for (std::size_t piece = 0; piece < Parts::count(parameter.size()); ++piece) {
    MutationScope scope(&mutation_, Phase::look_ahead, shared.step);
    std::vector<Number> state;
    for (std::size_t i = 0; i < layout_.kinds.size(); ++i) {
      state.emplace_back(
          Parts::take(tensors[i], piece, layout_.shape(i, shared.shape, shared.layers)),
          input_expression(Input::state, static_cast<int>(i)));
    }
    const Number here(Parts::take(parameter, piece, shared.shape),
                      input_expression(Input::parameter));
    const Number point = run_look_ahead(here, state, scalars_of(shared, Phase::look_ahead));
    scope.output(point);
    Parts::put(point.value(), points, piece);
  }
  return points;
}

#define PLUMBLINE_INSTANTIATE(...)           \
  template class MutatedUpdate<__VA_ARGS__>; \
  template class MutatedUpdate<__VA_ARGS__, Array<__VA_ARGS__>>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

}  // namespace plumbline
