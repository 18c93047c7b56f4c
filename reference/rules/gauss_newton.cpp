// The Gauss-Newton method (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006, chapter
// 10.3), for f = 1/2 r'r with residuals r and their Jacobian J.
//
//   theta_t = theta_{t-1} - eta (J'J + mu D)^-1 J'r
//
// mu = 0 is the method itself, which ends on linear residuals in one step. Levenberg 1944
// adds mu times the identity; Marquardt 1963 scales by D = diag(J'J), which makes the step
// independent of the parameters' units. mu is fixed here; levenberg_marquardt.cpp adapts it.
// All parameters are one vector.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct GaussNewton : TensorRule<2, 0, 0> {
  enum class Scaling : int { identity, diagonal };
  struct Options {
    Scaling scaling;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>&) {
    const auto& [learning_rate, damping] = hyperparameters;
    const Number residuals = objective.residuals(parameter);
    const Number jacobian = objective.jacobian(parameter);
    named("J", jacobian);
    const Number turned = transposed(jacobian);
    const Number curvature = named("C", matrix_product(turned, jacobian));
    Number scaling = identity_like(curvature);
    if (options.scaling == Scaling::diagonal) scaling = curvature * scaling;
    const Number direction =
        matrix_product(inverse(curvature + damping * scaling), matrix_product(turned, residuals));
    parameter = parameter - learning_rate * in_shape_of(parameter, direction);
  }
};

}  // namespace

Rule gauss_newton() {
  return {
      .name = "gauss_newton",
      .title = "The Gauss-Newton method, damped by Levenberg or Marquardt",
      .formula = "theta_t = theta_{t-1} - eta (J'J + mu D)^-1 J'r, D = I or diag(J'J)",
      .source =
          "Nocedal and Wright 2006, chapter 10.3; Levenberg 1944 and Marquardt 1963 for mu and D",
      .hyperparameters = {step_share(), damping()},
      .options = {{"scaling", {"identity", "diagonal"}}},
      .dialects = {{"identity",
                    {0},
                    "textbooks; jaxopt gauss_newton.py, without damping",
                    {"levenberg", "pure"}},
                   {"diagonal",
                    {1},
                    "Marquardt 1963; LsqFit.jl levenberg_marquardt.jl and GSL's marquardt scaling "
                    "in one step",
                    {"marquardt"}}},
      .equivalences = {},
      .state = {},
      .notes =
          "for 1/2 r'r: with r'r for the objective the step is the same. jaxopt solves by "
          "conjugate gradients to a tolerance",
      .unit = Unit::objective,
      .wants = {"residuals", "jacobian"},
      .objectives = {"least_squares", "rosenbrock", "rosenbrock_chained"},
      .bindings = by_tensor<GaussNewton>(),
  };
}

}  // namespace plumbline::rules
