// Random cases of clipping, and cases as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "conformance/properties/clipping_property.hpp"
#include "conformance/properties/random_number.hpp"
#include "conformance/transport/number_text.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Eight significant bits, not zero; with few elements no square leaves binary16.
double draw_value(std::mt19937_64& random, int exponent) {
  const double magnitude = std::ldexp(static_cast<double>(between(random, 1, 255)), exponent);
  return between(random, 0, 1) == 0 ? magnitude : -magnitude;
}

Shape draw_shape(std::mt19937_64& random) {
  switch (between(random, 0, 4)) {
    case 0:
      return {};
    case 1:
      return {between(random, 2, 3), between(random, 1, 3)};
    case 2:
      return {0};
    default:
      return {between(random, 1, 6)};
  }
}

Tensors draw_tensors(const std::vector<Shape>& shapes, std::mt19937_64& random, int exponent) {
  Tensors tensors;
  for (const Shape& shape : shapes) {
    auto& values = tensors.emplace_back(element_count(shape));
    for (double& value : values) value = draw_value(random, exponent);
  }
  return tensors;
}

/// The first hyperparameter at which every norm is inside (outside) its limit.
double threshold_for(const ClippingCase& test_case, const Dialect& dialect, Whereabouts whereabouts,
                     std::mt19937_64& random) {
  ClippingCase at_one = test_case;
  at_one.hyperparameters[0] = 1;
  double least = 1e300;
  double greatest = 0;
  for (const ClippingPart& part : clipping_parts(at_one, unit_of(*test_case.clipping, dialect))) {
    const Quadruple norm = norm_of(part, test_case.clipping->order, test_case.gradients);
    const auto ratio = static_cast<double>(norm / part.limit);
    least = std::min(least, ratio);
    greatest = std::max(greatest, ratio);
  }
  if (greatest == 0) return 1;
  const auto power_of_two = [](double value) { return std::exp2(std::floor(std::log2(value))); };
  switch (whereabouts) {
    case Whereabouts::inside:
      return 4 * power_of_two(greatest);
    case Whereabouts::outside:
      return power_of_two(least) / static_cast<double>(between(random, 2, 9));
    case Whereabouts::far_outside:
      // Of a threshold: so near PyTorch's 1e-6 that it shows.
      if (!test_case.parameters.empty()) return power_of_two(least) / 8;
      return std::min(power_of_two(least) / 8, std::exp2(-between(random, 11, 15)));
    case Whereabouts::either:
    case Whereabouts::zero:
      break;
  }
  return power_of_two(between(random, 0, 1) == 0 ? least : greatest) *
         static_cast<double>(between(random, 1, 9)) / 4;
}

ordered_json tensors_json(const std::vector<Shape>& shapes, const Tensors& tensors) {
  ordered_json list = ordered_json::array();
  for (std::size_t index = 0; index < tensors.size(); ++index) {
    list.push_back({{"shape", shapes[index]}, {"values", numbers_object(tensors[index])}});
  }
  return list;
}

void read_tensors_into(const json& list, std::vector<Shape>& shapes, Tensors& tensors) {
  for (const json& entry : list) {
    shapes.push_back(entry.at("shape").get<Shape>());
    auto& values = tensors.emplace_back();
    for (const json& value : entry.at("values")) values.push_back(read_number(value));
    if (values.size() != element_count(shapes.back())) {
      throw std::runtime_error("the case's shapes and values do not agree");
    }
  }
}

}  // namespace

ClippingCase random_clipping_case(const Clipping& clipping, const Dialect& dialect,
                                  Whereabouts whereabouts, std::mt19937_64& random) {
  ClippingCase result{.clipping = &clipping, .id = std::string(clipping.name) + "/random"};
  for (long count = between(random, 1, 3); count > 0; --count) {
    result.shapes.push_back(draw_shape(random));
  }
  result.gradients = draw_tensors(result.shapes, random, static_cast<int>(between(random, -7, -3)));
  if (clipping.wants_parameters) {
    result.parameters =
        draw_tensors(result.shapes, random, static_cast<int>(between(random, -7, -3)));
  }
  for (const Hyperparameter& hyperparameter : clipping.hyperparameters) {
    result.hyperparameters.push_back(hyperparameter.default_value);
  }
  result.hyperparameters[0] = threshold_for(result, dialect, whereabouts, random);
  if (whereabouts == Whereabouts::zero) {
    for (auto& gradient : result.gradients) std::ranges::fill(gradient, 0.0);
  }
  return result;
}

std::string clipping_case_text(const ClippingCase& test_case) {
  ordered_json hyperparameters = ordered_json::object();
  for (std::size_t index = 0; index < test_case.hyperparameters.size(); ++index) {
    const Hyperparameter& hyperparameter = test_case.clipping->hyperparameters[index];
    hyperparameters[std::string(hyperparameter.name)] = test_case.hyperparameters[index];
  }
  ordered_json object{{"hyperparameters", std::move(hyperparameters)},
                      {"gradients", tensors_json(test_case.shapes, test_case.gradients)}};
  if (!test_case.parameters.empty()) {
    object["parameters"] = tensors_json(test_case.shapes, test_case.parameters);
  }
  return object.dump();
}

ClippingCase read_clipping_case(const Clipping& clipping, const std::string& text) {
  ClippingCase result{.clipping = &clipping, .id = std::string(clipping.name) + "/input"};
  try {
    const json object = json::parse(text);
    for (const Hyperparameter& hyperparameter : clipping.hyperparameters) {
      result.hyperparameters.push_back(
          read_number(object.at("hyperparameters").at(std::string(hyperparameter.name))));
    }
    read_tensors_into(object.at("gradients"), result.shapes, result.gradients);
    std::vector<Shape> parameter_shapes;
    if (clipping.wants_parameters) {
      read_tensors_into(object.at("parameters"), parameter_shapes, result.parameters);
      if (parameter_shapes != result.shapes) {
        throw std::runtime_error("the case's parameters have other shapes than its gradients");
      }
    }
  } catch (const json::exception& error) {
    throw std::runtime_error(fmt::format("the case: {}", error.what()));
  }
  return result;
}

}  // namespace plumbline::conformance
