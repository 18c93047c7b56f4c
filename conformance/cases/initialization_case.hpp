// The cases of initializations: shapes, hyperparameters and seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct InitializationCase {
  const Initialization* initialization = nullptr;
  std::string id;
  std::string purpose;
  std::vector<double> hyperparameters;  ///< in the initialization's order
  Shape shape;
  std::uint64_t seed = 1;        ///< asked for twice, which must give the same
  std::uint64_t other_seed = 2;  ///< ... and this one, which must not
};

bool applies(const InitializationCase& test_case, const Dialect& dialect);

std::vector<InitializationCase> initialization_cases_for(const Initialization& initialization,
                                                         std::uint64_t seed);

}  // namespace plumbline::conformance
