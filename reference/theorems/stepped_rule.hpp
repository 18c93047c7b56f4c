// A rule of the catalogue that is fed gradients, on Certified numbers.
#pragma once

#include <memory>

#include "reference/rule.hpp"
#include "reference/theorems/setting.hpp"

namespace plumbline::theorems {

class SteppedRule {
 public:
  /// Throws std::invalid_argument where the catalogue has none of a name. What is not given
  /// has its default.
  SteppedRule(std::string_view rule, std::string_view dialect,
              std::vector<NamedNumber> hyperparameters, CertifiedVector start);

  /// One step on the gradient, taken at the point or wherever else.
  void step(const CertifiedVector& gradient);
  void set_learning_rate(double rate) { update_->set_learning_rate(rate); }
  /// Puts the point elsewhere: a projection.
  void move_to(CertifiedVector point) { point_ = std::move(point); }

  const CertifiedVector& point() const { return point_; }
  /// A state tensor by its standard name.
  const CertifiedVector& state(std::string_view name) const;

 private:
  const Rule* rule_;
  std::unique_ptr<Update<Certified>> update_;
  CertifiedVector point_;
  SharedState<Certified> shared_;
  StateTensors<Certified> state_;
};

}  // namespace plumbline::theorems
