// The built-in subject's own loop: rules that ask their objective.
#pragma once

#include "conformance/builtin/held_parameter.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// `steps` steps of a rule that asks its objective, from the request's parameters, all in one
/// format; the parameters and the state in use at the end. `mutant` may be null. Throws
/// NoSuchMutant, and SubjectDeclined where the objective has not what the rule wants.
MinimizeAnswer minimize_by(const Rule& rule, std::span<const double> hyperparameters,
                           std::span<const int> choices, const SubjectFormat& format,
                           const CreateRequest& request, long steps, const Objective& objective,
                           const Mutant* mutant);

}  // namespace plumbline::conformance
