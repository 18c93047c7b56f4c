// What the documents say of adaptive rates, on gradients that decide it.
//
// Adam's moments start at zero: after one gradient g, m = (1 - beta1) g and v = (1 - beta2) g^2.
// Both are small, but m/sqrt(v) = (1 - beta1)/sqrt(1 - beta2) = 3.16 at the defaults: without
// correction the first step is not too short but too long. v is no variance: it is the mean of
// g^2, the variance and the square of the mean together.
//
// With gradients whose squares add up to infinity AdaGrad's rate eta/sqrt(G) goes to zero; with
// those of a descent that converges G has a limit, and so has the rate. Even the constant
// gradient g moves the parameter by eta (1 + 1/sqrt 2 + ... + 1/sqrt T) >= eta (2 sqrt(T+1) - 2),
// without end.
#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

/// from < to, or equal to fifty digits.
bool rises_certainly(const Certified& from, const Certified& to) {
  if (Certified::disjoint(from, to)) return less(from, to);
  if (!less(abs(to - from), Certified(0x1p-150))) {
    throw NotEnoughPrecision("two rates are not told apart");
  }
  return false;
}

/// The first step of Adam for a gradient of 1, with and without correction, over eta.
Finding first_moments_are_share(long first_inverse, long second_inverse) {
  SteppedRule<Certified> trajectory("adam", "uncorrected", {}, {0});
  trajectory.step({Certified(1)});
  const auto& state = trajectory.state();
  SteppedRule<Certified> corrected("adam", "paper", {}, {0});
  corrected.step({Certified(1)});
  Readings readings;
  readings.add("after one gradient of 1",
               rounds_to(state[0][0] * whole(first_inverse), 1000000, 1000000) &&
                   rounds_to(state[1][0] * whole(second_inverse), 1000000, 1000000));
  readings.add(figure("m after one gradient of 1", state[0][0]));
  readings.add(figure("v after it", state[1][0]));
  const Certified eta(0.001);
  readings.add(figure("first step over eta without correction", -trajectory.point()[0] / eta));
  readings.add(figure("first step over eta with correction", -corrected.point()[0] / eta));
  return readings.finding();
}

/// The divisor's square, vhat, after 1000 gradients that are `size` times the signs given.
Certified mean_square_after(const std::vector<int>& signs, int size) {
  SteppedRule<Certified> trajectory("adam", "uncorrected", {}, {0});
  Certified power = 1;
  for (long t = 1; t <= 1000; ++t) {
    trajectory.step({Certified(size * signs[static_cast<std::size_t>(t) % signs.size()])});
    power = power * Certified(0.999);
  }
  return trajectory.state()[1][0] / (1 - power);
}

struct Signal {
  std::string words;
  std::vector<int> signs;
  int size;
};

