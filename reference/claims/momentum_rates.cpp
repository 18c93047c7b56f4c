// The best momentum on a quadratic with condition number kappa, and what it gains.
//
// The heavy ball v = mu v + g, theta = theta - eta v is, along the eigenvector of lambda,
//   theta_{t+1} = (1 + mu - eta lambda) theta_t - mu theta_{t-1}
// with the characteristic roots r^2 - (1 + mu - eta lambda) r + mu = 0. Its rate is the greatest
// magnitude of the roots over all lambda: sqrt(mu) where they are complex, that is where
// (1 + mu - eta lambda)^2 < 4 mu, else the larger real one. For a given mu it is least where the
// ends of the spectrum are symmetric, eta = 2 (1 + mu)/(lambda_min + lambda_max); over both it is
// least at
//   mu = ((sqrt kappa - 1)/(sqrt kappa + 1))^2,  where the rate is (sqrt kappa - 1)/(sqrt kappa +
//   1)
// (Polyak 1987, 3.2.1): the number that one document gives for the momentum is the rate, the root
// of the momentum. It is the momentum of another method: Nesterov's, at eta = 1/L, has the roots
// r^2 - (1 + mu)(1 - eta lambda) r + mu (1 - eta lambda) = 0, whose rate sqrt(mu (1 - 1/kappa)) is
// least where they are double at lambda_min, at mu = (sqrt kappa - 1)/(sqrt kappa + 1).
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/step_counts.hpp"
#include "reference/stepped_rule.hpp"

