// Adam: adaptive moment estimation (Kingma and Ba 2015, Algorithm 1).
//
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t         mhat_t = m_t / (1 - beta1^t)
//   v_t = beta2 v_{t-1} + (1 - beta2) g_t^2       vhat_t = v_t / (1 - beta2^t)
//   theta_t = theta_{t-1} - eta mhat_t / (sqrt(vhat_t) + epsilon)
//
// Everything has the parameter's shape; t counts this parameter's own steps from 1.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct Adam : ElementwiseRule<5, 2, 2> {
  enum class BiasCorrection : int { both, none, from_second_step, second_moment };
  struct Options {
    AdamEpsilon epsilon;
    BiasCorrection bias_correction;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    auto& [beta1_power, beta2_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    // ONNX counts steps from 0, so that its powers lag one behind.
    if (options.bias_correction == BiasCorrection::from_second_step && context.step == 1) return;
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
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    update_moments(first_moment, second_moment, gradient, beta1, beta2);

    const bool corrected =
        options.bias_correction == BiasCorrection::both ||
        (options.bias_correction == BiasCorrection::from_second_step && context.step > 1);
    const Scalar<Number> correction1 = corrected ? 1 - beta1_power : Scalar<Number>(1);
    const bool corrects_second =
        corrected || options.bias_correction == BiasCorrection::second_moment;
    const Scalar<Number> correction2 = corrects_second ? 1 - beta2_power : Scalar<Number>(1);
    parameter = parameter - adam_step(first_moment, second_moment, correction1, correction2,
                                      learning_rate, epsilon, options.epsilon);
  }
};

}  // namespace

Rule adam() {
  return {
      .name = "adam",
      .title = "Adam: adaptive moment estimation",
      .formula =
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; v_t = beta2 v_{t-1} + (1 - beta2) g_t^2; "
          "theta_t = theta_{t-1} - eta m_t/(1 - beta1^t)/(sqrt(v_t/(1 - beta2^t)) + epsilon)",
      .source = "Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-8),
                          weight_decay()},
      .options = {{"epsilon", {"outside_root", "hat", "inside_root"}},
                  {"bias_correction", {"both", "none", "from_second_step", "second_moment"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"paper",
            {0, 0, 0},
            "PyTorch torch/optim/adam.py; apex; candle; TensorFlow.js adam_optimizer.ts; "
            "Optimisers.jl; all documents of seeds/",
            {"pytorch"}},
           {"epsilon_hat",
            {1, 0, 0},
            "TensorFlow's kernel; MXNet; ensmallen adam_update.hpp; dlib",
            {"tensorflow"}},
           {"epsilon_hat_decoupled_decay",
            {1, 0, 1},
            "Keras keras/src/optimizers/adam.py",
            {"keras"}},
           {"epsilon_inside_root", {2, 0, 0}, "optax scale_by_adam with eps_root alone", {}},
           {"uncorrected", {0, 1, 0}, "MLX's default; BERT's Adam", {"mlx"}},
           {"second_moment_corrected",
            {0, 3, 0},
            "AdamD, St John 2021, arXiv:2110.10828; kozistr's pytorch_optimizer with adam_debias, "
            "base/optimizer.py apply_adam_debias",
            {"adamd"}},
           {"onnx",
            {1, 2, 0},
            "ONNX onnx/reference/ops/aionnx_preview_training/op_adam.py: no correction at T = 0",
            {}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes = "",
      .step_bound = StepBound::moving_means,
      .bindings = elementwise<Adam>(),
  };
}

}  // namespace plumbline::rules
