// NAdam: Adam with Nesterov's momentum (Dozat 2016, Algorithm 2).
//
//   mu_t = beta1 (1 - 0.96^(t psi)/2)             P_t = mu_1 mu_2 ... mu_t
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t
//   v_t = beta2 v_{t-1} + (1 - beta2) g_t^2
//   mbar_t = mu_{t+1} m_t/(1 - P_t mu_{t+1}) + (1 - mu_t) g_t/(1 - P_t)
//   theta_t = theta_{t-1} - eta mbar_t / (sqrt(v_t/(1 - beta2^t)) + epsilon)
//
// The paper averages its first moment with mu_t too, and multiplies the corrected second
// moment by beta2 once more; no library that has the schedule does either. Where mu_t is
// beta1 throughout, P_t is beta1^t. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct NAdam : ElementwiseRule<6, 2, 4> {
  enum class Momentum : int { schedule, schedule_by_step, constant };
  enum class Averaging : int { beta1, momentum };
  enum class Correction : int { of_each, of_first };
  enum class SecondMoment : int { plain, times_beta2 };
  enum class Epsilon : int { outside_root, hat };
  struct Options {
    Momentum momentum;
    Averaging averaging;
    Correction correction;
    SecondMoment second_moment;
    Epsilon epsilon;
    WeightDecay weight_decay;
  };

  template <class Number>
  static Scalar<Number> scheduled(const Scalar<Number>& beta1, const Scalar<Number>& exponent) {
    return beta1 * (1 - power(Scalar<Number>(0.96), exponent) / 2);
  }

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    auto& [momentum, next_momentum, momentum_product, beta2_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, momentum_decay, weight_decay] =
        hyperparameters;
    const Scalar<Number> step = context.step_count();
    switch (options.momentum) {
      case Momentum::schedule:
        momentum = scheduled<Number>(beta1, momentum_decay * step);
        next_momentum = scheduled<Number>(beta1, momentum_decay * (step + 1));
        break;
      case Momentum::schedule_by_step:
        momentum = scheduled<Number>(beta1, step);
        next_momentum = scheduled<Number>(beta1, step + 1);
        break;
      case Momentum::constant:
        momentum = beta1;
        next_momentum = beta1;
        break;
    }
    momentum_product = momentum_product * momentum;
    beta2_power = beta2_power * beta2;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, momentum_decay, weight_decay] =
        hyperparameters;
    const auto& [momentum, next_momentum, momentum_product, beta2_power] = scalars;
    auto& [first_moment, second_moment] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    update_moments(first_moment, second_moment, gradient,
                   options.averaging == Averaging::momentum ? momentum : beta1, beta2);

    const Scalar<Number> correction = 1 - momentum_product;
    const Scalar<Number> next_correction = options.correction == Correction::of_each
                                               ? 1 - momentum_product * next_momentum
                                               : correction;
    const Scalar<Number> second_correction = 1 - beta2_power;
    const Number mean =
        next_momentum / next_correction * first_moment + (1 - momentum) / correction * gradient;
    if (options.epsilon == Epsilon::hat) {
      const Scalar<Number> rate = learning_rate * sqrt(second_correction);
      parameter = parameter - rate * mean / (sqrt(second_moment) + epsilon);
      return;
    }
    const Number corrected = options.second_moment == SecondMoment::times_beta2
                                 ? beta2 * second_moment / second_correction
                                 : second_moment / second_correction;
    parameter = parameter - learning_rate * mean / (sqrt(corrected) + epsilon);
  }
};

}  // namespace

Rule nadam() {
  Hyperparameter momentum_decay{.name = "momentum_decay",
                                .symbol = "psi",
                                .meaning = "how fast the momentum rises from beta1/2 to beta1",
                                .default_value = 0.004,
                                .neutral = 0.004,  // the paper's: who has no choice has this
                                .least = 0,
                                .greatest = unbounded,
                                .dyadic = 0.25,
                                .low = 1e-3,
                                .high = 0.5,
                                .distinct = 0.17};
  return {
      .name = "nadam",
      .title = "NAdam: Adam with Nesterov's momentum",
      .formula =
          "mu_t = beta1 (1 - 0.96^(t psi)/2); P_t = P_{t-1} mu_t; "
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; v_t = beta2 v_{t-1} + (1 - beta2) g_t^2; "
          "theta_t = theta_{t-1} - eta (mu_{t+1} m_t/(1 - P_t mu_{t+1}) + "
          "(1 - mu_t) g_t/(1 - P_t))/(sqrt(v_t/(1 - beta2^t)) + epsilon)",
      .source = "Dozat 2016, ICLR workshop, Algorithm 2",
      .hyperparameters = {learning_rate(0.002), beta1(0.9), beta2(0.999), epsilon(1e-8),
                          momentum_decay, weight_decay()},
      .options = {{"momentum", {"schedule", "schedule_by_step", "constant"}},
                  {"averaging", {"beta1", "momentum"}},
                  {"correction", {"of_each", "of_first"}},
                  {"second_moment", {"plain", "times_beta2"}},
                  {"epsilon", {"outside_root", "hat"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"schedule",
            {0, 0, 0, 0, 0, 0},
            "PyTorch torch/optim/nadam.py from 2.0; MXNet nadam.py; timm timm/optim/nadam.py",
            {"pytorch", "mxnet"}},
           {"schedule_decoupled_decay",
            {0, 0, 0, 0, 0, 1},
            "PyTorch torch/optim/nadam.py with decoupled_weight_decay",
            {}},
           {"schedule_epsilon_hat",
            {0, 0, 0, 0, 1, 0},
            "ensmallen include/ensmallen_bits/adam/nadam_update.hpp",
            {"ensmallen"}},
           {"schedule_by_step_decoupled_decay",
            {1, 0, 0, 0, 0, 1},
            "Keras keras/src/optimizers/nadam.py: 0.96^t",
            {"keras"},
            {"momentum_decay"}},
           {"schedule_of_moment_times_beta2",
            {0, 1, 0, 1, 0, 0},
            "the paper's Algorithm 2 as it is printed",
            {"paper"}},
           {"constant",
            {2, 0, 0, 0, 0, 0},
            "optax nadam, optax/_src/transform.py scale_by_adam",
            {"optax"},
            {"momentum_decay"}},
           {"constant_decoupled_decay",
            {2, 0, 0, 0, 0, 1},
            "optax nadamw",
            {"nadamw"},
            {"momentum_decay"}},
           {"constant_times_beta2",
            {2, 0, 0, 1, 0, 0},
            "Optimisers.jl NAdam, src/rules.jl",
            {"optimisers"},
            {"momentum_decay"}},
           {"constant_one_correction_decoupled_decay",
            {2, 0, 1, 0, 0, 1},
            "timm timm/optim/nadamw.py",
            {"timm"},
            {"momentum_decay"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"}},
      .scalars = {{"mu", "the momentum of this step"},
                  {"nu", "the momentum of the next step"},
                  {"P", "the product of all momenta so far"},
                  {"b2", "running power of beta2"}},
      .notes =
          "PyTorch before 2.0 multiplies mu_t into the product of the next step twice, unless "
          "foreach is on.",
      .bindings = elementwise<NAdam>(),
  };
}

}  // namespace plumbline::rules
