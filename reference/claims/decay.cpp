// Weight decay: in the loss, in the gradient, or beside the step.
//
// Gradient descent on f + c ||theta||^2 has the gradient g + 2 c theta, so that
//   theta - eta (g + 2 c theta) = (1 - 2 eta c) theta - eta g
// which is decoupled decay with the coefficient 2 c: the same function exactly. Adam divides the
// whole gradient by the root of its own moving square, the decay with it; there the two differ,
// and how strong the coupled decay is depends on the size of the parameter's gradients.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/step_counts.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

constexpr double rate = 0x1p-6;

Certified gradient_at(const Certified& theta, long t) {
  return (t % 3 == 0 ? 2 : 1) * theta + Certified(t % 4 == 1 ? 3 : -1) / 4;
}

/// Twelve steps from 1 with the rule's own decay of this coefficient.
Certified with_decay(std::string_view rule, std::string_view dialect, double coefficient) {
  SteppedRule<Certified> trajectory(rule, dialect,
                                    {{"learning_rate", rate}, {"weight_decay", coefficient}}, {1});
  for (long t = 1; t <= 12; ++t) trajectory.step({gradient_at(trajectory.point()[0], t)});
  return trajectory.point()[0];
}

/// ... and with c theta^2 added to the loss instead.
Certified with_term_in_loss(std::string_view rule, double c) {
  SteppedRule<Certified> trajectory(rule, "", {{"learning_rate", rate}}, {1});
  for (long t = 1; t <= 12; ++t) {
    const Certified& theta = trajectory.point()[0];
    trajectory.step({gradient_at(theta, t) + 2 * Certified(c) * theta});
  }
  return trajectory.point()[0];
}

bool same(const Certified& left, const Certified& right) {
  if (Certified::disjoint(left, right)) return false;
  if (!less(abs(left - right), Certified(0x1p-170))) {
    throw NotEnoughPrecision("two results are not told apart");
  }
  return true;
}

struct Decayed {
  std::string words;
  std::string_view rule, decoupled;
};
const Decayed plain_sgd{"plain SGD", "gradient_descent", "decoupled_decay"};
const Decayed plain_adam{"Adam", "adam", ""};

