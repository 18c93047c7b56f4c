// AdaGrad's rate never grows: eta/(sqrt(G_t) + epsilon), with G_t a sum of squares.
//
// The rate of a step is what it divides out to, (theta_{t-1} - theta_t)/g_t. RMSProp's moving
// mean forgets, so that its rate grows where gradients shrink.
#include "reference/stepped_rule.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

/// Each step's rate against the one before.
Series rates(std::string_view rule, std::string_view dialect,
             const std::function<Rational(long)>& gradient) {
  SteppedRule<Certified> stepped(rule, dialect, {{"learning_rate", 0.25}}, {Certified(0)});
  Series series;
  std::optional<Certified> last;
  for (long step = 1; step <= 40; ++step) {
    const Certified before = stepped.point()[0];
    const Certified slope = gradient(step).certified();
    stepped.step({slope});
    const Certified rate = (before - stepped.point()[0]) / slope;
    if (last) series.push_back({.step = step, .observed = rate, .bound = *last});
    last = rate;
  }
  return series;
}

Run rate_run(Role role, const std::string& rule, const std::string& dialect,
             const std::string& gradients, std::function<Rational(long)> gradient) {
  return {.name = rule + ", " + dialect + ": " + gradients,
          .role = role,
          .objective = gradients,
          .rule = rule,
          .dialect = dialect,
          .hyperparameters = {{"learning_rate", 0.25}},
          .scale = Scale::log_linear,
          .series = [rule, dialect, gradient = std::move(gradient)] {
            return rates(rule, dialect, gradient);
          }};
}

std::vector<Run> runs() {
  const auto shrinking = [](long step) { return power(Rational(1, 2), step); };
  const auto alternating = [](long step) { return Rational(step % 2 == 0 ? step : -step); };
  const auto tiny = [](long step) { return Rational(1, 1000000 * step); };
  return {
      rate_run(Role::within, "adagrad", "epsilon_outside_root", "g_t = 2^-t", shrinking),
      rate_run(Role::within, "adagrad", "epsilon_outside_root", "g_t = (-1)^t t", alternating),
      rate_run(Role::within, "adagrad", "epsilon_inside_root", "g_t = 1/(1000000 t)", tiny),
      rate_run(Role::control, "rmsprop", "", "g_t = 2^-t", shrinking),
  };
}

}  // namespace

Theorem adagrad_monotone() {
  return {
      .id = "adagrad-monotone",
      .title = "AdaGrad's rate never grows",
      .statement = "eta/(sqrt(G_t) + epsilon) <= eta/(sqrt(G_{t-1}) + epsilon) in each coordinate",
      .hypotheses = {"G_t is the sum of all squared gradients", "eta is constant"},
      .bound = "the rate of the step before",
      .tight = "equality where a gradient is 0",
      .source = "Duchi, Hazan and Singer 2011, J. Mach. Learn. Res. 12",
      .runs = runs};
}

}  // namespace plumbline::theorems
