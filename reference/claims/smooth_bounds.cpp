// Smoothness, convexity, and the bounds that follow from them.
//
// The worst function for gradient descent at eta = 1/L is Huber's with its knee at
// tau = R/(2T + 1): f(x) = L x^2/2 up to |x| = tau, then L tau |x| - L tau^2/2. From x_0 = R every
// step is tau long, so that x_T = R - T tau = (T + 1) tau is still on the straight part and
//   f(x_T) = L tau (T + 1) tau - L tau^2/2 = L R^2/(2 (2T + 1)) = L R^2/(4T + 2),
// which no smooth convex function surpasses (Drori and Teboulle 2014, theorem 1). The bound
// L R^2/(2T) of the documents is that without the 2.
//
// The inequality f(v) <= f(u) + f'(u)(v - u) + L/2 |v - u|^2 follows from the gradient's Lipschitz
// constant, but not the other way round: a concave f has it with L = 0 and any curvature.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"

namespace plumbline::claims {
namespace {

/// Huber's function with L = 1 and this knee, gradient descent at eta = 1 from 1: the gap after
/// `steps`.
Rational gap_on_huber(const Rational& knee, long steps) {
  Rational point = 1;
  for (long t = 0; t < steps; ++t) point -= std::min(point, knee);
  return point <= knee ? point * point / 2 : knee * point - knee * knee / 2;
}
Rational worst_gap(long steps) {
  return gap_on_huber(Rational(1, 2 * steps + 1), steps);
}

/// gap_T <= L R^2/(divisor T).
Finding gap_below(long divisor) {
  Readings readings;
  bool below = true;
  bool attains = true;
  for (const long steps : {1L, 2L, 5L, 10L, 100L}) {
    const Rational worst = worst_gap(steps);
    below = below && worst <= Rational(1, divisor * steps);
    attains = attains && worst == Rational(1, 4 * steps + 2);
    // Other knees are no worse, and neither are quadratics with a smaller eigenvalue.
    for (const long share : {1L, 3L, 7L, 40L}) {
      below = below && gap_on_huber(Rational(1, share), steps) <= Rational(1, divisor * steps);
    }
  }
  readings.add("the worst smooth convex function, T from 1 to 100", below && attains);
  readings.add(figure("gap over L R^2 after 100 steps, worst case", worst_gap(100).text()));
  readings.add(figure("gap over the bound L R^2/(2T), T = 1", (worst_gap(1) * 2).text()));
  readings.add(figure("the same, T = 100", (worst_gap(100) * 200).text()));
  return readings.finding();
}

/// T = ceil(L R^2/(divisor eps)) steps give the accuracy eps.
Finding steps_suffice(long divisor) {
  Readings readings;
  bool suffice = true;
  for (const long inverse : {10L, 100L, 1000L}) {
    const long steps = (inverse + divisor - 1) / divisor;
    suffice = suffice && worst_gap(steps) <= Rational(1, inverse);
    readings.add(
        figure("gap after " + std::to_string(steps) + " steps, asked 1/" + std::to_string(inverse),
               worst_gap(steps).text()));
  }
  readings.add("T = L R^2/(2 eps) on the worst function", suffice);
  return readings.finding();
}

/// Halving the gap takes so many times the iterations, to a tenth.
Finding halving_takes(const Rational& times, const std::vector<std::string>& functions) {
  Readings readings;
  std::string example;
  for (const std::string& function : functions) {
    const bool convex = function == "the worst convex function";
    // On the quadratic x^2/2 with eta = 1/2 the gap falls by 4 a step.
    const auto gap = [&](long steps) {
      if (convex) return worst_gap(steps);
      Rational value(1, 2);
      for (long t = 0; t < steps; ++t) value /= 4;
      return value;
    };
    const long first = 20;
    long steps = first;
    while (gap(steps) > gap(first) / 2) ++steps;
    const Rational ratio(steps, first);
    const bool right = abs(ratio - times) <= Rational(1, 10);
    readings.add(function, right);
    readings.add(figure("steps for half the gap of 20 steps, " + function, steps));
    if (!right) {
      example = function + ": half the gap of 20 steps is reached after " + std::to_string(steps);
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// f = -c/2 x^2 fulfils the upper quadratic bound with L = 1; is its gradient 1-Lipschitz?
Finding bound_gives_smoothness(const std::vector<Rational>& curvatures) {
  Readings readings;
  std::string example;
  for (const Rational& curvature : curvatures) {
    // f(v) - f(u) - f'(u)(v - u) = curvature/2 (v - u)^2, for a quadratic, exactly.
    const bool bounded = curvature <= 1;
    const bool smooth = abs(curvature) <= 1;
    if (!bounded) throw std::logic_error("not an example: the bound itself fails");
    readings.add("curvature " + curvature.text(), smooth);
    readings.add(figure("Lipschitz constant of the gradient, curvature " + curvature.text(),
                        abs(curvature).text()));
    if (!smooth) {
      example = "f = " + (curvature / 2).text() +
                " x^2 is below every such quadratic with L = 1, "
                "and its gradient's Lipschitz constant is " +
                abs(curvature).text();
    }
  }
  readings.counterexample(example);
  Finding finding = readings.finding();
  if (finding.verdict == ClaimVerdict::holds_under) {
    finding.condition = "curvature at least -L, as of convex functions: " + finding.condition;
  }
  return finding;
}

/// L is the largest eigenvalue of the Hessian, over quadratics with these.
Finding smoothness_is_largest(const std::vector<std::vector<Rational>>& spectra) {
  Readings readings;
  std::string example;
  for (const auto& spectrum : spectra) {
    Rational largest = spectrum.front(), greatest_magnitude = 0;
    std::string text;
    for (const Rational& lambda : spectrum) {
      largest = std::max(largest, lambda);
      greatest_magnitude = std::max(greatest_magnitude, abs(lambda));
      text += (text.empty() ? "" : ", ") + lambda.text();
    }
    readings.add("eigenvalues " + text, largest == greatest_magnitude);
    readings.add(figure("Lipschitz constant of the gradient, eigenvalues " + text,
                        greatest_magnitude.text()));
    if (largest != greatest_magnitude) {
      example = "a saddle with the eigenvalues " + text + " has the largest eigenvalue " +
                largest.text() + " and L = " + greatest_magnitude.text();
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

enum class MatrixNorm { spectral, frobenius };

/// "The norm of the Hessian is at most beta" is the same as beta-smooth: for the identity of two
/// dimensions, which is 1-smooth.
Finding norm_bound_is_smoothness(const std::vector<MatrixNorm>& norms) {
  Readings readings;
  std::string example;
  for (const MatrixNorm norm : norms) {
    const Rational squared = norm == MatrixNorm::spectral ? 1 : 2;
    const std::string words =
        norm == MatrixNorm::spectral ? "the spectral norm" : "the Frobenius norm";
    readings.add(words, squared <= 1);
    readings.add(figure("squared norm of the Hessian of |x|^2/2 in two dimensions, " + words,
                        squared.text()));
    if (squared > 1) {
      example = "|x|^2/2 in two dimensions is 1-smooth, and its Hessian's Frobenius norm sqrt 2";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// 1 - L eta/2 times eta is greatest at eta = share/L, and there the decrease is ||g||^2/(2L).
Finding decrease_is_best_at(const Rational& share) {
  const auto decrease = [](const Rational& eta) { return eta * (1 - eta / 2); };
  Readings readings;
  const Rational step(1, 1000);
  readings.add("the bound on one step, L = 1", decrease(share) > decrease(share - step) &&
                                                   decrease(share) > decrease(share + step) &&
                                                   decrease(share) == Rational(1, 2));
  readings.add(figure("decrease over ||g||^2 at eta = " + share.text() + "/L, L = 1",
                      decrease(share).text()));
  readings.add(figure("decrease at eta = " + (share + step).text(), decrease(share + step).text()));
  return readings.finding();
}

/// sum of ||g||^2 over the steps <= multiple L (f_0 - f*), at eta = 1/L: equality on a
/// quadratic, at once.
Finding gradients_sum_below(const Rational& multiple) {
  Readings readings;
  bool below = true;
  Rational most = 0;
  // x^2/2 of eigenvalue lambda <= L = 1, and Huber's function, from 1.
  for (const Rational& lambda : {Rational(1), Rational(1, 2), Rational(1, 10)}) {
    Rational point = 1, sum = 0;
    for (int t = 0; t < 40; ++t) {
      const Rational gradient = lambda * point;
      sum += gradient * gradient;
      point -= gradient;
    }
    const Rational share = sum / (lambda / 2);
    most = std::max(most, share);
    below = below && share <= multiple;
  }
  readings.add("quadratics of curvature 1, 1/2, 1/10, L = 1", below);
  readings.add(figure("greatest sum over L (f_0 - f*)", most.certified(), 10));
  return readings.finding();
}

/// gap_T <= (1 - mu/L)^(exponent T) gap_0, on a quadratic with eigenvalues mu and L at eta = 1/L.
Finding strongly_convex(int exponent, bool of_distance) {
  Readings readings;
  bool below = true;
  for (const long kappa : {2L, 10L, 100L}) {
    const Rational factor = 1 - Rational(1, kappa);
    Rational bound = 1, point = 1;
    for (int t = 0; t < 30; ++t) {
      point *= factor;
      for (int i = 0; i < exponent; ++i) bound *= factor;
      // Both the gap and the squared distance are proportional to point^2 here.
      below = below && point * point <= bound;
    }
  }
  readings.add("the slowest part of a quadratic, kappa = 2, 10, 100", below);
  readings.add(figure(of_distance ? "squared distance after 30 steps, kappa = 10"
                                  : "gap over the first after 30 steps, kappa = 10",
                      power(Certified::ratio(9, 10), 60), 12));
  readings.add(figure("the bound (1 - 1/10)^30", power(Certified::ratio(9, 10), 30), 12));
  return readings.finding();
}

/// L = f(theta) - eta g'g + eta^2/2 g'Hg + O(eta^order): on x^3 + x^2 from 1.
Finding remainder_is_of_order(int order) {
  const auto f = [](const Rational& x) { return x * x * x + x * x; };
  const Rational gradient = 5, hessian = 8;
  const auto remainder = [&](const Rational& eta) {
    return f(1 - eta * gradient) -
           (f(1) - eta * gradient * gradient + eta * eta / 2 * gradient * gradient * hessian);
  };
  Readings readings;
  const Rational eta(1, 1024);
  const Rational ratio = remainder(eta) / remainder(eta / 2);
  const Rational expected = Rational(1 << order);
  readings.add("f = x^3 + x^2 from 1", abs(ratio - expected) < Rational(1, 10));
  readings.add(figure("remainder at eta over that at eta/2", ratio.text()));
  readings.add(figure("remainder at eta = 1/1024", remainder(eta).text()));
  return readings.finding();
}

}  // namespace

std::vector<Claim> smooth_bounds() {
  std::vector<Claim> claims;
  for (const Sentence& place :
       {Sentence{lecture_notes, 37, "convex-bound", "convex, eta = 1/L: gap_T <= L R^2/(2T)"},
        Sentence{lecture_notes, 151, "table-convex", "the table: gradient descent, convex, O(1/T)"},
        Sentence{textbook, 41, "convex-bound", "convex and beta-smooth: gap_T <= beta R^2/(2T)"},
        Sentence{encyclopedia, 26, "convex-rate", "convex: O(1/k), O(1/epsilon) steps"},
        Sentence{foundations, 104, "convex-rate", "general convex: O(1/T)"}}) {
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed =
                          "the gap on the worst function (Huber's, Drori and Teboulle 2014) "
                          "and on others, in rationals",
                      .compute = [] { return gap_below(2); },
                      .planted = "gap_T <= L R^2/(5T)",
                      .compute_planted = [] { return gap_below(5); }});
  }
  for (const Sentence& place :
       {Sentence{lecture_notes, 43, "strongly-convex-bound",
                 "strongly convex, eta = 1/L: gap_T <= (1 - mu/L)^T gap_0"},
        Sentence{lecture_notes, 152, "table-strongly-convex",
                 "the table: strongly convex, O((1 - mu/L)^T)"},
        Sentence{textbook, 53, "strongly-convex-distance",
                 "||theta_t - theta*||^2 <= (1 - alpha/beta)^t R^2 at eta = 1/beta"}}) {
    const bool distance = place.document == textbook;
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed = "each of 30 steps along the slowest direction of quadratics, "
                                  "where the tight rate (1 - mu/L)^(2T) is attained, in rationals",
                      .compute = [=] { return strongly_convex(1, distance); },
                      .planted = "with the exponent 3T",
                      .compute_planted = [=] { return strongly_convex(3, distance); }});
  }
  claims.insert(
      claims.end(),
      {{.id = "000-largest-eigenvalue",
        .document = lecture_notes,
        .line = 33,
        .sentence = "L is the largest eigenvalue of the Hessian",
        .computed = "the gradient's Lipschitz constant on quadratics, in rationals",
        .compute =
            [] {
              return smoothness_is_largest({{1, 4}, {0, 2}, {1, -4}});
            },
        .planted = "... of convex functions",
        .compute_planted =
            [] {
              return smoothness_is_largest({{1, 4}, {0, 2}});
            }},
       {.id = "000-quadratic-bound-equivalent",
        .document = lecture_notes,
        .line = 29,
        .sentence = "L-Lipschitz gradients are equivalent to the quadratic upper bound",
        .computed = "quadratics that fulfil the bound with L = 1, in rationals",
        .compute =
            [] {
              return bound_gives_smoothness({1, Rational(1, 2), -1, -4});
            },
        .planted = "... for convex functions",
        .compute_planted =
            [] {
              return bound_gives_smoothness({1, Rational(1, 2)});
            }},
       {.id = "000-steps-for-epsilon",
        .document = lecture_notes,
        .line = 39,
        .sentence = "accuracy eps takes T = O(L R^2/eps) iterations",
        .computed = "the worst function after L R^2/(2 eps) steps, in rationals",
        .compute = [] { return steps_suffice(2); },
        .planted = "L R^2/(10 eps) suffice",
        .compute_planted = [] { return steps_suffice(10); }},
       {.id = "002-hessian-norm-equivalent",
        .document = textbook,
        .line = 23,
        .sentence = "beta-smooth is equivalent to a Hessian of norm at most beta",
        .computed = "|x|^2/2 in two dimensions, in both norms of a matrix",
        .compute =
            [] {
              return norm_bound_is_smoothness({MatrixNorm::spectral, MatrixNorm::frobenius});
            },
        .planted = "... in the spectral norm",
        .compute_planted = [] { return norm_bound_is_smoothness({MatrixNorm::spectral}); }},
       {.id = "002-taylor",
        .document = textbook,
        .line = 13,
        .sentence = "L(theta - eta g) = L - eta g'g + eta^2/2 g'Hg + O(eta^3)",
        .computed = "the remainder at eta and at eta/2, in rationals",
        .compute = [] { return remainder_is_of_order(3); },
        .planted = "... + O(eta^4)",
        .compute_planted = [] { return remainder_is_of_order(4); }},
       {.id = "002-best-step",
        .document = textbook,
        .line = 31,
        .sentence =
            "the bound on one step is least at eta = 1/beta, a decrease of ||g||^2/(2 beta)",
        .computed = "eta (1 - beta eta/2) there and beside it, in rationals",
        .compute = [] { return decrease_is_best_at(1); },
        .planted = "at eta = 2/(3 beta)",
        .compute_planted = [] { return decrease_is_best_at(Rational(2, 3)); }},
       {.id = "002-halving-doubles",
        .document = textbook,
        .line = 43,
        .sentence = "at the rate O(1/T) halving the gap requires doubling the iterations",
        .computed = "steps to half the gap of 20 steps, in rationals; to a tenth",
        .compute =
            [] {
              return halving_takes(2,
                                   {"the worst convex function", "the quadratic x^2/2, eta = 1/2"});
            },
        .planted = "... on the worst function",
        .compute_planted = [] { return halving_takes(2, {"the worst convex function"}); }},
       {.id = "002-gradients-sum",
        .document = textbook,
        .line = 67,
        .sentence = "the squared gradients add up to 2 beta (L_0 - L*) at most",
        .computed = "40 steps on quadratics at eta = 1/beta, where equality is attained",
        .compute = [] { return gradients_sum_below(2); },
        .planted = "to beta (L_0 - L*) at most",
        .compute_planted = [] { return gradients_sum_below(1); }}});
  return claims;
}

}  // namespace plumbline::claims
