// The cases of gradient clipping: tensors and a threshold.
#pragma once

#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct ClippingCase {
  const Clipping* clipping = nullptr;
  std::string id;
  std::string purpose;
  std::vector<double> hyperparameters;
  std::vector<std::vector<long>> shapes;
  std::vector<std::vector<double>> gradients;  ///< [tensor][element], exact in bfloat16
  bool golden = false;
};

std::vector<ClippingCase> clipping_cases_for(const Clipping& clipping, std::uint64_t seed);

}  // namespace plumbline::conformance
