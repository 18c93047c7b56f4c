// RMSProp (Hinton, Srivastava and Swersky 2012, lecture 6e).
//
//   E_t = rho E_{t-1} + (1 - rho) g_t^2
//   theta_t = theta_{t-1} - eta g_t / sqrt(E_t + epsilon)
//
// Centered (Graves 2013) divides by the standard deviation: E_t - a_t^2 takes the
// place of E_t, with a_t = rho a_{t-1} + (1 - rho) g_t. With momentum mu the quotient
// goes through a velocity. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct RmsProp : ElementwiseRule<6, 3, 0> {
  enum class Epsilon : int { inside_root, outside_root };
  enum class Rate : int { outside, inside };
  enum class Start : int { zero, one };
  struct Options {
    Epsilon epsilon;
    Rate rate;
    Start start;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void start(State<Number>& state, const Number&, const Hyperparameters<Number>&,
                    const Options& options) {
    auto& [mean_square, mean_gradient, velocity] = state;
    mean_square = Number(options.start == Start::one ? 1 : 0);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate, rho, epsilon, momentum, centered, weight_decay] = hyperparameters;
    auto& [mean_square, mean_gradient, velocity] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    mean_square = moving_mean(rho, mean_square, square(gradient));
    mean_gradient = moving_mean(rho, mean_gradient, gradient);
    const Number spread = mean_square - centered * square(mean_gradient);
    const Number divisor =
        options.epsilon == Epsilon::inside_root ? sqrt(spread + epsilon) : sqrt(spread) + epsilon;
    if (options.rate == Rate::inside) {
      velocity = momentum * velocity + learning_rate * gradient / divisor;
      parameter = parameter - velocity;
    } else {
      velocity = momentum * velocity + gradient / divisor;
      parameter = parameter - learning_rate * velocity;
    }
  }
};

}  // namespace

Rule rmsprop() {
  Hyperparameter rho{.name = "rho",
                     .symbol = "rho",
                     .meaning = "decay rate of the mean square",
                     .default_value = 0.9,
                     .neutral = {},
                     .least = 0,
                     .greatest = below_one,
                     .dyadic = 0.9375,
                     .low = 0.3,
                     .high = 0.999,
                     .distinct = 0.82};
  Hyperparameter centered{.name = "centered",
                          .meaning = "divide by the standard deviation",
                          .default_value = 0,
                          .neutral = 0.0,
                          .least = 0,
                          .greatest = 1,
                          .dyadic = 1,
                          .low = 1,
                          .high = 1,
                          .distinct = 1,
                          .kind = Hyperparameter::Kind::boolean};
  return {
      .name = "rmsprop",
      .title = "RMSProp",
      .formula =
          "E_t = rho E_{t-1} + (1 - rho) g_t^2; "
          "theta_t = theta_{t-1} - eta g_t/sqrt(E_t + epsilon)",
      .source =
          "Hinton, Srivastava and Swersky 2012, lecture 6e; Graves 2013, arXiv:1308.0850, "
          "eq. (38)-(45)",
      .hyperparameters = {learning_rate(0.001), rho, epsilon(1e-8), momentum(0.0), centered,
                          weight_decay()},
      .options = {{"epsilon", {"inside_root", "outside_root"}},
                  {"rate", {"outside", "inside"}},
                  {"start", {"zero", "one"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"epsilon_inside_root",
            {0, 0, 0, 0},
            "a document of seeds/; optax scale_by_rms",
            {"paper", "optax"}},
           {"epsilon_inside_root_rate_inside",
            {0, 1, 0, 0},
            "TensorFlow's kernel; TensorFlow.js rmsprop_optimizer.ts",
            {"tensorflow"}},
           {"epsilon_inside_root_rate_inside_decoupled_decay",
            {0, 1, 0, 1},
            "Keras keras/src/optimizers/rmsprop.py",
            {"keras"}},
           {"epsilon_inside_root_rate_inside_start_one",
            {0, 1, 1, 0},
            "timm rmsprop_tf.py; TensorFlow 1's slots",
            {"timm"}},
           {"epsilon_outside_root",
            {1, 0, 0, 0},
            "PyTorch torch/optim/rmsprop.py; burn; Optimisers.jl",
            {"pytorch"}},
           {"epsilon_outside_root_rate_inside", {1, 1, 0, 0}, "MXNet rmsprop.py (plain)", {}}},
      .equivalences = {},
      .state = {{"mean_square", "E", "the moving mean of squared gradients"},
                {"mean_gradient", "a", "the moving mean of gradients", "centered"},
                {"velocity", "v", "of the quotients", "momentum"}},
      .notes = "",
      .step_bound = StepBound::mean_square,
      .bindings = elementwise<RmsProp>(),
  };
}

}  // namespace plumbline::rules
