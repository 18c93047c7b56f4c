// L-BFGS (Nocedal 1980; Liu and Nocedal 1989; Nocedal and Wright, Numerical Optimization, 2nd
// ed. 2006, Algorithms 7.4 and 7.5).
//
//   s = theta_{t-1} - theta_{t-2},  y = g_t - g_{t-1}          one more pair, the newest of m
//   p_t = -H_t g_t                                             by the two-loop recursion
//   theta_t = theta_{t-1} + eta_t p_t
//
// The recursion starts from gamma I, gamma = s'y / y'y of the newest pair (7.20), and 1 without
// one. A pair whose s'y is exactly 0 is held, but takes no part.
//
// The dialects differ in the first step, which has no curvature to go by: the gradient itself,
// or scaled by 1/||g||, capped at 1 or not, in the 1-norm or the 2-norm; in whether a pair with
// y's below a threshold is turned away; and in the step: eta is given, or halved from there on
// until f decreases enough (Armijo), or eta times the exact step of a quadratic, or found from
// there on by a search for the strong Wolfe conditions (strong_wolfe.hpp). s is the step that
// was taken, as in PyTorch; as a difference of parameters it is the same up to their rounding.
//
// ensmallen's own search (lbfgs_impl.hpp, LineSearch) is no dialect here. It returns the length
// with the lowest f that it saw, and leaves the gradient of the last length that it tried: in
// version 3.11.1, of 289 starts on Rosenbrock's function 11 come to a step after which the next
// direction is computed from the gradient of another point (line 349).
#include <optional>

#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/strong_wolfe.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Lbfgs : TensorRule<4, 5, 0> {
  enum class FirstStep : int { gradient, inverse_l1_capped, inverse_l2, inverse_l2_capped };
  enum class Pairs : int { all, above_threshold };
  enum class LineSearch : int { none, armijo_halving, exact_on_quadratics, strong_wolfe };
  struct Options {
    FirstStep first_step;
    Pairs pairs;
    LineSearch line_search;
  };
  static constexpr std::size_t history_index = 1;
  static constexpr std::array state_shapes{StateShape::history, StateShape::history,
                                           StateShape::history_column, StateShape::parameter,
                                           StateShape::parameter};
  /// More than any descent needs; a formula shows the first ones.
  template <class Number>
  static constexpr int most_trials = std::is_same_v<Number, Traced> ? 2 : 40;

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [learning_rate, history_size, threshold, decrease] = hyperparameters;
    auto& [steps, changes, curvatures, last_step, last_gradient] = state;
    const Number gradient = objective.gradient(parameter);
    Number length = Number(learning_rate);
    Number direction = -gradient;
    if (context.step == 1) {
      length = first_length(learning_rate, gradient, options.first_step);
    } else {
      const Number change = gradient - last_gradient;
      const Number curvature = inner_product(last_step, change);
      if (options.pairs == Pairs::all || less(Number(threshold), curvature)) {
        steps = pushed(steps, last_step);
        changes = pushed(changes, change);
        curvatures = pushed(curvatures, curvature);
      }
      direction = -preconditioned(gradient, steps, changes, curvatures);
    }
    if (options.line_search == LineSearch::armijo_halving) {
      length = halved(parameter, objective, length, direction,
                      decrease * inner_product(gradient, direction));
    }
    if (options.line_search == LineSearch::exact_on_quadratics) {
      length = learning_rate *
               (-inner_product(gradient, direction) /
                inner_product(direction, objective.hessian_vector(parameter, direction)));
    }
    if (options.line_search == LineSearch::strong_wolfe) {
      length = strong_wolfe_length(objective, parameter, direction, length,
                                   inner_product(gradient, direction), decrease);
    }
    last_step = length * direction;
    parameter = parameter + last_step;
    last_gradient = gradient;
  }

  template <class Number>
  static Number first_length(const Scalar<Number>& learning_rate, const Number& gradient,
                             FirstStep first_step) {
    switch (first_step) {
      case FirstStep::inverse_l1_capped:
        return learning_rate * min(Number(1) / total(abs(gradient)), Number(1));
      case FirstStep::inverse_l2:
        return learning_rate / norm(gradient);
      case FirstStep::inverse_l2_capped:
        return learning_rate * min(Number(1) / norm(gradient), Number(1));
      default:
        return Number(learning_rate);
    }
  }

  /// H g by the two loops over the pairs, from the newest to the oldest and back.
  template <class Number>
  static Number preconditioned(const Number& gradient, const Number& steps, const Number& changes,
                               const Number& curvatures) {
    struct Pair {
      Number step, change, curvature, share;
    };
    std::vector<Pair> pairs;
    bool newest_is_held = false;  // asked once: what is undecided may be answered either way
    Number rest = gradient;
    for (std::size_t place = 0; place < history_length(curvatures); ++place) {
      if (!is_held(curvatures, place)) continue;
      newest_is_held = newest_is_held || place == 0;
      pairs.push_back(
          {row(steps, place), row(changes, place), entry(curvatures, place), Number(0)});
      Pair& pair = pairs.back();
      pair.share = inner_product(pair.step, rest) / pair.curvature;
      rest = rest - pair.share * pair.change;
    }
    if (newest_is_held) {
      const Pair& newest = pairs.front();
      rest = newest.curvature / inner_product(newest.change, newest.change) * rest;
    }
    while (!pairs.empty()) {
      const Pair& pair = pairs.back();
      const Number share = inner_product(pair.change, rest) / pair.curvature;
      rest = rest + (pair.share - share) * pair.step;
      pairs.pop_back();
    }
    return rest;
  }

  /// The first of length, length/2, ... that decreases f by at least the length times `slope`.
  template <class Number>
  static Number halved(const Number& parameter, const Oracle<Number>& objective, Number length,
                       const Number& direction, const Number& slope) {
    const Number start = objective.value(parameter);
    for (int trial = 1; trial < most_trials<Number>; ++trial) {
      const Number reached = objective.value(parameter + length * direction);
      if (!less(start + length * slope, reached)) break;
      length = length * Number(0.5);
    }
    return length;
  }
};

