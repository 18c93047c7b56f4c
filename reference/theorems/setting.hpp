// What a theorem about a rule in a loop is held against: an objective with the constants that
// theorems speak of, a rule of the catalogue with its hyperparameters, and the trajectory that
// the rule then takes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/numbers/certified_vector.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline {

using CertifiedObjective = ObjectiveOf<Certified>;

/// An objective and what is known of it exactly.
struct Problem {
  std::string name = {};
  std::vector<double> start = {};
  std::vector<Rational> minimizer = {};  ///< empty: none is known exactly
  std::optional<Rational> minimum = {};
  std::optional<Rational> smoothness = {};        ///< L
  std::optional<Rational> strong_convexity = {};  ///< mu
  bool convex = false;
  std::vector<Rational> spectrum = {};  ///< the eigenvalues, where it is a quadratic
  std::function<std::unique_ptr<CertifiedObjective>()> bind = {};
  const Objective* catalogue = nullptr;  ///< null for a function of a theorem's own
  /// L or mu is said to be what it is not.
  bool false_smoothness = false, false_strong_convexity = false;
};

/// Of the catalogue. Throws std::invalid_argument where it has none of that name.
Problem catalogue_problem(std::string_view name);
/// 1/2 sum lambda_i x_i^2, least at 0.
Problem diagonal_quadratic(std::vector<double> spectrum, std::vector<double> start);
/// Huber's function of one variable, L/2 x^2 where |x| <= knee, else L knee (|x| - knee/2).
Problem huber_line(const Rational& smoothness, const Rational& knee, double start);
/// The same with a knee that no rational number is.
Problem huber_line(const Rational& smoothness, std::function<Certified()> knee, double start);

/// Base of a function of a theorem's own, which needs no more than value and gradient.
class OwnFunction : public CertifiedObjective {
 public:
  Matrix<Certified> hessian(Point point) const override;
  Vector hessian_vector(Point point, Point direction) const override;
};

struct Setting {
  Problem problem = {};
  std::string rule = {};
  std::string dialect = {};           ///< empty: the rule's first
  NamedNumbers hyperparameters = {};  ///< the others have their default
  long steps = 0;

  const Rule& catalogue_rule() const;
  const Dialect& catalogue_dialect() const;
  /// In the rule's order; what the dialect has no place for at its neutral value. Throws
  /// std::invalid_argument where the rule has none of a name.
  std::vector<double> values() const;
  /// One of them, exactly.
  Rational hyperparameter(std::string_view name) const;
};

/// The points theta_0, theta_1, ... and the objective that they are on.
struct Trajectory {
  std::vector<CertifiedVector> points;
  std::shared_ptr<const CertifiedObjective> objective;

  long steps() const { return static_cast<long>(points.size()) - 1; }
  const CertifiedVector& at(long step) const { return points[static_cast<std::size_t>(step)]; }
};

/// The rule's own trajectory, at the precision of now: the gradient is taken where the rule
/// wants it.
Trajectory trajectory_of(const Setting& setting);

/// f(theta_t) - f*, ||theta_t - theta*||^2 and ||grad f(theta_t)||^2. Throw
/// std::invalid_argument where the problem's minimum or minimizer is not known exactly.
Certified gap(const Problem& problem, const Trajectory& trajectory, long step);
Certified squared_distance(const Problem& problem, const Trajectory& trajectory, long step);
Certified squared_gradient(const Trajectory& trajectory, long step);

/// L and mu. Throw std::invalid_argument where there is none.
Rational smoothness(const Setting& setting);
Rational strong_convexity(const Setting& setting);

}  // namespace plumbline
