// A rule of the catalogue on its way: from a start, step by step, on any number.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/by_name.hpp"

namespace plumbline {

/// One step on an objective, after advance(). `before`: the shared state before that, of which
/// the gradient's point is.
template <class Number>
void step_on(const Update<Number>& update, const ObjectiveOf<Number>& objective,
             std::vector<Number>& point, std::span<const Number> draws, StateTensors<Number>& state,
             const SharedState<Number>& before, const SharedState<Number>& shared) {
  if (update.asks_objective()) {
    update.apply_on(&objective, point, draws, state, shared);
    return;
  }
  const auto wanted = update.look_ahead(point, state, before);
  const std::vector<Number> gradient = objective.gradient(wanted ? *wanted : point);
  update.apply(point, gradient, state, shared);
}

/// One parameter, a vector.
template <class Number>
class SteppedRule {
 public:
  using Vector = std::vector<Number>;

  /// Throws std::invalid_argument where the catalogue has none of a name.
  SteppedRule(std::string_view rule, std::string_view dialect, const NamedNumbers& hyperparameters,
              Vector start)
      : rule_(&rule_named(rule)), point_(std::move(start)) {
    const Dialect& chosen = dialect_named(*rule_, dialect);
    update_ =
        rule_->bind<Number>(hyperparameter_values(*rule_, chosen, hyperparameters), chosen.choices);
    shared_ = update_->start_shared({static_cast<long>(point_.size())});
    state_ = update_->start_state(point_, shared_);
  }

  /// With a gradient, taken at gradient_point() or wherever else.
  void step(const Vector& gradient) {
    update_->advance(shared_);
    update_->apply(point_, gradient, state_, shared_);
  }
  void step(const ObjectiveOf<Number>& objective) {
    const SharedState<Number> before = shared_;
    update_->advance(shared_);
    step_on<Number>(*update_, objective, point_, {}, state_, before, shared_);
  }

  /// Where the next gradient is wanted.
  Vector gradient_point() const {
    const auto wanted = update_->look_ahead(point_, state_, shared_);
    return wanted ? *wanted : point_;
  }

  void set_learning_rate(double rate) { update_->set_learning_rate(rate); }
  /// Puts the point elsewhere: a projection.
  void move_to(Vector point) { point_ = std::move(point); }

  const Vector& point() const { return point_; }
  const StateTensors<Number>& state() const { return state_; }
  /// A state tensor by its standard name.
  const Vector& state(std::string_view name) const { return state_[state_index(*rule_, name)]; }
  long steps() const { return shared_.step; }

 private:
  const Rule* rule_;
  std::unique_ptr<Update<Number>> update_;
  Vector point_;
  SharedState<Number> shared_;
  StateTensors<Number> state_;
};

}  // namespace plumbline
