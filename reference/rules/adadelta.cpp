// Adadelta (Zeiler 2012, Algorithm 1).
//
//   E_t = rho E_{t-1} + (1 - rho) g_t^2
//   d_t = sqrt(D_{t-1} + epsilon) / sqrt(E_t + epsilon) g_t
//   D_t = rho D_{t-1} + (1 - rho) d_t^2
//   theta_t = theta_{t-1} - eta d_t
//
// The paper has no eta: it is 1. D is the mean of squared updates before they are
// multiplied by eta. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct AdaDelta : ElementwiseRule<4, 2, 0> {
  struct Options {
    WeightDecay weight_decay;
  };

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate, rho, epsilon, weight_decay] = hyperparameters;
    auto& [mean_square, mean_square_update] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    mean_square = moving_mean(rho, mean_square, square(gradient));
    const Number update =
        sqrt(mean_square_update + epsilon) / sqrt(mean_square + epsilon) * gradient;
    mean_square_update = moving_mean(rho, mean_square_update, square(update));
    parameter = parameter - learning_rate * update;
  }
};

}  // namespace

Rule adadelta() {
  Hyperparameter rho{.name = "rho",
                     .symbol = "rho",
                     .meaning = "decay rate of both mean squares",
                     .default_value = 0.95,
                     .neutral = {},
                     .least = 0,
                     .greatest = below_one,
                     .dyadic = 0.9375,
                     .low = 0.3,
                     .high = 0.999,
                     .distinct = 0.82};
  return {
      .name = "adadelta",
      .title = "Adadelta",
      .formula =
          "E_t = rho E_{t-1} + (1 - rho) g_t^2; "
          "d_t = sqrt(D_{t-1} + epsilon)/sqrt(E_t + epsilon) g_t; "
          "D_t = rho D_{t-1} + (1 - rho) d_t^2; theta_t = theta_{t-1} - eta d_t",
      .source = "Zeiler 2012, arXiv:1212.5701, Algorithm 1",
      .hyperparameters = {learning_rate(1.0), rho, epsilon(1e-6), weight_decay()},
      .options = {{"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"coupled_decay",
            {0},
            "PyTorch torch/optim/adadelta.py; optax adadelta; MXNet adadelta.py; without decay "
            "MLX AdaDelta and ensmallen ada_delta_update.hpp; at eta = 1 the paper and "
            "Optimisers.jl AdaDelta",
            {"pytorch", "optax", "paper", "mlx", "optimisers"}},
           {"decoupled_decay", {1}, "Keras keras/src/optimizers/adadelta.py", {"keras"}}},
      .equivalences = {},
      .state = {{"mean_square", "E", "the moving mean of squared gradients"},
                {"mean_square_update", "D", "the moving mean of squared updates, without eta"}},
      .notes =
          "Defaults differ: eta is 1 in PyTorch, ensmallen and MXNet and 0.001 in Keras and "
          "TensorFlow.js; rho is 0.9 in PyTorch, optax, MXNet and MLX; epsilon is 1e-6, 1e-7 "
          "(Keras, TensorFlow.js) or 1e-8 (Optimisers.jl).",
      .bindings = elementwise<AdaDelta>(),
  };
}

}  // namespace plumbline::rules
