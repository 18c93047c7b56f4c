// Rosenbrock's function: its minimum and its curvature along the valley's floor y = x^2.
//
// There, off the floor by nothing, the Hessian is
//   H(x) = [[800 x^2 + 2, -400 x], [-400 x, 200]],  det H = 400,  tr H = 800 x^2 + 202
// so that lambda_min = 400/lambda_max: the two move apart as x^2 grows.
//
// A rule that scales each coordinate by itself, as AdaGrad does, turns H into S H S with a
// diagonal S. With s = S_11^2/S_22^2 the condition number k of a 2 x 2 matrix [[a, b], [b, d]] so
// scaled has k + 2 + 1/k = tr^2/det = (s a + d)^2/(s (a d - b^2)), which is least at s = d/a, where
// it is 4/(1 - c^2) with c^2 = b^2/(a d). Hence no diagonal scaling is better than
//   k = (1 + c)/(1 - c).
// (Forsythe and Straus 1955, Proc. AMS 6, p. 340.)
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

Matrix<Certified> hessian_at(const Certified& x, const Certified& y) {
  const std::vector<Certified> point{x, y};
  return objective_named("rosenbrock").bind<Certified>()->hessian(point);
}
Matrix<Certified> hessian_on_floor(const Certified& x) {
  return hessian_at(x, square(x));
}

struct Spectrum {
  Certified least, greatest;
  Certified condition() const { return greatest / least; }
};

Spectrum spectrum_of(const Matrix<Certified>& hessian) {
  const Certified sum = hessian.at(0, 0) + hessian.at(1, 1);
  const Certified difference = hessian.at(0, 0) - hessian.at(1, 1);
  const Certified root = sqrt(square(difference) + 4 * square(hessian.at(0, 1)));
  return {(sum - root) / 2, (sum + root) / 2};
}

Finding eigenvalues_at_origin(long least, long greatest, long condition) {
  const Spectrum found = spectrum_of(hessian_at(0, 0));
  Readings readings;
  readings.add("the eigenvalues round to the numbers stated",
               rounds_to(found.least, least, 1) && rounds_to(found.greatest, greatest, 1));
  readings.add("their quotient rounds to the number stated",
               rounds_to(found.condition(), condition, 1));
  readings.add(figure("lambda_min at (0, 0)", found.least));
  readings.add(figure("lambda_max at (0, 0)", found.greatest));
  readings.add(figure("lambda_max/lambda_min", found.condition()));
  return readings.finding();
}

Finding minimum_at(int x, int y) {
  const auto objective = objective_named("rosenbrock").bind<Certified>();
  const std::vector<Certified> point{x, y};
  const std::vector<Certified> gradient = objective->gradient(point);
  Readings readings;
  readings.add(
      "the value there is 0, which a sum of squares is never below, and both squares "
      "are 0 only where x = 1 and y = x^2",
      objective->value(point).is_exactly("0") && gradient[0].is_exactly("0") &&
          gradient[1].is_exactly("0"));
  readings.add(
      figure("L(" + std::to_string(x) + ", " + std::to_string(y) + ")", objective->value(point)));
  readings.add(figure("lambda_min there", spectrum_of(hessian_at(x, y)).least));
  return readings.finding();
}

/// "Vary by orders of magnitude", which is by this factor at least.
Finding eigenvalues_vary(long factor) {
  bool between = true;
  Certified least_condition = spectrum_of(hessian_on_floor(0)).condition();
  Spectrum lowest = spectrum_of(hessian_on_floor(0));
  Spectrum highest = lowest;
  for (int place = -16; place <= 16; ++place) {
    const Spectrum here = spectrum_of(hessian_on_floor(Certified(place) / 16));
    between = between && !less(here.condition(), whole(factor));
    lowest = {min(lowest.least, here.least), min(lowest.greatest, here.greatest)};
    highest = {max(highest.least, here.least), max(highest.greatest, here.greatest)};
  }
  const Certified along_least = highest.least / lowest.least;
  const Certified along_greatest = highest.greatest / lowest.greatest;
  Readings readings;
  readings.add("of the two eigenvalues at one point of the floor", between);
  readings.add("of one eigenvalue along the floor from (-1, 1) to (1, 1)",
               !less(along_least, whole(factor)) || !less(along_greatest, whole(factor)));
  readings.add(figure("lambda_max/lambda_min at (0, 0), the least on the floor", least_condition));
  readings.add(
      figure("lambda_max/lambda_min at (1, 1)", spectrum_of(hessian_on_floor(1)).condition()));
  readings.add(figure("greatest lambda_min/least lambda_min along the floor", along_least));
  readings.add(figure("greatest lambda_max/least lambda_max along the floor", along_greatest));
  readings.counterexample("from (-1, 1) to (1, 1) each eigenvalue changes by a factor of " +
                          figure("", along_greatest, 6).value);
  return readings.finding();
}

