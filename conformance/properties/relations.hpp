// The relations that are properties, one function each; property_list.cpp names them.
#pragma once

#include "conformance/properties/relation.hpp"

namespace plumbline::conformance::relations {

// symmetries.cpp
std::optional<Relation> scale_invariance(const Case& test_case);
std::optional<Relation> translation(const Case& test_case);
std::optional<Relation> permutation(const Case& test_case);
std::optional<Relation> rotation(const Case& test_case);
std::optional<Relation> sign_symmetry(const Case& test_case);
std::optional<Relation> linear_in_rate(const Case& test_case);
std::optional<Relation> rate_change_at_once(const Case& test_case);

// structure.cpp
std::optional<Relation> split_tensor(const Case& test_case);
std::optional<Relation> reshaped(const Case& test_case);
std::optional<Relation> group_of_all(const Case& test_case);
std::optional<Relation> parameters_apart(const Case& test_case);
std::optional<Relation> missing_is_no_step(const Case& test_case);
std::optional<Relation> repeated_rate(const Case& test_case);

// fixed_points.cpp
std::optional<Relation> zero_gradient(const Case& test_case);
std::optional<Relation> pure_decay(const Case& test_case);
std::optional<Relation> zero_rate(const Case& test_case);

// moments.cpp
std::optional<Relation> constant_gradient_step(const Case& test_case);
std::optional<Relation> constant_gradient_moments(const Case& test_case);
std::optional<Relation> impulse_responses(const Case& test_case);
std::optional<Relation> unbiased_batches(const Case& test_case);
/// The first step from the start is -eta g.
std::optional<Relation> first_step_is_gradient_step(const Case& test_case);

}  // namespace plumbline::conformance::relations
