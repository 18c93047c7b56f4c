#include "conformance/cases/case_list.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

double initial_value(Start start, std::uint64_t seed, std::size_t parameter, std::size_t element) {
  switch (start) {
    case Start::zero:
      return 0;
    case Start::one:
      return 1;
    case Start::gaussian:
      break;
  }
  return stream_value({StreamKind::gaussian, 0, seed + 1000}, 0, parameter, element);
}

/// The shape as a rule of matrices alone can take it: with as many elements.
Shape as_matrix_shape(const Shape& shape) {
  if (shape.size() == 2) return shape;
  if (shape.empty()) return {1, 1};
  const long count = shape.front();
  if (count > 2 && count % 2 == 0) return {count / 2, 2};
  return count % 3 == 0 ? Shape{1, count} : Shape{count, 1};
}

std::vector<Shape> shapes_for(const Rule& rule, std::vector<Shape> shapes) {
  if (shapes.empty()) shapes = {rule.unit == Unit::element ? Shape{3} : Shape{2, 3}};
  if (rule.unit == Unit::matrix) std::ranges::transform(shapes, shapes.begin(), as_matrix_shape);
  return shapes;
}

}  // namespace

Case build_case(const Rule& rule, std::uint64_t seed, const Plan& plan) {
  Stream stream = plan.stream;
  stream.seed = seed;
  Case result;
  result.rule = &rule;
  result.id = std::string(rule.name) + "/" + std::string(name_of(stream.kind)) + "/" + plan.name;
  result.purpose = plan.purpose;
  result.hyperparameters = plan.hyperparameters;
  result.golden = plan.golden;
  const std::vector<Shape> shapes = shapes_for(rule, plan.shapes);
  for (std::size_t index = 0; index < shapes.size(); ++index) {
    CaseParameter parameter{
        .name = "w" + std::to_string(index), .shape = shapes[index], .initial = {}};
    for (std::size_t element = 0; element < element_count(parameter.shape); ++element) {
      parameter.initial.push_back(start_for(rule, initial_value(plan.start, seed, index, element)));
    }
    result.parameters.push_back(parameter);
  }
  for (long step = 1; step <= plan.steps; ++step) {
    std::vector<Gradient> gradients;
    for (std::size_t index = 0; index < result.parameters.size(); ++index) {
      std::vector<double> gradient;
      for (std::size_t element = 0; element < result.parameters[index].initial.size(); ++element) {
        gradient.push_back(stream_value(stream, step, index, element));
      }
      gradients.emplace_back(std::move(gradient));
    }
    result.gradients.push_back(std::move(gradients));
  }
  for (const long step : plan.checkpoints) {
    if (step <= plan.steps) result.checkpoints.push_back(step);
  }
  return result;
}

}  // namespace plumbline::conformance
