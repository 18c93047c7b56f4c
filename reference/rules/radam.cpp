// RAdam: rectified Adam (Liu, Jiang, He, Chen, Liu, Gao and Han 2020, Algorithm 2).
//
//   rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t)        rho_inf = 2/(1 - beta2) - 1
//   theta_t = theta_{t-1} - eta r_t mhat_t / (sqrt(vhat_t) + epsilon)   where rho_t > 4
//   theta_t = theta_{t-1} - eta mhat_t                                  before
//
// with Adam's moments, and r_t of rectification.hpp. The paper has no epsilon: it is that
// of the libraries at epsilon = 0. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/rectification.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct RAdam : ElementwiseRule<5, 2, 3> {
  enum class Threshold : int { four, five };
  enum class EarlyStep : int {
    momentum,  ///< eta mhat
    none,      ///< the parameter stays: neither step nor decay
  };
  struct Options {
    Threshold threshold;
    EarlyStep early_step;
    AdamEpsilon epsilon;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>& context) {
    auto& [beta1_power, beta2_power, length] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    beta1_power = beta1_power * beta1;
    beta2_power = beta2_power * beta2;
    length = average_length<Scalar<Number>>(beta2, beta2_power, context.step_count());
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power, beta2_power, length] = scalars;
    auto& [first_moment, second_moment] = state;
    const Scalar<Number> threshold(options.threshold == Threshold::four ? 4 : 5);
    const bool rectified = less(threshold, length);
    const bool moves = rectified || options.early_step == EarlyStep::momentum;
    if (moves || options.weight_decay == WeightDecay::coupled) {
      apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    }
    update_moments(first_moment, second_moment, gradient, beta1, beta2);
    if (rectified) {
      const Scalar<Number> rate = learning_rate * rectification<Scalar<Number>>(beta2, length);
      parameter = parameter - adam_step<Number>(first_moment, second_moment, 1 - beta1_power,
                                                1 - beta2_power, rate, epsilon, options.epsilon);
    } else if (moves) {
      const Scalar<Number> correction = 1 - beta1_power;
      parameter = parameter - learning_rate * (first_moment / correction);
    }
  }
};

}  // namespace

Rule radam() {
  return {
      .name = "radam",
      .title = "RAdam: rectified Adam",
      .formula =
          "rho_t = rho_inf - 2 t beta2^t/(1 - beta2^t); theta_t = theta_{t-1} - eta r_t "
          "mhat_t/(sqrt(vhat_t) + epsilon) where rho_t > 4, theta_{t-1} - eta mhat_t before",
      .source = "Liu et al. 2020, arXiv:1908.03265, Algorithm 2",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-8),
                          weight_decay()},
      .options = {{"threshold", {"four", "five"}},
                  {"early_step", {"momentum", "none"}},
                  {"epsilon", {"outside_root", "hat", "inside_root", "nowhere"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"above_four",
            {0, 0, 0, 0},
            "the paper (without epsilon); Optimisers.jl src/rules.jl",
            {"paper", "optimisers"}},
           {"above_five",
            {1, 0, 0, 0},
            "optax _src/transform.py scale_by_radam (>= its threshold of 5)",
            {"optax"}},
           {"above_five_decoupled_decay",
            {1, 0, 0, 1},
            "TensorFlow Addons optimizers/rectified_adam.py (>= 5, decay inside the step)",
            {"tensorflow_addons"}},
           {"above_five_epsilon_hat", {1, 0, 1, 0}, "PyTorch torch/optim/radam.py", {"pytorch"}},
           {"above_five_epsilon_hat_decoupled_decay",
            {1, 0, 1, 1},
            "PyTorch with decoupled_weight_decay; timm optim/radam.py; jettify's torch_optimizer "
            "radam.py; the authors' with degenerated_to_sgd",
            {"timm"}},
           {"above_five_epsilon_hat_late_start",
            {1, 1, 1, 1},
            "the authors' LiyuanLucasLiu/RAdam radam/radam.py; kozistr's pytorch_optimizer "
            "optimizer/radam.py: no step, and no decay, before",
            {"authors"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"}},
      .scalars = {{"b1", "running power of beta1"},
                  {"b2", "running power of beta2"},
                  {"rho", "the length of the simple moving average that stands for the mean"}},
      .notes =
          "rho_t > 4 and rho_t >= 4, and so for 5, are the same for every binary beta2: "
          "reference/rules/rectification.hpp has the proof. Up to beta2 = 0.6 rho_t never "
          "passes 4, and up to 2/3 never 5: it is momentum then.",
      .bindings = elementwise<RAdam>(),
  };
}

}  // namespace plumbline::rules
