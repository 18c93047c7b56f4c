// Gradient flow, theta' = -grad f(theta), on quadratics: a step lasts the time eta.
//
//   exact           theta_t = theta_{t-1} - eta phi(eta H) g,   phi(z) = (1 - e^-z)/z
//   euler           theta_t = theta_{t-1} - eta g               (gradient descent)
//   implicit_euler  theta_t = theta_{t-1} - eta (I + eta H)^-1 g
//   runge_kutta     the classical scheme of order four, with four gradients
//
// With the minimizer m the exact flow is m + e^(-eta H) (theta_{t-1} - m); the form above
// needs no minimizer, and holds where H is singular or not definite too. An error along an
// eigenvector of eigenvalue lambda is multiplied, with z = eta lambda, by e^-z, by 1 - z, by
// 1/(1 + z) or by 1 - z + z^2/2 - z^3/6 + z^4/24.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct GradientFlow : TensorRule<1, 0, 0> {
  enum class Integrator : int { exact, euler, implicit_euler, runge_kutta };
  struct Options {
    Integrator integrator;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static Number mean_of_four_slopes(const Number& parameter, const Number& gradient,
                                    const Oracle<Number>& objective, const Scalar<Number>& time) {
    const Scalar<Number> half = time / 2;
    const Number second = objective.gradient(parameter - half * gradient);
    const Number third = objective.gradient(parameter - half * second);
    const Number fourth = objective.gradient(parameter - time * third);
    return (gradient + Number(2) * second + Number(2) * third + fourth) / Number(6);
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>&) {
    const auto& [time] = hyperparameters;
    Number slope = objective.gradient(parameter);
    if (options.integrator == Integrator::exact) {
      const Number hessian = objective.hessian(parameter);
      slope = in_shape_of(parameter, matrix_product(mean_decay(time * hessian), slope));
    }
    if (options.integrator == Integrator::implicit_euler) {
      const Number hessian = objective.hessian(parameter);
      slope = in_shape_of(parameter,
                          matrix_product(inverse(identity_like(hessian) + time * hessian), slope));
    }
    if (options.integrator == Integrator::runge_kutta) {
      slope = mean_of_four_slopes(parameter, slope, objective, time);
    }
    parameter = parameter - time * slope;
  }
};

}  // namespace

Rule gradient_flow() {
  Hyperparameter time = learning_rate(0.125);
  time.meaning = "the time that a step lasts";
  time.dyadic = 0.25;
  time.low = 0x1p-10;
  time.high = 2;
  time.distinct = 0.3;
  return {
      .name = "gradient_flow",
      .title = "Gradient flow and its integrators",
      .formula = "theta_t = theta_{t-1} - eta phi(eta H) g, phi(z) = (1 - e^-z)/z",
      .source =
          "the linear differential equation's closed form; Hochbruck and Ostermann 2010, "
          "Acta Numerica 19, (2.3) for phi; Butcher 2016 for the integrators",
      .hyperparameters = {time},
      .options = {{"integrator", {"exact", "euler", "implicit_euler", "runge_kutta"}}},
      .dialects = {{"exact", {0}, "the documents under seeds/: the flow itself", {}},
                   {"euler", {1}, "gradient descent, its forward Euler form", {"forward_euler"}},
                   {"implicit_euler",
                    {2},
                    "ODE libraries, backward Euler; on a quadratic the proximal point method",
                    {"backward_euler"}},
                   {"runge_kutta", {3}, "ODE libraries, the classical scheme", {"rk4"}}},
      .equivalences = {},
      .state = {},
      .notes =
          "no library read ships it as an optimizer. Off quadratics the exact dialect "
          "would be the exponential Euler scheme and not the flow.",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic", "quadratic_line", "quadratic_round", "quadratic_ill_conditioned",
                     "quadratic_indefinite", "quadratic_singular", "nesterov_tridiagonal",
                     "least_squares"},
      .bindings = by_tensor<GradientFlow>(),
  };
}

}  // namespace plumbline::rules
