// The cases of gradient clipping: tensors and a threshold.
#pragma once

#include <string>
#include <vector>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {

struct ClippingCase {
  const Clipping* clipping = nullptr;
  std::string id = {};
  std::string purpose = {};
  std::vector<double> hyperparameters = {};
  std::vector<Shape> shapes = {};
  std::vector<std::vector<double>> gradients = {};  ///< [tensor][element], exact in bfloat16
  /// The same of the parameters, where the clipping wants them; else empty.
  std::vector<std::vector<double>> parameters = {};
  bool golden = false;
  /// Dialects in which the case has no enclosure, and is not golden.
  std::vector<std::string_view> not_golden_in = {};

  bool is_golden_in(const Dialect& dialect) const;
};

/// What comes of a case on one number.
template <class Number>
struct Clipped {
  std::vector<std::vector<Number>> gradients;
  std::optional<Number> norm;  ///< before
};

/// The tensors of a case as numbers of this kind.
template <class Number>
std::vector<std::vector<Number>> numbers_of(const std::vector<std::vector<double>>& tensors) {
  std::vector<std::vector<Number>> numbers;
  for (const auto& tensor : tensors) numbers.emplace_back(tensor.begin(), tensor.end());
  return numbers;
}

template <class Number>
std::vector<ClippedParameter<Number>> parameters_of(const ClippingCase& test_case) {
  std::vector<ClippedParameter<Number>> parameters;
  for (auto& values : numbers_of<Number>(test_case.parameters)) {
    parameters.push_back({test_case.shapes[parameters.size()], std::move(values)});
  }
  return parameters;
}

/// The case clipped. Hyperparameters are given as they are held.
template <class Number>
Clipped<Number> clipped(const ClippingCase& test_case, std::span<const double> hyperparameters,
                        std::span<const int> choices) {
  Clipped<Number> result{numbers_of<Number>(test_case.gradients), {}};
  const auto parameters = parameters_of<Number>(test_case);
  result.norm =
      test_case.clipping->clip<Number>(hyperparameters, choices, result.gradients,
                                       std::span<const ClippedParameter<Number>>(parameters));
  return result;
}

/// The same with one mistake.
template <class Number>
Clipped<Number> wrongly_clipped(const ClippingCase& test_case,
                                std::span<const double> hyperparameters,
                                std::span<const int> choices, const Mutation& mutation) {
  Clipped<Number> result{numbers_of<Number>(test_case.gradients), {}};
  const auto parameters = parameters_of<Number>(test_case);
  result.norm = test_case.clipping->mutated_clip<Number>(
      hyperparameters, choices, result.gradients,
      std::span<const ClippedParameter<Number>>(parameters), &mutation);
  return result;
}

std::vector<ClippingCase> clipping_cases_for(const Clipping& clipping, std::uint64_t seed);

}  // namespace plumbline::conformance
