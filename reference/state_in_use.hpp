// Which of a rule's state tensors a parameter has, by its hyperparameters, its choices and its
// own shape.
//
// StateTensor::only_with is one condition of rule.hpp, or "matrix" or "not matrix", for
// parameters of two sizes and more or of fewer, or "tall" or "not tall", for more rows than
// columns or not; or several, joined by " and ", and these by
// " or ".
#pragma once

#include "reference/rule.hpp"

namespace plumbline {

/// Whether a parameter of this shape has the tensor. in_use() without a shape is for a matrix,
/// as formulas are.
bool in_use(const Rule& rule, const StateTensor& tensor, std::span<const double> hyperparameters,
            std::span<const int> choices, const Shape& parameter);

}  // namespace plumbline
