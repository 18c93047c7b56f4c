// Nonlinear conjugate gradients (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006,
// Algorithm 5.4).
//
//   p_t = -g_t + beta_t p_{t-1},  p_1 = -g_1;   theta_t = theta_{t-1} + eta a_t p_t
//
// g_t is the gradient at theta_{t-1}, y = g_t - g_{t-1}. The dialects differ in beta_t:
// Fletcher and Reeves 1964 g_t'g_t / g_{t-1}'g_{t-1}; Polak and Ribiere 1969 g_t'y /
// g_{t-1}'g_{t-1}, or that where it is positive and else 0 (Powell 1984; Gilbert and Nocedal 1992);
// Hestenes and Stiefel 1952 g_t'y / p_{t-1}'y; Dai and Yuan 1999 g_t'g_t / p_{t-1}'y; Hager and
// Zhang 2005. On a quadratic with an exact line search they are all one, and end in at most n
// steps.
//
// a_t = -g_t'p_t / p_t'H p_t is the exact line search on a quadratic, and elsewhere one step of
// Newton's method on the line (Shewchuk 1994, An introduction to the conjugate gradient method
// without the agonizing pain, B4). With a given step, a_t = 1. Implementations with a search of
// their own are compared by handing in the steps that they took as learning rates.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct ConjugateGradient : TensorRule<1, 2, 0> {
  enum class Conjugation : int {
    fletcher_reeves,
    polak_ribiere,
    polak_ribiere_plus,
    hestenes_stiefel,
    dai_yuan,
    hager_zhang
  };
  enum class Step : int { exact_on_quadratics, given };
  struct Options {
    Conjugation conjugation;
    Step step;
  };
  static constexpr std::array state_shapes{StateShape::parameter, StateShape::parameter};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [learning_rate] = hyperparameters;
    auto& [direction, last_gradient] = state;
    const Number gradient = objective.gradient(parameter);
    if (context.step == 1) {
      direction = -gradient;
    } else {
      direction =
          beta(gradient, last_gradient, direction, options.conjugation) * direction - gradient;
    }
    Number length = Number(learning_rate);
    if (options.step == Step::exact_on_quadratics) {
      length = learning_rate *
               (-inner_product(gradient, direction) /
                inner_product(direction, objective.hessian_vector(parameter, direction)));
    }
    parameter = parameter + length * direction;
    last_gradient = gradient;
  }

  template <class Number>
  static Number beta(const Number& gradient, const Number& last_gradient, const Number& direction,
                     Conjugation conjugation) {
    if (conjugation == Conjugation::fletcher_reeves) {
      return inner_product(gradient, gradient) / inner_product(last_gradient, last_gradient);
    }
    const Number change = gradient - last_gradient;
    switch (conjugation) {
      case Conjugation::polak_ribiere:
        return inner_product(gradient, change) / inner_product(last_gradient, last_gradient);
      case Conjugation::polak_ribiere_plus:
        return max(inner_product(gradient, change) / inner_product(last_gradient, last_gradient),
                   Number(0));
      case Conjugation::hestenes_stiefel:
        return inner_product(gradient, change) / inner_product(direction, change);
      case Conjugation::dai_yuan:
        return inner_product(gradient, gradient) / inner_product(direction, change);
      default: {
        const Number curvature = inner_product(direction, change);
        const Number share = Number(2) * inner_product(change, change) / curvature;
        return inner_product(change - share * direction, gradient) / curvature;
      }
    }
  }
};

}  // namespace

Rule conjugate_gradient() {
  Hyperparameter rate = learning_rate(1);
  rate.meaning = "the share of the exact step, or the step itself where it is given";
  rate.dyadic = 0.5;
  rate.low = 0.25;
  rate.high = 1;
  rate.distinct = 0.7;
  return {
      .name = "conjugate_gradient",
      .title = "Nonlinear conjugate gradients",
      .formula =
          "p_t = -g_t + (g_t'g_t / g_{t-1}'g_{t-1}) p_{t-1}, "
          "theta_t = theta_{t-1} - (g_t'p_t / p_t'H p_t) p_t",
      .source =
          "Nocedal and Wright 2006, Algorithm 5.4 and (5.41a) to (5.50); Shewchuk 1994, B4, "
          "for the step",
      .hyperparameters = {rate},
      .options = {{"conjugation",
                   {"fletcher_reeves", "polak_ribiere", "polak_ribiere_plus", "hestenes_stiefel",
                    "dai_yuan", "hager_zhang"}},
                  {"step", {"exact_on_quadratics", "given"}}},
      .dialects =
          {{"fletcher_reeves",
            {0, 0},
            "Fletcher and Reeves 1964; Shewchuk 1994, B4; GSL's formula, multimin/conjugate_fr.c"},
           {"polak_ribiere", {1, 0}, "GSL's formula, multimin/conjugate_pr.c: may be negative"},
           {"polak_ribiere_plus",
            {2, 0},
            "SciPy's formula, optimize/_optimize.py fmin_cg; jaxopt nonlinear_cg.py"},
           {"hestenes_stiefel", {3, 0}, "Hestenes and Stiefel 1952; minFunc"},
           {"dai_yuan", {4, 0}, "Dai and Yuan 1999; Shark's formula"},
           {"hager_zhang", {5, 0}, "Hager and Zhang 2005, without their lower bound"},
           {"fletcher_reeves_given_step", {0, 1}, "as fletcher_reeves, its step handed in"},
           {"polak_ribiere_plus_given_step",
            {2, 1},
            "as polak_ribiere_plus, its step handed in: the recurrence of SciPy and jaxopt"}},
      .equivalences = {},
      .state = {{"direction", "p", "the direction of the last step"},
                {"last_gradient", "g0", "the gradient that it was made from"}},
      .notes =
          "no restart; the line searches of SciPy, GSL, jaxopt and Optim.jl are not part of "
          "the rule, nor jaxopt's floor of 1e-6 for divisors and Optim.jl's lower bound of "
          "Hager and Zhang's beta",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic", "quadratic_singular", "logistic", "logistic_l2"},
      .bindings = by_tensor<ConjugateGradient>(),
  };
}

}  // namespace plumbline::rules
