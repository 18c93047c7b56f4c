#include "reference/theorems/hypotheses.hpp"

#include <algorithm>

#include "reference/rule.hpp"

namespace plumbline::theorems {
namespace {

Rational of(const Ratio& ratio) {
  return {ratio.numerator, ratio.denominator};
}

}  // namespace

Hypothesis is_smooth(const Setting& setting) {
  const Problem& problem = setting.problem;
  if (!problem.smoothness) return {"f is L-smooth: no L is known", false};
  const Rational& claimed = *problem.smoothness;
  bool holds = !problem.false_smoothness &&
               std::ranges::all_of(problem.spectrum,
                                   [&](const Rational& value) { return abs(value) <= claimed; });
  if (problem.catalogue != nullptr) {
    const auto& known = problem.catalogue->smoothness;
    holds = holds && known && of(known->value) <= claimed;
  }
  return {"f is L-smooth, L = " + claimed.text(), holds};
}

Hypothesis is_convex(const Setting& setting) {
  return {"f is convex", setting.problem.convex};
}

Hypothesis is_strongly_convex(const Setting& setting) {
  const Problem& problem = setting.problem;
  if (!problem.strong_convexity) return {"f is mu-strongly convex: no mu is known", false};
  const Rational& claimed = *problem.strong_convexity;
  bool holds = !problem.false_strong_convexity && Rational(0) < claimed &&
               std::ranges::all_of(problem.spectrum,
                                   [&](const Rational& value) { return claimed <= value; });
  if (problem.catalogue != nullptr) {
    const auto& known = problem.catalogue->strong_convexity;
    holds = holds && known && claimed <= of(known->value);
  }
  return {"f is mu-strongly convex, mu = " + claimed.text(), holds};
}

Hypothesis is_quadratic(const Setting& setting) {
  return {"f is a quadratic", !setting.problem.spectrum.empty()};
}

Hypothesis rate_at_most(const Setting& setting, const Rational& greatest,
                        const std::string& words) {
  const Rational rate = setting.hyperparameter("learning_rate");
  return {"0 < eta <= " + words, Rational(0) < rate && rate <= greatest};
}

Hypothesis rate_at_most_inverse_smoothness(const Setting& setting) {
  if (!setting.problem.smoothness) return {"0 < eta <= 1/L", false};
  return rate_at_most(setting, Rational(1) / *setting.problem.smoothness, "1/L");
}

Hypothesis is_plain(const Setting& setting) {
  const auto& description = setting.catalogue_rule().hyperparameters;
  const std::vector<double> values = setting.values();
  const auto& without = setting.catalogue_dialect().without;
  bool plain = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (description[i].name == "momentum" || description[i].name == "condition_number") continue;
    const bool has_place = std::ranges::find(without, description[i].name) == without.end();
    if (description[i].neutral && has_place && values[i] != *description[i].neutral) plain = false;
  }
  return {"no weight decay, no dampening", plain};
}

Setting claiming_smoothness(Setting setting, const Rational& smoothness) {
  setting.problem.smoothness = smoothness;
  setting.problem.false_smoothness = true;
  return setting;
}

Setting claiming_strong_convexity(Setting setting, const Rational& strong_convexity) {
  setting.problem.strong_convexity = strong_convexity;
  setting.problem.false_strong_convexity = true;
  return setting;
}

Setting gradient_descent_on(std::string_view objective, double learning_rate, long steps) {
  return gradient_descent_on(catalogue_problem(objective), learning_rate, steps);
}

Setting gradient_descent_on(Problem problem, double learning_rate, long steps) {
  return {.problem = std::move(problem),
          .rule = "gradient_descent",
          .hyperparameters = {{"learning_rate", learning_rate}},
          .steps = steps};
}

}  // namespace plumbline::theorems
