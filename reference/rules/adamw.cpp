// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019, Algorithm 2).
//
//   theta_t = theta_{t-1} - eta lambda theta_{t-1} - eta mhat_t / (sqrt(vhat_t) + epsilon)
//
// with Adam's moments. The paper multiplies the decay by the schedule's multiplier
// alone (lambda eta_t/eta_1); libraries multiply it by the whole rate; some by nothing.
// Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {
namespace {

struct AdamW : ElementwiseRule<5, 2, 2> {
  enum class DecayFactor : int { rate, one, schedule_multiplier };
  enum class DecayPlace : int { before, inside, after };
  struct Options {
    DecayFactor decay_factor;
    DecayPlace decay_place;
    AdamEpsilon epsilon;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>&) {
    auto& [beta1_power, beta2_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    beta1_power = beta1_power * beta1;
    beta2_power = beta2_power * beta2;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power, beta2_power] = scalars;
    auto& [first_moment, second_moment] = state;
    update_moments(first_moment, second_moment, gradient, beta1, beta2);
    const Number step = adam_step(first_moment, second_moment, 1 - beta1_power, 1 - beta2_power,
                                  learning_rate, epsilon, options.epsilon);

    Scalar<Number> decay = weight_decay;
    if (options.decay_factor == DecayFactor::rate) decay = learning_rate * weight_decay;
    if (options.decay_factor == DecayFactor::schedule_multiplier) {
      decay = learning_rate / context.initial_learning_rate * weight_decay;
    }
    switch (options.decay_place) {
      case DecayPlace::before:
        parameter = (1 - decay) * parameter - step;
        break;
      case DecayPlace::inside:
        parameter = parameter - (step + decay * parameter);
        break;
      case DecayPlace::after:
        parameter = (1 - decay) * (parameter - step);
        break;
    }
  }
};

}  // namespace

Rule adamw() {
  Hyperparameter decay = weight_decay();
  decay.default_value = 0.01;
  return {
      .name = "adamw",
      .title = "AdamW: Adam with decoupled weight decay",
      .formula = "theta_t = (1 - eta lambda) theta_{t-1} - eta mhat_t/(sqrt(vhat_t) + epsilon)",
      .source = "Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-8), decay},
      .options = {{"decay_factor", {"rate", "one", "schedule_multiplier"}},
                  {"decay_place", {"before", "inside", "after"}},
                  {"epsilon", {"outside_root", "hat", "inside_root"}}},
      .dialects =
          {{"decay_before",
            {0, 0, 0},
            "PyTorch torch/optim/adamw.py; candle; burn; a document of seeds/",
            {"pytorch"}},
           {"decay_inside", {0, 1, 0}, "optax add_decayed_weights; apex; MXNet AdamW", {"optax"}},
           {"decay_after", {0, 2, 0}, "bitsandbytes kernels", {"bitsandbytes"}},
           {"decay_before_epsilon_hat",
            {0, 0, 1},
            "Keras keras/src/optimizers/adamw.py",
            {"keras"}},
           {"decay_without_rate",
            {1, 0, 0},
            "a document of seeds/: (1 - lambda) theta; Optimisers.jl couple=false; "
            "TensorFlow Addons",
            {"document"}},
           {"decay_times_schedule_multiplier", {2, 0, 0}, "the paper", {"paper"}},
           {"decay_after_without_rate", {1, 2, 0}, "ONNX Adam's norm_coefficient_post", {}}},
      .equivalences = {{"decay_before", "decay_inside",
                        "(1 - eta lambda) theta - s = theta - (s + eta lambda theta), since s "
                        "does not depend on theta"}},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes = "",
      .step_bound = StepBound::moving_means,
      .bindings = elementwise<AdamW>(),
  };
}

}  // namespace plumbline::rules
