// Gradient clipping as the catalogue knows it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// Clips the gradients of several tensors in place and gives back the norm before.
template <class Number>
using ClipGradients = Number (*)(std::span<const Given<Number>> hyperparameters,
                                 std::span<const int> choices,
                                 std::vector<std::vector<Number>>& gradients);

#define PLUMBLINE_CLIP_TYPE(...) ClipGradients<__VA_ARGS__>,
#define PLUMBLINE_MUTATED_TYPE(...) ClipGradients<Mutated<__VA_ARGS__>>,
using ClippingBindings = std::tuple<PLUMBLINE_FOR_EACH_NUMBER(
    PLUMBLINE_CLIP_TYPE) PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_MUTATED_TYPE) std::nullptr_t>;
#undef PLUMBLINE_MUTATED_TYPE
#undef PLUMBLINE_CLIP_TYPE

struct Clipping {
  std::string_view name;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::vector<Hyperparameter> hyperparameters;
  std::vector<Option> options;
  std::vector<Dialect> dialects;
  std::vector<Equivalence> equivalences;
  std::string_view notes;
  ClippingBindings bindings;

  template <class Number>
  Number clip(std::span<const Given<Number>> values, std::span<const int> choices,
              std::vector<std::vector<Number>>& gradients) const {
    return std::get<ClipGradients<Number>>(bindings)(values, choices, gradients);
  }

  /// The same with one mistake in it; null: none.
  template <class Number>
  Number mutated_clip(std::span<const double> values, std::span<const int> choices,
                      std::vector<std::vector<Number>>& gradients, const Mutation* mutation) const {
    MutationScope scope(mutation, Phase::clipping, 0, values);
    std::vector<std::vector<Mutated<Number>>> clipped;
    for (const auto& gradient : gradients) {
      clipped.emplace_back();
      for (const Number& element : gradient) {
        clipped.back().emplace_back(element, input_expression(Input::gradient));
      }
    }
    const Mutated<Number> norm =
        std::get<ClipGradients<Mutated<Number>>>(bindings)(values, choices, clipped);
    scope.output(norm);
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      for (std::size_t element = 0; element < gradients[tensor].size(); ++element) {
        scope.output(clipped[tensor][element]);
        gradients[tensor][element] = clipped[tensor][element].value();
      }
    }
    return norm.value();
  }
};

}  // namespace plumbline
