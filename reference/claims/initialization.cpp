// Variances of initial weights, from the catalogue's laws, and what they do to a layer.
//
// A layer y_j = sum_i w_ji x_i of independent weights with mean 0 has Var y = d_in Var(w) E[x^2].
// It keeps the variance of its inputs where d_in Var w = 1, and that of the gradients that come
// back where d_out Var w = 1. Xavier's 2/(d_in + d_out) is the harmonic compromise, 1 for both
// only where d_in = d_out (Glorot and Bengio 2010, eq. (10)-(12), for activations of slope 1 at
// 0; the logistic sigmoid's slope is at most 1/4). Behind a ReLU E[x^2] is half of the
// pre-activation's variance, the other half being cut off, so that 2/d_in keeps it (He et al.
// 2015, eq. (10)).
#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

DrawLaw<Certified> law_of(std::string_view name, const Shape& shape, double dimension = 0) {
  const Initialization& entry = *find_initialization(name);
  std::vector<double> values;
  for (const Hyperparameter& description : entry.hyperparameters) {
    values.push_back(description.name == "dimension" ? dimension : description.default_value);
  }
  return entry.certified_law(values, entry.dialects.front().choices, shape);
}

bool equal(const Certified& left, const Certified& right) {
  if (Certified::disjoint(left, right)) return false;
  return less(abs(left - right), Certified(0x1p-150));
}

/// Outputs by inputs.
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all{{64, 64}, {256, 64}, {10, 784}};
  return all;
}

/// The law has the variance numerator/(weights of both fans).
Finding variance_is(const std::vector<std::string>& laws, long numerator, bool both_fans) {
  Readings readings;
  for (const std::string& name : laws) {
    bool all = true;
    for (const Shape& shape : shapes()) {
      const long fans = both_fans ? shape[0] + shape[1] : shape[1];
      const DrawLaw<Certified> law = law_of(name, shape);
      all = all && equal(law.variance, Certified::ratio(numerator, fans));
      // From the definition: of U(-a, a) it is a^2/3.
      if (law.family == Family::uniform) {
        all = all && equal(law.variance, square(law.bound) / 3);
      } else {
        all = all && equal(law.variance, square(law.deviation));
      }
    }
    readings.add(name, all);
    readings.add(figure("variance for 256 outputs of 64 inputs, " + name,
                        law_of(name, {256, 64}).variance, 20));
  }
  return readings.finding();
}

