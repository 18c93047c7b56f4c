// A rule in a loop with an objective: one that asks it itself, or, on a single parameter, one
// that is given the gradient at its own point. On Rounded numbers every branch that is open is
// followed, up to `most_worlds`.
#pragma once

#include <optional>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/judge/reenactment.hpp"
#include "conformance/subject/flat_values.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::conformance {

/// All parameters of a case as one flat parameter; a single one keeps its shape.
CaseParameter flat_point(const Case& test_case);

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
    shared_.layers = layers_of(parameter_shapes(test_case));
    const std::vector<double> start = flat_point(test_case).initial;
    World<Format> world{{start.begin(), start.end()}, {}};
    world.state = state_at_start_ = update_->start_state(world.parameter, shared_);
    worlds_.push_back(std::move(world));
  }

  /// The next step of every world; false, and none left, past too many branches.
  bool step(const ObjectiveOf<Number>& objective) {
    const auto at = static_cast<std::size_t>(shared_.step);
    const bool changes = case_->changes_rate(static_cast<long>(at) + 1);
    if (changes) update_->set_learning_rate(case_->learning_rates[at]);
    draws_.clear();
    if (at < case_->draws.size()) draws_.assign(case_->draws[at].begin(), case_->draws[at].end());
    before_ = shared_;
    update_->advance(shared_);
    std::vector<World<Format>> next;
    try {
      for (const World<Format>& world : worlds_) {
        for (World<Format>& outcome : outcomes(world, objective)) {
          next.push_back(std::move(outcome));
        }
      }
    } catch (const TooManyOutcomes&) {
      next.clear();
    }
    if (next.size() > most_worlds) next.clear();
    worlds_ = std::move(next);
    return !worlds_.empty();
  }

  /// What the last step makes of a world, which need be none of the loop's. Throws
  /// TooManyOutcomes.
  std::vector<World<Format>> outcomes(const World<Format>& start,
                                      const ObjectiveOf<Number>& objective) const {
    std::vector<World<Format>> ends;
    choices::for_each_outcome(most_worlds, [&] {
      World<Format> end = start;
      step_on<Number>(*update_, objective, end.parameter, draws_, end.state, before_, shared_);
      if (format_ && format_->mixed()) {
        for (Number& value : end.parameter) value = kept_in(format_->storage, value);
      }
      ends.push_back(std::move(end));
    });
    return ends;
  }

  const std::vector<World<Format>>& worlds() const { return worlds_; }
  const StateTensors<Number>& state_at_start() const { return state_at_start_; }

 private:
  const Case* case_;
  std::optional<SubjectFormat> format_;
  std::unique_ptr<Update<Number>> update_;
  SharedState<Number> shared_;
  SharedState<Number> before_;  ///< the last step
  std::vector<Number> draws_;   ///< of the last step
  StateTensors<Number> state_at_start_;
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
  using Rows = std::vector<std::vector<double>>;

  ToldObjective(const plumbline::Objective& objective, const std::vector<AskedObjective>& asked)
      : own_(objective.bind<Number>()), asked_(asked) {}

  Number value(Point point) const override {
    const auto told = told_of(point, [](const Evaluation& answer) { return Rows{{answer.value}}; });
    return told ? told->entries.front() : own_->value(point);
  }
  Vector gradient(Point point) const override {
    const auto told =
        told_of(point, [](const Evaluation& answer) { return Rows{flat(answer.gradients)}; });
    return told ? told->entries : own_->gradient(point);
  }
  Matrix<Number> hessian(Point point) const override {
    const auto told = told_rows(point, "hessian");
    return told ? *told : own_->hessian(point);
  }
  Vector hessian_vector(Point point, Point direction) const override {
    const auto told = told_rows(point, "hessian");
    return told ? image_of(*told, direction) : own_->hessian_vector(point, direction);
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
      if (inputs) layer.inputs = columns_of(*inputs, input, layer.inputs.columns);
      if (gradients) {
        layer.output_gradients = columns_of(*gradients, output, layer.output_gradients.columns);
      }
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

  /// What was told at the point, in all questions that may have been there; `rows_of` gives
  /// it of an answer, or no rows.
  template <class Select>
  std::optional<Matrix<Number>> told_of(Point point, const Select& rows_of) const {
    std::optional<Matrix<Number>> joined;
    for (const AskedObjective& asked : asked_) {
      if (!may_be_at(point, asked)) continue;
      Matrix<Number> told = matrix_of<Number>(rows_of(asked.answer));
      if (told.rows == 0) continue;
      if (!joined) {
        joined = std::move(told);
        continue;
      }
      for (std::size_t i = 0; i < told.entries.size(); ++i) {
        joined->entries[i] = hull(joined->entries[i], told.entries[i]);
      }
    }
    return joined;
  }
  /// What was told there under this name.
  std::optional<Matrix<Number>> told_rows(Point point, const char* name) const {
    return told_of(point, [&](const Evaluation& answer) {
      const auto found = answer.wanted.find(name);
      return found == answer.wanted.end() ? Rows() : found->second;
    });
  }
};

}  // namespace plumbline::conformance
