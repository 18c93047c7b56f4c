// Gradient descent among its relatives: the flow that it discretizes, mirror descent, and the
// natural gradient.
//
// The natural gradient's direction F^-1 grad is a vector field that does not depend on the
// parameters that it is written in; a step along it does, since a straight line in one parameter is
// none in another. So updates agree to first order in eta and differ in the second. For a coin of
// probability p = 1/(1 + e^-theta) and data of mean m the gradient and the Fisher information are
//   in p:      (p - m)/(p (1 - p)) and 1/(p (1 - p)),  so that  p <- p - eta (p - m)
//   in theta:  p - m and p (1 - p),                    so that  theta <- theta - eta (p - m)/(p (1
//   - p))
// and plain gradient descent in the two differs at once.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/certified_vector.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

bool same(const std::vector<Certified>& left, const std::vector<Certified>& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (Certified::disjoint(left[i], right[i])) return false;
    if (!less(abs(left[i] - right[i]), Certified(0x1p-150))) {
      throw NotEnoughPrecision("two points are not told apart");
    }
  }
  return true;
}

/// Twelve steps of each on the catalogue's quadratic.
Finding same_as_descent(std::string_view rule, std::string_view dialect) {
  const Objective& description = objective_named("quadratic");
  const auto objective = description.bind<Certified>();
  // Entropic mirror descent is for positive points.
  const std::vector<Certified> start{2, 1, 0.5, 1.5};
  SteppedRule<Certified> first("gradient_descent", "", {{"learning_rate", 0x1p-5}}, start);
  SteppedRule<Certified> second(rule, dialect, {{"learning_rate", 0x1p-5}}, start);
  bool all = true;
  for (int t = 0; t < 12; ++t) {
    first.step(*objective);
    second.step(*objective);
    all = all && same(first.point(), second.point());
  }
  Readings readings;
  readings.add("twelve steps on a quadratic of four variables", all);
  readings.add(figure("first coordinate, gradient descent", first.point()[0], 20));
  readings.add(figure("first coordinate, " + std::string(rule) + "/" + std::string(dialect),
                      second.point()[0], 20));
  return readings.finding();
}

/// Distance of gradient descent from the flow at time 1, for eta and eta/2: it falls by this.
Finding euler_error_falls_by(long factor) {
  const Objective& description = objective_named("quadratic");
  const auto objective = description.bind<Certified>();
  const std::vector<Certified> start(description.start.begin(), description.start.end());
  SteppedRule<Certified> flow("gradient_flow", "exact", {{"learning_rate", 1}}, start);
  flow.step(*objective);
  std::vector<Certified> distances;
  for (const long steps : {256L, 512L}) {
    SteppedRule<Certified> descent("gradient_descent", "",
                                   {{"learning_rate", 1.0 / static_cast<double>(steps)}}, start);
    for (long t = 0; t < steps; ++t) descent.step(*objective);
    distances.push_back(sqrt(squared_norm(difference(descent.point(), flow.point()))));
  }
  const Certified ratio = distances[0] / distances[1];
  Readings readings;
  readings.add("Euler's method on a quadratic, to a twentieth",
               less(abs(ratio - whole(factor)), Certified::ratio(1, 20) * whole(factor)));
  readings.add(figure("distance from the flow at time 1, eta = 1/256", distances[0]));
  readings.add(figure("distance from the flow at time 1, eta = 1/512", distances[1]));
  readings.add(figure("quotient", ratio));
  return readings.finding();
}

struct Moved {
  Certified in_probability, in_logit;
  Certified apart() const { return abs(in_probability - in_logit); }
};

/// One step from p = 1/2 for data of mean 4/5, in both parameters; the result as p.
Moved step_of(const Certified& eta, bool natural) {
  const Certified p = 0.5, m = Certified::ratio(4, 5);
  const Certified information = 1 / (p * (1 - p));
  const Certified in_p = (p - m) * information;
  const Certified in_theta = p - m;
  const Certified step_p = natural ? in_p / information : in_p;
  const Certified step_theta = natural ? in_theta * information : in_theta;
  const Certified theta = 0 - eta * step_theta;  // p = 1/2 is theta = 0
  return {p - eta * step_p, 1 / (1 + exp(-theta))};
}

/// The two results of one step are the same to first order: their distance over eta goes to zero
/// with eta. And for a step of finite length.
Finding invariant(bool natural, bool finite) {
  Readings readings;
  const Certified small = step_of(Certified(0x1p-10), natural).apart();
  const Certified smaller = step_of(Certified(0x1p-11), natural).apart();
  readings.add("to first order in eta", less(smaller / Certified(0x1p-11), Certified(0x1p-11)));
  readings.add(
      figure("distance of the two results over eta, eta = 2^-10", small / Certified(0x1p-10), 8));
  readings.add(
      figure("distance of the two results over eta, eta = 2^-11", smaller / Certified(0x1p-11), 8));
  if (finite) {
    const Moved moved = step_of(Certified(0.5), natural);
    readings.add("for a step of eta = 1/2", !less(Certified(0x1p-100), moved.apart()));
    readings.add(figure("probability after eta = 1/2, in p", moved.in_probability));
    readings.add(figure("probability after eta = 1/2, in theta", moved.in_logit));
    readings.counterexample("a coin, p = 1/2, data of mean 4/5, eta = 1/2: one step leads to p = " +
                            figure("", moved.in_probability, 8).value + " in p and to " +
                            figure("", moved.in_logit, 8).value + " in the logit");
  }
  return readings.finding();
}

}  // namespace

std::vector<Claim> continuous() {
  std::vector<Claim> claims;
  for (const auto& [document, line] : {Place{textbook, 7}, Place{encyclopedia, 151}}) {
    claims.push_back(
        {.id = claim_id(document, "euler-of-flow"),
         .document = document,
         .line = line,
         .sentence = "gradient descent is Euler's discretization of the gradient flow, step eta",
         .computed = "twelve steps against the catalogue's Euler step on a quadratic",
         .compute = [] { return same_as_descent("gradient_flow", "euler"); },
         .planted = "the implicit one",
         .compute_planted = [] { return same_as_descent("gradient_flow", "implicit_euler"); }});
  }
  claims.insert(
      claims.end(),
      {{.id = "003-flow-error",
        .document = encyclopedia,
        .line = 149,
        .sentence = "gradient descent can be viewed as a discretization of dx/dt = -grad f",
        .computed = "the distance from the exact flow at time 1 for eta = 1/256 and 1/512",
        .compute = [] { return euler_error_falls_by(2); },
        .planted = "of second order",
        .compute_planted = [] { return euler_error_falls_by(4); }},
       {.id = "003-mirror-descent",
        .document = encyclopedia,
        .line = 152,
        .sentence = "gradient descent is mirror descent with the Euclidean distance",
        .computed = "twelve steps against the catalogue's mirror descent on a quadratic",
        .compute = [] { return same_as_descent("mirror_descent", "euclidean"); },
        .planted = "with the entropy",
        .compute_planted =
            [] {
              return same_as_descent("mirror_descent", "unnormalised_exponentiated_gradient");
            }},
       {.id = "003-natural-gradient-invariant",
        .document = encyclopedia,
        .line = 153,
        .sentence = "natural-gradient updates are invariant to reparameterization",
        .computed = "one step for a coin, in its probability and in its logit, as eta falls",
        .compute = [] { return invariant(true, true); },
        .planted = "... to first order",
        .compute_planted = [] { return invariant(true, false); }}});
  return claims;
}

}  // namespace plumbline::claims
