// Gradient clipping as the catalogue knows it.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// A parameter whose gradient is clipped, for clippings that compare the two.
template <class Number>
struct ClippedParameter {
  Shape shape;
  std::vector<Number> values;
};

/// Clips the gradients of several tensors in place and gives back the norm before, where
/// there is one of them all.
template <class Number>
using ClipGradients = std::optional<Number> (*)(
    std::span<const Given<Number>> hyperparameters, std::span<const int> choices,
    std::vector<std::vector<Number>>& gradients,
    std::span<const ClippedParameter<Number>> parameters);

/// What has a norm and a limit of its own.
enum class ClippingUnit { all_tensors, tensor, row, column, element };
enum class NormOrder { one, two, infinity };

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
  ClippingUnit unit;  ///< of the first dialect
  NormOrder order;
  bool wants_parameters;  ///< beside the gradients
  ClippingBindings bindings;

  template <class Number>
  std::optional<Number> clip(std::span<const Given<Number>> values, std::span<const int> choices,
                             std::vector<std::vector<Number>>& gradients,
                             std::span<const ClippedParameter<Number>> parameters = {}) const {
    return std::get<ClipGradients<Number>>(bindings)(values, choices, gradients, parameters);
  }

  /// The same with one mistake in it; null: none.
  template <class Number>
  std::optional<Number> mutated_clip(std::span<const double> values, std::span<const int> choices,
                                     std::vector<std::vector<Number>>& gradients,
                                     std::span<const ClippedParameter<Number>> parameters,
                                     const Mutation* mutation) const {
    MutationScope scope(mutation, Phase::clipping, 0, values);
    std::vector<std::vector<Mutated<Number>>> clipped;
    for (const auto& gradient : gradients) clipped.push_back(inputs(gradient, Input::gradient));
    std::vector<ClippedParameter<Mutated<Number>>> known;
    for (const auto& [shape, elements] : parameters) {
      known.push_back({shape, inputs(elements, Input::parameter)});
    }
    const std::optional<Mutated<Number>> norm = std::get<ClipGradients<Mutated<Number>>>(bindings)(
        values, choices, clipped, std::span<const ClippedParameter<Mutated<Number>>>(known));
    if (norm) scope.output(*norm);
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      for (std::size_t element = 0; element < gradients[tensor].size(); ++element) {
        scope.output(clipped[tensor][element]);
        gradients[tensor][element] = clipped[tensor][element].value();
      }
    }
    if (!norm) return std::nullopt;
    return norm->value();
  }

 private:
  template <class Number>
  static std::vector<Mutated<Number>> inputs(const std::vector<Number>& values, Input input) {
    std::vector<Mutated<Number>> result;
    for (const Number& value : values) result.emplace_back(value, input_expression(input));
    return result;
  }
};

}  // namespace plumbline
