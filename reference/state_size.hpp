// What a rule's state takes, counted from the state itself on a parameter of known shape.
#pragma once

#include <string>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// A parameter of so many rows and columns that sizes tell where they come from.
inline const Shape measured_parameter{1009, 2003};

/// By state tensor, for that parameter and the default hyperparameters.
std::vector<Shape> state_shapes(const Rule& rule, std::span<const int> choices);

/// Of the tensors that the dialect's formula depends on, with hyperparameters that are usual.
std::vector<Shape> kept_shapes(const Rule& rule, const Dialect& dialect);

/// "the parameter's", "rows x rows", "10 of the parameter's", ...
std::string shape_text(const Shape& shape);

/// The numbers that tensors of these shapes hold: "2P", "rows^2 + columns^2", ...; P is the
/// parameter's own.
std::string size_text(const std::vector<Shape>& shapes);

}  // namespace plumbline
