// AdaBelief (Zhuang et al. 2020, Algorithm 2).
//
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t
//   s_t = beta2 s_{t-1} + (1 - beta2) (g_t - m_t)^2 + epsilon
//   theta_t = theta_{t-1} - eta mhat_t / (sqrt(shat_t) + epsilon)
//
// with mhat and shat corrected as Adam's moments are. Epsilon stands twice, and what it adds
// to s stays there: it tends to epsilon/(1 - beta2). Implementations differ in the second
// epsilon, and some rectify the step as RAdam does. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/rectification.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct AdaBelief : ElementwiseRule<5, 2, 3> {
  enum class Rectification : int {
    none,
    above_five,  ///< eta mhat while rho_t < 5
    above_four,  ///< eta m while rho_t < 4: the first moment as it is
  };
  struct Options {
    AdamEpsilon second_epsilon;  ///< beside the one in the recursion
    Rectification rectification;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    auto& [beta1_power, beta2_power, length] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    beta1_power = beta1_power * beta1;
    beta2_power = beta2_power * beta2;
    if (options.rectification == Rectification::none) return;
    length = average_length<Scalar<Number>>(beta2, beta2_power, context.step_count());
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power, beta2_power, length] = scalars;
    auto& [first_moment, deviation] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    first_moment = moving_mean(beta1, first_moment, gradient);
    deviation = moving_mean(beta2, deviation, square(gradient - first_moment)) + epsilon;

    Scalar<Number> rate = learning_rate;
    if (options.rectification != Rectification::none) {
      const bool five = options.rectification == Rectification::above_five;
      if (!less(Scalar<Number>(five ? 5 : 4), length)) {
        parameter = parameter - early_step(first_moment, learning_rate, beta1_power, five);
        return;
      }
      rate = learning_rate * rectification<Scalar<Number>>(beta2, length);
    }
    parameter =
        parameter - adam_step<Number>(first_moment, deviation, 1 - beta1_power, 1 - beta2_power,
                                      rate, epsilon, options.second_epsilon);
  }

 private:
  template <class Number>
  static Number early_step(const Number& first_moment, const Scalar<Number>& learning_rate,
                           const Scalar<Number>& beta1_power, bool corrected) {
    if (!corrected) return learning_rate * first_moment;
    const Scalar<Number> correction = 1 - beta1_power;
    return learning_rate * (first_moment / correction);
  }
};

}  // namespace

Rule adabelief() {
  return {
      .name = "adabelief",
      .title = "AdaBelief",
      .formula =
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; "
          "s_t = beta2 s_{t-1} + (1 - beta2) (g_t - m_t)^2 + epsilon; "
          "theta_t = theta_{t-1} - eta mhat_t/(sqrt(shat_t) + epsilon)",
      .source = "Zhuang et al. 2020, arXiv:2010.07468, Algorithm 2",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-16),
                          weight_decay()},
      .options = {{"second_epsilon", {"outside_root", "hat", "inside_root", "nowhere"}},
                  {"rectification", {"none", "above_five", "above_four"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"epsilon_outside_root",
            {0, 0, 0},
            "the paper; optax _src/transform.py scale_by_belief with eps = eps_root, as by "
            "default; Optimisers.jl src/rules.jl; ensmallen ada_belief_update.hpp; jettify's "
            "torch_optimizer adabelief.py",
            {"paper", "optax", "optimisers"}},
           {"epsilon_outside_root_decoupled_decay",
            {0, 0, 1},
            "the authors' adabelief_pytorch with rectify=False; timm with rectify=False",
            {}},
           {"epsilon_hat", {1, 0, 0}, "MXNet python/mxnet/optimizer/adabelief.py", {"mxnet"}},
           {"epsilon_hat_decoupled_decay",
            {1, 0, 1},
            "kozistr's pytorch_optimizer optimizer/adabelief.py _step_per_param (with 1e-15 more "
            "in the root)",
            {}},
           {"one_epsilon_decoupled_decay",
            {3, 0, 1},
            "kozistr's pytorch_optimizer optimizer/adabelief.py _step_foreach",
            {}},
           {"rectified_epsilon_hat_decoupled_decay",
            {1, 1, 1},
            "the authors' adabelief_pytorch 0.2.1; timm optim/adabelief.py",
            {"authors", "timm"}},
           {"rectified_decoupled_decay",
            {0, 1, 1},
            "TensorFlow Addons optimizers/adabelief.py; the authors' adabelief_tf 0.2.1 (decay "
            "inside the step)",
            {"tensorflow_addons"}},
           {"rectified_above_four",
            {0, 2, 0},
            "the authors' adabelief_pytorch 0.0.5 and jettify's torch_optimizer adabelief.py, "
            "both with rectify=True: momentum before, uncorrected",
            {}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "s",
                 "the moving mean of squared deviations from it, and what epsilon adds up to"}},
      .scalars = {{"b1", "running power of beta1"},
                  {"b2", "running power of beta2"},
                  {"rho", "the length of the simple moving average that stands for the mean"}},
      .notes =
          "optax has two epsilons, eps outside the root and eps_root in the recursion. The "
          "authors' amsgrad is another rule.",
      .bindings = elementwise<AdaBelief>(),
  };
}

}  // namespace plumbline::rules