/// A linear layer keeps the variance, with an activation of this slope at 0.
Finding xavier_keeps(const std::vector<Shape>& layers, const std::vector<Rational>& slopes) {
  Readings readings;
  std::string example;
  for (const Shape& shape : layers) {
    for (const Rational& slope : slopes) {
      const Rational forward = slope * slope * Rational(2 * shape[1], shape[0] + shape[1]);
      const Rational backward = slope * slope * Rational(2 * shape[0], shape[0] + shape[1]);
      const std::string words = "d_in = " + std::to_string(shape[1]) +
                                ", d_out = " + std::to_string(shape[0]) + ", activation of slope " +
                                slope.text();
      readings.add(words, forward == 1 && backward == 1);
      readings.add(
          figure("a layer multiplies small activations' variance by, " + words, forward.text()));
      readings.add(figure("... and the gradients' by, " + words, backward.text()));
      if (example.empty() && (forward != 1 || backward != 1)) {
        example = words + ": a layer multiplies the variance by " + forward.text() +
                  " forward and " + backward.text() + " backward";
      }
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// E[max(z, 0)^2] for a standard normal z is half its variance, by symmetry: d_in Var(w)/2 = 1.
Finding relu_keeps(const std::string& law) {
  Readings readings;
  bool keeps = true;
  Certified factor;
  for (const Shape& shape : shapes()) {
    factor = whole(shape[1]) * law_of(law, shape).variance / 2;
    keeps = keeps && equal(factor, 1);
  }
  readings.add("of pre-activations behind a ReLU", keeps);
  readings.add(figure("10 outputs of 784 inputs multiply the variance by", factor, 20));
  return readings.finding();
}

/// sigma = sqrt(2/(factor d)) is the catalogue's small initialization.
Finding small_deviation(long factor) {
  Readings readings;
  bool same = true;
  bool xavier = true;
  for (const long width : {64L, 512L, 12288L}) {
    const DrawLaw<Certified> law = law_of("small_init", {1, 1}, static_cast<double>(width));
    same = same && equal(law.deviation, sqrt(Certified::ratio(2, factor * width)));
    xavier = xavier && equal(law.variance, law_of("xavier_normal", {4 * width, width}).variance);
  }
  readings.add("for widths 64, 512 and 12288", same);
  readings.add(figure("sigma at d = 512", law_of("small_init", {1, 1}, 512).deviation, 20));
  readings.add(
      figure("it is Xavier's for a layer of d inputs and 4 d outputs", xavier ? "yes" : "no"));
  return readings.finding();
}

/// Residual branches x + W x with that sigma: the variance after so many stays below the limit.
Finding residual_growth_below(long limit, const std::vector<std::string>& kinds) {
  Readings readings;
  std::string example;
  constexpr long branches = 96;
  // d Var(w) = 2/5: what a branch adds to the variance of its input.
  const Certified added = 512 * law_of("small_init", {1, 1}, 512).variance;
  for (const std::string& kind : kinds) {
    Certified variance = 1;
    for (long branch = 0; branch < branches; ++branch) {
      if (kind == "branches fed with normalized input") {
        variance = variance + added;
      } else if (kind == "branches without normalization") {
        variance = variance + variance * added;
      } else {
        // Divided by sqrt(branches), as Megatron-LM and GPT-2 do.
        variance = variance + variance * added / whole(branches);
      }
    }
    const bool small = less(variance, whole(limit));
    readings.add(kind, small);
    readings.add(figure("variance after 96 branches, " + kind, variance, 10));
    if (!small) {
      example = kind + ": after 96 linear branches the variance is " +
                figure("", variance, 6).value +
                " times that of the input; sigma does not depend on the depth";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

}  // namespace

std::vector<Claim> initialization() {
  const std::string law = "the catalogue's law at three shapes, and from the law's definition";
  return {
      {.id = "002-xavier-variance",
       .document = textbook,
       .line = 95,
       .sentence = "Xavier's variance is 2/(d_in + d_out)",
       .computed = law,
       .compute =
           [] {
             return variance_is({"xavier_normal", "xavier_uniform"}, 2, true);
           },
       .planted = "1/(d_in + d_out)",
       .compute_planted =
           [] {
             return variance_is({"xavier_normal", "xavier_uniform"}, 1, true);
           }},
      {.id = "002-xavier-keeps-variance",
       .document = textbook,
       .line = 95,
       .sentence = "it keeps activation variances stable through linear and sigmoid layers",
       .computed = "by what a layer multiplies the variance of small activations and of gradients",
       .compute =
           [] {
             return xavier_keeps({{64, 64}, {256, 64}}, {1, Rational(1, 4)});
           },
       .planted = "... where d_in = d_out and the slope is 1",
       .compute_planted =
           [] {
             return xavier_keeps({{64, 64}}, {1});
           }},
      {.id = "002-he-variance",
       .document = textbook,
       .line = 95,
       .sentence = "He's variance is 2/d_in",
       .computed = law,
       .compute =
           [] {
             return variance_is({"he_normal", "he_uniform"}, 2, false);
           },
       .planted = "1/d_in",
       .compute_planted =
           [] {
             return variance_is({"he_normal", "he_uniform"}, 1, false);
           }},
      {.id = "002-he-for-relu",
       .document = textbook,
       .line = 95,
       .sentence = "He's initialization is the one for ReLU networks",
       .computed = "d_in Var(w) E[max(z, 0)^2]/Var z at three shapes",
       .compute = [] { return relu_keeps("he_normal"); },
       .planted = "Xavier's is",
       .compute_planted = [] { return relu_keeps("xavier_normal"); }},
      {.id = "002-small-init-deviation",
       .document = textbook,
       .line = 95,
       .sentence = "small init has the standard deviation sqrt(2/(5 d_model))",
       .computed = "the catalogue's law, of Nguyen and Salazar 2019",
       .compute = [] { return small_deviation(5); },
       .planted = "sqrt(2/(4 d_model))",
       .compute_planted = [] { return small_deviation(4); }},
      {.id = "002-small-init-depth",
       .document = textbook,
       .line = 95,
       .sentence = "on residual branches it keeps activations from blowing up with depth",
       .computed =
           "the variance after 96 linear residual branches with that sigma; blown up is above 100 "
           "times",
       .compute =
           [] {
             return residual_growth_below(
                 100, {"branches fed with normalized input", "branches without normalization"});
           },
       .planted = "... divided by sqrt(branches)",
       .compute_planted = [] { return residual_growth_below(100, {"branches scaled by depth"}); }},
  };
}

}  // namespace plumbline::claims
