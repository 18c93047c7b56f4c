// Second-order methods: how fast they are near a minimum, and what they cost.
//
// Newton's step with a share eta of it leaves (1 - eta) of the error to first order: quadratic
// convergence needs eta = 1. It also needs a Hessian that is not singular at the minimum: on x^4
// Newton's step is x - 4x^3/(12x^2) = 2x/3, which is linear.
//
// Kronecker factors: for a layer of r x c weights, n = r c, K-FAC and Shampoo keep matrices of
// r x r and c x c and multiply the gradient by both, r^2 c + r c^2 multiplications in every step
// however seldom the factors are renewed. For a square layer that is 2 n and 2 n^(3/2); for a
// vector, r = 1, n^2 and n^2. They are O(n) where n grows by layers of bounded size.
#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"
#include "reference/state_size.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

struct Newton {
  std::string words;
  double share;
  bool singular;  ///< on x^4 for Rosenbrock's function
};

/// The errors of Newton's method fall quadratically: e_{t+1} <= C e_t^2 with the same C, over
/// the last steps of eight.
Finding newton_is_quadratic(const std::vector<Newton>& cases) {
  Readings readings;
  std::string example;
  for (const Newton& each : cases) {
    std::vector<Certified> errors;
    if (each.singular) {
      Certified x = 1;
      for (int t = 0; t < 8; ++t) {
        x = x - 4 * x * x * x / (12 * x * x);
        errors.push_back(abs(x));
      }
    } else {
      const auto objective = objective_named("rosenbrock").bind<Certified>();
      SteppedRule<Certified> trajectory("newton", "", {{"learning_rate", each.share}}, {1.25, 1.5});
      for (int t = 0; t < 8; ++t) {
        trajectory.step(*objective);
        const auto& point = trajectory.point();
        errors.push_back(sqrt(square(point[0] - 1) + square(point[1] - 1)));
      }
    }
    // The quotients e_{t+1}/e_t go to zero with e_t: the last is below a hundredth.
    const Certified quotient = errors[7] / errors[6];
    const bool quadratic =
        less(quotient, Certified::ratio(1, 100)) && less(errors[7], square(errors[6]) * 10);
    readings.add(each.words, quadratic);
    readings.add(figure("error after 8 steps, " + each.words, errors[7], 6));
    readings.add(figure("the eighth step's error over the seventh's, " + each.words, quotient, 6));
    if (!quadratic) {
      example = each.words + ": the error's quotient is " + figure("", quotient, 4).value +
                " in the eighth step";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Entries of a Hessian of d parameters: 10^exponent.
Finding hessian_has_entries(int exponent) {
  const Rational parameters = 1000000000;
  const Rational entries = parameters * parameters;
  Rational stated = 1;
  for (int i = 0; i < exponent; ++i) stated *= 10;
  Readings readings;
  readings.add("d^2 at d = 10^9", entries == stated);
  readings.add(figure("entries", entries.text()));
  readings.add(
      figure("of which different, by symmetry", (parameters * (parameters + 1) / 2).text()));
  return readings.finding();
}

/// Multiplications and divisions of elimination on an n x n system, counted one by one.
long elimination_operations(long n) {
  long count = 0;
  for (long pivot = 0; pivot < n; ++pivot) {
    for (long row = pivot + 1; row < n; ++row) {
      ++count;                     // the factor
      count += n - pivot - 1 + 1;  // the rest of the row, and the right-hand side
    }
  }
  for (long row = n - 1; row >= 0; --row) count += n - row;  // back substitution
  return count;
}

/// Twice the parameters take this many times the operations, and the storage: to one per cent.
Finding newton_costs(long operations, long storage) {
  const long n = 1000;
  const Rational work(elimination_operations(2 * n), elimination_operations(n));
  const Rational entries(4 * n * n, n * n);
  const auto close = [](const Rational& found, long stated) {
    return abs(found / stated - 1) < Rational(1, 100);
  };
  Readings readings;
  readings.add("elimination, counted", close(work, operations) && close(entries, storage));
  readings.add(figure("multiplications and divisions at n = 1000", elimination_operations(n)));
  readings.add(figure("quotient at n = 2000", work.certified()));
  readings.add(figure("quotient of the entries", entries.text()));
  return readings.finding();
}

/// What L-BFGS keeps is at most so many times the parameters.
Finding lbfgs_keeps_at_most(const Rational& times) {
  const Rule& rule = rule_named("lbfgs");
  const std::vector<Shape> shapes = state_shapes(rule, rule.dialects.front().choices);
  Rational numbers = 0;
  for (const Shape& shape : shapes) numbers += static_cast<long>(element_count(shape));
  const Rational share = numbers / (measured_parameter[0] * measured_parameter[1]);
  Readings readings;
  readings.add("a history of 10 pairs", share <= times);
  readings.add(figure("state", size_text(shapes)));
  readings.add(figure("numbers a parameter", share.certified()));
  return readings.finding();
}

struct Layer2 {
  std::string words;
  long rows, columns;
};
const Layer2 square_layer{"a square layer", 1000, 1000};
const Layer2 wide_layer{"a layer of 1 x n", 1, 1000000};

/// Shampoo's state over the parameters, measured on the catalogue's rule; K-FAC's factors have
/// the same sizes.
Rational factor_share(const Layer2& layer) {
  const Rule& rule = rule_named("shampoo");
  std::vector<double> values = hyperparameter_values(rule, rule.dialects.front(), {});
  const auto shapes = rule.bind<Plain<Binary64>>(values, rule.dialects.front().choices)
                          ->state_shapes({layer.rows, layer.columns});
  Rational numbers = 0;
  for (const Shape& shape : shapes) {
    if (shape == Shape{layer.rows, layer.rows} || shape == Shape{layer.columns, layer.columns}) {
      numbers += Rational(static_cast<long>(element_count(shape)));
    }
  }
  // A square layer's parameter has the shape of its factors too: both are counted, by their number.
  if (layer.rows == layer.columns) numbers = Rational(2) * layer.rows * layer.columns;
  return numbers / (Rational(layer.rows) * layer.columns);
}

/// O(n) storage: at most ten numbers a parameter, for each of these layers.
Finding factors_keep(const std::vector<Layer2>& layers) {
  Readings readings;
  std::string example;
  for (const Layer2& layer : layers) {
    const Rational share = factor_share(layer);
    readings.add(layer.words, share <= 10);
    readings.add(figure("numbers a parameter in the factors, " + layer.words, share.text()));
    if (share > 10) {
      example = layer.words + ", n = 10^6: the factors have " + share.text() +
                " numbers a parameter, n^2 + 1 in all";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// O(n) a step: twice the parameters take at most so many times the multiplications of L^-1 G R^-1,
/// where n grows by wider layers, or by more of them.
Finding factors_cost(const std::vector<std::string>& growths) {
  Readings readings;
  std::string example;
  const auto work = [](long side, long layers) {
    return Rational(layers) * (Rational(side) * side * side * 2);
  };
  for (const std::string& growth : growths) {
    // Four times the parameters: sides twice as long, or four layers.
    const Rational ratio =
        growth == "wider layers" ? work(2000, 1) / work(1000, 1) : work(1000, 4) / work(1000, 1);
    readings.add("n grows by " + growth, ratio <= 4);
    readings.add(
        figure("multiplications with 4 n parameters over those with n, " + growth, ratio.text()));
    if (ratio > 4) {
      example =
          "a square layer of 1000 x 1000 takes 2 10^9 multiplications a step, one with four "
          "times the parameters " +
          ratio.text() +
          " times as many: n^(3/2), and no "
          "amortization changes that";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// "Curvature per parameter as a diagonal: Adam's v, Shampoo's": at most one number a parameter.
Finding diagonal_curvature(const std::vector<std::string>& rules) {
  Readings readings;
  std::string example;
  for (const std::string& name : rules) {
    const Rule& rule = rule_named(name);
    std::vector<Shape> curvature;
    for (const Shape& shape : kept_shapes(rule, rule.dialects.front())) curvature.push_back(shape);
    // Of Adam's two the second moment; the first is momentum.
    if (name == "adam") curvature.erase(curvature.begin());
    Rational numbers = 0;
    for (const Shape& shape : curvature) numbers += static_cast<long>(element_count(shape));
    const Rational share = numbers / (measured_parameter[0] * measured_parameter[1]);
    readings.add(std::string(rule.title), share <= 1);
    readings.add(figure("curvature kept by " + name, size_text(curvature)));
    if (share > 1) {
      example = name + " keeps " + size_text(curvature) +
                ", a whole matrix an axis: " + figure("", share.certified(), 6).value +
                " numbers a parameter for 1009 x 2003";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Conjugate gradients end in at most n steps on a quadratic, in rationals: x'Ax/2 - b'x with
/// the Hilbert-like matrix a_ij = 1/(i + j + 1) + [i = j].
Finding conjugate_gradient_ends_in(long dimension, long steps) {
  const auto n = static_cast<std::size_t>(dimension);
  std::vector<std::vector<Rational>> a(n, std::vector<Rational>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      a[i][j] = Rational(1, static_cast<long>(i + j + 1)) + (i == j ? 1 : 0);
    }
  }
  std::vector<Rational> residual(n, 1), direction(n, 1);
  const auto product = [&](const std::vector<Rational>& x, const std::vector<Rational>& y) {
    Rational sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += x[i] * y[i];
    return sum;
  };
  Rational squared = product(residual, residual);
  for (long step = 0; step < steps && squared != 0; ++step) {
    std::vector<Rational> image(n);
    for (std::size_t i = 0; i < n; ++i) image[i] = product(a[i], direction);
    const Rational alpha = squared / product(direction, image);
    for (std::size_t i = 0; i < n; ++i) residual[i] -= alpha * image[i];
    const Rational next = product(residual, residual);
    for (std::size_t i = 0; i < n; ++i) {
      direction[i] = residual[i] + next / squared * direction[i];
    }
    squared = next;
  }
  Readings readings;
  readings.add("a quadratic of dimension " + std::to_string(dimension), squared == 0);
  readings.add(
      figure("squared residual after " + std::to_string(steps) + " steps",
             squared == 0 ? figure("", 0L).value : figure("", squared.certified(), 6).value));
  return readings.finding();
}

}  // namespace

std::vector<Claim> second_order() {
  const Newton whole_step{"Newton's whole step, a regular minimum", 1, false};
  const Newton half_step{"eta = 1/2, as the formula allows", 0.5, false};
  const Newton quartic{"f = x^4, whose Hessian is singular at the minimum", 1, true};
  const std::string newton =
      "eight steps of the catalogue's rule on Rosenbrock's function from (5/4, 3/2)";
  return {
      {.id = "002-newton-quadratic",
       .document = textbook,
       .line = 77,
       .sentence = "theta - eta H^-1 grad converges quadratically near a minimum",
       .computed = newton + ", with eta = 1 and 1/2",
       .compute =
           [=] {
             return newton_is_quadratic({whole_step, half_step});
           },
       .planted = "... with eta = 1",
       .compute_planted = [=] { return newton_is_quadratic({whole_step}); }},
      {.id = "002-hessian-entries",
       .document = textbook,
       .line = 77,
       .sentence = "with d = 10^9 parameters the Hessian has 10^18 entries",
       .computed = "d^2, in whole numbers",
       .compute = [] { return hessian_has_entries(18); },
       .planted = "10^17",
       .compute_planted = [] { return hessian_has_entries(17); }},
      {.id = "002-shampoo-diagonal",
       .document = textbook,
       .line = 79,
       .sentence = "curvature kept per parameter as a diagonal: Adam's v, Shampoo's per axis",
       .computed = "numbers kept, counted from the state of the catalogue's rules; a diagonal is "
                   "one a parameter at most",
       .compute =
           [] {
             return diagonal_curvature({"adam", "shampoo"});
           },
       .planted = "... Adam's",
       .compute_planted = [] { return diagonal_curvature({"adam"}); }},
      {.id = "003-newton-quadratic",
       .document = encyclopedia,
       .line = 115,
       .sentence = "Newton's method converges quadratically near a minimum",
       .computed = newton + ", and on x^4",
       .compute =
           [=] {
             return newton_is_quadratic({whole_step, quartic});
           },
       .planted = "... where the Hessian is regular",
       .compute_planted = [=] { return newton_is_quadratic({whole_step}); }},
      {.id = "003-newton-cost",
       .document = encyclopedia,
       .line = 122,
       .sentence = "Newton's method costs O(n^3) a step and O(n^2) storage",
       .computed = "operations of elimination counted for n = 1000 and 2000",
       .compute = [] { return newton_costs(8, 4); },
       .planted = "O(n^2) a step",
       .compute_planted = [] { return newton_costs(4, 4); }},
      {.id = "003-lbfgs-storage",
       .document = encyclopedia,
       .line = 116,
       .sentence = "L-BFGS requires only O(n) storage",
       .computed = "the state of the catalogue's rule, counted",
       .compute = [] { return lbfgs_keeps_at_most(25); },
       .planted = "at most 10 n",
       .compute_planted = [] { return lbfgs_keeps_at_most(10); },
       .reproduce = "plumbline show lbfgs"},
      {.id = "003-kronecker-storage",
       .document = encyclopedia,
       .line = 124,
       .sentence = "K-FAC and Shampoo take O(n) storage",
       .computed = "their factors' sizes, of the catalogue's Shampoo, by the layer's shape",
       .compute =
           [] {
             return factors_keep({square_layer, wide_layer});
           },
       .planted = "... for square layers",
       .compute_planted = [] { return factors_keep({square_layer}); }},
      {.id = "003-kronecker-cost",
       .document = encyclopedia,
       .line = 125,
       .sentence = "K-FAC and Shampoo cost O(n) a step, amortized",
       .computed = "multiplications of L^-1 G R^-1, the inverses being given, as n grows",
       .compute =
           [] {
             return factors_cost({"more layers", "wider layers"});
           },
       .planted = "... by more layers",
       .compute_planted = [] { return factors_cost({"more layers"}); }},
      {.id = "003-conjugate-gradient",
       .document = encyclopedia,
       .line = 161,
       .sentence = "conjugate gradients are fast on quadratics",
       .computed = "the residual after n steps in dimension n, in rationals; fast is at an end",
       .compute = [] { return conjugate_gradient_ends_in(6, 6); },
       .planted = "in one step fewer",
       .compute_planted = [] { return conjugate_gradient_ends_in(6, 5); }},
  };
}

}  // namespace plumbline::claims
