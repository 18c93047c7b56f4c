#include "reference/mutated_update.hpp"

namespace plumbline {

template <class Base>
MutatedUpdate<Base>::MutatedUpdate(std::span<const double> hyperparameters,
                                   const Mutation& mutation, Counts counts)
    : initial_learning_rate_(Scalar<Base>(hyperparameters[0]),
                             input_expression(Input::initial_learning_rate)),
      mutation_(mutation),
      counts_(counts) {
  for (std::size_t i = 0; i < hyperparameters.size(); ++i) {
    hyperparameters_.emplace_back(Scalar<Base>(hyperparameters[i]),
                                  input_expression(Input::hyperparameter, static_cast<int>(i)));
  }
}

template <class Base>
void MutatedUpdate<Base>::set_learning_rate(double learning_rate) {
  hyperparameters_[0] =
      Factor(Scalar<Base>(learning_rate), input_expression(Input::hyperparameter, 0));
}

// Behind the scalars stand those of the step before, for the one that is late.
template <class Base>
SharedState<Base> MutatedUpdate<Base>::start_shared() const {
  SharedState<Base> shared;
  shared.scalars.assign(counts_.scalars * 2, Scalar<Base>(1));
  if (is(Phase::advance, MutationKind::starts_higher)) {
    shared.scalars[static_cast<std::size_t>(mutation_.target)] = Scalar<Base>(2);
  }
  return shared;
}

template <class Base>
std::vector<typename MutatedUpdate<Base>::Factor> MutatedUpdate<Base>::scalars_of(
    const SharedState<Base>& shared, Phase reader) const {
  std::vector<Factor> scalars;
  for (std::size_t i = 0; i < counts_.scalars; ++i) {
    const bool late = reader != Phase::advance && is(Phase::advance, MutationKind::late) &&
                      mutation_.target == static_cast<int>(i);
    scalars.emplace_back(shared.scalars[late ? counts_.scalars + i : i],
                         input_expression(Input::scalar, static_cast<int>(i)));
  }
  return scalars;
}

template <class Base>
StateTensors<Base> MutatedUpdate<Base>::start_state(std::span<const Base> parameter) const {
  StateTensors<Base> tensors(counts_.state, std::vector<Base>(parameter.size()));
  for (std::size_t element = 0; element < parameter.size(); ++element) {
    MutationScope scope(&mutation_, Phase::start, 0);
    std::vector<Number> state;
    for (std::size_t i = 0; i < counts_.state; ++i) {
      state.emplace_back(Base(0), input_expression(Input::constant));
    }
    const Number start(parameter[element], input_expression(Input::parameter));
    run_start(scope, state, start);
    for (std::size_t i = 0; i < counts_.state; ++i) {
      scope.output(state[i]);
      tensors[i][element] = state[i].value();
    }
    if (is(Phase::start, MutationKind::starts_higher)) {
      Base& value = tensors[static_cast<std::size_t>(mutation_.target)][element];
      value = value + Base(1);
    }
  }
  return tensors;
}

template <class Base>
void MutatedUpdate<Base>::advance(SharedState<Base>& shared) const {
  ++shared.step;
  const auto advanced = [&](const Mutation* mutation) {
    MutationScope scope(mutation, Phase::advance, shared.step);
    std::vector<Factor> scalars = scalars_of(shared, Phase::advance);
    run_advance(scope, scalars, shared.step);
    for (const Factor& scalar : scalars) scope.output(scalar);
    return scalars;
  };
  for (std::size_t i = 0; i < counts_.scalars; ++i) {
    shared.scalars[counts_.scalars + i] = shared.scalars[i];
  }
  if (is(Phase::advance, MutationKind::twice)) {
    const auto target = static_cast<std::size_t>(mutation_.target);
    shared.scalars[target] = advanced(nullptr)[target].value();
  }
  const std::vector<Factor> scalars = advanced(&mutation_);
  for (std::size_t i = 0; i < counts_.scalars; ++i) shared.scalars[i] = scalars[i].value();
}

template <class Base>
void MutatedUpdate<Base>::step_element(Base& parameter, const Base& gradient, std::span<Base> state,
                                       const SharedState<Base>& shared,
                                       const Mutation* mutation) const {
  MutationScope scope(mutation, Phase::step, shared.step);
  std::vector<Number> held;
  for (std::size_t i = 0; i < counts_.state; ++i) {
    held.emplace_back(state[i], input_expression(Input::state, static_cast<int>(i)));
  }
  Number moved(parameter, input_expression(Input::parameter));
  const Number given(gradient, input_expression(Input::gradient));
  const std::vector<Factor> scalars = scalars_of(shared, Phase::step);
  run_step(scope, moved, given, held, scalars, shared.step);
  for (std::size_t i = 0; i < counts_.state; ++i) {
    scope.output(held[i]);
    state[i] = held[i].value();
  }
  scope.output(moved);
  parameter = moved.value();
}

template <class Base>
void MutatedUpdate<Base>::apply(std::span<Base> parameter, std::span<const Base> gradient,
                                StateTensors<Base>& tensors,
                                const SharedState<Base>& shared) const {
  for (std::size_t element = 0; element < parameter.size(); ++element) {
    std::vector<Base> state;
    for (std::size_t i = 0; i < counts_.state; ++i) state.push_back(tensors[i][element]);
    if (is(Phase::step, MutationKind::twice)) {
      Base moved = parameter[element];
      std::vector<Base> after = state;
      step_element(moved, gradient[element], after, shared, nullptr);
      const auto target = static_cast<std::size_t>(mutation_.target);
      if (target < counts_.state) {
        state[target] = after[target];
      } else {
        parameter[element] = moved;
      }
    }
    step_element(parameter[element], gradient[element], state, shared, &mutation_);
    for (std::size_t i = 0; i < counts_.state; ++i) tensors[i][element] = state[i];
  }
}

template <class Base>
std::optional<std::vector<Base>> MutatedUpdate<Base>::look_ahead(
    std::span<const Base> parameter, const StateTensors<Base>& tensors,
    const SharedState<Base>& shared) const {
  if (!looks_ahead()) return std::nullopt;
  std::vector<Base> points;
  for (std::size_t element = 0; element < parameter.size(); ++element) {
    MutationScope scope(&mutation_, Phase::look_ahead, shared.step);
    std::vector<Number> state;
    for (std::size_t i = 0; i < counts_.state; ++i) {
      state.emplace_back(tensors[i][element], input_expression(Input::state, static_cast<int>(i)));
    }
    const Number here(parameter[element], input_expression(Input::parameter));
    const Number point = run_look_ahead(here, state, scalars_of(shared, Phase::look_ahead));
    scope.output(point);
    points.push_back(point.value());
  }
  return points;
}

#define PLUMBLINE_INSTANTIATE(...) template class MutatedUpdate<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

}  // namespace plumbline
