// L-BFGS near a minimum.
//
// BFGS, which remembers every step, converges superlinearly (Dennis and More 1977). With a history
// shorter than the number of variables what is proved is linear convergence (Liu and Nocedal 1989,
// theorem 7.1). Superlinear means that the factor by which the gradient shrinks goes to zero
// itself; here its geometric mean over ten steps is held against that of the ten before.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/certified_vector.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

/// Superlinear: the mean factor of steps 21 to 30 is below a tenth of that of steps 11 to 20.
Finding factor_falls(const std::vector<int>& histories) {
  const Objective& description = objective_named("logistic_l2");
  const auto objective = description.bind<Certified>();
  Readings readings;
  std::string example;
  for (const int history : histories) {
    SteppedRule<Certified> trajectory("lbfgs", "nocedal_wright",
                                      {{"history_size", static_cast<double>(history)}},
                                      {description.start.begin(), description.start.end()});
    std::vector<Certified> norms;
    for (int t = 1; t <= 30; ++t) {
      trajectory.step(*objective);
      if (t % 10 != 0) continue;
      norms.push_back(sqrt(squared_norm(objective->gradient(trajectory.point()))));
    }
    const Certified tenth = Certified::ratio(1, 10);
    const Certified early = power(norms[1] / norms[0], tenth);
    const Certified late = power(norms[2] / norms[1], tenth);
    const std::string words = "a history of " + std::to_string(history) +
                              (history == 1 ? " step" : " steps") + ", " +
                              std::to_string(description.dimension()) + " variables";
    readings.add(words, less(late, early / 10));
    readings.add(figure("mean factor of the gradient, steps 11 to 20, " + words, early, 6));
    readings.add(figure("mean factor of the gradient, steps 21 to 30, " + words, late, 6));
    if (!less(late, early / 10)) {
      example = "logistic regression, " + words + ": the mean factor is " +
                figure("", early, 4).value + " in steps 11 to 20 and " + figure("", late, 4).value +
                " in steps 21 to 30";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

}  // namespace

std::vector<Claim> quasi_newton() {
  return {{.id = "003-lbfgs-superlinear",
           .document = encyclopedia,
           .line = 123,
           .sentence = "L-BFGS converges superlinearly near a minimum",
           .computed =
               "thirty steps of the catalogue's rule on logistic regression, the gradient's "
               "mean factor over ten steps against that of the ten before",
           .compute =
               [] {
                 return factor_falls({20, 1});
               },
           .planted = "... with a history of 20 steps",
           .compute_planted = [] { return factor_falls({20}); }}};
}

}  // namespace plumbline::claims
