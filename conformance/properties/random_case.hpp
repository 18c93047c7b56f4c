// Random cases: what properties are tried on.
//
// properties/ states what must hold of an optimizer beyond single numbers, tries it on
// random cases, and shrinks what fails to the smallest case that still does.
#pragma once

#include <rapidcheck/Gen.h>
#include <rapidcheck/Random.h>

#include <nlohmann/json.hpp>

#include "conformance/cases/case.hpp"

namespace plumbline::conformance {

/// What a property needs of its cases.
struct CaseNeeds {
  long least_steps = 1, most_steps = 6;
  std::size_t most_parameters = 3;
  std::size_t least_elements = 0, most_elements = 6;  ///< of each tensor
  std::size_t elements_multiple_of = 1;
  bool optional_hyperparameters = true;  ///< those with a neutral value may be on
  bool nonzero_gradients = false;
  bool missing_gradients = false;
  bool rate_changes = false;
  bool always_changes_rate = false;  ///< where it may: in every case, and not in half of them
  bool groups = false;
  bool matrices = false;     ///< of rules by tensor: two rows, where the elements allow it
  int most_magnitude = 255;  ///< of a value's whole-number part
  int least_exponent = -8, greatest_exponent = 0;  ///< of the gradients' scale
};

/// A random case of the rule that the dialect has a place for. Initial values and
/// gradients are n 2^e with |n| <= most_magnitude, exact in every format. Shrinks to
/// fewer steps, tensors and elements, plainer hyperparameters and smaller numbers.
rc::Gen<Case> random_case(const Rule& rule, const Dialect& dialect, const CaseNeeds& needs);

/// Numbers and a case as text: hyperparameters by name, parameters, gradients, rates; and back.
/// `read_case` throws std::runtime_error naming what is wrong.
nlohmann::ordered_json numbers_object(const std::vector<double>& values);
nlohmann::ordered_json case_object(const Case& test_case);
Case read_case(const Rule& rule, const nlohmann::ordered_json& object);

}  // namespace plumbline::conformance
