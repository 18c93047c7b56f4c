#include "reference/theorems/stepped_rule.hpp"

#include <algorithm>

namespace plumbline::theorems {

SteppedRule::SteppedRule(std::string_view rule, std::string_view dialect,
                         std::vector<NamedNumber> hyperparameters, CertifiedVector start)
    : point_(std::move(start)) {
  const Setting setting{.rule = std::string(rule),
                        .dialect = std::string(dialect),
                        .hyperparameters = std::move(hyperparameters)};
  rule_ = &setting.catalogue_rule();
  update_ = rule_->bind<Certified>(setting.values(), setting.catalogue_dialect().choices);
  shared_ = update_->start_shared({static_cast<long>(point_.size())});
  state_ = update_->start_state(point_, shared_);
}

void SteppedRule::step(const CertifiedVector& gradient) {
  update_->advance(shared_);
  update_->apply(point_, gradient, state_, shared_);
}

const CertifiedVector& SteppedRule::state(std::string_view name) const {
  const auto found = std::ranges::find(rule_->state, name, &StateTensor::name);
  if (found == rule_->state.end()) {
    throw std::invalid_argument("the rule has no state " + std::string(name));
  }
  return state_[static_cast<std::size_t>(found - rule_->state.begin())];
}

}  // namespace plumbline::theorems
