// Convex functions, saddles and plateaus: what gradient descent does there.
//
// f = sum_i (x_i^2 - 1)^2 has the gradient 4 x_i (x_i^2 - 1), zero where each x_i is -1, 0 or 1:
// 3^n stationary points. In each coordinate 0 is a maximum and the others are minima, so that 2^n
// of them are minima, one is the maximum, and 3^n - 2^n - 1 are saddles.
//
// On x^2/2 - y^2/2 descent multiplies x by 1 - eta and y by 1 + eta: from y = 0 it goes to the
// saddle, from any other y it leaves, after log(1/|y|)/log(1 + eta) steps.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

struct Stationary {
  long saddles = 0, minima = 0;
};

/// Counted point by point for the sum of double wells in n dimensions.
Stationary double_wells(int dimension) {
  long points = 1;
  for (int i = 0; i < dimension; ++i) points *= 3;
  Stationary found;
  for (long index = 0; index < points; ++index) {
    int falls = 0;
    long rest = index;
    for (int i = 0; i < dimension; ++i, rest /= 3) {
      const long x = rest % 3 - 1;
      // The second derivative, 12 x^2 - 4.
      if (12 * x * x - 4 < 0) ++falls;
    }
    if (falls == 0) ++found.minima;
    if (falls > 0 && falls < dimension) ++found.saddles;
  }
  return found;
}

const std::string wells = "sums of double wells (x^2 - 1)^2";
/// Not convex either; its gradient x exp(-|x|^2/2) is 0 at its one minimum alone.
const std::string well = "the single well 1 - exp(-|x|^2/2)";

