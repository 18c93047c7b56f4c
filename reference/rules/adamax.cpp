// AdaMax (Kingma and Ba 2015, Algorithm 2): Adam with the infinity norm.
//
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t
//   u_t = max(beta2 u_{t-1}, |g_t| + epsilon)
//   theta_t = theta_{t-1} - eta/(1 - beta1^t) m_t / u_t
//
// The paper has no epsilon; others add it to u_t in the divisor. Everything has the
// parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct AdaMax : ElementwiseRule<5, 2, 1> {
  enum class Epsilon : int { in_maximum, in_divisor };
  enum class BiasCorrection : int { first, none };
  struct Options {
    Epsilon epsilon;
    BiasCorrection bias_correction;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>&) {
    auto& [beta1_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    beta1_power = beta1_power * beta1;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power] = scalars;
    auto& [first_moment, infinity_norm] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    const bool in_maximum = options.epsilon == Epsilon::in_maximum;
    first_moment = moving_mean(beta1, first_moment, gradient);
    infinity_norm =
        max(beta2 * infinity_norm, in_maximum ? abs(gradient) + epsilon : abs(gradient));
    const Number divisor = in_maximum ? infinity_norm : infinity_norm + epsilon;
    if (options.bias_correction == BiasCorrection::none) {
      parameter = parameter - learning_rate * first_moment / divisor;
    } else {
      const Scalar<Number> rate = learning_rate / (1 - beta1_power);
      parameter = parameter - rate * first_moment / divisor;
    }
  }
};

}  // namespace

Rule adamax() {
  return {
      .name = "adamax",
      .title = "AdaMax: Adam with the infinity norm",
      .formula =
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; u_t = max(beta2 u_{t-1}, |g_t| + epsilon); "
          "theta_t = theta_{t-1} - eta/(1 - beta1^t) m_t/u_t",
      .source = "Kingma and Ba 2015, arXiv:1412.6980, Algorithm 2",
      .hyperparameters = {learning_rate(0.002), beta1(0.9), beta2(0.999), epsilon(1e-8),
                          weight_decay()},
      .options = {{"epsilon", {"in_maximum", "in_divisor"}},
                  {"bias_correction", {"first", "none"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"epsilon_in_maximum",
            {0, 0, 0},
            "PyTorch torch/optim/adamax.py; optax scale_by_adamax; at epsilon = 0 the paper",
            {"pytorch", "optax", "paper"}},
           {"epsilon_in_maximum_decoupled_decay",
            {0, 0, 1},
            "optax adamaxw, optax/_src/alias.py",
            {"adamaxw"}},
           {"epsilon_in_divisor",
            {1, 0, 0},
            "MXNet adamax.py; without decay TensorFlow.js adamax_optimizer.ts, ensmallen "
            "adamax_update.hpp and Optimisers.jl AdaMax",
            {"tensorflow", "ensmallen", "mxnet", "optimisers"}},
           {"epsilon_in_divisor_decoupled_decay",
            {1, 0, 1},
            "Keras keras/src/optimizers/adamax.py",
            {"keras"}},
           {"uncorrected", {1, 1, 0}, "MLX Adamax, python/mlx/optimizers/optimizers.py", {"mlx"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"infinity_norm", "u", "the greatest magnitude of a gradient, decaying"}},
      .scalars = {{"b1", "running power of beta1"}},
      .notes =
          "Without epsilon the first steps are 0/0 where the gradient is 0. TensorFlow.js can "
          "also divide eta by 1 + decay t, which by default it does not.",
      .bindings = elementwise<AdaMax>(),
  };
}

}  // namespace plumbline::rules
