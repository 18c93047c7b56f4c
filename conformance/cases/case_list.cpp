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

/// True where a rule's result is its own alone only for square matrices of full rank.
bool wants_regular_gradients(const Rule& rule) {
  return std::ranges::find(rule.wants, "regular_gradients") != rule.wants.end();
}

/// A square matrix where the stream fills it with numbers of their own, else a vector.
Shape as_regular_shape(const Shape& shape, StreamKind kind) {
  if (shape.size() < 2) return shape;
  const long size = std::min(shape[0], shape[1]);
  return kind == StreamKind::gaussian ? Shape{size, size} : Shape{size};
}

std::vector<Shape> shapes_for(const Rule& rule, StreamKind kind, std::vector<Shape> shapes) {
  if (shapes.empty()) shapes = {rule.unit == Unit::element ? Shape{3} : Shape{2, 3}};
  if (rule.unit == Unit::matrix) std::ranges::transform(shapes, shapes.begin(), as_matrix_shape);
  if (wants_regular_gradients(rule)) {
    std::ranges::transform(shapes, shapes.begin(),
                           [&](const Shape& shape) { return as_regular_shape(shape, kind); });
  }
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
  const std::vector<Shape> shapes = shapes_for(rule, stream.kind, plan.shapes);
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
