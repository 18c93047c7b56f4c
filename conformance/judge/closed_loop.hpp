// A rule in a loop with an objective: one that asks it itself, or, on a single parameter, one
// that is given the gradient at its own point. On Rounded numbers every branch that is open is
// followed, up to `most_worlds`.
#pragma once

#include <optional>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/judge/reenactment.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/objective.hpp"

namespace plumbline::conformance {

/// All parameters of a case as one flat parameter; a single one keeps its shape.
CaseParameter flat_point(const Case& test_case);

/// One step on an objective, after advance().
template <class Number>
void step_in_loop(const Update<Number>& update, const ObjectiveOf<Number>& objective,
                  std::vector<Number>& point, std::span<const Number> draws,
                  StateTensors<Number>& state, const SharedState<Number>& before,
                  const SharedState<Number>& shared) {
  if (update.asks_objective()) {
    update.apply_on(&objective, point, draws, state, shared);
    return;
  }
  // The gradient's point is wanted before the step is opened.
  const auto wanted = update.look_ahead(point, state, before);
  const std::vector<Number> gradient = objective.gradient(wanted ? *wanted : point);
  update.apply(point, gradient, state, shared);
}

template <class Format>
class ClosedLoop {
 public:
  using Number = Rounded<Format>;
  static constexpr std::size_t most_worlds = 8;

  /// `format`: how the point is stored between steps; none: as it is computed.
  ClosedLoop(const Case& test_case, std::span<const double> hyperparameters,
             std::span<const int> choices, std::optional<SubjectFormat> format = {})
      : case_(&test_case),
        format_(std::move(format)),
        update_(test_case.rule->bind<Number>(hyperparameters, choices)),
        shared_(update_->start_shared(flat_point(test_case).shape)) {
    const std::vector<double> start = flat_point(test_case).initial;
    World<Format> world{{start.begin(), start.end()}, {}};
    world.state = update_->start_state(world.parameter, shared_);
    worlds_.push_back(std::move(world));
  }

  /// The next step of every world; false, and none left, past too many branches.
  bool step(const ObjectiveOf<Number>& objective) {
    const auto at = static_cast<std::size_t>(shared_.step);
    const bool changes = case_->changes_rate(static_cast<long>(at) + 1);
    if (changes) update_->set_learning_rate(case_->learning_rates[at]);
    std::vector<Number> draws;
    if (at < case_->draws.size()) draws.assign(case_->draws[at].begin(), case_->draws[at].end());
    const SharedState<Number> before = shared_;
    update_->advance(shared_);
    std::vector<World<Format>> next;
    try {
      for (const World<Format>& world : worlds_) {
        choices::for_each_outcome(most_worlds, [&] {
          World<Format> outcome = world;
          step_in_loop<Number>(*update_, objective, outcome.parameter, draws, outcome.state, before,
                               shared_);
          if (format_ && format_->mixed()) {
            for (Number& value : outcome.parameter) value = kept_in(format_->storage, value);
          }
          next.push_back(std::move(outcome));
        });
      }
    } catch (const TooManyOutcomes&) {
      next.clear();
    }
    if (next.size() > most_worlds) next.clear();
    worlds_ = std::move(next);
    return !worlds_.empty();
  }

  const std::vector<World<Format>>& worlds() const { return worlds_; }

 private:
  const Case* case_;
  std::optional<SubjectFormat> format_;
  std::unique_ptr<Update<Number>> update_;
  SharedState<Number> shared_;
  std::vector<World<Format>> worlds_;
};

/// The objective as a subject was told it: at a point that the subject asked for, the very
/// numbers that it got; where it asked at several points that the rule may be at, one of
/// them. At others the objective's own, on intervals.
template <class Format>
class ToldObjective final : public ObjectiveOf<Rounded<Format>> {
 public:
  using Number = Rounded<Format>;
  using typename ObjectiveOf<Number>::Point;
  using typename ObjectiveOf<Number>::Vector;

  ToldObjective(const plumbline::Objective& objective, const std::vector<AskedObjective>& asked)
      : own_(objective.bind<Number>()), asked_(asked) {}