/// The best condition number that rates by coordinate can give.
Certified best_scaled(const Matrix<Certified>& hessian) {
  const Certified c = abs(hessian.at(0, 1)) / sqrt(hessian.at(0, 0) * hessian.at(1, 1));
  return (1 + c) / (1 - c);
}

/// "Whitens the problem": the condition number can be brought to this, at most.
Finding whitened_to(long condition) {
  Readings readings;
  const Certified at_origin = best_scaled(hessian_on_floor(0));
  const Certified at_minimum = best_scaled(hessian_on_floor(1));
  readings.add("at (0, 0), where the Hessian is diagonal", !less(whole(condition), at_origin));
  readings.add("at the minimum (1, 1)", !less(whole(condition), at_minimum));
  readings.add(figure("least condition number of a diagonal scaling at (0, 0)", at_origin));
  readings.add(figure("least condition number of a diagonal scaling at (1, 1)", at_minimum));
  readings.add(figure("condition number at (1, 1), not scaled",
                      spectrum_of(hessian_on_floor(1)).condition()));
  readings.counterexample("at (1, 1) no rates by coordinate bring the condition number below " +
                          figure("", at_minimum, 8).value);
  return readings.finding();
}

}  // namespace

std::vector<Claim> rosenbrock_curvature() {
  return {
      {.id = "002-rosenbrock-minimum",
       .document = textbook,
       .line = 87,
       .sentence = "Rosenbrock's function has a unique minimum at (1, 1)",
       .computed = "value and gradient of the catalogue's function there, exactly",
       .compute = [] { return minimum_at(1, 1); },
       .planted = "a unique minimum at (0, 0)",
       .compute_planted = [] { return minimum_at(0, 0); }},
      {.id = "002-rosenbrock-eigenvalues",
       .document = textbook,
       .line = 87,
       .sentence = "at (0, 0) the Hessian's eigenvalues are about (2, 200), condition number 100",
       .computed = "the eigenvalues of the catalogue's Hessian",
       .compute = [] { return eigenvalues_at_origin(2, 200, 100); },
       .planted = "about (2, 400), condition number 200",
       .compute_planted = [] { return eigenvalues_at_origin(2, 400, 200); }},
      {.id = "002-rosenbrock-valley-eigenvalues",
       .document = textbook,
       .line = 87,
       .sentence = "along the valley's floor the eigenvalues vary by orders of magnitude",
       .computed =
           "the eigenvalues at 33 points of y = x^2 from (-1, 1) to (1, 1); orders of magnitude "
           "are a factor of 100 at least",
       .compute = [] { return eigenvalues_vary(100); },
       .planted = "vary by a factor of 4 at least",
       .compute_planted = [] { return eigenvalues_vary(4); }},
      {.id = "002-adagrad-whitens-rosenbrock",
       .document = textbook,
       .line = 87,
       .sentence = "AdaGrad scales the coordinates differently and effectively whitens the problem",
       .computed =
           "the least condition number that any rates by coordinate can give, in closed form; "
           "whitened is at most 10",
       .compute = [] { return whitened_to(10); },
       .planted = "brings the condition number to 2000 at most",
       .compute_planted = [] { return whitened_to(2000); }},
  };
}

}  // namespace plumbline::claims
