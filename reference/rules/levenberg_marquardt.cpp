// The Levenberg-Marquardt method, for f = 1/2 r'r with residuals r and their Jacobian J
// (Levenberg 1944; Marquardt 1963, SIAM J. 11; Madsen, Nielsen and Tingleff 2004, Methods for
// Non-Linear Least Squares Problems, Algorithm 3.16).
//
//   p_t = -(J'J + mu_{t-1} D)^-1 J'r
//   rho = (f(theta) - f(theta + p)) / (p'(mu D p - J'r) / 2)       gain, by what the model says
//   theta_t = theta_{t-1} + p_t where rho is high enough, else theta_{t-1}
//
// and mu falls after a step that is taken, and grows after one that is not. A step of the rule is
// one trial. The model is the undamped one, 1/2 |r + J p|^2.
//
// The dialects differ in D, the identity or diag(J'J); in where mu starts; in how much gain a step
// needs; and in how mu moves: by fixed factors after every step, or after good ones alone, or as
// Nielsen 1999 has it, falling smoothly with rho, and growing by 2, 4, 8, ... All parameters are
// one vector.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct LevenbergMarquardt : TensorRule<3, 2, 0> {
  enum class Scaling : int { identity, diagonal };
  enum class Start : int { given, times_greatest_curvature };
  enum class Gain : int { any, above_a_thousandth };
  enum class Damping : int { fixed_factors, fixed_factors_by_quality, nielsen };
  struct Options {
    Scaling scaling;
    Start start;
    Gain gain;
    Damping damping;
  };
  static constexpr std::array state_shapes{StateShape::scalar, StateShape::scalar};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [initial_damping, decrease_factor, increase_factor] = hyperparameters;
    auto& [damping, growth] = state;
    const Number jacobian = objective.jacobian(parameter);
    named("J", jacobian);
    const Number turned = transposed(jacobian);
    const Number curvature = named("C", matrix_product(turned, jacobian));
    const Number gradient = matrix_product(turned, objective.residuals(parameter));
    named("q", gradient);
    if (context.step == 1) {
      damping = Number(initial_damping);
      if (options.start == Start::times_greatest_curvature) {
        damping = initial_damping * -least(-diagonal(curvature));
      }
      growth = Number(2);
    }
    Number scaling = identity_like(curvature);
    if (options.scaling == Scaling::diagonal) scaling = curvature * scaling;
    const Number damped = named("B", damping * scaling);
    const Number step = -matrix_product(inverse(curvature + damped), gradient);
    named("p", step);
    const Number reached = parameter + in_shape_of(parameter, step);
    const Number expected = inner_product(step, matrix_product(damped, step) - gradient) / 2;
    const Number ratio = (objective.value(parameter) - objective.value(reached)) / expected;
    named("rho", ratio);

    const Number least_gain = Number(options.gain == Gain::any ? 0 : 1e-3);
    const bool taken = less(least_gain, ratio);
    if (taken) parameter = reached;
    if (options.damping == Damping::nielsen) {
      if (taken) {
        const Number smooth = 2 * ratio - 1;
        damping = damping * max(Number(1) / 3, 1 - smooth * square(smooth));
        growth = Number(2);
      } else {
        damping = damping * growth;
        growth = 2 * growth;
      }
    } else if (!taken) {
      damping = damping * increase_factor;
    } else if (options.damping == Damping::fixed_factors || less(Number(0.75), ratio)) {
      damping = damping * decrease_factor;
    }
  }
};

Hyperparameter decrease_factor() {
  return {.name = "decrease_factor",
          .symbol = "a",
          .meaning = "what the damping is multiplied by after a step that is taken",
          .default_value = 0.1,
          .neutral = 0.1,
          .least = 0x1p-1022,
          .greatest = 1,
          .dyadic = 0.25,
          .low = 0.01,
          .high = 0.9,
          .distinct = 0.35};
}
Hyperparameter increase_factor() {
  return {.name = "increase_factor",
          .symbol = "u",
          .meaning = "what the damping is multiplied by after a step that is not taken",
          .default_value = 10,
          .neutral = 10,
          .least = 1,
          .greatest = unbounded,
          .dyadic = 4,
          .low = 1.5,
          .high = 30,
          .distinct = 7};
}

}  // namespace

Rule levenberg_marquardt() {
  Hyperparameter start = required_damping(0.01);
  start.symbol = "tau";
  start.meaning = "the damping of the first step";
  return {
      .name = "levenberg_marquardt",
      .title = "The Levenberg-Marquardt method",
      .formula = "theta_t = theta_{t-1} - (J'J + mu D)^-1 J'r where f decreases; mu adapts",
      .source = "Marquardt 1963; Madsen, Nielsen and Tingleff 2004, Algorithm 3.16",
      .hyperparameters = {start, decrease_factor(), increase_factor()},
      .options = {{"scaling", {"identity", "diagonal"}},
                  {"start", {"given", "times_greatest_curvature"}},
                  {"gain", {"any", "above_a_thousandth"}},
                  {"damping", {"fixed_factors", "fixed_factors_by_quality", "nielsen"}}},
      .dialects = {{"marquardt",
                    {1, 0, 0, 0},
                    "Marquardt 1963; Numerical Recipes 3rd ed. 2007, section 15.5.2",
                    {"numerical_recipes"}},
                   {"lsqfit", {1, 0, 1, 1}, "LsqFit.jl levenberg_marquardt.jl without bounds", {}},
                   {"nielsen",
                    {0, 1, 0, 2},
                    "Madsen, Nielsen and Tingleff 2004, Algorithm 3.16; jaxopt "
                    "levenberg_marquardt.py",
                    {"jaxopt"},
                    {"decrease_factor", "increase_factor"}},
                   {"ceres",
                    {1, 0, 1, 2},
                    "Ceres internal/ceres/levenberg_marquardt_strategy.cc, mu the inverse of its "
                    "radius",
                    {},
                    {"decrease_factor", "increase_factor"}}},
      .equivalences = {},
      .state = {{"damping", "mu", "the damping of the next step"},
                {"growth", "n", "what mu grows by if that is not taken", "damping=nielsen"}},
      .notes =
          "LsqFit.jl keeps mu in [1e-16, 1e16] and the diagonal at 1e-6 at least, Ceres its "
          "radius at 1e16 at most and the diagonal in [1e-6, 1e32]; neither is here",
      .unit = Unit::objective,
      .wants = {"residuals", "jacobian"},
      .objectives = {"rosenbrock", "least_squares", "rosenbrock_chained", "network"},
      .bindings = by_tensor<LevenbergMarquardt>(),
  };
}

}  // namespace plumbline::rules
