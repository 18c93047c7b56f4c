// Properties that are no linear equation: bits, bounds, non-finite numbers, objectives.
#pragma once

#include "conformance/properties/property.hpp"

namespace plumbline::conformance {

// determinism.cpp
std::unique_ptr<Property> same_input_same_bits();
std::unique_ptr<Property> save_and_load();

// non_finite.cpp
std::unique_ptr<Property> non_finite_stays_in_place();

// step_bounds.cpp
std::unique_ptr<Property> step_bound();

// descent.cpp
std::unique_ptr<Property> one_step_decrease();
std::unique_ptr<Property> clipped_step();

// long_run.cpp
std::unique_ptr<Property> long_run();
std::unique_ptr<Property> million_steps();

}  // namespace plumbline::conformance