namespace plumbline::claims {
namespace {

/// The greatest magnitude of the roots of r^2 - p r + q = 0, q >= 0.
Certified greatest_root(const Certified& p, const Certified& q) {
  const Certified discriminant = square(p) - 4 * q;
  // Where it is next to 0 both forms are sqrt(q) next to nothing: the enclosure of either may
  // be taken once the sign is known.
  if (less(discriminant, 0)) return sqrt(q);
  return (abs(p) + sqrt(discriminant)) / 2;
}

/// The rate over the ends of the spectrum [1, kappa], which are the worst.
Certified heavy_ball_rate(const Certified& eta, const Certified& mu, long kappa) {
  const auto at = [&](long lambda) {
    return greatest_root(1 + mu - eta * static_cast<double>(lambda), mu);
  };
  return max(at(1), at(kappa));
}
Certified symmetric_eta(const Certified& mu, long kappa) {
  return 2 * (1 + mu) / static_cast<double>(kappa + 1);
}
Certified nesterov_rate(const Certified& mu, long kappa) {
  // At lambda = L both roots are 0.
  const Certified left = 1 - Certified::ratio(1, kappa);
  return greatest_root((1 + mu) * left, mu * left);
}

Certified root_ratio(long kappa) {
  const Certified root = sqrt(whole(kappa));
  return (root - 1) / (root + 1);
}

/// No momentum nearby gives a better rate: `rate` falls to `mu` from both sides.
template <class Rate>
bool is_best(const Certified& mu, const Rate& rate) {
  // Just beside mu the roots are simple, so that the rates there are decided.
  const Certified below = rate(mu * (1 - Certified::ratio(1, 1000000)));
  const Certified above = rate(mu * (1 + Certified::ratio(1, 1000000)));
  const Certified far_below = rate(mu * Certified::ratio(7, 8));
  const Certified far_above = rate(mu + (1 - mu) / 8);
  return less(below, far_below) && less(above, far_above) &&
         // Falling on the left and rising on the right, and nothing deeper at mu's side.
         less(rate(mu * (1 - Certified::ratio(1, 4000000))), below) &&
         less(rate(mu * (1 + Certified::ratio(1, 4000000))), above);
}

Finding best_momentum_is(bool squared) {
  Readings readings;
  bool with_best_eta = true;
  bool with_eta_one_over_l = true;
  bool nesterov = true;
  for (const long kappa : {10L, 100L, 10000L}) {
    const Certified mu = squared ? square(root_ratio(kappa)) : root_ratio(kappa);
    with_best_eta = with_best_eta && is_best(mu, [&](const Certified& momentum) {
                      return heavy_ball_rate(symmetric_eta(momentum, kappa), momentum, kappa);
                    });
    with_eta_one_over_l = with_eta_one_over_l && is_best(mu, [&](const Certified& momentum) {
                            return heavy_ball_rate(Certified::ratio(1, kappa), momentum, kappa);
                          });
    nesterov = nesterov && is_best(mu, [&](const Certified& momentum) {
                 return nesterov_rate(momentum, kappa);
               });
  }
  readings.add("for the heavy ball, with the best learning rate", with_best_eta);
  if (!squared) readings.add("for the heavy ball, with eta = 1/L", with_eta_one_over_l);
  const Certified stated = root_ratio(100);
  const Certified best = square(stated);
  // At mu = best the roots are double; the rate is sqrt(mu) from the complex side.
  const Certified stated_rate = heavy_ball_rate(symmetric_eta(stated, 100), stated, 100);
  readings.add(figure("kappa = 100: (sqrt kappa - 1)/(sqrt kappa + 1)", stated));
  readings.add(figure("rate of the heavy ball with that momentum, at its best eta", stated_rate));
  readings.add(figure("best momentum of the heavy ball, the square", best));
  readings.add(figure("rate of the heavy ball with it", sqrt(best)));
  readings.add(
      figure("it is the best momentum of Nesterov's method at eta = 1/L", nesterov ? "yes" : "no"));
  readings.counterexample("eigenvalues 1 and 100: momentum 9/11 contracts by " +
                          figure("", stated_rate, 6).value +
                          " a step at best, momentum 81/121 by " + figure("", sqrt(best), 6).value);
  return readings.finding();
}

/// Steps of the heavy ball on eigenvalues 1 and kappa from (1, 1) until the error is below 1e-6,
/// with the momentum and the rate that belong together.
long heavy_ball_steps(long kappa) {
  const Certified mu = root_ratio(kappa);
  const Certified eta = symmetric_eta(mu, kappa);
  std::vector<Certified> point{1, 1}, before{1, 1};
  const Certified target = Certified::ratio(1, 1000000);
  for (long step = 1;; ++step) {
    for (std::size_t i = 0; i < 2; ++i) {
      const double lambda = i == 0 ? 1.0 : static_cast<double>(kappa);
      Certified next = (1 + mu - eta * lambda) * point[i] - mu * before[i];
      before[i] = point[i];
      point[i] = next;
    }
    if (less(square(point[0]) + square(point[1]), square(target))) return step;
  }
}

/// From O(kappa log 1/eps) to O(sqrt(kappa) log 1/eps): the counts over these orders stay below 1.
Finding accelerates(bool to_root) {
  Readings readings;
  bool plain_is_kappa = true;
  bool momentum_is_root = true;
  const Certified target = Certified::ratio(1, 1000000);
  const Certified logarithm = log(Certified(1000000));
  for (const long kappa : {100L, 2500L, 10000L}) {
    const long plain = steps_to(Certified::ratio(kappa - 1, kappa + 1), target);
    const long momentum = heavy_ball_steps(kappa);
    const Certified size(static_cast<double>(kappa));
    const Certified plain_share = whole(plain) / (size * logarithm);
    const Certified share =
        whole(momentum) / ((to_root ? sqrt(size) : sqrt(sqrt(size))) * logarithm);
    plain_is_kappa =
        plain_is_kappa && less(plain_share, 1) && less(Certified::ratio(1, 4), plain_share);
    momentum_is_root = momentum_is_root && less(share, 2);
    readings.add(
        figure("steps to 1e-6 of gradient descent, kappa = " + std::to_string(kappa), plain));
    readings.add(figure("... of the heavy ball with (sqrt kappa - 1)/(sqrt kappa + 1), kappa = " +
                            std::to_string(kappa),
                        momentum));
  }
  readings.add(
      "steps over kappa log(1/eps) between 1/4 and 1 without momentum, over "
      "sqrt(kappa) log(1/eps) below 2 with it",
      plain_is_kappa && momentum_is_root);
  return readings.finding();
}

/// The effective window of v = mu v + g at mu = 0.9 is 1/(1 - mu)^power, within a factor of two, by
/// three measures of its weights mu^k.
Finding window_is(int power) {
  const Certified mu = Certified::ratio(9, 10);
  const Certified stated = power == 1 ? 1 / (1 - mu) : square(1 / (1 - mu));
  struct Measure {
    std::string words;
    Certified window;
  };
  const std::vector<Measure> measures{
      {"sum of the weights over the greatest", 1 / (1 - mu)},
      {"mean age of a gradient, counted from 1", mu / (1 - mu) + 1},
      {"gradients of equal weight with the same variance, (1 + mu)/(1 - mu)", (1 + mu) / (1 - mu)}};
  Readings readings;
  for (const auto& [words, window] : measures) {
    readings.add(words, less(stated / 2, window) && less(window, 2 * stated));
    readings.add(figure(words, window));
  }
  // The first from its definition, term by term.
  Certified sum, weight = 1;
  for (int k = 0; k < 2000; ++k) {
    sum = sum + weight;
    weight = weight * mu;
  }
  readings.add(figure("sum of 2000 weights", sum));
  return readings.finding();
}

/// Nesterov's rate is the smaller one: with one momentum of 0.9 for both at eta = 1/L, and where
/// each has its own best.
Finding nesterov_is_faster(const std::vector<bool>& each_at_its_best) {
  constexpr long kappa = 100;
  const Certified mu = Certified::ratio(9, 10);
  Readings readings;
  for (const bool best : each_at_its_best) {
    const Certified heavy =
        best ? root_ratio(kappa) : heavy_ball_rate(Certified::ratio(1, kappa), mu, kappa);
    // At its best for eta = 1/L the roots are double: sqrt(mu (1 - 1/kappa)).
    const Certified nesterov = best ? sqrt(root_ratio(kappa) * (1 - Certified::ratio(1, kappa)))
                                    : nesterov_rate(mu, kappa);
    const std::string words = best ? "each with its best settings (Nesterov's at eta = 1/L)"
                                   : "beta = 0.9 and eta = 1/L for both";
    readings.add("a quadratic with kappa = 100, " + words, less(nesterov, heavy));
    readings.add(figure("rate of the heavy ball, kappa = 100, " + words, heavy));
    readings.add(figure("rate of Nesterov's method, kappa = 100, " + words, nesterov));
    if (!less(nesterov, heavy)) {
      readings.counterexample("a quadratic with kappa = 100, " + words +
                              ": the heavy ball's rate is " + figure("", heavy, 6).value +
                              ", Nesterov's " + figure("", nesterov, 6).value);
    }
  }
  return readings.finding();
}

}  // namespace

std::vector<Claim> momentum_rates() {
  return {
      {.id = "000-velocity-window",
       .document = lecture_notes,
       .line = 75,
       .sentence = "the velocity's effective window is about 1/(1 - mu)",
       .computed =
           "three measures of the weights mu^k at mu = 0.9; about is within a factor of two",
       .compute = [] { return window_is(1); },
       .planted = "about 1/(1 - mu)^2",
       .compute_planted = [] { return window_is(2); }},
      {.id = "004-nesterov-better",
       .document = foundations,
       .line = 72,
       .sentence = "Nesterov's look-ahead gives better convergence rates than momentum",
       .computed = "the spectral radius of both on a quadratic, at the same settings and at the "
                   "best of each",
       .compute =
           [] {
             return nesterov_is_faster({false, true});
           },
       .planted = "... on quadratics, each with its best settings",
       .compute_planted = [] { return nesterov_is_faster({true}); }},
      {.id = "000-optimal-momentum",
       .document = lecture_notes,
       .line = 77,
       .sentence = "on a quadratic the optimal momentum is (sqrt kappa - 1)/(sqrt kappa + 1)",
       .computed = "the spectral radius of the document's own momentum (the heavy ball) at that "
                   "coefficient and beside it, kappa = 10, 100, 10,000",
       .compute = [] { return best_momentum_is(false); },
       .planted = "it is the square of that",
       .compute_planted = [] { return best_momentum_is(true); }},
      {.id = "000-momentum-acceleration",
       .document = lecture_notes,
       .line = 77,
       .sentence = "it improves O(kappa log 1/eps) to O(sqrt(kappa) log 1/eps) iterations",
       .computed =
           "steps to an error of 1e-6 counted on enclosures, kappa = 100, 2500, 10,000, with the "
           "momentum that the sentence gives",
       .compute = [] { return accelerates(true); },
       .planted = "to O(kappa^(1/4) log 1/eps)",
       .compute_planted = [] { return accelerates(false); }},
  };
}

}  // namespace plumbline::claims
