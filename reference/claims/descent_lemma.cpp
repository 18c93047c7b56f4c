// The descent lemma and what one step gains, on the catalogue's objectives.
//
//   f(v) <= f(u) + f'(u)(v - u) + L/2 |v - u|^2     for an L-smooth f, convex or not
//   f(u - g/L) <= f(u) - |g|^2/(2L)                 which is it at v = u - g/L
//
// L is what the catalogue knows of each objective, exactly, with its source (`plumbline show
// NAME`). Along a quadratic's steepest eigenvector the lemma is an equality, so that no smaller
// constant will do.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

using Point = std::vector<Certified>;

Certified product(const Point& left, const Point& right) {
  Certified sum;
  for (std::size_t i = 0; i < left.size(); ++i) sum = sum + left[i] * right[i];
  return sum;
}
Point moved(const Point& from, const Point& along, const Certified& by) {
  Point to = from;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = to[i] + by * along[i];
  return to;
}

const std::vector<std::string>& smooth_objectives() {
  static const std::vector<std::string> names{
      "quadratic", "quadratic_indefinite", "plateau", "huber", "logistic", "least_squares"};
  return names;
}

/// What the lemma leaves, f(v) - f(u) - f'(u)(v - u), over L/2 |v - u|^2, from ten points of a
/// descent in four directions: at most `share`.
Finding lemma_holds_with(const Certified& share) {
  Readings readings;
  bool holds = true;
  for (const std::string& name : smooth_objectives()) {
    const Objective& description = objective_named(name);
    const auto objective = description.bind<Certified>();
    const Ratio smoothness = description.smoothness.value().value;
    const Certified constant = Certified::ratio(smoothness.numerator, smoothness.denominator);
    Point point(description.start.begin(), description.start.end());
    Certified greatest(-1);
    for (int t = 0; t < 10; ++t) {
      const Point gradient = objective->gradient(point);
      for (const double by : {-1.0, -0.125, 0.125, 1.0}) {
        const Point there = moved(point, gradient, Certified(by) / constant);
        const Certified left = objective->value(there) - objective->value(point) -
                               Certified(by) / constant * product(gradient, gradient);
        const Certified distance = square(Certified(by) / constant) * product(gradient, gradient);
        greatest = max(greatest, left / (constant / 2 * distance));
      }
      point = moved(point, gradient, Certified(-0.25) / constant);
    }
    holds = holds && !less(share, greatest);
    readings.add(figure("greatest part of L/2 |v - u|^2 used, " + name, greatest, 8));
  }
  readings.add("six objectives, convex and not, 40 pairs of points each", holds);
  return readings.finding();
}

/// One step at 1/L lowers f by share |g|^2/(2L) at least, from ten points of a descent.
Finding step_gains(const Certified& share) {
  Readings readings;
  bool gains = true;
  for (const std::string& name : smooth_objectives()) {
    const Objective& description = objective_named(name);
    const auto objective = description.bind<Certified>();
    const Ratio smoothness = description.smoothness.value().value;
    const Certified constant = Certified::ratio(smoothness.numerator, smoothness.denominator);
    Point point(description.start.begin(), description.start.end());
    Certified least(1000);
    for (int t = 0; t < 10; ++t) {
      const Point gradient = objective->gradient(point);
      const Point next = moved(point, gradient, -1 / constant);
      const Certified gain = objective->value(point) - objective->value(next);
      least = min(least, gain / (product(gradient, gradient) / (2 * constant)));
      point = next;
    }
    gains = gains && !less(least, share);
    readings.add(figure("least gain of a step at 1/L over |g|^2/(2L), " + name, least, 8));
  }
  readings.add("ten steps on six objectives, convex and not", gains);
  return readings.finding();
}

/// Strong convexity: f(v) - f(u) - f'(u)(v - u) >= share alpha/2 |v - u|^2 where the Hessian is at
/// least alpha, which the catalogue knows; from ten points of a descent in four directions.
Finding strongly_convex_with(const Certified& share) {
  Readings readings;
  bool holds = true;
  for (const std::string name : {"quadratic", "quadratic_ill_conditioned", "logistic_l2"}) {
    const Objective& description = objective_named(name);
    const auto objective = description.bind<Certified>();
    const Ratio convexity = description.strong_convexity.value().value;
    const Ratio smoothness = description.smoothness.value().value;
    const Certified alpha = Certified::ratio(convexity.numerator, convexity.denominator);
    const Certified rate = Certified::ratio(smoothness.denominator, smoothness.numerator);
    Point point(description.start.begin(), description.start.end());
    Certified least(1000000);
    for (int t = 0; t < 10; ++t) {
      const Point gradient = objective->gradient(point);
      for (const double by : {-1.0, -0.125, 0.125, 1.0}) {
        const Certified length = Certified(by) * rate;
        const Point there = moved(point, gradient, length);
        const Certified left = objective->value(there) - objective->value(point) -
                               length * product(gradient, gradient);
        least = min(least, left / (alpha / 2 * square(length) * product(gradient, gradient)));
      }
      point = moved(point, gradient, -rate);
    }
    holds = holds && !less(least, share);
    readings.add(figure("least curvature met over alpha, " + name, least, 8));
  }
  readings.add("three objectives, 40 pairs of points each", holds);
  return readings.finding();
}

}  // namespace

std::vector<Claim> descent_lemma() {
  std::vector<Claim> claims;
  for (const auto& [document, line] : {Place{lecture_notes, 31}, Place{textbook, 25}}) {
    claims.push_back({.id = claim_id(document, "descent-lemma"),
                      .document = document,
                      .line = line,
                      .sentence = "L-smooth: f(v) <= f(u) + f'(u)(v - u) + L/2 |v - u|^2",
                      .computed = "both sides at pairs of points of the catalogue's objectives, L "
                                  "known exactly",
                      .compute = [] { return lemma_holds_with(1 + Certified(0x1p-100)); },
                      .planted = "with L/4 for L/2",
                      .compute_planted = [] { return lemma_holds_with(Certified(0.5)); }});
  }
  claims.push_back({.id = "002-strong-convexity",
                    .document = textbook,
                    .line = 51,
                    .sentence = "a Hessian of at least alpha I is strong convexity with alpha",
                    .computed = "both sides of its inequality at pairs of points of the "
                                "catalogue's objectives, alpha known exactly",
                    .compute = [] { return strongly_convex_with(1 - Certified(0x1p-100)); },
                    .planted = "with 10 alpha",
                    .compute_planted = [] { return strongly_convex_with(10); }});
  claims.push_back({.id = "002-one-step-decrease",
                    .document = textbook,
                    .line = 33,
                    .sentence = "a step at 1/beta lowers the loss by ||g||^2/(2 beta) at least",
                    .computed = "ten steps on each of the catalogue's smooth objectives",
                    .compute = [] { return step_gains(1 - Certified(0x1p-100)); },
                    .planted = "by ||g||^2/beta at least",
                    .compute_planted = [] { return step_gains(2); }});
  return claims;
}

}  // namespace plumbline::claims
