// Mirror descent: with the Euclidean potential it is gradient descent; with the entropy it is
// exponentiated gradients on the simplex, with the regret
//
//   sum_t <g_t, x_t> - min_i sum_t g_{t,i} <= log(n)/eta + eta/2 sum_t max_i g_{t,i}^2
#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

using Gradients = std::function<std::vector<Rational>(long step)>;

constexpr std::size_t size = 4;

Series euclidean_beside_descent(std::string_view dialect) {
  const CertifiedVector start(size, Certified(0.25));
  SteppedRule<Certified> mirror("mirror_descent", dialect, {{"learning_rate", 0.125}}, start);
  SteppedRule<Certified> descent("gradient_descent", "", {{"learning_rate", 0.125}}, start);
  Series series;
  for (long step = 1; step <= 20; ++step) {
    CertifiedVector gradient;
    for (long i = 0; i < static_cast<long>(size); ++i) {
      gradient.push_back(Rational((step * (i + 2)) % 7 - 3, 3).certified());
    }
    mirror.step(gradient);
    descent.step(gradient);
    for (std::size_t i = 0; i < size; ++i) {
      series.push_back({.step = step,
                        .observed = mirror.point()[i],
                        .bound = descent.point()[i],
                        .point = mirror.point()});
    }
  }
  return series;
}

/// The regret after each step, from the middle of the simplex, against the bound with gradients
/// that are said to be at most `greatest` in every coordinate.
Series regret(double rate, const Gradients& gradients, const Certified& greatest) {
  SteppedRule<Certified> mirror("mirror_descent", "exponentiated_gradient",
                                {{"learning_rate", rate}}, CertifiedVector(size, Certified(0.25)));
  Series series;
  Certified paid;
  std::vector<Rational> totals(size);
  for (long step = 1; step <= 100; ++step) {
    const std::vector<Rational> gradient = gradients(step);
    paid = paid + inner_product(certified(gradient), mirror.point());
    for (std::size_t i = 0; i < size; ++i) totals[i] = totals[i] + gradient[i];
    Rational best = totals[0];
    for (const Rational& total : totals) best = min(best, total);
    mirror.step(certified(gradient));
    series.push_back(
        {.step = step,
         .observed = paid - best.certified(),
         .bound = log(Certified(static_cast<double>(size))) / Certified(rate) +
                  Certified(rate / 2) * square(greatest) * Certified(static_cast<double>(step)),
         .point = mirror.point()});
  }
  return series;
}

Run regret_run(std::string name, Role role, std::string gradients_name, double rate,
               const Gradients& gradients, const Rational& greatest) {
  return {.name = std::move(name),
          .role = role,
          .objective = std::move(gradients_name),
          .rule = "mirror_descent",
          .dialect = "exponentiated_gradient",
          .hyperparameters = {{"learning_rate", rate}},
          .series = [=] { return regret(rate, gradients, greatest.certified()); }};
}

Run beside(std::string name, Role role, const std::string& dialect) {
  return {.name = std::move(name),
          .role = role,
          .objective = "gradients (t (i + 2) mod 7 - 3)/3",
          .rule = "mirror_descent",
          .dialect = dialect,
          .hyperparameters = {{"learning_rate", 0.125}},
          .relation = Relation::equal,
          .scale = Scale::log_linear,
          .series = [dialect] { return euclidean_beside_descent(dialect); }};
}

std::vector<Run> runs() {
  const Gradients turning = [](long step) {
    std::vector<Rational> gradient;
    for (long i = 0; i < static_cast<long>(size); ++i) {
      gradient.emplace_back((step * (i + 2)) % 7 - 3, 3);
    }
    return gradient;
  };
  const Gradients one_is_best = [](long) { return std::vector<Rational>{-1, 1, 1, 1}; };
  const Gradients following = [](long step) {
    std::vector<Rational> gradient(size, 0);
    gradient[static_cast<std::size_t>(step % 2)] = 1;
    return gradient;
  };
  return {
      beside("the Euclidean potential: gradient descent", Role::witness, "euclidean"),
      regret_run("one coordinate is best throughout, eta = 1/8", Role::within, "(-1, 1, 1, 1)",
                 0.125, one_is_best, 1),
      regret_run("gradients that turn, eta = 1/4", Role::within, "(t (i + 2) mod 7 - 3)/3", 0.25,
                 turning, 1),
      regret_run("two coordinates in turn, eta = 1/2", Role::within, "e_{t mod 2}", 0.5, following,
                 1),
      beside("the entropy, said to be gradient descent", Role::control, "exponentiated_gradient"),
      regret_run("gradients said to be an eighth of what they are", Role::control, "(-1, 1, 1, 1)",
                 2, one_is_best, {1, 8}),
  };
}

}  // namespace

Theorem mirror_descent() {
  return {.id = "mirror-descent",
          .title = "Mirror descent",
          .statement =
              "with the Euclidean potential it is gradient descent; with the entropy, from "
              "the middle of the simplex, its regret is at most log(n)/eta + "
              "eta/2 sum_t max_i g_{t,i}^2",
          .hypotheses = {"linear losses on the simplex", "|g_{t,i}| <= G"},
          .bound = "log(n)/eta + eta G^2 T/2",
          .tight = "the Euclidean part is an identity",
          .source =
              "Beck and Teboulle 2003, Oper. Res. Lett. 31(3); Bubeck 2015, Found. Trends "
              "Mach. Learn. 8, theorem 4.2",
          .runs = runs};
}

}  // namespace plumbline::theorems
