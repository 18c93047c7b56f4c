// Gradient descent on a quadratic, where everything is known.
//
//   f(theta) = 1/2 theta'A theta,   theta_{t+1} = (I - eta A) theta_t
//
// Along the eigenvector of lambda the error is multiplied by 1 - eta lambda in every step, so that
// the slowest of all, rho = max_i |1 - eta lambda_i|, is the contraction, and is attained. As a
// maximum of |1 - eta lambda_min| and |1 - eta lambda_max| it is least where the two are equal, at
// eta = 2/(lambda_min + lambda_max), where it is (kappa - 1)/(kappa + 1); it is below 1 exactly
// for 0 < eta < 2/lambda_max. All of that is rational, and decided so.
//
// (Polyak 1987, Introduction to Optimization, 1.4.1 and 1.4.2.)
#include <cmath>

#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/step_counts.hpp"
#include "reference/numbers/rational.hpp"

namespace plumbline::claims {
namespace {

/// Eigenvalues from 1 to kappa, with some between.
std::vector<Rational> spectrum_of(long kappa) {
  return {1, Rational(kappa + 2, 3), Rational(kappa + 1, 2), kappa};
}

/// The factor along one eigenvector.
Rational factor(const Rational& eta, const Rational& lambda) {
  return abs(1 - eta * lambda);
}

/// max |1 - eta lambda|
Rational contraction(const Rational& eta, const std::vector<Rational>& spectrum) {
  Rational worst = 0;
  for (const Rational& lambda : spectrum) worst = std::max(worst, factor(eta, lambda));
  return worst;
}

const std::vector<long>& conditions() {
  static const std::vector<long> kappas{2, 10, 100, 10000};
  return kappas;
}

/// ||theta_{t+1}|| <= ratio ||theta_t|| in 50 steps from (1, ..., 1), and equal on the worst
/// eigenvector.
bool contracts_by(const Rational& ratio, const Rational& eta,
                  const std::vector<Rational>& spectrum) {
  std::vector<Rational> point(spectrum.size(), 1);
  bool attained = false;
  for (const Rational& lambda : spectrum) attained = attained || factor(eta, lambda) == ratio;
  for (int step = 0; step < 50; ++step) {
    Rational before = 0, after = 0;
    for (std::size_t i = 0; i < point.size(); ++i) {
      before += point[i] * point[i];
      point[i] -= eta * spectrum[i] * point[i];
      after += point[i] * point[i];
    }
    if (after > ratio * ratio * before) return false;
  }
  return attained;
}

/// The error contracts by max |1 - eta lambda| raised to this power.
Finding contracts_with_power(int power) {
  Readings readings;
  bool all = true;
  for (const long kappa : conditions()) {
    for (const Rational& eta :
         {Rational(1, kappa), Rational(2, kappa + 1), Rational(19, 10 * kappa)}) {
      const auto spectrum = spectrum_of(kappa);
      Rational ratio = 1;
      for (int i = 0; i < power; ++i) ratio *= contraction(eta, spectrum);
      all = all && contracts_by(ratio, eta, spectrum);
    }
  }
  readings.add("the error's norm in every step, attained along one eigenvector", all);
  readings.add(figure("max |1 - eta lambda| for lambda in {1, 34, 101/2, 100}, eta = 19/1000",
                      contraction(Rational(19, 1000), spectrum_of(100)).text()));
  return readings.finding();
}

/// eta = numerator/(lambda_min + lambda_max) is the best rate.
Finding best_rate(long numerator) {
  Readings readings;
  bool best = true;
  bool attained = true;
  for (const long kappa : conditions()) {
    const auto spectrum = spectrum_of(kappa);
    const Rational eta(numerator, kappa + 1);
    const Rational found = contraction(eta, spectrum);
    // The maximum is convex in eta: where both neighbours are worse there is nothing better.
    for (const Rational& step : {Rational(1, 1000), Rational(1, 1000000)}) {
      best = best && found < contraction(eta * (1 - step), spectrum) &&
             found < contraction(eta * (1 + step), spectrum);
    }
    attained = attained && found == Rational(kappa - 1, kappa + 1);
  }
  readings.add("no other fixed rate contracts better", best);
  readings.add("the contraction is (kappa - 1)/(kappa + 1)", attained);
  readings.add(figure("contraction at kappa = 100, eta = " + std::to_string(numerator) + "/101",
                      contraction(Rational(numerator, 101), spectrum_of(100)).text()));
  return readings.finding();
}

Finding contraction_at_100_rounds_to(long hundredths) {
  const Certified found = contraction(Rational(2, 101), spectrum_of(100)).certified();
  Readings readings;
  readings.add("at the best rate", rounds_to(found, hundredths, 100));
  readings.add(figure("(kappa - 1)/(kappa + 1) at kappa = 100", found));
  readings.add(figure("the same exactly", "99/101"));
  return readings.finding();
}

/// "Roughly T steps for two decimal places" at kappa = 100, contraction 99/101.
Finding steps_for_two_decimals(long stated) {
  const Certified ratio = Certified::ratio(99, 101);
  struct Meaning {
    std::string words;
    Certified ratio, target;
  };
  const std::vector<Meaning> meanings{
      {"error at most 1/100 of the first", ratio, Certified::ratio(1, 100)},
      {"error at most 1/200 of the first", ratio, Certified::ratio(1, 200)},
      {"loss at most 1/100 of the first", square(ratio), Certified::ratio(1, 100)},
      {"error at most 1/100 of the first, at eta = 1/lambda_max", Certified::ratio(99, 100),
       Certified::ratio(1, 100)}};
  Readings readings;
  for (const Meaning& meaning : meanings) {
    const long steps = steps_to(meaning.ratio, meaning.target);
    readings.add(meaning.words, is_within_factor_two(steps, stated));
    readings.add(figure("steps until " + meaning.words, steps));
  }
  const Certified digits = -whole(stated) * log(ratio) / log(Certified(10));
  readings.add(figure("decimal places gained in " + std::to_string(stated) + " steps", digits));
  readings.counterexample("kappa = 100 needs " +
                          std::to_string(steps_to(ratio, Certified::ratio(1, 100))) +
                          " steps for an error of 1/100 of the first; " + std::to_string(stated) +
                          " steps gain " + figure("", digits, 4).value + " decimal places");
  return readings.finding();
}

/// Stable exactly below numerator/lambda_max.
Finding stable_below(long numerator) {
  Readings readings;
  bool converges_below = true;
  bool stays_at = true;
  bool grows_above = true;
  for (const long kappa : conditions()) {
    const auto spectrum = spectrum_of(kappa);
    const Rational limit(numerator, kappa);
    converges_below =
        converges_below && contraction(limit * Rational(999999, 1000000), spectrum) < 1;
    stays_at = stays_at && contraction(limit, spectrum) >= 1;
    grows_above = grows_above && contraction(limit * Rational(1000001, 1000000), spectrum) > 1;
  }
  readings.add("below it every part of the error shrinks; at it one does not, above it one grows",
               converges_below && stays_at && grows_above);
  readings.add(figure("contraction at kappa = 100, eta = " + std::to_string(numerator) + "/100",
                      contraction(Rational(numerator, 100), spectrum_of(100)).text()));
  readings.add(figure(
      "the same at a millionth less",
      contraction(Rational(numerator, 100) * Rational(999999, 1000000), spectrum_of(100)).text()));
  return readings.finding();
}

/// "rho = 1 - eta lambda_min"; the planted sentence has the maximum.
Finding rho_is(Rational (*rho)(const Rational& eta, long kappa)) {
  Readings readings;
  std::string example;
  const long kappa = 10;
  const auto spectrum = spectrum_of(kappa);
  const auto check = [&](const std::string& where, const Rational& eta) {
    const Rational stated = rho(eta, kappa);
    const Rational found = contraction(eta, spectrum);
    readings.add(where, stated == found);
    readings.add(figure("contraction at kappa = 10, eta = " + eta.text(), found.text()));
    if (stated != found) {
      example = "eigenvalues 1 and 10, eta = " + eta.text() + ": the error contracts by " +
                found.text() + ", not by " + stated.text();
    }
  };
  check("eta at most 1/lambda_max", Rational(1, kappa));
  check("eta at most 2/(lambda_min + lambda_max)", Rational(2, kappa + 1));
  check("eta up to 2/lambda_max", Rational(19, 10 * kappa));
  readings.counterexample(example);
  return readings.finding();
}

/// Strongly convex: O(c^k) with c = 1 - mu/L for every rate up to 1/L.
Finding rate_for_all_steps(const std::vector<Rational>& shares) {
  const long kappa = 10;
  Readings readings;
  std::string example;
  for (const Rational& share : shares) {
    // Gradient descent with eta = share/L; the gap contracts by the square of the error's factor.
    const Rational error = contraction(share / kappa, spectrum_of(kappa));
    const Rational stated = 1 - Rational(1, kappa);
    const bool holds = error * error <= stated;
    readings.add("alpha = " + share.text() + " of 1/L", holds);
    readings.add(figure("the gap's factor a step, kappa = 10, alpha = " + share.text() + " of 1/L",
                        (error * error).text()));
    if (!holds) {
      example = "f = x^2/2 on the eigenvalue mu = 1, L = 10, alpha = " + share.text() +
                " of 1/L: the gap shrinks by " + (error * error).text() +
                " a step, which is above c = " + stated.text();
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// The error is halved every O(kappa) iterations at eta = 1/beta, from ||error||^2 <=
/// (1 - 1/kappa)^t: between these multiples of kappa.
Finding halves_every_kappa_to_the(int power) {
  Readings readings;
  bool bounded = true;
  for (const long kappa : {10L, 100L, 10000L, 1000000L}) {
    const Certified ratio = Certified::ratio(kappa - 1, kappa);
    const long squared = steps_to(ratio, Certified::ratio(1, 2));
    const long plain = steps_to(ratio, Certified::ratio(1, 4));
    const double order =
        power == 1 ? static_cast<double>(kappa) : std::sqrt(static_cast<double>(kappa));
    bounded =
        bounded && static_cast<double>(squared) <= order && static_cast<double>(plain) <= 2 * order;
    readings.add(
        figure("steps by the bound until ||error||^2 is halved, kappa = " + std::to_string(kappa),
               squared));
    readings.add(figure("... until ||error|| is halved, kappa = " + std::to_string(kappa), plain));
  }
  readings.add(figure("log 2, the steps over kappa in the limit", log(Certified(2))));
  readings.add("at most one kappa of steps for ||error||^2, two for ||error||", bounded);
  return readings.finding();
}

/// At eta = share/L: does the part along the steep eigenvector change sign?
Finding oscillates(const std::vector<Rational>& shares) {
  Readings readings;
  for (const Rational& share : shares) {
    const Rational steep = 1 - share;
    readings.add("eta = " + share.text() + " of 1/L", steep < 0);
    readings.add(figure("factor along the steepest eigenvector, eta = " + share.text() + " of 1/L",
                        steep.text()));
    readings.add(
        figure("... along the flattest one, kappa = 100, eta = " + share.text() + " of 1/L",
               (1 - share / 100).text()));
  }
  readings.counterexample(
      "at eta = 1/L, the rate of these bounds, the factors 1 - lambda/L lie in [0, 1): no part of "
      "the error ever changes its sign");
  return readings.finding();
}

/// Steps to an error of eps at the best rate, over kappa (or its root) times log(1/eps): between a
/// quarter and one.
Finding steps_are_of_order(bool root) {
  Readings readings;
  bool bounded = true;
  for (const long kappa : {10L, 100L, 10000L}) {
    for (const long inverse : {100L, 1000000L}) {
      const long steps =
          steps_to(Certified::ratio(kappa - 1, kappa + 1), Certified::ratio(1, inverse));
      const Certified size = root ? sqrt(whole(kappa)) : whole(kappa);
      const Certified share = whole(steps) / (size * log(whole(inverse)));
      bounded = bounded && less(share, 1) && less(Certified::ratio(1, 4), share);
      readings.add(figure(
          "steps to 1/" + std::to_string(inverse) + ", kappa = " + std::to_string(kappa), steps));
    }
  }
  readings.add("between 1/4 and 1 of kappa log(1/eps) steps", bounded);
  return readings.finding();
}

}  // namespace

std::vector<Claim> quadratic_rates() {
  const std::string rational = "the factors 1 - eta lambda in rationals, kappa from 2 to 10,000";
  const auto all_the_same = [](const std::string& id, std::string_view document,
                               int line) -> Claim {
    return {.id = id,
            .document = document,
            .line = line,
            .sentence = "the best fixed rate on a quadratic is 2/(lambda_min + lambda_max)",
            .computed = "the contraction there and at rates near it, in rationals",
            .compute = [] { return best_rate(2); },
            .planted = "3/(lambda_min + lambda_max)",
            .compute_planted = [] { return best_rate(3); }};
  };
  Claim best_and_rate = all_the_same("002-quadratic-best-rate", textbook, 59);
  best_and_rate.sentence += ", with contraction (kappa - 1)/(kappa + 1)";
  Claim table_rate = all_the_same("003-quadratic-rate", encyclopedia, 29);
  table_rate.sentence =
      "on a quadratic, alpha = 2/(L + mu) gives the rate ((kappa - 1)/(kappa + 1))^k";
  return {
      {.id = "000-narrow-oscillation",
       .document = lecture_notes,
       .line = 45,
       .sentence = "ill-conditioned: the gradient oscillates across the narrow direction",
       .computed = "the sign of the factor along the steepest eigenvector, at 1/L and 19/10 of it",
       .compute =
           [] {
             return oscillates({1, Rational(19, 10)});
           },
       .planted = "it oscillates at 3/2 and 19/10 of 1/L",
       .compute_planted =
           [] {
             return oscillates({Rational(3, 2), Rational(19, 10)});
           }},
      {.id = "002-quadratic-contraction",
       .document = textbook,
       .line = 59,
       .sentence = "on a quadratic the error contracts by max |1 - eta lambda_i| a step",
       .computed = rational,
       .compute = [] { return contracts_with_power(1); },
       .planted = "by its square",
       .compute_planted = [] { return contracts_with_power(2); }},
      best_and_rate,
      {.id = "002-contraction-at-100",
       .document = textbook,
       .line = 59,
       .sentence = "condition number 100 contracts by about 0.98 a step",
       .computed = "(kappa - 1)/(kappa + 1)",
       .compute = [] { return contraction_at_100_rounds_to(98); },
       .planted = "by about 0.99",
       .compute_planted = [] { return contraction_at_100_rounds_to(99); }},
      {.id = "002-steps-for-two-decimals",
       .document = textbook,
       .line = 59,
       .sentence = "kappa = 100: roughly 50 kappa = 5000 steps for two decimal places",
       .computed =
           "the least T with (99/101)^T at most the target; roughly is within a factor of two",
       .compute = [] { return steps_for_two_decimals(5000); },
       .planted = "roughly 230 steps",
       .compute_planted = [] { return steps_for_two_decimals(230); }},
      {.id = "002-halving-in-kappa-steps",
       .document = textbook,
       .line = 55,
       .sentence = "linear convergence halves the error every O(kappa) iterations",
       .computed = "the least t with (1 - 1/kappa)^t <= 1/2 (and 1/4), kappa from 10 to 10^6",
       .compute = [] { return halves_every_kappa_to_the(1); },
       .planted = "every O(sqrt kappa) iterations, with the same constants",
       .compute_planted = [] { return halves_every_kappa_to_the(0); }},
      {.id = "003-strongly-convex-rate",
       .document = encyclopedia,
       .line = 27,
       .sentence = "strongly convex: O(c^k) with c = 1 - mu/L for alpha <= 1/L",
       .computed = "the gap's factor on the eigenvalue mu, (1 - alpha mu)^2, against c",
       .compute =
           [] {
             return rate_for_all_steps({1, Rational(1, 4), Rational(1, 100)});
           },
       .planted = "... for alpha = 1/L",
       .compute_planted = [] { return rate_for_all_steps({1}); }},
      table_rate,
      {.id = "003-quadratic-iterations",
       .document = encyclopedia,
       .line = 29,
       .sentence = "on a quadratic it takes O(kappa log(1/epsilon)) iterations",
       .computed = "the least k with ((kappa - 1)/(kappa + 1))^k <= epsilon",
       .compute = [] { return steps_are_of_order(false); },
       .planted = "O(sqrt(kappa) log(1/epsilon))",
       .compute_planted = [] { return steps_are_of_order(true); }},
      {.id = "003-kappa-sets-iterations",
       .document = encyclopedia,
       .line = 112,
       .sentence = "kappa = L/mu determines the iterations: O(kappa log(1/epsilon))",
       .computed = "the least k with ((kappa - 1)/(kappa + 1))^k <= epsilon, on quadratics",
       .compute = [] { return steps_are_of_order(false); },
       .planted = "O(sqrt(kappa) log(1/epsilon))",
       .compute_planted = [] { return steps_are_of_order(true); }},
      {.id = "004-stable-rate",
       .document = foundations,
       .line = 46,
       .sentence = "on a quadratic convergence requires eta < 2/lambda_max",
       .computed = rational,
       .compute = [] { return stable_below(2); },
       .planted = "requires eta < 1/lambda_max",
       .compute_planted = [] { return stable_below(1); }},
      all_the_same("004-quadratic-best-rate", foundations, 46),
      {.id = "004-rho",
       .document = foundations,
       .line = 104,
       .sentence = "strongly convex: O(rho^T) with rho = 1 - eta lambda_min",
       .computed = "the contraction on a quadratic with eigenvalues from 1 to 10, in rationals",
       .compute = [] { return rho_is([](const Rational& eta, long) { return 1 - eta; }); },
       .planted = "rho = max(|1 - eta lambda_min|, |1 - eta lambda_max|)",
       .compute_planted =
           [] {
             return rho_is([](const Rational& eta, long kappa) {
               return std::max(abs(1 - eta), abs(1 - eta * kappa));
             });
           }},
  };
}

}  // namespace plumbline::claims
