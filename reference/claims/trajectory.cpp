#include "reference/claims/trajectory.hpp"

#include <stdexcept>

#include "reference/catalogue.hpp"

namespace plumbline::claims {

const Rule& rule_named(std::string_view name) {
  const Rule* rule = find_rule(name);
  if (rule == nullptr) throw std::invalid_argument("no rule " + std::string(name));
  return *rule;
}

const Dialect& dialect_named(const Rule& rule, std::string_view name) {
  if (name.empty()) return rule.dialects.front();
  const Dialect* dialect = find_dialect(rule.dialects, name);
  if (dialect == nullptr) throw std::invalid_argument("no dialect " + std::string(name));
  return *dialect;
}

const Objective& objective_named(std::string_view name) {
  const Objective* objective = find_objective(name);
  if (objective == nullptr) throw std::invalid_argument("no objective " + std::string(name));
  return *objective;
}

std::vector<double> hyperparameters_of(const Rule& rule, const Settings& settings) {
  std::vector<double> values;
  for (const Hyperparameter& description : rule.hyperparameters) {
    values.push_back(description.default_value);
  }
  for (const auto& [name, value] : settings) {
    const auto index = index_of(rule.hyperparameters, name);
    if (!index) throw std::invalid_argument("no hyperparameter " + std::string(name));
    values[*index] = value;
  }
  return values;
}

Trajectory::Trajectory(std::string_view rule, std::string_view dialect, const Settings& settings,
                       std::vector<Certified> start, const ObjectiveOf<Certified>* objective)
    : objective_(objective),
      update_(rule_named(rule).bind<Certified>(hyperparameters_of(rule_named(rule), settings),
                                               dialect_named(rule_named(rule), dialect).choices)),
      point_(std::move(start)),
      shared_(update_->start_shared({static_cast<long>(point_.size())})),
      state_(update_->start_state(point_, shared_)) {}

void Trajectory::step() {
  if (objective_ == nullptr) throw std::logic_error("a step without objective or gradient");
  if (update_->asks_objective()) {
    update_->advance(shared_);
    update_->apply_on(objective_, point_, {}, state_, shared_);
    return;
  }
  step(objective_->gradient(gradient_point()));
}

std::vector<Certified> Trajectory::gradient_point() const {
  // Asked before the step is opened.
  const auto wanted = update_->look_ahead(point_, state_, shared_);
  return wanted ? *wanted : point_;
}

void Trajectory::step(const std::vector<Certified>& gradient) {
  update_->advance(shared_);
  update_->apply(point_, gradient, state_, shared_);
}

}  // namespace plumbline::claims
