#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

std::vector<std::size_t> CreateRequest::lengths() const {
  std::vector<std::size_t> lengths;
  for (const ParameterRequest& parameter : parameters) lengths.push_back(parameter.values.size());
  return lengths;
}

std::vector<NamedValue> named_values(std::span<const Hyperparameter> description,
                                     std::span<const double> values) {
  std::vector<NamedValue> sent;
  for (std::size_t index = 0; index < description.size(); ++index) {
    const Hyperparameter& hyperparameter = description[index];
    if (hyperparameter.neutral && values[index] == *hyperparameter.neutral) continue;
    sent.push_back({std::string(hyperparameter.name), values[index], hyperparameter.kind});
  }
  return sent;
}

}  // namespace plumbline::conformance