Hyperparameter history_size() {
  return {.name = "history_size",
          .symbol = "m",
          .meaning = "how many pairs are kept",
          .default_value = 10,
          .neutral = {},
          .least = 1,
          .greatest = 1000,
          .dyadic = 2,
          .low = 1,
          .high = 3,
          .distinct = 1,
          .kind = Hyperparameter::Kind::count};
}
Hyperparameter curvature_threshold() {
  return {.name = "curvature_threshold",
          .symbol = "tau",
          .meaning = "a pair is kept where y's is above it",
          .default_value = 1e-10,
          .neutral = 1e-10,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-4,
          .low = 1e-12,
          .high = 0.1,
          .distinct = 1.5};
}
Hyperparameter sufficient_decrease() {
  return {.name = "sufficient_decrease",
          .symbol = "c",
          .meaning = "the share of the slope by which f has to decrease",
          .default_value = 1e-4,
          .neutral = 1e-4,
          .least = 0,
          .greatest = below_one,
          .dyadic = 0x1p-4,
          .low = 1e-6,
          .high = 0.4,
          .distinct = 0.45};
}

}  // namespace

Rule lbfgs() {
  Hyperparameter rate = learning_rate(1);
  rate.meaning = "the step along the direction, or the first one that is tried";
  rate.dyadic = 0.5;
  rate.low = 0.25;
  rate.high = 1;
  rate.distinct = 0.7;
  return {
      .name = "lbfgs",
      .title = "L-BFGS",
      .formula = "theta_t = theta_{t-1} - eta H_t g_t, H_t by the two-loop recursion over m pairs",
      .source = "Nocedal and Wright 2006, Algorithms 7.4 and 7.5, (7.20); Liu and Nocedal 1989",
      .hyperparameters = {rate, history_size(), curvature_threshold(), sufficient_decrease()},
      .options = {{"first_step",
                   {"gradient", "inverse_l1_capped", "inverse_l2", "inverse_l2_capped"}},
                  {"pairs", {"all", "above_threshold"}},
                  {"line_search",
                   {"none", "armijo_halving", "exact_on_quadratics", "strong_wolfe"}}},
      .dialects =
          {{"nocedal_wright",
            {0, 0, 0},
            "Nocedal and Wright 2006; Optim.jl first_order/l_bfgs.jl with a static step",
            {},
            {"curvature_threshold", "sufficient_decrease"}},
           {"torch",
            {1, 1, 0},
            "PyTorch torch/optim/lbfgs.py with max_iter = 1 and no line search; burn "
            "optim/lbfgs.rs; Shark's direction",
            {"burn"},
            {"sufficient_decrease"}},
           {"optax",
            {3, 0, 0},
            "optax scale_by_lbfgs; SciPy's direction where every pair curves upwards",
            {},
            {"curvature_threshold", "sufficient_decrease"}},
           {"ensmallen",
            {2, 0, 0},
            "ensmallen lbfgs/lbfgs_impl.hpp, its direction with the step handed in",
            {},
            {"curvature_threshold", "sufficient_decrease"}},
           {"minfunc_armijo",
            {1, 1, 1},
            "minFunc with LS_type 0, LS_interp 0: minFunc.m, lbfgsAdd.m, ArmijoBacktrack.m",
            {"minfunc"}},
           {"torch_strong_wolfe",
            {1, 1, 3},
            "PyTorch torch/optim/lbfgs.py with max_iter = 1 and line_search_fn = strong_wolfe"},
           {"exact_line_search",
            {0, 0, 2},
            "Nazareth 1979, SIAM J. Numer. Anal. 16: on a quadratic the iterates of conjugate "
            "gradients, whatever m",
            {},
            {"curvature_threshold", "sufficient_decrease"}}},
      .equivalences = {},
      .state = {{"steps", "S", "the steps s of the pairs, the newest first"},
                {"gradient_changes", "Y", "the changes y of the gradient that go with them"},
                {"curvatures", "C", "s'y of each pair; 0 where there is none yet"},
                {"last_step", "s", "what was added to the parameters"},
                {"last_gradient", "g0", "the gradient before it"}},
      .notes =
          "the formula is written for one pair held; strong_wolfe_length is a search, not an "
          "expression: reference/rules/strong_wolfe.hpp has it as PyTorch does, which is not "
          "SciPy's, optax's nor Optim.jl's; one step is one iteration: PyTorch's step() makes "
          "max_iter of them",
      .unit = Unit::objective,
      .wants = {"hessian"},
      .objectives = {"quadratic", "quadratic_indefinite", "rosenbrock", "plateau"},
      .bindings = by_tensor<Lbfgs>(),
  };
}

}  // namespace plumbline::rules
