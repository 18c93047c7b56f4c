// The natural gradient does not depend on how the model is parametrized, to first order in eta.
//
// A coin: its chance p, or its logit phi with p = 1/(1 + e^-phi). The Fisher information is
// 1/(p (1 - p)) in p and p (1 - p) in phi. On f(p) = (p - 1/4)^2 a step in p moves p by
// -eta p (1 - p) f'(p); a step in phi moves phi by -eta f'(p), and p by the same but for a rest of
// eta^2/2 f'(p)^2 p''(phi), where |p''| <= sqrt(3)/18. Gradient descent moves p by -eta f'(p) in
// the one and by -eta p^2 (1 - p)^2 f'(p) in the other.
#include "reference/rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

/// f, with its slope and the Fisher information, in p or in phi.
class Coin final : public OwnFunction {
 public:
  explicit Coin(bool by_logit) : by_logit_(by_logit) {}

  Certified chance(const Certified& parameter) const {
    return by_logit_ ? 1 / (1 + exp(-parameter)) : parameter;
  }
  Certified value(Point point) const override { return square(chance(point[0]) - Certified(0.25)); }
  Vector gradient(Point point) const override {
    const Certified slope = Certified(2) * (chance(point[0]) - Certified(0.25));
    return {by_logit_ ? slope * spread_of(point) : slope};
  }
  std::optional<Matrix<Certified>> fisher(Point point) const override {
    Matrix<Certified> matrix(1, 1);
    matrix.at(0, 0) = by_logit_ ? spread_of(point) : 1 / spread_of(point);
    return matrix;
  }

 private:
  bool by_logit_;

  /// p (1 - p): the variance of a throw, and the slope of p in phi.
  Certified spread_of(Point point) const {
    const Certified p = chance(point[0]);
    return p * (1 - p);
  }
};

constexpr double start_logit = 1.5;

/// Where one step takes p, from the same coin in either parametrization.
Certified chance_after_step(bool by_logit, const std::string& rule, double rate) {
  const Rule& entry = Setting{.rule = rule}.catalogue_rule();
  Setting setting{.rule = rule, .hyperparameters = {{"learning_rate", rate}}};
  if (rule == "natural_gradient") setting.hyperparameters.push_back({"damping", 0});
  const auto update = entry.bind<Certified>(setting.values(), entry.dialects.front().choices);
  const Coin coin(by_logit);
  const Certified logit(start_logit);
  CertifiedVector point{by_logit ? logit : Coin(true).chance(logit)};
  SharedState<Certified> shared = update->start_shared({1});
  StateTensors<Certified> state = update->start_state(point, shared);
  update->advance(shared);
  if (update->asks_objective()) {
    update->apply_on(&coin, point, {}, state, shared);
  } else {
    update->apply(point, coin.gradient(point), state, shared);
  }
  return coin.chance(point[0]);
}

/// The distance of the two, at eta = 2^-k, against eta^2/2 f'(p)^2 sqrt(3)/18. The step of the
/// series is 2^k.
Series distances(const std::string& rule) {
  const Certified slope =
      Certified(2) * (Coin(true).chance(Certified(start_logit)) - Certified(0.25));
  const Certified greatest = sqrt(Certified(3)) / Certified(18);
  Series series;
  double rate = 1;
  for (long parts = 1; parts <= 1 << 20; parts *= 2, rate /= 2) {
    series.push_back({.step = parts,
                      .observed = abs(chance_after_step(true, rule, rate) -
                                      chance_after_step(false, rule, rate)),
                      .bound = square(Certified(rate) * slope) / Certified(2) * greatest});
  }
  return series;
}

std::vector<Run> runs() {
  const auto run = [](std::string name, Role role, const std::string& rule) {
    return Run{.name = std::move(name),
               .role = role,
               .objective = "(p - 1/4)^2 of a coin with the logit 3/2",
               .rule = rule,
               .series = [rule] { return distances(rule); }};
  };
  Run natural = run("natural gradient: chance and logit agree but for O(eta^2)", Role::within,
                    "natural_gradient");
  natural.proved_slope = [] { return Certified(-2); };
  return {std::move(natural),
          run("gradient descent, said to agree so well", Role::control, "gradient_descent")};
}

}  // namespace

Theorem natural_gradient() {
  return {.id = "natural-gradient",
          .title = "The natural gradient is invariant to first order",
          .statement =
              "steps of the natural gradient in two parametrizations of one model differ "
              "by O(eta^2); gradient descent's differ by O(eta)",
          .hypotheses = {"the parametrizations are smooth functions of each other",
                         "F is the Fisher information, without damping"},
          .bound = "eta^2/2 f'(p)^2 sqrt(3)/18, for a coin's chance p and its logit",
          .tight = "the order is; the constant is that of the largest |p''|",
          .source =
              "Amari 1998, Neural Computation 10(2); the bound is derived in "
              "natural_gradient.cpp",
          .runs = runs};
}

}  // namespace plumbline::theorems
