// Newton's method (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006, chapter 3.3).
//
//   theta_t = theta_{t-1} - eta (H + mu I)^-1 g      g, H: gradient and Hessian at theta_{t-1}
//
// The pure method has eta = 1 and mu = 0, and ends on a quadratic in one step. A fixed eta
// below 1 damps it: the error of a quadratic shrinks by 1 - eta. mu > 0 is Levenberg's
// regularization; in the dialects it may follow the gradient's norm. All parameters are one
// vector.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Newton : TensorRule<2, 0, 0> {
  enum class Regularization : int { fixed, times_gradient_norm };
  struct Options {
    Regularization regularization;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>&) {
    const auto& [learning_rate, damping] = hyperparameters;
    const Number gradient = objective.gradient(parameter);
    const Number hessian = objective.hessian(parameter);
    Number shift = Number(damping);
    if (options.regularization == Regularization::times_gradient_norm) {
      shift = damping * norm(gradient);
    }
    const Number direction =
        matrix_product(inverse(hessian + shift * identity_like(hessian)), gradient);
    parameter = parameter - learning_rate * in_shape_of(parameter, direction);
  }
};

}  // namespace

Rule newton() {
  return {
      .name = "newton",
      .title = "Newton's method",
      .formula = "theta_t = theta_{t-1} - eta (H + mu I)^-1 g",
      .source = "Nocedal and Wright 2006, chapter 3.3; Levenberg 1944 for mu",
      .hyperparameters = {step_share(), damping()},
      .options = {{"regularization", {"fixed", "times_gradient_norm"}}},
      .dialects = {{"fixed",
                    {0},
                    "textbooks; two documents of seeds/, one with eta and one without",
                    {"pure", "damped"}},
                   {"times_gradient_norm", {1}, "regularized Newton methods: mu ||g||", {}}},
      .equivalences = {},
      .state = {},
      .notes = "no library read ships the full method without a line search",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic", "quadratic_ill_conditioned", "quadratic_indefinite", "rosenbrock",
                     "rosenbrock_chained", "logistic_l2"},
      .bindings = by_tensor<Newton>(),
  };
}

}  // namespace plumbline::rules
