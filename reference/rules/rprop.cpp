// Rprop: resilient propagation (Riedmiller and Braun 1993), in the forms that Igel and
// Huesken 2000 compare.
//
//   D_t = min(u D_{t-1}, b)  where p_{t-1} g_t > 0          D_0 = eta
//         max(d D_{t-1}, a)  where p_{t-1} g_t < 0
//         D_{t-1}            else
//   theta_t = theta_{t-1} - D_t sign(g_t),  p_t = g_t             p_0 = 0
//
// and where the gradient turned, p_{t-1} g_t < 0, by the form: iRprop- stays and sets p_t = 0;
// Rprop+ goes back by its last step and sets p_t = 0; Rprop- steps as elsewhere. iRprop+
// needs the loss. Everything has the parameter's shape. The learning rate is the first step
// alone, so that changing it later does nothing.
//
// The sign of a product is that of its factors, until it underflows: an implementation that
// multiplies may see 0 where one that compares signs does not, and both are accepted.
#include "reference/define_rule.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {
namespace {

struct Rprop : ElementwiseRule<5, 2, 0> {
  enum class Turn : int { stay, go_back, step, step_and_forget };
  enum class Bounds : int { own_side, first_step_too, both_sides };
  enum class Start : int { made, first_gradient };
  struct Options {
    Turn turn;
    Bounds bounds;
    Start start;
  };

  template <class Number>
  static void start(State<Number>& state, const Number&,
                    const Hyperparameters<Number>& hyperparameters, const Options&) {
    auto& [step_size, previous_gradient] = state;
    step_size = as_result(Number(hyperparameters[0]));
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>& context) {
    const auto& [learning_rate, increase, decrease, minimum_step, maximum_step] = hyperparameters;
    auto& [step_size, previous_gradient] = state;
    const Number least(minimum_step);
    const Number greatest(maximum_step);
    if (context.step == 1) {
      if (options.start == Start::first_gradient) step_size = as_result(Number(learning_rate));
      // PyTorch clamps in every step, which later ones do not need: they begin within.
      if (options.bounds == Bounds::first_step_too) {
        step_size = as_result(min(max(step_size, least), greatest));
      }
    }
    const Number agreement = previous_gradient * gradient;
    const bool turns = less(agreement, Number(0));
    const bool grows = !turns && less(Number(0), agreement);
    const bool both = options.bounds == Bounds::both_sides;

    // The last step was D_{t-1} sign(p_{t-1}): back is D_{t-1} the new gradient's way.
    Number length = step_size;
    if (grows) step_size = increase * step_size;
    if (turns) step_size = decrease * step_size;
    if (turns || (grows && both)) step_size = as_result(max(step_size, least));
    if (grows || (turns && both)) step_size = as_result(min(step_size, greatest));

    if (!turns || options.turn != Turn::go_back) length = step_size;
    if (!turns || options.turn != Turn::stay) parameter = parameter - length * sign(gradient);
    const bool forgets = turns && options.turn != Turn::step;
    previous_gradient = forgets ? Number(0) : gradient;
  }
};

}  // namespace

Rule rprop() {
  Hyperparameter first_step = learning_rate(0.01);
  first_step.meaning = "the first step size";
  const Hyperparameter increase{.name = "increase_factor",
                                .symbol = "u",
                                .meaning = "grows the step where the gradient keeps its sign",
                                .default_value = 1.2,
                                .neutral = {},
                                .least = above_one,
                                .greatest = unbounded,
                                .dyadic = 1.25,
                                .low = 1.05,
                                .high = 2,
                                .distinct = 1.7};
  const Hyperparameter decrease{.name = "decrease_factor",
                                .symbol = "d",
                                .meaning = "shrinks the step where the gradient turns",
                                .default_value = 0.5,
                                .neutral = {},
                                .least = above_zero,
                                .greatest = below_one,
                                .dyadic = 0.625,
                                .low = 0.2,
                                .high = 0.9,
                                .distinct = 0.35};
  const Hyperparameter minimum_step{.name = "minimum_step",
                                    .symbol = "a",
                                    .meaning = "the least step size",
                                    .default_value = 1e-6,
                                    .neutral = {},
                                    .least = 0,
                                    .greatest = unbounded,
                                    .dyadic = 0x1p-8,
                                    .low = 1e-7,
                                    .high = 1e-3,
                                    .distinct = 0.003};
  const Hyperparameter maximum_step{.name = "maximum_step",
                                    .symbol = "b",
                                    .meaning = "the greatest step size",
                                    .default_value = 50,
                                    .neutral = {},
                                    .least = above_zero,
                                    .greatest = unbounded,
                                    .dyadic = 0x1p-6,
                                    .low = 0.011,
                                    .high = 40,
                                    .distinct = 0.047};
  return {
      .name = "rprop",
      .title = "Rprop: resilient propagation",
      .formula =
          "D_t = min(u D_{t-1}, b), max(d D_{t-1}, a) or D_{t-1} as p_{t-1} g_t > 0, < 0 or = 0; "
          "where it turned (< 0) theta stays and p_t = 0, else theta_t = theta_{t-1} - D_t "
          "sign(g_t) and p_t = g_t",
      .source =
          "Riedmiller and Braun 1993, IEEE ICNN, pp. 586-591; Igel and Huesken 2000, Improving the "
          "Rprop Learning Algorithm, Algorithms 1, 2 and 4",
      .hyperparameters = {first_step, increase, decrease, minimum_step, maximum_step},
      .options = {{"turn", {"stay", "go_back", "step", "step_and_forget"}},
                  {"bounds", {"own_side", "first_step_too", "both_sides"}},
                  {"start", {"made", "first_gradient"}}},
      .dialects =
          {{"irprop_minus",
            {0, 0, 0},
            "Igel and Huesken's iRprop-; Optimisers.jl src/rules.jl",
            {"optimisers"}},
           {"irprop_minus_first_step_bounded",
            {0, 1, 1},
            "PyTorch torch/optim/rprop.py: clamped in every step; the first step is the rate at "
            "the first gradient",
            {"pytorch"}},
           {"irprop_minus_bounded_on_both_sides",
            {0, 2, 0},
            "optax optax/_src/transform.py scale_by_rprop",
            {"optax"}},
           {"rprop_plus",
            {1, 0, 0},
            "Riedmiller and Braun; Shark src/Algorithms/GradientDescent/Rprop.cpp without "
            "setUseOldValue",
            {"paper"}},
           {"rprop_minus",
            {2, 0, 0},
            "Igel and Huesken's Rprop-; Shark's Rprop.cpp without backtracking and freezing",
            {}},
           {"rprop_minus_forgetting",
            {3, 0, 0},
            "Shark's Rprop.cpp without backtracking, with freezing: steps with the old sign, and "
            "then sets p_t = 0",
            {"shark"}}},
      .equivalences = {},
      .state = {{"step_size", "D", "of each element"},
                {"previous_gradient", "p", "0 where it turned and is forgotten"}},
      .notes =
          "The learning rate is the first step's size alone: changed later, it does nothing. "
          "iRprop+ goes back only where the loss rose, and needs the loss. Where p_{t-1} g_t "
          "underflows it may be taken for 0 or not: either is accepted.",
      .bindings = elementwise<Rprop>(),
  };
}

}  // namespace plumbline::rules
