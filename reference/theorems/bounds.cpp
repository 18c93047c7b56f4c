#include "reference/theorems/bounds.hpp"

namespace plumbline::theorems {
namespace {

/// L x: what Huber's function looks like far from its knee, but for the knee's factor.
class SlopeLine final : public OwnFunction {
 public:
  explicit SlopeLine(const Rational& slope) : slope_(slope.certified()) {}
  Certified value(Point point) const override { return slope_ * point[0]; }
  Vector gradient(Point) const override { return {slope_}; }

 private:
  Certified slope_;
};

}  // namespace

Run end_run(std::string name, Role role, const EndBound& bound,
            const std::function<Problem(long)>& problem, long most) {
  return {.name = std::move(name),
          .role = role,
          .objective = problem(most).name,
          .series = [bound, problem, most] {
            Series series;
            for (long steps = 1; steps <= most; ++steps) {
              const Problem on = problem(steps);
              const CertifiedVector end = bound.end(on, steps);
              series.push_back({.step = steps,
                                .observed = bound.observed(on, end),
                                .bound = bound.bound(on, steps),
                                .point = end});
            }
            return series;
          }};
}

Run end_run(std::string name, Role role, const EndBound& bound, const Problem& problem, long most) {
  return end_run(
      std::move(name), role, bound, [problem](long) { return problem; }, most);
}

void add_catalogue_runs(std::vector<Run>& runs, const EndBound& bound,
                        std::initializer_list<const char*> objectives, long most) {
  for (const char* name : objectives) {
    runs.push_back(end_run(name, Role::within, bound, catalogue_problem(name), most));
  }
}

Certified gap_at(const Problem& problem, const CertifiedVector& point) {
  return gap(problem, {{point}, problem.bind()}, 0);
}
Certified squared_distance_at(const Problem& problem, const CertifiedVector& point) {
  return squared_distance(problem, {{point}, nullptr}, 0);
}
Certified squared_gradient_at(const Problem& problem, const CertifiedVector& point) {
  return squared_norm(gradient_at(problem, point));
}
CertifiedVector gradient_at(const Problem& problem, const CertifiedVector& point) {
  return problem.bind()->gradient(point);
}

CertifiedVector start_of(const Problem& problem) {
  return {problem.start.begin(), problem.start.end()};
}
Certified first_gap(const Problem& problem) {
  return gap_at(problem, start_of(problem));
}
Certified first_squared_distance(const Problem& problem) {
  return squared_distance_at(problem, start_of(problem));
}
Certified smoothness_of(const Problem& problem) {
  return problem.smoothness->certified();
}
Certified strong_convexity_of(const Problem& problem) {
  return problem.strong_convexity->certified();
}

CertifiedVector pushed(const CertifiedVector& x, const CertifiedVector& before,
                       const Certified& factor) {
  return combination(1 + factor, x, -factor, before);
}

CertifiedVector heavy_ball_end(const Problem& problem, long steps,
                               const std::function<HeavyBall(long)>& coefficients) {
  CertifiedVector x = start_of(problem), before = x;
  for (long step = 0; step < steps; ++step) {
    const auto [rate, momentum] = coefficients(step);
    const CertifiedVector next =
        combination(1, pushed(x, before, momentum), -rate, gradient_at(problem, x));
    before = x;
    x = next;
  }
  return x;
}

Problem with_strong_convexity(Problem problem, const Rational& strong_convexity) {
  problem.strong_convexity = strong_convexity;
  return problem;
}
Problem with_smoothness(Problem problem, const Rational& smoothness) {
  problem.smoothness = smoothness;
  return problem;
}

Problem huber_for(const EndBound& bound, const Rational& smoothness, long steps) {
  const auto knee = [bound, smoothness, steps] {
    Problem line{.name = "L x",
                 .start = {1},
                 .smoothness = smoothness,
                 .convex = true,
                 .bind = [smoothness] { return std::make_unique<SlopeLine>(smoothness); }};
    const Certified way = 1 - bound.end(line, steps)[0];
    return 1 / (Certified(2) * way + 1);
  };
  Problem problem = huber_line(smoothness, knee, 1);
  problem.name += ", knee 1/(2K + 1) after a way of K";
  return problem;
}

Certified next_in_sequence(const Certified& term, int factor) {
  return (1 + sqrt(1 + Certified(factor) * square(term))) / Certified(2);
}

}  // namespace plumbline::theorems
