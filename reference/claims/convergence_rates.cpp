// Rates on smooth functions that are not strongly convex: Nesterov's, and those of gradients.
//
// Nesterov's bound 2 L R^2/(T + 1)^2 is for the momentum that his sequence t_k gives, which rises
// to 1 (Nesterov 1983; Beck and Teboulle 2009, theorem 4.4). The documents write the method with a
// fixed coefficient below 1: along an eigenvalue lambda far below L that is gradient descent with
// the rate eta/(1 - mu), so that over all lambda the gap is of the order 1/T, not 1/T^2.
//
// From the descent lemma sum ||g||^2 <= 2 L (f_0 - f*), so that the least squared gradient of T
// steps is at most 2 L (f_0 - f*)/T, and the least gradient of the order 1/sqrt T.
#include <cmath>

#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

struct Method {
  std::string words;
  std::string_view rule, dialect;
  NamedNumbers settings;
};
const Method sequence{
    "momentum by Nesterov's sequence", "nesterov", "sequence_1983", {{"learning_rate", 1}}};
const Method constant{"a constant momentum of 0.9, as the document writes it",
                      "nesterov",
                      "look_ahead",
                      {{"learning_rate", 1}, {"momentum", 0.9}}};
const Method plain{"gradient descent", "gradient_descent", "", {{"learning_rate", 1}}};

/// The greatest gap over the quadratics lambda x^2/2 with lambda = 1, 1/2, ..., 2^-16 (L = 1) from
/// x = 1, after each of these steps.
std::vector<Certified> greatest_gaps(const Method& method, const std::vector<long>& at) {
  constexpr int count = 17;
  SteppedRule<Certified> trajectory(method.rule, method.dialect, method.settings,
                                    std::vector<Certified>(count, Certified(1)));
  std::vector<Certified> lambdas, gaps;
  for (int i = 0; i < count; ++i) lambdas.emplace_back(std::ldexp(1.0, -i));
  for (long t = 1; t <= at.back(); ++t) {
    std::vector<Certified> gradient = trajectory.gradient_point();
    for (std::size_t i = 0; i < count; ++i) gradient[i] = gradient[i] * lambdas[i];
    trajectory.step(gradient);
    if (t != at[gaps.size()]) continue;
    Certified greatest;
    for (std::size_t i = 0; i < count; ++i) {
      greatest = max(greatest, lambdas[i] * square(trajectory.point()[i]) / 2);
    }
    gaps.push_back(greatest);
  }
  return gaps;
}

/// gap_T (T + 1)^power/(L R^2) stays below 2.
Finding gap_is_of_order(int order, const std::vector<Method>& methods) {
  const std::vector<long> at{10, 100, 1000};
  Readings readings;
  std::string example;
  for (const Method& method : methods) {
    const std::vector<Certified> gaps = greatest_gaps(method, at);
    bool bounded = true;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const Certified scaled = gaps[i] * power(whole(at[i] + 1), order);
      const bool below = less(scaled, 2);
      bounded = bounded && below;
      readings.add(figure("gap (T + 1)^" + std::to_string(order) +
                              "/(L R^2), T = " + std::to_string(at[i]) + ", " + method.words,
                          scaled, 8));
      if (!below) {
        example = method.words + ": on a quadratic that is L-smooth the gap after " +
                  std::to_string(at[i]) + " steps is " + figure("", scaled, 5).value +
                  " L R^2/(T + 1)^" + std::to_string(order) + ", and the factor grows with T";
      }
    }
    readings.add(method.words, bounded);
  }
  readings.counterexample(example);
  return readings.finding();
}

/// On 1 - exp(-x^2/2), which is not convex, L = 1: T times the least squared gradient of T steps is
/// at most multiple L (f_0 - f*) for every T up to 1000 and four starts.
Finding least_gradient_below(const Certified& multiple) {
  Readings readings;
  bool below = true;
  Certified most;
  for (const double start : {0.5, 1.0, 1.5, 2.0}) {
    Certified x(start);
    const Certified gap = 1 - exp(-square(x) / 2);
    Certified least = 1;
    for (long t = 1; t <= 300; ++t) {
      const Certified gradient = x * exp(-square(x) / 2);
      least = min(least, square(gradient));
      const Certified share = whole(t) * least / gap;
      most = max(most, share);
      below = below && !less(multiple, share);
      x = x - gradient;
      if (less(abs(x), Certified(0x1p-60))) break;  // arrived, as far as this can tell
    }
  }
  readings.add("four descents on 1 - exp(-x^2/2), every T", below);
  readings.add(figure("greatest T min ||g||^2 over L (f_0 - f*)", most));
  return readings.finding();
}

}  // namespace

std::vector<Claim> convergence_rates() {
  const std::string gaps =
      "the greatest gap over quadratics of curvature 2^-16 to 1, every step enclosed, T to 1000";
  std::vector<Claim> claims{{.id = "000-table-nesterov",
                             .document = lecture_notes,
                             .line = 153,
                             .sentence = "the table: Nesterov, convex, O(1/T^2)",
                             .computed = gaps + ", with the sequence t_k",
                             .compute = [] { return gap_is_of_order(2, {sequence}); },
                             .planted = "O(1/T^3)",
                             .compute_planted = [] { return gap_is_of_order(3, {sequence}); }}};
  for (const Sentence& place :
       {Sentence{lecture_notes, 83, "nesterov-rate",
                 "Nesterov momentum, as written, achieves O(1/T^2), gradient descent O(1/T)"},
        Sentence{encyclopedia, 54, "nesterov-rate",
                 "its look-ahead gives O(1/k^2), where gradient descent has O(1/k)"}}) {
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed = gaps + ", with the sequence t_k and with a fixed coefficient",
                      .compute =
                          [] {
                            return gap_is_of_order(2, {sequence, constant});
                          },
                      .planted = "... with the sequence t_k",
                      .compute_planted = [] { return gap_is_of_order(2, {sequence}); }});
  }
  for (const Sentence& place :
       {Sentence{textbook, 69, "least-gradient",
                 "min ||grad||^2 is O(1/T), the gradient O(1/sqrt T)"},
        Sentence{encyclopedia, 28, "non-convex-rate",
                 "non-convex: O(1/sqrt k) to a stationary point, O(1/epsilon^2) steps"}}) {
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed = "T times the least squared gradient on a function that is not "
                                  "convex, at every T, against 2 L (f_0 - f*)",
                      .compute = [] { return least_gradient_below(2); },
                      .planted = "with L (f_0 - f*)/2 for the constant",
                      .compute_planted = [] { return least_gradient_below(Certified(0.5)); }});
  }
  claims.push_back({.id = "000-vanilla-rate",
                    .document = lecture_notes,
                    .line = 83,
                    .sentence = "vanilla gradient descent has the rate O(1/T)",
                    .computed = gaps,
                    .compute = [] { return gap_is_of_order(1, {plain}); },
                    .planted = "O(1/T^2)",
                    .compute_planted = [] { return gap_is_of_order(2, {plain}); }});
  return claims;
}

}  // namespace plumbline::claims
