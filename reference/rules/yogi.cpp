// Yogi (Zaheer, Reddi, Sachan, Kale and Kumar 2018, Algorithm 2).
//
//   m_t = beta1 m_{t-1} + (1 - beta1) g_t
//   v_t = v_{t-1} - (1 - beta2) sign(v_{t-1} - g_t^2) g_t^2        v_0 = initial_accumulator
//   theta_t = theta_{t-1} - eta m_t / (sqrt(v_t) + epsilon)
//
// The paper corrects no bias; libraries correct both moments as Adam does, though v is no
// moving mean. Where v = g^2 the sign is 0, and v jumps by 2 (1 - beta2) g^2 on the way
// through: near there a rounding may take either side, and either is accepted. Everything
// has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {
namespace {

struct Yogi : ElementwiseRule<6, 2, 2> {
  enum class BiasCorrection : int {
    none,
    both,              ///< eta mhat/(sqrt(vhat) + epsilon)
    both_epsilon_hat,  ///< eta sqrt(c2)/c1 m/(sqrt(v) + epsilon)
  };
  enum class Start : int { second_moment, both_moments };
  enum class WeightDecay : int {
    coupled,    ///< g <- g + lambda theta
    decoupled,  ///< theta <- (1 - eta lambda) theta before the rule
    proximal,   ///< theta <- theta/(1 + lambda eta_i) after it, eta_i the element's own rate
  };
  struct Options {
    BiasCorrection bias_correction;
    Start start;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void start(State<Number>& state, const Number&,
                    const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, beta1, beta2, epsilon, initial_accumulator, weight_decay] =
        hyperparameters;
    auto& [first_moment, second_moment] = state;
    second_moment = as_result(Number(initial_accumulator));
    if (options.start == Start::both_moments) first_moment = second_moment;
  }

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>&) {
    if (options.bias_correction == BiasCorrection::none) return;
    auto& [beta1_power, beta2_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, initial_accumulator, weight_decay] =
        hyperparameters;
    beta1_power = beta1_power * beta1;
    beta2_power = beta2_power * beta2;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, initial_accumulator, weight_decay] =
        hyperparameters;
    auto& [first_moment, second_moment] = state;
    if (options.weight_decay == WeightDecay::coupled) {
      gradient = gradient + weight_decay * parameter;
    } else if (options.weight_decay == WeightDecay::decoupled) {
      parameter = (1 - learning_rate * weight_decay) * parameter;
    }
    first_moment = moving_mean(beta1, first_moment, gradient);
    const Number squared = square(gradient);
    second_moment = second_moment - (1 - beta2) * sign(second_moment - squared) * squared;

    const Scalar<Number> rate = corrected_rate<Number>(learning_rate, scalars, options);
    const Number divisor = root<Number>(second_moment, scalars, options) + epsilon;
    parameter = parameter - rate * first_moment / divisor;
    if (options.weight_decay == WeightDecay::proximal) {
      parameter = parameter / (1 + weight_decay * rate / divisor);
    }
  }

 private:
  template <class Number>
  static Scalar<Number> corrected_rate(const Scalar<Number>& learning_rate,
                                       const Scalars<Number>& scalars, const Options& options) {
    const auto& [beta1_power, beta2_power] = scalars;
    switch (options.bias_correction) {
      case BiasCorrection::none:
        return learning_rate;
      case BiasCorrection::both:
        return learning_rate / (1 - beta1_power);
      case BiasCorrection::both_epsilon_hat:
        return learning_rate * sqrt(1 - beta2_power) / (1 - beta1_power);
    }
    return learning_rate;
  }

  /// What epsilon is added to.
  template <class Number>
  static Number root(const Number& second_moment, const Scalars<Number>& scalars,
                     const Options& options) {
    if (options.bias_correction != BiasCorrection::both) return sqrt(second_moment);
    const Scalar<Number> correction = 1 - scalars[1];
    return sqrt(second_moment / correction);
  }
};

}  // namespace

Rule yogi() {
  Hyperparameter epsilon_of_yogi = epsilon(0.001);
  Hyperparameter initial_accumulator{.name = "initial_accumulator",
                                     .symbol = "a",
                                     .meaning = "where the moments begin",
                                     .default_value = 1e-6,
                                     .neutral = 0.0,
                                     .least = 0,
                                     .greatest = unbounded,
                                     .dyadic = 0.125,
                                     .low = 1e-8,
                                     .high = 2,
                                     .distinct = 0.4};
  return {
      .name = "yogi",
      .title = "Yogi",
      .formula =
          "m_t = beta1 m_{t-1} + (1 - beta1) g_t; v_t = v_{t-1} - (1 - beta2) sign(v_{t-1} - "
          "g_t^2) g_t^2; theta_t = theta_{t-1} - eta m_t/(sqrt(v_t) + epsilon)",
      .source = "Zaheer, Reddi, Sachan, Kale and Kumar 2018, NeurIPS 31, Algorithm 2",
      .hyperparameters = {learning_rate(0.01), beta1(0.9), beta2(0.999), epsilon_of_yogi,
                          initial_accumulator, weight_decay()},
      .options = {{"bias_correction", {"none", "both", "both_epsilon_hat"}},
                  {"start", {"second_moment", "both_moments"}},
                  {"weight_decay", {"coupled", "decoupled", "proximal"}}},
      .dialects =
          {{"uncorrected",
            {0, 0, 0},
            "the paper; ensmallen yogi_update.hpp (from 0)",
            {"paper", "ensmallen"}},
           {"corrected_both_started",
            {1, 1, 0},
            "jettify's torch_optimizer yogi.py; optax _src/transform.py scale_by_yogi",
            {"jettify", "optax"}},
           {"corrected_both_started_decoupled_decay",
            {1, 1, 1},
            "kozistr's pytorch_optimizer optimizer/yogi.py",
            {}},
           {"corrected_epsilon_hat_proximal_decay",
            {2, 0, 2},
            "TensorFlow Addons optimizers/yogi.py (lambda: its l2_regularization_strength); "
            "TensorFlow Federated learning/optimizers/yogi.py",
            {"tensorflow_addons"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "follows squared gradients by steps of their own size"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes =
          "In the paper's experiments v_0 is the squared gradient of an initial batch. Where "
          "v = g^2 to within rounding, either side of the sign is accepted.",
      .bindings = elementwise<Yogi>(),
  };
}

}  // namespace plumbline::rules
