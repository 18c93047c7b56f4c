// An objective whose answers a mutant misreads.
#pragma once

#include <algorithm>

#include "conformance/builtin/mutant.hpp"
#include "conformance/subject/flat_values.hpp"
#include "reference/objective.hpp"

namespace plumbline::conformance {

/// The objective is not owned. Answers are remembered: a stale one is that at the last other
/// point; at the first point it is the right one.
template <class Number>
class FaultyObjective final : public ObjectiveOf<Number> {
 public:
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  FaultyObjective(const ObjectiveOf<Number>& right, const Mutant& mutant)
      : right_(right), slip_(mutant.slip) {}

  Number value(Point point) const override {
    const Number answer = right_.value(point);
    if (slip_ == Slip::value_negated) return -answer;
    return slip_ == Slip::value_stale ? last(last_value_, point, answer) : answer;
  }
  Vector gradient(Point point) const override {
    return misread(point, right_.gradient(point), last_gradient_);
  }
  std::optional<Vector> residuals(Point point) const override {
    auto answer = right_.residuals(point);
    if (answer) answer = misread(point, *answer, last_residuals_);
    return answer;
  }
  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    auto answer = right_.layers(point);
    if (!answer) return answer;
    last_layers_.resize(answer->size());
    for (std::size_t layer = 0; layer < answer->size(); ++layer) {
      auto& gradients = (*answer)[layer].output_gradients.entries;
      gradients = misread(point, gradients, last_layers_[layer]);
    }
    return answer;
  }
  Matrix<Number> hessian(Point point) const override {
    return misread(point, right_.hessian(point), last_hessian_);
  }
  Vector hessian_vector(Point point, Point direction) const override {
    if (slip_ != Slip::matrix_diagonal && slip_ != Slip::matrix_stale) {
      return right_.hessian_vector(point, direction);
    }
    return image_of(hessian(point), direction);
  }
  std::optional<Matrix<Number>> fisher(Point point) const override {
    auto answer = right_.fisher(point);
    if (answer) answer = misread(point, *answer, last_fisher_);
    return answer;
  }
  std::optional<Matrix<Number>> jacobian(Point point) const override {
    auto answer = right_.jacobian(point);
    if (answer && slip_ == Slip::matrix_stale) answer = last(last_jacobian_, point, *answer);
    return answer;
  }

 private:
  template <class Answer>
  struct Memory {
    std::optional<Vector> point = {};
    std::optional<Answer> now = {}, before = {};
  };

  const ObjectiveOf<Number>& right_;
  Slip slip_;
  mutable Memory<Number> last_value_;
  mutable Memory<Vector> last_gradient_, last_residuals_;
  mutable std::vector<Memory<Vector>> last_layers_;
  mutable Memory<Matrix<Number>> last_hessian_, last_fisher_, last_jacobian_;

  template <class Answer>
  static Answer last(Memory<Answer>& memory, Point point, const Answer& answer) {
    const auto same = [](const Number& one, const Number& other) {
      return one.value() == other.value();
    };
    if (!memory.point || !std::ranges::equal(*memory.point, point, same)) {
      memory.before = memory.now;
      memory.now = answer;
      memory.point.emplace(point.begin(), point.end());
    }
    return memory.before.value_or(answer);
  }

  Vector misread(Point point, Vector answer, Memory<Vector>& memory) const {
    if (slip_ == Slip::gradient_stale) return last(memory, point, answer);
    for (Number& element : answer) {
      if (slip_ == Slip::gradient_negated) element = -element;
      if (slip_ == Slip::gradient_doubled) element = element + element;
      if (slip_ == Slip::gradient_absolute) element = abs(element);
      if (slip_ == Slip::gradient_clipped) element = max(Number(-1), min(element, Number(1)));
    }
    if (slip_ == Slip::gradient_accumulated) {
      for (std::size_t i = 0; memory.now && i < answer.size(); ++i) {
        answer[i] = answer[i] + (*memory.now)[i];
      }
      memory.now = answer;
    }
    return answer;
  }

  Matrix<Number> misread(Point point, Matrix<Number> answer, Memory<Matrix<Number>>& memory) const {
    if (slip_ == Slip::matrix_stale) return last(memory, point, answer);
    if (slip_ != Slip::matrix_diagonal) return answer;
    for (std::size_t row = 0; row < answer.rows; ++row) {
      for (std::size_t column = 0; column < answer.columns; ++column) {
        if (row != column) answer.at(row, column) = Number(0);
      }
    }
    return answer;
  }
};

}  // namespace plumbline::conformance
