#include "conformance/judge/single_values.hpp"

namespace plumbline::conformance {

std::vector<double> held_hyperparameters(const std::vector<double>& hyperparameters,
                                         const Candidate& candidate) {
  std::vector<double> values = hyperparameters;
  if (candidate.held == Held::in_binary32) {
    for (double& value : values) value = Binary32::description.round(value);
  }
  return values;
}

}  // namespace plumbline::conformance
