// How a clipping's file becomes a catalogue entry. A clipping is a struct with `Options` and
//   template <class Number>
//   static std::optional<Number> clip(hyperparameters, options, gradients, parameters)
// which changes the gradients in place and gives back the norm before, where there is one.
#pragma once

#include "reference/clipping.hpp"
#include "reference/options.hpp"

namespace plumbline {

template <class ClippingText, class Number>
std::optional<Number> clip_gradients(std::span<const Given<Number>> hyperparameters,
                                     std::span<const int> choices,
                                     std::vector<std::vector<Number>>& gradients,
                                     std::span<const ClippedParameter<Number>> parameters) {
  return ClippingText::template clip<Number>(hyperparameters,
                                             options_from<typename ClippingText::Options>(choices),
                                             gradients, parameters);
}

template <class ClippingText>
ClippingBindings clipping_bindings() {
#define PLUMBLINE_BIND(...) &clip_gradients<ClippingText, __VA_ARGS__>,
#define PLUMBLINE_BIND_MUTATED(...) PLUMBLINE_BIND(Mutated<__VA_ARGS__>)
  return {PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_BIND)
              PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_BIND_MUTATED) nullptr};
#undef PLUMBLINE_BIND_MUTATED
#undef PLUMBLINE_BIND
}

}  // namespace plumbline
