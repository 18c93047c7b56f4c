// The descent lemma and what one step gains, on the catalogue's objectives.
//
//   f(v) <= f(u) + f'(u)(v - u) + L/2 |v - u|^2     for an L-smooth f, convex or not
//   f(u - g/L) <= f(u) - |g|^2/(2L)                 which is it at v = u - g/L
//
// L is what the catalogue knows of each objective, exactly, with its source (`plumbline show
// NAME`). Along a quadratic's steepest eigenvector the lemma is an equality, so that no smaller
// constant will do.
#include <functional>

#include "reference/by_name.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/certified_vector.hpp"

namespace plumbline::claims {
namespace {

const std::vector<std::string>& smooth_objectives() {
  static const std::vector<std::string> names{
      "quadratic", "quadratic_indefinite", "plateau", "huber", "logistic", "least_squares"};
  return names;
}

/// A smooth objective at a point that a descent came to.
struct Visited {
  const ObjectiveOf<Certified>& objective;
  const CertifiedVector& point;
  CertifiedVector gradient;
  Certified squared_gradient;

  CertifiedVector moved(const Certified& length) const {
    return combination(1, point, length, gradient);
  }
  /// f(v) - f(u) - f'(u)(v - u) for v = u + length f'(u).
  Certified past_the_tangent(const Certified& length) const {
    return objective.value(moved(length)) - objective.value(point) - length * squared_gradient;
  }
};

Certified exact(const Ratio& ratio) {
  return Certified::ratio(ratio.numerator, ratio.denominator);
}
Certified smoothness_of(const std::string& name) {
  return exact(objective_named(name).smoothness.value().value);
}

/// Ten points from the objective's start on, each a step of `rate` from the one before.
void visit_descent(const std::string& name, const Certified& rate,
                   const std::function<void(const Visited&)>& visit) {
  const Objective& description = objective_named(name);
  const auto objective = description.bind<Certified>();
  CertifiedVector point(description.start.begin(), description.start.end());
  for (int t = 0; t < 10; ++t) {
    const CertifiedVector gradient = objective->gradient(point);
    const Visited here{*objective, point, gradient, inner_product(gradient, gradient)};
    visit(here);
    point = here.moved(-rate);
  }
}

constexpr double directions[] = {-1.0, -0.125, 0.125, 1.0};

/// What the lemma leaves, f(v) - f(u) - f'(u)(v - u), over L/2 |v - u|^2, from ten points of a
/// descent in four directions: at most `share`.
Finding lemma_holds_with(const Certified& share) {
  Readings readings;
  bool holds = true;
  for (const std::string& name : smooth_objectives()) {
    const Certified smoothness = smoothness_of(name);
    Certified greatest(-1);
    visit_descent(name, Certified(0.25) / smoothness, [&](const Visited& here) {
      for (const double by : directions) {
        const Certified length = Certified(by) / smoothness;
        const Certified distance = square(length) * here.squared_gradient;
        greatest = max(greatest, here.past_the_tangent(length) / (smoothness / 2 * distance));
      }
    });
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
    const Certified smoothness = smoothness_of(name);
    const Certified rate = 1 / smoothness;
    Certified least(1000);
    visit_descent(name, rate, [&](const Visited& here) {
      const Certified gain =
          here.objective.value(here.point) - here.objective.value(here.moved(-rate));
      least = min(least, gain / (here.squared_gradient / (2 * smoothness)));
    });
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
    const Certified alpha = exact(objective_named(name).strong_convexity.value().value);
    const Certified rate = 1 / smoothness_of(name);
    Certified least(1000000);
    visit_descent(name, rate, [&](const Visited& here) {
      for (const double by : directions) {
        const Certified length = Certified(by) * rate;
        const Certified distance = square(length) * here.squared_gradient;
        least = min(least, here.past_the_tangent(length) / (alpha / 2 * distance));
      }
    });
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
