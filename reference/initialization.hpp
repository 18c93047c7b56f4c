// Initializations of weights as the catalogue knows them: what each value is drawn from,
// independent of all others, with mean 0.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// Where a tensor of weights has its outputs and inputs.
enum class Layout : int {
  output_first,  ///< [outputs, inputs, window...]
  input_first    ///< [window..., inputs, outputs]
};

/// How many values one output sums over, and how many outputs one input goes into; a
/// convolution's window counts on both sides.
struct Fans {
  long in = 1;
  long out = 1;
};
/// Of a tensor with two sizes at least (else std::invalid_argument).
Fans fans_of(const Shape& shape, Layout layout);

enum class Family { normal, uniform, truncated_normal };
std::string_view name_of(Family family);

/// What values are drawn from.
template <class Number>
struct DrawLaw {
  Family family = Family::normal;
  Number deviation;  ///< of a normal; for a truncated one before it is cut
  Number bound;      ///< |x| is at most this; 0 for a normal, which has none
  Number variance;   ///< of what is drawn
};

template <class Number>
using LawOf = DrawLaw<Number> (*)(std::span<const double> hyperparameters,
                                  std::span<const int> choices, const Shape& shape);

struct Initialization {
  std::string_view name;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::vector<Hyperparameter> hyperparameters;
  std::vector<Option> options;
  std::vector<Dialect> dialects;
  std::vector<Equivalence> equivalences;
  std::string_view notes;
  LawOf<Plain<Binary64>> plain_law;
  LawOf<Certified> certified_law;
};

}  // namespace plumbline
