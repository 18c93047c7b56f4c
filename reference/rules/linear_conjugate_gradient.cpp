// Linear conjugate gradients (Hestenes and Stiefel 1952; Nocedal and Wright, Numerical
// Optimization, 2nd ed. 2006, Algorithm 5.2), on a quadratic with Hessian H.
//
//   r_1 = g_1,  p_1 = -r_1;   a_t = r_t'r_t / p_t'H p_t;   theta_t = theta_{t-1} + eta a_t p_t
//   r_{t+1} = r_t + eta a_t H p_t;   p_{t+1} = -r_{t+1} + (r_{t+1}'r_{t+1} / r_t'r_t) p_t
//
// The gradient is taken once, at the start: from there the residual is carried on. With
// eta = 1, which is the method, it ends in at most n steps.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct LinearConjugateGradient : TensorRule<1, 2, 0> {
  struct Options {};
  static constexpr std::array state_shapes{StateShape::parameter, StateShape::parameter};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options&,
                      const StepContext<Number>& context) {
    const auto& [learning_rate] = hyperparameters;
    auto& [residual, direction] = state;
    if (context.step == 1) {
      residual = objective.gradient(parameter);
      direction = -residual;
    }
    const Number image = objective.hessian_vector(parameter, direction);
    const Number squared = inner_product(residual, residual);
    const Number length = learning_rate * (squared / inner_product(direction, image));
    parameter = parameter + length * direction;
    residual = residual + length * image;
    direction = inner_product(residual, residual) / squared * direction - residual;
  }
};

}  // namespace

Rule linear_conjugate_gradient() {
  Hyperparameter rate = learning_rate(1);
  rate.meaning = "the share of the exact step; 1 is the method";
  rate.dyadic = 0.5;
  rate.low = 0.25;
  rate.high = 1;
  rate.distinct = 0.7;
  return {
      .name = "linear_conjugate_gradient",
      .title = "Linear conjugate gradients",
      .formula = "theta_t = theta_{t-1} + (r'r / p'H p) p, r += a H p, p = -r + beta p",
      .source = "Hestenes and Stiefel 1952; Nocedal and Wright 2006, Algorithm 5.2",
      .hyperparameters = {rate},
      .options = {},
      .dialects = {{"hestenes_stiefel",
                    {},
                    "OpenAI baselines common/cg.py; SciPy sparse.linalg.cg without "
                    "preconditioner"}},
      .equivalences = {},
      .state = {{"residual", "r", "the gradient of the quadratic at the point"},
                {"direction", "p", "the direction of the next step"}},
      .notes =
          "checked on quadratics only, and no further than before the last step, whose "
          "residual is exactly zero; on an indefinite one it goes on to the saddle",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic_singular", "quadratic_indefinite"},
      .bindings = by_tensor<LinearConjugateGradient>(),
  };
}

}  // namespace plumbline::rules
