// AMSGrad (Reddi, Kale and Kumar 2018, Algorithm 2): Adam with a second moment that never
// falls.
//
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t
//   v_t = beta2 v_{t-1} + (1 - beta2) g_t^2
//   V_t = max(V_{t-1}, v_t)
//   theta_t = theta_{t-1} - eta m_t/c1 / (sqrt(V_t/c2) + epsilon)
//
// with Adam's corrections c1 = 1 - beta1^t and c2 = 1 - beta2^t. The paper has neither
// corrections nor epsilon; some correct v_t before they take the maximum, so that what
// never falls is the corrected moment. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct AmsGrad : ElementwiseRule<5, 3, 2> {
  enum class FirstCorrection : int { corrected, none };
  enum class SecondCorrection : int { after_maximum, before_maximum, none };
  enum class Start : int { zero, epsilon };
  struct Options {
    FirstCorrection first_correction;
    SecondCorrection second_correction;
    AdamEpsilon epsilon;
    Start start;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void start(State<Number>& state, const Number&,
                    const Hyperparameters<Number>& hyperparameters, const Options& options) {
    if (options.start == Start::zero) return;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    auto& [first_moment, second_moment, greatest_second_moment] = state;
    first_moment = as_result(Number(epsilon));
    second_moment = as_result(Number(epsilon));
    greatest_second_moment = as_result(Number(epsilon));
  }

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
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power, beta2_power] = scalars;
    auto& [first_moment, second_moment, greatest_second_moment] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    update_moments(first_moment, second_moment, gradient, beta1, beta2);

    const bool before = options.second_correction == SecondCorrection::before_maximum;
    greatest_second_moment =
        max(greatest_second_moment, before ? second_moment / (1 - beta2_power) : second_moment);
    if (options.second_correction == SecondCorrection::after_maximum) {
      parameter = parameter - adam_step(first_moment, greatest_second_moment, 1 - beta1_power,
                                        1 - beta2_power, learning_rate, epsilon, options.epsilon);
      return;
    }
    const Number mean = options.first_correction == FirstCorrection::corrected
                            ? first_moment / (1 - beta1_power)
                            : first_moment;
    parameter = parameter - learning_rate * mean / (sqrt(greatest_second_moment) + epsilon);
  }
};

}  // namespace

Rule amsgrad() {
  return {
      .name = "amsgrad",
      .title = "AMSGrad: Adam with a second moment that never falls",
      .formula =
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; v_t = beta2 v_{t-1} + (1 - beta2) g_t^2; "
          "V_t = max(V_{t-1}, v_t); "
          "theta_t = theta_{t-1} - eta m_t/(1 - beta1^t)/(sqrt(V_t/(1 - beta2^t)) + epsilon)",
      .source = "Reddi, Kale and Kumar 2018, ICLR, arXiv:1904.09237, Algorithm 2",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-8),
                          weight_decay()},
      .options = {{"first_correction", {"corrected", "none"}},
                  {"second_correction", {"after_maximum", "before_maximum", "none"}},
                  {"epsilon", {"outside_root", "hat", "inside_root"}},
                  {"start", {"zero", "epsilon"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"maximum_then_corrected",
            {0, 0, 0, 0, 0},
            "PyTorch torch/optim/adam.py with amsgrad; burn crates/burn-optim/src/optim/adam.rs "
            "with amsgrad",
            {"pytorch", "burn"}},
           {"maximum_then_corrected_decoupled_decay",
            {0, 0, 0, 0, 1},
            "PyTorch torch/optim/adamw.py with amsgrad",
            {}},
           {"maximum_then_corrected_epsilon_hat",
            {0, 0, 1, 0, 0},
            "ensmallen include/ensmallen_bits/adam/amsgrad_update.hpp",
            {"ensmallen"}},
           {"maximum_then_corrected_epsilon_hat_decoupled_decay",
            {0, 0, 1, 0, 1},
            "Keras keras/src/optimizers/adam.py with amsgrad",
            {"keras"}},
           {"corrected_then_maximum",
            {0, 1, 0, 0, 0},
            "optax scale_by_amsgrad, optax/_src/transform.py",
            {"optax"}},
           {"uncorrected",
            {1, 2, 0, 0, 0},
            "the paper at epsilon = 0; optax scale_by_amsgrad with both corrections off",
            {"paper"}},
           {"first_moment_corrected",
            {0, 2, 0, 0, 0},
            "optax scale_by_amsgrad with bias_correction_nu off",
            {}},
           {"second_moment_corrected_then_maximum",
            {1, 1, 0, 0, 0},
            "optax scale_by_amsgrad with bias_correction_mu off",
            {}},
           {"uncorrected_epsilon_start",
            {1, 2, 0, 1, 0},
            "Optimisers.jl AMSGrad, src/rules.jl: all three begin at epsilon",
            {"optimisers"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"},
                {"greatest_second_moment", "V", "the greatest second moment so far"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes =
          "max(v)/(1 - beta2^t) can fall from step to step, max(v/(1 - beta2^t)) cannot. The "
          "paper's theorem has a projection onto a bounded set, and beta1 and eta that change "
          "with t; libraries leave these out.",
      .step_bound = StepBound::moving_means,
      .bindings = elementwise<AmsGrad>(),
  };
}

}  // namespace plumbline::rules
