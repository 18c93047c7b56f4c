// AdaGrad (Duchi, Hazan and Singer 2011), the diagonal form.
//
//   G_t = G_{t-1} + g_t^2                     G_0 = initial_accumulator
//   eta_t = eta / (1 + (t - 1) d)             d: learning_rate_decay
//   theta_t = theta_{t-1} - eta_t g_t / (sqrt(G_t) + epsilon)
//
// Everything has the parameter's shape; t counts from 1.
#include "reference/define_rule.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct AdaGrad : ElementwiseRule<5, 1, 0> {
  enum class Epsilon : int { outside_root, inside_root };
  enum class Start : int { given, epsilon };
  struct Options {
    Epsilon epsilon;
    Start start;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void start(State<Number>& state, const Number&,
                    const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, epsilon, initial_accumulator, learning_rate_decay, weight_decay] =
        hyperparameters;
    auto& [squared_gradient_sum] = state;
    squared_gradient_sum =
        as_result(Number(options.start == Start::epsilon ? epsilon : initial_accumulator));
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>& context) {
    const auto& [learning_rate, epsilon, initial_accumulator, learning_rate_decay, weight_decay] =
        hyperparameters;
    auto& [squared_gradient_sum] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    squared_gradient_sum = squared_gradient_sum + square(gradient);
    const Scalar<Number> rate = learning_rate / (1 + context.step_count(1) * learning_rate_decay);
    const Number divisor = options.epsilon == Epsilon::inside_root
                               ? sqrt(squared_gradient_sum + epsilon)
                               : sqrt(squared_gradient_sum) + epsilon;
    parameter = parameter - rate * gradient / divisor;
  }
};

}  // namespace

Rule adagrad() {
  Hyperparameter initial_accumulator{.name = "initial_accumulator",
                                     .symbol = "a",
                                     .meaning = "where the sum of squares begins",
                                     .default_value = 0,
                                     .neutral = 0.0,
                                     .least = 0,
                                     .greatest = unbounded,
                                     .dyadic = 0.125,
                                     .low = 1e-6,
                                     .high = 10,
                                     .distinct = 0.4};
  Hyperparameter learning_rate_decay{.name = "learning_rate_decay",
                                     .symbol = "d",
                                     .meaning = "eta is divided by 1 + (t - 1) d",
                                     .default_value = 0,
                                     .neutral = 0.0,
                                     .least = 0,
                                     .greatest = unbounded,
                                     .dyadic = 0x1p-4,
                                     .low = 1e-4,
                                     .high = 1,
                                     .distinct = 0.11};
  return {
      .name = "adagrad",
      .title = "AdaGrad",
      .formula = "G_t = G_{t-1} + g_t^2; theta_t = theta_{t-1} - eta g_t/(sqrt(G_t) + epsilon)",
      .source = "Duchi, Hazan and Singer 2011, JMLR 12, Figure 1 (diagonal)",
      .hyperparameters = {learning_rate(0.01), epsilon(1e-8), initial_accumulator,
                          learning_rate_decay, weight_decay()},
      .options = {{"epsilon", {"outside_root", "inside_root"}},
                  {"start", {"given", "epsilon"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"epsilon_outside_root",
            {0, 0, 0},
            "a document of seeds/; PyTorch torch/optim/adagrad.py; burn; ONNX op_adagrad.py",
            {"pytorch", "onnx", "paper"}},
           {"epsilon_inside_root",
            {1, 0, 0},
            "TensorFlow.js adagrad_optimizer.ts; optax",
            {"tensorflow", "optax"}},
           {"epsilon_inside_root_decoupled_decay",
            {1, 0, 1},
            "Keras keras/src/optimizers/adagrad.py",
            {"keras"}},
           {"epsilon_start",
            {0, 1, 0},
            "Optimisers.jl src/rules.jl",
            {"optimisers"},
            {"initial_accumulator"}}},
      .equivalences = {},
      .state = {{"squared_gradient_sum", "G", "the sum of squared gradients"}},
      .notes = "",
      .step_bound = StepBound::square_sum,
      .bindings = elementwise<AdaGrad>(),
  };
}

}  // namespace plumbline::rules
