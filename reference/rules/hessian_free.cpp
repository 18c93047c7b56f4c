// Hessian-free optimization (Martens 2010, ICML): Newton's step by conjugate gradients, which
// ask for products of the curvature with vectors alone.
//
//   p_t ~ argmin 1/2 p'B p + g'p,   B v = C v + mu v     by K conjugate gradient steps
//   theta_t = theta_{t-1} + eta p_t
//
// C is the Hessian or the Gauss-Newton matrix J'J. The steps begin at 0, or at a share of
// their last result of the step before; as they minimise over growing subspaces, K = n ones
// give Newton's damped step. In the dialects that adapt the damping, lambda begins at mu and
// follows rho_t = (f(theta + p) - f(theta)) / (1/2 p'M p + g'p), Levenberg's way: larger where
// rho < 1/4, smaller where rho > 3/4. All parameters are one vector.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"
#include "reference/tensors/turns.hpp"

namespace plumbline::rules {
namespace {

struct HessianFree : TensorRule<3, 2, 0> {
  enum class Curvature : int { gauss_newton, hessian };
  enum class Start : int { zero, last_result };
  enum class Negative : int { unchecked, stops };
  enum class Damping : int { fixed, by_undamped_model, by_damped_model };
  struct Options {
    Curvature curvature;
    Start start;
    Negative negative;
    Damping damping;
  };
  static constexpr std::array state_shapes{StateShape::parameter, StateShape::scalar};

  /// Products with the curvature at one point.
  template <class Number>
  class Products {
   public:
    Products(const Oracle<Number>& objective, const Number& point, const Options& options)
        : objective_(objective), point_(point), options_(options) {
      if (options.curvature == Curvature::gauss_newton) jacobian_ = objective.jacobian(point);
    }
    Number operator()(const Number& direction) const {
      if (options_.curvature == Curvature::hessian) {
        return objective_.hessian_vector(point_, direction);
      }
      const Number image = matrix_product(jacobian_, direction);
      return in_shape_of(direction, matrix_product(transposed(jacobian_), image));
    }

   private:
    const Oracle<Number>& objective_;
    const Number& point_;
    const Options& options_;
    Number jacobian_;
  };

  /// The last of `count` steps from `start`.
  template <class Number>
  static Number conjugate_gradients(const Products<Number>& curvature, const Number& damping,
                                    const Number& gradient, const Number* start, long count,
                                    const Options& options) {
    const auto damped = [&](const Number& direction) {
      return curvature(direction) + damping * direction;
    };
    Number result = start == nullptr ? 0 * gradient : *start;
    Number residual = start == nullptr ? gradient : damped(*start) + gradient;
    named("r", residual);
    Number direction = -residual;
    Number squares = inner_product(residual, residual);
    for (long turn = 1;; ++turn) {
      named(turn == 1 ? "u" : "v", direction);
      const Number image = named(turn == 1 ? "w" : "y", damped(direction));
      const Number along = inner_product(direction, image);
      if (options.negative == Negative::stops && !less(Number(0), along)) break;
      const Number length = squares / along;
      result = result + length * direction;
      if (turn >= count) break;
      residual = residual + length * image;
      const Number next = inner_product(residual, residual);
      direction = (next / squares) * direction - residual;
      squares = next;
    }
    return result;
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [learning_rate, initial_damping, iterations] = hyperparameters;
    auto& [last_result, damping] = state;
    const bool adapts = options.damping != Damping::fixed;
    if (!adapts || context.step == 1) damping = Number(initial_damping);

    const Number gradient = objective.gradient(parameter);
    const Products<Number> curvature(objective, parameter, options);
    Number start;
    const bool from_zero = options.start == Start::zero || context.step == 1;
    if (!from_zero) start = 0.95 * last_result;
    const Number result = conjugate_gradients(
        curvature, damping, gradient, from_zero ? nullptr : &start, turns(iterations), options);
    if (options.start == Start::last_result) last_result = result;
    if (adapts) {
      Number image = curvature(result);
      if (options.damping == Damping::by_damped_model) image = image + damping * result;
      const Number model = 0.5 * inner_product(result, image) + inner_product(gradient, result);
      const Number ratio =
          (objective.value(parameter + result) - objective.value(parameter)) / model;
      named("rho", ratio);
      if (less(ratio, Number(0.25))) {
        damping = 1.5 * damping;
      } else if (less(Number(0.75), ratio)) {
        damping = options.damping == Damping::by_damped_model ? 0.66 * damping : 2 * damping / 3;
      }
    }
    parameter = parameter + learning_rate * result;
  }
};

}  // namespace

Rule hessian_free() {
  return {
      .name = "hessian_free",
      .title = "Hessian-free optimization: truncated Newton by conjugate gradients",
      .formula =
          "theta_t = theta_{t-1} + eta p_t, p_t: K conjugate gradient steps on (C + mu I) p = -g",
      .source =
          "Martens 2010, ICML, Algorithm 1 and section 4; Nocedal and Wright 2006, chapter 7.1",
      .hyperparameters = {step_share(),
                          damping(1),
                          {.name = "iterations",
                           .symbol = "K",
                           .meaning = "the number of conjugate gradient steps",
                           .default_value = 2,
                           .neutral = {},
                           .least = 1,
                           .greatest = 1000,
                           .dyadic = 2,
                           .low = 1,
                           .high = 3,
                           .distinct = 3,
                           .kind = Hyperparameter::Kind::count}},
      .options = {{"curvature", {"gauss_newton", "hessian"}},
                  {"start", {"zero", "last_result"}},
                  {"negative_curvature", {"unchecked", "stops"}},
                  {"damping", {"fixed", "by_undamped_model", "by_damped_model"}}},
      .dialects =
          {{"gauss_newton",
            {0, 0, 0, 0},
            "the method with all of its heuristics off, and the curvature that Martens 2010, "
            "section 4.2, prefers",
            {}},
           {"hessian",
            {1, 0, 0, 0},
            "Martens 2010, Algorithm 1; PyTorchHessianFree (ltatzel) optimizer.py with the "
            "Hessian, which warns of negative curvature and goes on",
            {}},
           {"hessian_stops_at_negative_curvature",
            {1, 0, 1, 0},
            "scipy _optimize.py _minimize_newtoncg and Martens' conjgrad_1.m: the result so far",
            {}},
           {"warm_start",
            {0, 1, 0, 0},
            "Martens 2010, section 4.5, with a fixed damping: 0.95 of the last result",
            {}},
           {"adaptive",
            {0, 1, 0, 1},
            "Martens' nnet_train.m: factors 3/2 and 2/3, the ratio by the model without damping",
            {"martens"}},
           {"adaptive_by_damped_model",
            {0, 1, 0, 2},
            "drasmuss/hessianfree optimizers.py: factors 1.5 and 0.66, the damping in the model",
            {"drasmuss"}}},
      .equivalences = {},
      .state = {{"last_result", "p", "where the conjugate gradients ended", "start=last_result"},
                {"damping", "lambda", "the damping for the next step", "damping!=fixed"}},
      .notes =
          "the number of conjugate gradient steps is given: the libraries' tests of progress, "
          "their backtracking, line search and preconditioner are left out",
      .unit = Unit::objective,
      .wants = {"hessian", "jacobian"},
      .objectives = {"least_squares", "rosenbrock_chained", "network"},
      .bindings = by_tensor<HessianFree>(),
  };
}

}  // namespace plumbline::rules