/// L2 with this coefficient of ||theta||^2 equals decoupled decay with lambda = 1/32.
Finding term_is_decay(const std::vector<Decayed>& rules, double share, bool equal_for_sgd_only) {
  constexpr double lambda = 0x1p-5;
  Readings readings;
  std::string example;
  for (const Decayed& each : rules) {
    const Certified loss = with_term_in_loss(each.rule, share * lambda);
    const Certified decoupled = each.rule == "adam" ? with_decay("adamw", "decay_before", lambda)
                                                    : with_decay(each.rule, each.decoupled, lambda);
    const bool is_same = same(loss, decoupled);
    readings.add(each.words, is_same == (!equal_for_sgd_only || each.rule != "adam"));
    readings.add(figure("theta after 12 steps, term in the loss, " + each.words, loss, 20));
    readings.add(figure("theta after 12 steps, decoupled decay, " + each.words, decoupled, 20));
    if (!is_same) {
      example = each.words + ": " + figure("", loss, 10).value + " against " +
                figure("", decoupled, 10).value + " after 12 steps";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// "Weight decay adds lambda ||theta||^2 to the loss": with which coefficient of the decay?
Finding coefficient_of_square(const std::vector<double>& coefficients) {
  Readings readings;
  std::string example;
  const Certified loss = with_term_in_loss("gradient_descent", 0x1p-5);
  for (const double multiple : coefficients) {
    const Certified decayed = with_decay("gradient_descent", "coupled_decay", multiple * 0x1p-5);
    const std::string words =
        multiple == 1 ? "decay coefficient lambda" : "decay coefficient 2 lambda";
    readings.add(words, same(loss, decayed));
    readings.add(figure("theta after 12 steps, " + words, decayed, 20));
    if (!same(loss, decayed)) {
      example = "lambda = 1/32: the loss with lambda theta^2 leads to " +
                figure("", loss, 10).value + ", weight decay lambda to " +
                figure("", decayed, 10).value + "; its gradient is 2 lambda theta";
    }
  }
  readings.add(figure("theta after 12 steps, lambda theta^2 in the loss", loss, 20));
  readings.counterexample(example);
  return readings.finding();
}

/// By how much decay shrinks two parameters whose gradients are 1 and 100 in size: the difference
/// that a decay of 1/32 makes in one step after 20 alternating ones, over the parameter.
Finding shrinks_alike(std::string_view rule, std::string_view dialect, bool alike) {
  std::vector<Certified> shrunk;
  for (const int size : {1, 100}) {
    std::vector<Certified> ends;
    for (const double coefficient : {0.0, 0x1p-5}) {
      SteppedRule<Certified> trajectory(
          rule, dialect, {{"learning_rate", rate}, {"weight_decay", coefficient}}, {1});
      for (long t = 1; t <= 20; ++t) trajectory.step({Certified(t % 2 == 0 ? size : -size)});
      ends.push_back(trajectory.point()[0]);
    }
    shrunk.push_back(ends[0] - ends[1]);
  }
  const Certified ratio = shrunk[0] / shrunk[1];
  // Alike: within a tenth. The points themselves differ a little, and with them what is decayed.
  const bool is_alike =
      less(ratio, Certified::ratio(11, 10)) && less(Certified::ratio(10, 11), ratio);
  Readings readings;
  readings.add(alike ? "shrinks both alike" : "shrinks one more than the other", is_alike == alike);
  readings.add(figure("shrunk by decay, gradients of size 1", shrunk[0]));
  readings.add(figure("shrunk by decay, gradients of size 100", shrunk[1]));
  readings.add(figure("quotient", ratio));
  return readings.finding();
}

/// lambda between 1/100 and 1/10 with (1 - lambda) theta in every step: half the weight is left
/// after at least so many steps.
Finding half_life_at_least(long least, const std::vector<bool>& times_rate) {
  Readings readings;
  std::string example;
  for (const bool scaled : times_rate) {
    for (const long inverse : {100L, 10L}) {
      // eta = 1/1000.
      const long denominator = scaled ? 1000 * inverse : inverse;
      const long steps =
          steps_to(Certified::ratio(denominator - 1, denominator), Certified::ratio(1, 2));
      const std::string words = std::string(scaled ? "(1 - eta lambda), eta = 0.001"
                                                   : "(1 - lambda), as that document has it") +
                                ", lambda = 1/" + std::to_string(inverse);
      readings.add(words, steps >= least);
      readings.add(figure("steps until a weight is halved by " + words, steps));
      if (steps < least) {
        example = words + ": without a gradient a weight is halved after " + std::to_string(steps) +
                  " steps";
      }
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

}  // namespace

std::vector<Claim> decay() {
  const std::string twelve =
      "12 steps of the catalogue's rules on the same gradients, lambda = 1/32";
  const std::string two_sizes =
      "what decay takes off in 20 steps, for gradients of size 1 and of size 100; alike is within "
      "a tenth";
  return {
      {.id = "000-l2-in-adam-varies",
       .document = lecture_notes,
       .line = 107,
       .sentence = "with L2 in Adam's gradient the regularization's strength varies by parameter",
       .computed = two_sizes,
       .compute = [] { return shrinks_alike("adam", "paper", false); },
       .planted = "it is the same for both",
       .compute_planted = [] { return shrinks_alike("adam", "paper", true); }},
      {.id = "001-adamw-decays-weights",
       .document = introduction,
       .line = 82,
       .sentence = "AdamW applies weight decay to the weights, not to gradients, unlike Adam's L2",
       .computed = twelve,
       .compute = [] { return term_is_decay({plain_adam}, 0.5, true); },
       .planted = "and so does the L2 term",
       .compute_planted = [] { return term_is_decay({plain_adam}, 0.5, false); }},
      {.id = "003-l2-in-adam-varies",
       .document = encyclopedia,
       .line = 78,
       .sentence = "L2 before adaptive scaling varies in strength across parameters",
       .computed = two_sizes,
       .compute = [] { return shrinks_alike("adam", "paper", false); },
       .planted = "it is the same for both",
       .compute_planted = [] { return shrinks_alike("adam", "paper", true); }},
      {.id = "003-decoupled-acts-uniformly",
       .document = encyclopedia,
       .line = 80,
       .sentence = "decoupled decay acts uniformly, whatever the adaptive rate",
       .computed = two_sizes,
       .compute = [] { return shrinks_alike("adamw", "decay_without_rate", true); },
       .planted = "its strength varies by parameter",
       .compute_planted = [] { return shrinks_alike("adamw", "decay_without_rate", false); }},
      {.id = "003-weight-decay-range",
       .document = encyclopedia,
       .line = 146,
       .sentence = "weight decay is typically 0.01 to 0.1",
       .computed =
           "steps in which decay alone halves a weight, in this document's form and in that with "
           "eta; usable is a half-life of 100 steps at least",
       .compute =
           [] {
             return half_life_at_least(100, {false, true});
           },
       .planted = "... with the factor 1 - eta lambda",
       .compute_planted = [] { return half_life_at_least(100, {true}); }},
      {.id = "004-decay-is-lambda-square",
       .document = foundations,
       .line = 106,
       .sentence = "weight decay adds lambda ||theta||^2 to the loss",
       .computed = twelve + ", on a loss with lambda theta^2 and with weight decay",
       .compute =
           [] {
             return coefficient_of_square({1, 2});
           },
       .planted = "weight decay 2 lambda does",
       .compute_planted = [] { return coefficient_of_square({2}); }},
      {.id = "004-l2-equals-decay-in-sgd",
       .document = foundations,
       .line = 106,
       .sentence = "that is equivalent in SGD but different in Adam",
       .computed = twelve + ", the term being lambda/2 theta^2",
       .compute =
           [] {
             return term_is_decay({plain_sgd, plain_adam}, 0.5, true);
           },
       .planted = "it is equivalent in both",
       .compute_planted =
           [] {
             return term_is_decay({plain_sgd, plain_adam}, 0.5, false);
           }},
  };
}

}  // namespace plumbline::claims
