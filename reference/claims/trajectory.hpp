// A rule of the catalogue in a loop, every step enclosed.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/objective.hpp"
#include "reference/rule.hpp"

namespace plumbline::claims {

/// Hyperparameters by name; all others have their defaults.
using Settings = std::vector<std::pair<std::string_view, double>>;

/// By name. Each throws std::invalid_argument where there is none.
const Rule& rule_named(std::string_view name);
/// Empty: the first.
const Dialect& dialect_named(const Rule& rule, std::string_view name);
const Objective& objective_named(std::string_view name);
/// In the rule's order.
std::vector<double> hyperparameters_of(const Rule& rule, const Settings& settings);

class Trajectory {
 public:
  /// Without an objective every gradient is given. `objective` outlives it.
  Trajectory(std::string_view rule, std::string_view dialect, const Settings& settings,
             std::vector<Certified> start, const ObjectiveOf<Certified>* objective = nullptr);

  /// One step on the objective, or with a gradient that is given.
  void step();
  void step(const std::vector<Certified>& gradient);

  /// Where the next gradient is wanted.
  std::vector<Certified> gradient_point() const;

  void set_learning_rate(double rate) { update_->set_learning_rate(rate); }

  const std::vector<Certified>& point() const { return point_; }
  const StateTensors<Certified>& state() const { return state_; }
  long steps() const { return shared_.step; }

 private:
  const ObjectiveOf<Certified>* objective_;
  std::unique_ptr<Update<Certified>> update_;
  std::vector<Certified> point_;
  SharedState<Certified> shared_;
  StateTensors<Certified> state_;
};

}  // namespace plumbline::claims
