// Coordinate descent (Wright 2015, Coordinate descent algorithms, Mathematical Programming
// 151; Nutini et al. 2015, Coordinate descent converges faster with the Gauss-Southwell rule
// than random selection, ICML).
//
//   theta_t = theta_{t-1} - eta (g_i / L_i) e_i      L_i = H_ii, or 1
//
// One step moves one coordinate i. With L_i = H_ii and eta = 1 it minimizes a quadratic along
// that coordinate exactly: the cyclic form is Gauss and Seidel's method on H theta = b, and
// another eta its over- or under-relaxation. Cyclic selection takes i = (t - 1) mod n; greedy
// selection the greatest |g_i| (Gauss-Southwell), the greatest g_i^2/H_ii, or, as one library
// does, the greatest g_i with its sign, and the first coordinate where none is positive. Of
// equals the first is taken.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct CoordinateDescent : TensorRule<1, 0, 0> {
  enum class Selection : int {
    cyclic,
    gauss_southwell,
    gauss_southwell_lipschitz,
    greatest_signed
  };
  enum class Divisor : int { curvature, none };
  struct Options {
    Selection selection;
    Divisor divisor;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [learning_rate] = hyperparameters;
    const Number gradient = objective.gradient(parameter);
    const Number axis = selected(parameter, gradient, objective, options, context);
    Number length = learning_rate * inner_product(gradient, axis);
    if (options.divisor == Divisor::curvature) {
      length = length / inner_product(axis, objective.hessian_vector(parameter, axis));
    }
    parameter = parameter - length * axis;
  }

  /// The unit vector of the coordinate that moves.
  template <class Number>
  static Number selected(const Number& parameter, const Number& gradient,
                         const Oracle<Number>& objective, const Options& options,
                         const StepContext<Number>& context) {
    switch (options.selection) {
      case Selection::gauss_southwell:
        return unit_at_greatest(abs(gradient));
      case Selection::gauss_southwell_lipschitz:
        return unit_at_greatest(square(gradient) / diagonal(objective.hessian(parameter)));
      case Selection::greatest_signed:
        return unit_at_greatest(max(gradient, Number(0)));
      default:
        return unit_at(parameter, static_cast<std::size_t>(context.step - 1));
    }
  }
};

}  // namespace

Rule coordinate_descent() {
  Hyperparameter rate = learning_rate(1);
  rate.meaning = "the share of the step along the coordinate; 1 is the exact one on a quadratic";
  rate.dyadic = 0.5;
  rate.low = 0.25;
  rate.high = 1;
  rate.distinct = 0.7;
  return {
      .name = "coordinate_descent",
      .title = "Coordinate descent",
      .formula = "theta_t = theta_{t-1} - eta (g_i / H_ii) e_i, i = (t - 1) mod n",
      .source =
          "Wright 2015, Mathematical Programming 151, Algorithms 1 and 2; Nutini et al. "
          "2015, ICML, for greedy selection",
      .hyperparameters = {rate},
      .options = {{"selection",
                   {"cyclic", "gauss_southwell", "gauss_southwell_lipschitz", "greatest_signed"}},
                  {"divisor", {"curvature", "none"}}},
      .dialects =
          {{"cyclic",
            {0, 0},
            "Wright 2015; Gauss-Seidel on a quadratic; scikit-learn "
            "linear_model/_cd_fast.pyx without penalties; one block of jaxopt block_cd.py",
            {"gauss_seidel", "cyclic_exact"}},
           {"gauss_southwell",
            {1, 0},
            "Nutini et al. 2015: the greatest magnitude of the gradient",
            {"greedy"}},
           {"gauss_southwell_lipschitz",
            {2, 0},
            "Nutini et al. 2015: the greatest decrease of a quadratic"},
           {"ensmallen_cyclic", {0, 1}, "ensmallen cd/cd_impl.hpp with CyclicDescent: no divisor"},
           {"ensmallen_greedy",
            {3, 1},
            "ensmallen cd/descent_policies/greedy_descent.hpp: the greatest signed derivative, no "
            "divisor"}},
      .equivalences = {},
      .state = {},
      .notes =
          "one step moves one coordinate, not one round of all; ensmallen_greedy never "
          "selects a coordinate whose derivative is negative, and can stall away from a "
          "minimum; a random choice of the coordinate is not covered, nor are penalties",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic", "quadratic_ill_conditioned", "logistic_l2", "least_squares"},
      .bindings = by_tensor<CoordinateDescent>(),
  };
}

}  // namespace plumbline::rules