  Number value(Point point) const override {
    const auto told =
        told_row(point, [](const Evaluation& answer) { return std::vector<double>{answer.value}; });
    return told ? told->front() : own_->value(point);
  }
  Vector gradient(Point point) const override {
    const auto told = told_row(point, [](const Evaluation& answer) {
      std::vector<double> gradient;
      for (const auto& tensor : answer.gradients) {
        gradient.insert(gradient.end(), tensor.begin(), tensor.end());
      }
      return gradient;
    });
    return told ? *told : own_->gradient(point);
  }
  Matrix<Number> hessian(Point point) const override {
    const auto told = told_rows(point, "hessian");
    return told ? *told : own_->hessian(point);
  }
  Vector hessian_vector(Point point, Point direction) const override {
    const auto told = told_rows(point, "hessian");
    if (!told) return own_->hessian_vector(point, direction);
    Vector image;
    for (std::size_t row = 0; row < told->rows; ++row) {
      image.push_back(dot<Number>(told->row(row), direction));
    }
    return image;
  }
  std::optional<Matrix<Number>> fisher(Point point) const override {
    const auto told = told_rows(point, "fisher");
    return told ? told : own_->fisher(point);
  }
  std::optional<Vector> residuals(Point point) const override {
    const auto told = told_rows(point, "residuals");
    return told ? told->entries : own_->residuals(point);
  }
  std::optional<Matrix<Number>> jacobian(Point point) const override {
    const auto told = told_rows(point, "jacobian");
    return told ? told : own_->jacobian(point);
  }
  std::optional<Matrix<Number>> term_gradients(Point point) const override {
    return own_->term_gradients(point);
  }
  std::optional<std::vector<Layer<Number>>> layers(Point point) const override {
    auto layers = own_->layers(point);
    if (!layers) return layers;
    const auto inputs = told_rows(point, "layer_inputs");
    const auto gradients = told_rows(point, "layer_output_gradients");
    std::size_t input = 0;
    std::size_t output = 0;
    for (Layer<Number>& layer : *layers) {
      if (inputs) copy_columns(*inputs, input, layer.inputs);
      if (gradients) copy_columns(*gradients, output, layer.output_gradients);
      input += layer.inputs.columns;
      output += layer.output_gradients.columns;
    }
    return layers;
  }

 private:
  std::unique_ptr<ObjectiveOf<Number>> own_;
  const std::vector<AskedObjective>& asked_;

  static bool may_be_at(Point point, const AskedObjective& asked) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (!point[i].contains(asked.point[i])) return false;
    }
    return true;
  }
  static void join(std::optional<Vector>& joined, std::span<const double> told) {
    if (!joined) joined.emplace(told.begin(), told.end());
    for (std::size_t i = 0; i < told.size(); ++i)
      (*joined)[i] = hull((*joined)[i], Number(told[i]));
  }

  /// What was told at the point, in each question that may have been there.
  template <class Select>
  std::optional<Vector> told_row(Point point, const Select& select) const {
    std::optional<Vector> joined;
    for (const AskedObjective& asked : asked_) {
      if (may_be_at(point, asked)) join(joined, select(asked.answer));
    }
    return joined;
  }
  /// What was told there under this name.
  std::optional<Matrix<Number>> told_rows(Point point, const char* name) const {
    std::optional<Vector> joined;
    Matrix<Number> matrix;
    for (const AskedObjective& asked : asked_) {
      const auto found = asked.answer.wanted.find(name);
      if (found == asked.answer.wanted.end() || !may_be_at(point, asked)) continue;
      std::vector<double> entries;
      for (const auto& row : found->second) entries.insert(entries.end(), row.begin(), row.end());
      matrix.rows = found->second.size();
      matrix.columns = matrix.rows == 0 ? 0 : found->second.front().size();
      join(joined, entries);
    }
    if (!joined) return std::nullopt;
    matrix.entries = *std::move(joined);
    return matrix;
  }

  static void copy_columns(const Matrix<Number>& from, std::size_t first, Matrix<Number>& to) {
    for (std::size_t row = 0; row < to.rows; ++row) {
      for (std::size_t column = 0; column < to.columns; ++column) {
        to.at(row, column) = from.at(row, first + column);
      }
    }
  }
};

}  // namespace plumbline::conformance