/// The signal of greater variance has the greater vhat.
Finding variance_decides(const std::vector<std::pair<Signal, Signal>>& pairs) {
  Readings readings;
  std::string example;
  for (const auto& [noisy, consistent] : pairs) {
    const Certified of_noise = mean_square_after(noisy.signs, noisy.size);
    const Certified of_signal = mean_square_after(consistent.signs, consistent.size);
    const bool larger = less(of_signal, of_noise);
    readings.add(noisy.words + " against " + consistent.words, larger);
    readings.add(figure("vhat, " + noisy.words + " beside " + consistent.words, of_noise));
    readings.add(figure("vhat, " + consistent.words + " beside " + noisy.words, of_signal));
    if (!larger) {
      example = consistent.words + " has variance 0 and vhat " + figure("", of_signal, 6).value +
                ", " + noisy.words + " has variance 1 and vhat " + figure("", of_noise, 6).value;
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// AdaGrad's rate over eta, 1/sqrt(G): falls below this in 4000 steps.
Finding adagrad_rate_vanishes(const std::vector<std::string>& gradients, double below) {
  Readings readings;
  std::string example;
  for (const std::string& kind : gradients) {
    const auto objective = objective_named("quadratic_line").bind<Certified>();
    const bool constant = kind == "a constant gradient of 1";
    std::vector<Certified> start{0};
    if (!constant) {
      const auto& description = objective_named("quadratic_line");
      start.assign(description.start.begin(), description.start.end());
    }
    SteppedRule<Certified> trajectory("adagrad", "", {{"learning_rate", 0.5}}, start);
    Certified middle;
    for (long t = 1; t <= 4000; ++t) {
      if (constant) {
        trajectory.step({Certified(1)});
      } else {
        trajectory.step(*objective);
      }
      if (t == 2000) middle = trajectory.state()[0][0];
    }
    const Certified& sum = trajectory.state()[0][0];
    const Certified rate = 1 / sqrt(sum);
    readings.add(kind, less(rate, Certified(below)));
    readings.add(figure("rate over eta after 4000 steps, " + kind, rate));
    readings.add(figure("G after 4000 steps over G after 2000, " + kind, sum / middle));
    if (constant) {
      readings.add(figure("way covered in 4000 steps over eta, " + kind,
                          abs(trajectory.point()[0]) / Certified(0.5)));
    }
    if (!less(rate, Certified(below))) {
      example = kind + ": after 4000 steps G has stopped growing and the rate is " +
                figure("", rate, 6).value + " eta";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// AdaGrad: no coordinate's rate ever grows, and the one with larger gradients has the smaller.
Finding adagrad_rate(bool larger_for_rare) {
  SteppedRule<Certified> trajectory("adagrad", "", {}, {0, 0});
  std::vector<Certified> before;
  bool falls = true;
  for (long t = 1; t <= 100; ++t) {
    // The first coordinate has a gradient in every step, the second in each tenth.
    trajectory.step({Certified(1), Certified(t % 10 == 0 ? 1 : 0)});
    const auto& sums = trajectory.state()[0];
    for (std::size_t i = 0; i < before.size(); ++i) falls = falls && !less(sums[i], before[i]);
    before = sums;
  }
  const Certified frequent = 1 / sqrt(before[0]);
  const Certified rare = 1 / sqrt(before[1]);
  Readings readings;
  readings.add("100 steps, a gradient in each and in each tenth",
               falls && less(frequent, rare) == larger_for_rare);
  readings.add(figure("rate over eta, a gradient in every step", frequent));
  readings.add(figure("rate over eta, a gradient in each tenth", rare));
  return readings.finding();
}

/// Adadelta at this eta: is it the form that has none, and does epsilon then set the steps?
Finding adadelta_has_no_rate(double eta) {
  Readings readings;
  const double epsilon = 0x1p-20;
  SteppedRule<Certified> first("adadelta", "", {{"learning_rate", eta}, {"epsilon", epsilon}}, {0});
  first.step({Certified(1)});
  // sqrt(D + epsilon)/sqrt(E + epsilon) with D = 0, E = (1 - rho) g^2, at g = 1.
  const Certified written =
      sqrt(Certified(epsilon)) / sqrt(1 - Certified(0.95) + Certified(epsilon));
  readings.add("no learning rate is among its hyperparameters",
               !Certified::disjoint(-first.point()[0], written));
  readings.add(figure("first step for a gradient of 1, epsilon = 2^-20", -first.point()[0]));
  readings.add(figure("sqrt(epsilon/(1 - rho + epsilon))", written));
  bool free = true;
  Certified ratio;
  for (const long count : {1L, 100L}) {
    std::vector<Certified> ways;
    for (const double other : {epsilon, 0x1p-12}) {
      SteppedRule<Certified> trajectory("adadelta", "",
                                        {{"learning_rate", eta}, {"epsilon", other}}, {0});
      for (long t = 1; t <= count; ++t) trajectory.step({Certified(t % 5 == 0 ? -1 : 1)});
      ways.push_back(abs(trajectory.point()[0]));
    }
    ratio = ways[1] / ways[0];
    // Without influence: the same within a tenth.
    free = free && less(ratio, Certified::ratio(11, 10));
    readings.add(
        figure("way with epsilon = 2^-12 over that with 2^-20, steps 1 to " + std::to_string(count),
               ratio));
  }
  readings.add("no other setting takes its place", free);
  readings.counterexample(
      "epsilon takes its place: 256 times larger it makes the way of 100 steps " +
      figure("", ratio, 5).value + " times as long");
  return readings.finding();
}

/// AMSGrad's rate over eta, 1/sqrt(divisor^2), on one large gradient and small ones after it:
/// it never rises in 200 steps.
Finding amsgrad_never_rises(const std::vector<std::string>& dialects) {
  Readings readings;
  std::string example;
  for (const std::string& dialect : dialects) {
    SteppedRule<Certified> trajectory("amsgrad", dialect, {{"beta1", 0}, {"epsilon", 0}}, {0});
    Certified before;
    long rises = -1;
    Certified least, last;
    for (long t = 1; t <= 200; ++t) {
      const Certified at = trajectory.point()[0];
      const Certified gradient = t == 1 ? Certified(1) : Certified(0x1p-6);
      trajectory.step({gradient});
      // With beta1 = 0 the step is eta times the gradient times the rate.
      const Certified rate = abs(trajectory.point()[0] - at) / (Certified(0.001) * gradient);
      if (t > 1 && rises < 0 && rises_certainly(before, rate)) rises = t;
      if (t == 1) least = rate;
      before = rate;
      last = rate;
    }
    readings.add(dialect, rises < 0);
    readings.add(figure("rate over eta, first step, " + dialect, least));
    readings.add(figure("rate over eta, step 200, " + dialect, last));
    if (rises >= 0) {
      example = dialect + ": gradients 1, then 1/64: the rate rises from step " +
                std::to_string(rises) + " on, from " + figure("", least, 4).value + " to " +
                figure("", last, 4).value + " in 200 steps";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// The p-th root of a moving mean of |g|^p nears Adamax's moving maximum as p grows.
Finding infinity_norm_within(long thousandths, int last_doubling) {
  const std::vector<int> gradients{3, -1, 2, 5, -2, 1, 4};
  const Certified beta(0.999);
  Certified maximum;
  for (const int g : gradients) maximum = max(beta * maximum, Certified(g < 0 ? -g : g));
  Certified found;
  Readings readings;
  for (int doubling = 3; doubling <= last_doubling; doubling += 3) {
    const long p = 1L << doubling;
    Certified mean;
    const Certified kept = power(beta, whole(p));
    for (const int g : gradients) {
      mean = kept * mean + (1 - kept) * power(Certified(g < 0 ? -g : g), whole(p));
    }
    found = power(mean, 1 / whole(p));
    readings.add(figure("root of the mean, p = " + std::to_string(p), found));
  }
  readings.add(figure("max(beta2 u, |g|)", maximum));
  readings.add("seven gradients, p = " + std::to_string(1L << last_doubling),
               less(abs(found - maximum), Certified::ratio(thousandths, 1000) * maximum));
  return readings.finding();
}

/// How many samples Adam's second moment rests on: the relative deviation of vhat after t normal
/// gradients, sqrt(2 sum w_i^2) with the weights w_i of its mean, is above this.
Finding second_moment_is_unsure(long step, long percent) {
  Readings readings;
  bool above = false;
  for (const long t : {1L, 10L, 100L, step}) {
    // sum w^2 = (1 - b) (1 + b^t)/((1 + b)(1 - b^t)).
    const Certified b(0.999);
    const Certified bt = power(b, whole(t));
    const Certified deviation = sqrt(2 * (1 - b) * (1 + bt) / ((1 + b) * (1 - bt)));
    readings.add(figure("relative deviation of vhat after " + std::to_string(t) + " steps" +
                            (t == step ? " (asked)" : ""),
                        deviation, 6));
    if (t == step) above = less(Certified::ratio(percent, 100), deviation);
  }
  readings.add("normal gradients, beta2 = 0.999", above);
  return readings.finding();
}

const Signal alternating{"gradients +1 and -1 in turn", {1, -1}, 1};

}  // namespace

std::vector<Claim> adaptive() {
  const Signal zero{"gradients of 0", {0}, 1};
  const Signal large{"a constant gradient of 100", {1}, 100};
  std::vector<Claim> claims{
      {.id = "000-large-variance-small-rate",
       .document = lecture_notes,
       .line = 104,
       .sentence = "parameters whose gradients vary much have a large vhat, consistent ones small",
       .computed = "vhat after 1000 steps of gradients whose variance is known",
       .compute =
           [=] {
             return variance_decides({{alternating, zero}, {alternating, large}});
           },
       .planted = "... among gradients of mean 0",
       .compute_planted =
           [=] {
             return variance_decides({{alternating, zero}});
           }},
      {.id = "000-unreliable-second-moment",
       .document = lecture_notes,
       .line = 136,
       .sentence = "in the first steps vhat rests on very few samples and is unreliable",
       .computed = "its relative deviation for normal gradients, in closed form; unreliable is "
                   "above 50 per cent after 5 steps",
       .compute = [] { return second_moment_is_unsure(5, 50); },
       .planted = "and still so after 1000 steps",
       .compute_planted = [] { return second_moment_is_unsure(1000, 50); }},
      {.id = "003-adagrad-rare-features",
       .document = encyclopedia,
       .line = 60,
       .sentence = "AdaGrad makes larger updates for infrequent parameters",
       .computed = "100 steps of the catalogue's rule; no rate ever grows",
       .compute = [] { return adagrad_rate(true); },
       .planted = "smaller updates for infrequent ones",
       .compute_planted = [] { return adagrad_rate(false); }},
      {.id = "003-adagrad-vanishes",
       .document = encyclopedia,
       .line = 60,
       .sentence = "AdaGrad's rate shrinks until it is vanishingly small and learning stops",
       .computed = "4000 steps, on a constant gradient and on a quadratic; vanishing is below 0.02",
       .compute =
           [] {
             return adagrad_rate_vanishes({"a constant gradient of 1", "a quadratic's gradients"},
                                          0.02);
           },
       .planted = "... on a constant gradient",
       .compute_planted = [] { return adagrad_rate_vanishes({"a constant gradient of 1"}, 0.02); }},
      {.id = "003-adadelta-no-rate",
       .document = encyclopedia,
       .line = 64,
       .sentence = "Adadelta eliminates the base learning rate entirely, fully adaptive",
       .computed = "the first step against the form without eta; and how far it goes with epsilon "
                   "2^-20 and 2^-12, which no scale of the gradients sets (free of it is within a "
                   "tenth)",
       .compute = [] { return adadelta_has_no_rate(1); },
       .planted = "... with the default 0.001 of Keras",
       .compute_planted = [] { return adadelta_has_no_rate(0.001); }},
      {.id = "003-adamax",
       .document = encyclopedia,
       .line = 87,
       .sentence = "AdaMax is Adam with the infinity norm for the L2 norm",
       .computed = "the p-th root of a moving mean of |g|^p against max(beta2 u, |g|), p to 4096",
       .compute = [] { return infinity_norm_within(10, 12); },
       .planted = "p = 8 is within 1 per cent of it",
       .compute_planted = [] { return infinity_norm_within(10, 3); }},
      {.id = "003-amsgrad-monotone",
       .document = encyclopedia,
       .line = 89,
       .sentence = "AMSGrad's step sizes never increase, by the maximum of second moments",
       .computed = "the rate in 200 steps after one large gradient, by dialect",
       .compute =
           [] {
             return amsgrad_never_rises(
                 {"uncorrected", "corrected_then_maximum", "maximum_then_corrected"});
           },
       .planted = "... in the paper's form, without correction",
       .compute_planted = [] { return amsgrad_never_rises({"uncorrected"}); }},
  };
  for (const auto& [document, line] : {Place{lecture_notes, 106}, Place{encyclopedia, 72}}) {
    claims.push_back({.id = claim_id(document, "moments-start-biased"),
                      .document = document,
                      .line = line,
                      .sentence = "m and v start at zero and are biased towards it at first",
                      .computed = "both after one gradient of 1, at the defaults, and the step",
                      .compute = [] { return first_moments_are_share(10, 1000); },
                      .planted = "m is half the gradient after it",
                      .compute_planted = [] { return first_moments_are_share(2, 1000); }});
  }
  return claims;
}

}  // namespace plumbline::claims
