#include "reference/theorems/setting.hpp"

#include <algorithm>

namespace plumbline {
namespace {

Rational exact(const Ratio& ratio) {
  return {ratio.numerator, ratio.denominator};
}

/// Convex where no eigenvalue is below 0, as a bound of 0 on them says too; or by its formula, a
/// sum of convex losses of a linear map.
bool is_convex(const Objective& objective) {
  if (objective.strong_convexity) return objective.strong_convexity->value.numerator >= 0;
  if (!objective.spectrum.empty()) {
    return std::ranges::all_of(objective.spectrum, [](double value) { return value >= 0; });
  }
  constexpr std::string_view convex_losses[] = {"huber", "logistic", "softmax"};
  return std::ranges::find(convex_losses, objective.name) != std::end(convex_losses);
}

class DiagonalQuadratic final : public OwnFunction {
 public:
  explicit DiagonalQuadratic(const std::vector<double>& spectrum)
      : spectrum_(spectrum.begin(), spectrum.end()) {}
  Certified value(Point point) const override {
    Certified total;
    for (std::size_t i = 0; i < point.size(); ++i) total = total + spectrum_[i] * square(point[i]);
    return total / Certified(2);
  }
  Vector gradient(Point point) const override {
    Vector slopes;
    for (std::size_t i = 0; i < point.size(); ++i) slopes.push_back(spectrum_[i] * point[i]);
    return slopes;
  }

 private:
  CertifiedVector spectrum_;
};

class HuberLine final : public OwnFunction {
 public:
  HuberLine(const Rational& smoothness, Certified knee)
      : smoothness_(smoothness.certified()), knee_(std::move(knee)) {}
  Certified value(Point point) const override {
    const Certified size = abs(point[0]);
    const Certified inner = min(size, knee_);
    return smoothness_ * inner * (size - inner / Certified(2));
  }
  Vector gradient(Point point) const override {
    return {smoothness_ * max(-knee_, min(point[0], knee_))};
  }

 private:
  Certified smoothness_, knee_;
};

}  // namespace

Problem catalogue_problem(std::string_view name) {
  const Objective* objective = &objective_named(name);
  Problem problem{.name = std::string(name),
                  .start = objective->start,
                  .convex = is_convex(*objective),
                  .bind = [objective] { return objective->bind<Certified>(); },
                  .catalogue = objective};
  if (!objective->minimizers.empty()) {
    for (const Ratio& coordinate : objective->minimizers.front().exact) {
      problem.minimizer.push_back(exact(coordinate));
    }
  }
  if (objective->minimum) problem.minimum = exact(*objective->minimum);
  if (objective->smoothness) problem.smoothness = exact(objective->smoothness->value);
  if (objective->strong_convexity) {
    problem.strong_convexity = exact(objective->strong_convexity->value);
  }
  for (const double value : objective->spectrum) problem.spectrum.push_back(Rational::of(value));
  return problem;
}

Problem diagonal_quadratic(std::vector<double> spectrum, std::vector<double> start) {
  Problem problem{.name = "1/2 x'Dx",
                  .start = std::move(start),
                  .minimizer = std::vector<Rational>(spectrum.size()),
                  .minimum = Rational(0),
                  .convex = true};
  for (const double value : spectrum) problem.spectrum.push_back(Rational::of(value));
  problem.smoothness = *std::max_element(problem.spectrum.begin(), problem.spectrum.end());
  problem.strong_convexity = *std::min_element(problem.spectrum.begin(), problem.spectrum.end());
  std::string entries;
  for (const Rational& value : problem.spectrum) {
    entries += (entries.empty() ? "" : ", ") + value.text();
  }
  problem.name += ", D = diag(" + entries + ")";
  problem.bind = [spectrum = std::move(spectrum)] {
    return std::make_unique<DiagonalQuadratic>(spectrum);
  };
  return problem;
}

Problem huber_line(const Rational& smoothness, const Rational& knee, double start) {
  Problem problem = huber_line(
      smoothness, [knee] { return knee.certified(); }, start);
  problem.name += ", knee " + knee.text();
  return problem;
}

Problem huber_line(const Rational& smoothness, std::function<Certified()> knee, double start) {
  return {.name = "Huber's function, L = " + smoothness.text(),
          .start = {start},
          .minimizer = {Rational(0)},
          .minimum = Rational(0),
          .smoothness = smoothness,
          .convex = true,
          .bind = [smoothness, knee = std::move(knee)] {
            return std::make_unique<HuberLine>(smoothness, knee());
          }};
}

Matrix<Certified> OwnFunction::hessian(Point) const {
  throw std::logic_error("a theorem's own function has no Hessian");
}
CertifiedVector OwnFunction::hessian_vector(Point, Point) const {
  throw std::logic_error("a theorem's own function has no Hessian");
}

const Rule& Setting::catalogue_rule() const {
  return rule_named(rule);
}

const Dialect& Setting::catalogue_dialect() const {
  return dialect_named(catalogue_rule(), dialect);
}

std::vector<double> Setting::values() const {
  return hyperparameter_values(catalogue_rule(), catalogue_dialect(), hyperparameters);
}

Rational Setting::hyperparameter(std::string_view name) const {
  const auto index = index_of(catalogue_rule().hyperparameters, name);
  if (!index) {
    throw std::invalid_argument("the rule " + rule + " has no " + std::string(name));
  }
  return Rational::of(values()[*index]);
}

Trajectory trajectory_of(const Setting& setting) {
  const auto& start = setting.problem.start;
  SteppedRule<Certified> stepped(setting.rule, setting.dialect, setting.hyperparameters,
                                 {start.begin(), start.end()});
  Trajectory trajectory{{stepped.point()}, setting.problem.bind()};
  while (stepped.steps() < setting.steps) {
    stepped.step(*trajectory.objective);
    trajectory.points.push_back(stepped.point());
  }
  return trajectory;
}

Certified gap(const Problem& problem, const Trajectory& trajectory, long step) {
  if (!problem.minimum) {
    throw std::invalid_argument("the minimum of " + problem.name + " is not known exactly");
  }
  return trajectory.objective->value(trajectory.at(step)) - problem.minimum->certified();
}

Certified squared_distance(const Problem& problem, const Trajectory& trajectory, long step) {
  if (problem.minimizer.empty()) {
    throw std::invalid_argument("the minimizer of " + problem.name + " is not known exactly");
  }
  return squared_norm(difference(trajectory.at(step), certified(problem.minimizer)));
}

Certified squared_gradient(const Trajectory& trajectory, long step) {
  return squared_norm(trajectory.objective->gradient(trajectory.at(step)));
}

Rational smoothness(const Setting& setting) {
  if (!setting.problem.smoothness) {
    throw std::invalid_argument(setting.problem.name + " has no known smoothness L");
  }
  return *setting.problem.smoothness;
}

Rational strong_convexity(const Setting& setting) {
  if (!setting.problem.strong_convexity) {
    throw std::invalid_argument(setting.problem.name + " has no known strong convexity mu");
  }
  return *setting.problem.strong_convexity;
}

}  // namespace plumbline
