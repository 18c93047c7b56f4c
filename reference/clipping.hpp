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
using ClippingBindings = std::tuple<PLUMBLINE_FOR_EACH_NUMBER(PLUMBLINE_CLIP_TYPE) std::nullptr_t>;
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
};

}  // namespace plumbline