/// At n = 10 saddles are ten times the minima, at least.
Finding saddles_outnumber(const std::vector<std::string>& functions, long times) {
  Readings readings;
  std::string example;
  for (const std::string& function : functions) {
    const Stationary found = function == wells ? double_wells(10) : Stationary{0, 1};
    readings.add(function, found.saddles >= times * found.minima);
    readings.add(figure("saddles in ten dimensions, " + function, found.saddles));
    readings.add(figure("minima in ten dimensions, " + function, found.minima));
    if (found.saddles < times * found.minima) {
      example = function + ": " + std::to_string(found.saddles) + " saddles and " +
                std::to_string(found.minima) + " minimum in any dimension";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// The number of saddles grows at least as base^n from n = 4 to 8.
Finding saddles_grow(const std::vector<std::string>& functions, long base) {
  Readings readings;
  std::string example;
  for (const std::string& function : functions) {
    bool grows = true;
    std::string counts;
    for (int n = 4; n < 9; ++n) {
      const long before = function == wells ? double_wells(n).saddles : 0;
      const long after = function == wells ? double_wells(n + 1).saddles : 0;
      grows = grows && before > 0 && after >= base * before;
      counts += (counts.empty() ? "" : ", ") + std::to_string(before);
    }
    readings.add(function, grows);
    readings.add(figure("saddles for n = 4 to 8, " + function, counts));
    if (!grows) example = function + ": " + counts;
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Gradient descent with eta = 1/10 leaves the saddle of x^2/2 - y^2/2 from (1, y) in 1000 steps.
Finding leaves_saddle(const std::vector<Rational>& starts) {
  Readings readings;
  std::string example;
  for (const Rational& start : starts) {
    Certified y = start.certified();
    long left = -1;
    for (long t = 1; t <= 1000 && left < 0; ++t) {
      y = y * Certified::ratio(11, 10);
      if (less(1, abs(y))) left = t;
    }
    const std::string words = "from (1, " + start.text() + ")";
    readings.add(words, left > 0);
    readings.add(figure("steps until |y| > 1, " + words,
                        left < 0 ? "never: y stays 0" : std::to_string(left)));
    if (left < 0) {
      example = "x^2/2 - y^2/2 " + words + ": y is 0 in every step, and x goes to the saddle";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Near a saddle descent is slow: within (y = 10^-12) it takes more steps than this to leave.
Finding slow_near_saddle(long steps) {
  long left = 0;
  Certified y = Certified::ratio(1, 1000000) / 1000000;
  Certified x = 1;
  Certified slowest = 1;
  while (less(abs(y), 1)) {
    y = y * Certified::ratio(11, 10);
    x = x * Certified::ratio(9, 10);
    slowest = min(slowest, sqrt(square(x) + square(y)));
    ++left;
  }
  Readings readings;
  readings.add("x^2/2 - y^2/2 from (1, 10^-12), eta = 1/10", left > steps);
  readings.add(figure("steps until |y| > 1", left));
  readings.add(figure("least gradient norm on the way", slowest, 6));
  return readings.finding();
}

/// Gradient descent with eta = 1/10 on x^4/4 - x^2/2, whose local maximum is at 0, is still within
/// 1/2 of it after 1000 steps.
Finding stays_at_maximum(const std::vector<Rational>& starts) {
  Readings readings;
  std::string example;
  for (const Rational& start : starts) {
    Certified x = start.certified();
    for (int t = 0; t < 1000 && less(abs(x), Certified(0.5)); ++t) x = x - (x * x * x - x) / 10;
    const bool stays = less(abs(x), Certified(0.5));
    readings.add("from x = " + start.text(), stays);
    readings.add(figure("x in the end, from " + start.text(), x, 6));
    if (!stays) {
      example = "x^4/4 - x^2/2 from " + start.text() + ": x leaves the maximum and passes " +
                figure("", x, 4).value;
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Gradient descent goes to the global minimum of a convex function: with these rates on x^2.
Finding convex_converges(const std::vector<Rational>& rates, bool without_minimum) {
  Readings readings;
  std::string example;
  for (const Rational& eta : rates) {
    const Rational factor = 1 - 2 * eta;
    const bool converges = abs(factor) < 1;
    readings.add("a rate below 2/L, eta = " + eta.text() + " on x^2", converges);
    readings.add(figure("factor a step on x^2, eta = " + eta.text(), factor.text()));
    if (!converges) {
      example = "x^2 from 1 with eta = " + eta.text() + ": x is multiplied by " + factor.text() +
                " in every step";
    }
  }
  if (without_minimum) {
    // e^-x has no minimum: x grows without end, like log t.
    Certified x = 0;
    for (int t = 0; t < 1000; ++t) x = x + exp(-x);
    readings.add("a function that has a minimum (e^-x has none)", less(x, 1));
    readings.add(figure("x after 1000 steps on e^-x", x));
  }
  readings.counterexample(example);
  Finding finding = readings.finding();
  return finding;
}

/// A rate that is too large overshoots, oscillates or diverges; one that is small only creeps.
Finding rates_behave(const Rational& oscillates_from, const Rational& diverges_from) {
  const auto factor = [](const Rational& eta) { return 1 - eta; };  // L = 1
  const Rational step(1, 1000);
  Readings readings;
  readings.add("on x^2/2, by the factor 1 - eta",
               factor(oscillates_from - step) > 0 && factor(oscillates_from + step) < 0 &&
                   abs(factor(diverges_from - step)) < 1 && abs(factor(diverges_from + step)) > 1);
  readings.add(figure("factor at eta = 1/100", factor(Rational(1, 100)).text()));
  readings.add(figure("factor at eta = 3/2", factor(Rational(3, 2)).text()));
  readings.add(figure("factor at eta = 5/2", factor(Rational(5, 2)).text()));
  return readings.finding();
}

/// The Hessian has no negative eigenvalue at the start and ten points of a descent: by Sylvester's
/// elimination, all pivots positive after adding 2^-40 to the diagonal.
bool is_positive(Matrix<Certified> hessian) {
  const std::size_t n = hessian.rows;
  for (std::size_t i = 0; i < n; ++i) {
    hessian.at(i, i) = hessian.at(i, i) + Certified(0x1p-40);
    if (less(hessian.at(i, i), 0)) return false;
    for (std::size_t row = i + 1; row < n; ++row) {
      const Certified share = hessian.at(row, i) / hessian.at(i, i);
      for (std::size_t column = i; column < n; ++column) {
        hessian.at(row, column) = hessian.at(row, column) - share * hessian.at(i, column);
      }
    }
  }
  return true;
}
Finding is_convex(const std::vector<std::string>& objectives) {
  Readings readings;
  for (const std::string& name : objectives) {
    const Objective& description = objective_named(name);
    const auto objective = description.bind<Certified>();
    SteppedRule<Certified> trajectory("gradient_descent", "", {{"learning_rate", 0x1p-6}},
                                      {description.start.begin(), description.start.end()});
    long positive = 0;
    for (int t = 0; t < 10; ++t) {
      if (is_positive(objective->hessian(trajectory.point()))) ++positive;
      trajectory.step(*objective);
    }
    readings.add(name, positive == 10);
    readings.add(figure("points of ten with no eigenvalue below -2^-40, " + name, positive));
  }
  return readings.finding();
}

}  // namespace

std::vector<Claim> landscapes() {
  std::vector<Claim> claims;
  for (const auto& [document, line] : {Place{encyclopedia, 109}, Place{foundations, 96}}) {
    claims.push_back(
        {.id = claim_id(document, "saddles-outnumber-minima"),
         .document = document,
         .line = line,
         .sentence = "in high dimensions saddles vastly outnumber local minima",
         .computed = "stationary points counted one by one in ten dimensions; vastly is tenfold",
         .compute =
             [] {
               return saddles_outnumber({wells, well}, 10);
             },
         .planted = "... of sums of double wells",
         .compute_planted = [] { return saddles_outnumber({wells}, 10); }});
  }
  for (const auto& [document, line] : {Place{encyclopedia, 34}, Place{foundations, 26}}) {
    claims.push_back(
        {.id = claim_id(document, "convex-is-guaranteed"),
         .document = document,
         .line = line,
         .sentence = "gradient descent is guaranteed to reach a convex function's global minimum",
         .computed = "the factor a step on x^2, for which L = 2, and e^-x",
         .compute =
             [] {
               return convex_converges({Rational(1, 4), Rational(11, 10)}, true);
             },
         .planted = "... with eta = 1/4 on x^2",
         .compute_planted = [] { return convex_converges({Rational(1, 4)}, false); }});
  }
  for (const auto& [document, line] : {Place{introduction, 53}, Place{foundations, 42}}) {
    claims.push_back(
        {.id = claim_id(document, "too-large-or-small"),
         .document = document,
         .line = line,
         .sentence = "a rate too large oscillates or diverges, one too small converges slowly",
         .computed = "the factor 1 - eta on x^2/2: it oscillates from 1/L on, diverges from 2/L on",
         .compute = [] { return rates_behave(1, 2); },
         .planted = "it diverges from 1/L on",
         .compute_planted = [] { return rates_behave(Rational(1, 2), 1); }});
  }
  claims.insert(
      claims.end(),
      {{.id = "003-saddles-grow-exponentially",
        .document = encyclopedia,
        .line = 109,
        .sentence = "the number of saddles grows exponentially with the dimension",
        .computed = "saddles counted one by one for n = 4 to 9; growth by a factor of 3 at least",
        .compute =
            [] {
              return saddles_grow({wells, well}, 3);
            },
        .planted = "... of sums of double wells",
        .compute_planted = [] { return saddles_grow({wells}, 3); }},
       {.id = "003-slow-near-saddles",
        .document = encyclopedia,
        .line = 109,
        .sentence = "near saddles gradient descent slows down dramatically or stalls",
        .computed = "steps to leave a saddle from 10^-12 beside its ridge; slow is above 100",
        .compute = [] { return slow_near_saddle(100); },
        .planted = "it takes more than 1000 steps",
        .compute_planted = [] { return slow_near_saddle(1000); }},
       {.id = "003-local-maximum",
        .document = encyclopedia,
        .line = 30,
        .sentence = "without convexity it may converge even to a local maximum",
        .computed =
            "1000 steps on x^4/4 - x^2/2 from its local maximum: one witness, as the sentence asks",
        .compute = [] { return stays_at_maximum({0}); },
        .planted = "also from beside it",
        .compute_planted = [] { return stays_at_maximum({Rational(1, 1000000)}); }},
       {.id = "004-convex-losses",
        .document = foundations,
        .line = 26,
        .sentence = "linear and logistic regression have convex losses",
        .computed = "pivots of the catalogue's Hessians at ten points of a descent",
        .compute =
            [] {
              return is_convex({"least_squares", "logistic"});
            },
        .planted = "so has the catalogue's saddle",
        .compute_planted = [] { return is_convex({"saddle"}); }},
       {.id = "004-escapes-saddles",
        .document = foundations,
        .line = 96,
        .sentence = "gradient descent naturally escapes saddle points",
        .computed = "1000 steps on x^2/2 - y^2/2, from beside its ridge and from on it",
        .compute =
            [] {
              return leaves_saddle({Rational(1, 1000000), 0});
            },
        .planted = "... from beside the ridge",
        .compute_planted = [] { return leaves_saddle({Rational(1, 1000000)}); }}});
  return claims;
}

}  // namespace plumbline::claims
