// LAMB: layer-wise adaptive moments (You et al. 2020, Algorithm 2).
//
//   r_t = mhat_t / (sqrt(vhat_t) + epsilon)                with Adam's moments
//   u_t = r_t + lambda theta_{t-1}
//   theta_t = theta_{t-1} - eta ||theta_{t-1}|| / ||u_t|| u_t
//
// Norms are Euclidean, over one whole tensor, of any shape. The ratio of the two is 1 where
// one of them is zero, or 0 with a parameter of zeros where nothing guards it. With lambda = 0 it
// cancels every common factor of the direction, so that bias corrections show in epsilon and lambda
// alone.
#include "reference/rules/adam_moments.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Lamb : TensorRule<5, 2, 2> {
  enum class BiasCorrection : int { both, none, in_rate, first_in_rate };
  enum class Decay : int { in_direction, coupled, before_step, after_step };
  enum class Bound : int { none, weight_norm, ratio, ratio_at_most_one };
  enum class ZeroNorm : int { ratio_one, frozen };
  enum class Adapts : int { always, only_with_decay };
  enum class Epsilon : int { outside_root, also_in_ratio };
  enum class FirstMoment : int { average, sum };
  struct Options {
    BiasCorrection bias_correction;
    Decay decay;
    Bound bound;
    ZeroNorm zero_norm;
    Adapts adapts;
    Epsilon epsilon;
    FirstMoment first_moment;
  };
  static constexpr std::array state_shapes{StateShape::parameter, StateShape::parameter};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>&) {
    auto& [beta1_power, beta2_power] = scalars;
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    beta1_power = beta1_power * beta1;
    beta2_power = beta2_power * beta2;
  }

  /// ||theta|| / ||u||, as the options bound it.
  template <class Number>
  static Number trust_ratio(const Number& parameter, const Number& direction,
                            const Scalar<Number>& epsilon, const Options& options) {
    Number weight_norm = norm(parameter);
    Number direction_norm = norm(direction);
    if (!less(Number(0), direction_norm)) return Number(1);  // of no direction at all
    const bool is_guarded = options.zero_norm == ZeroNorm::ratio_one;
    if (is_guarded && !less(Number(0), weight_norm)) return Number(1);
    if (options.bound == Bound::weight_norm) weight_norm = min(weight_norm, Number(10));
    if (options.epsilon == Epsilon::also_in_ratio) direction_norm = direction_norm + epsilon;
    const Number ratio = weight_norm / direction_norm;
    if (options.bound == Bound::ratio) return max(min(ratio, Number(10)), Number(0.01));
    if (options.bound == Bound::ratio_at_most_one) return min(ratio, Number(1));
    return ratio;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = hyperparameters;
    const auto& [beta1_power, beta2_power] = scalars;
    auto& [first_moment, second_moment] = state;
    if (options.decay == Decay::before_step) {
      parameter = (1 - learning_rate * weight_decay) * parameter;
    }
    if (options.decay == Decay::coupled) gradient = gradient + weight_decay * parameter;
    if (options.first_moment == FirstMoment::sum) {
      first_moment = beta1 * first_moment + gradient;
      second_moment = moving_mean(beta2, second_moment, square(gradient));
    } else {
      update_moments(first_moment, second_moment, gradient, beta1, beta2);
    }

    Scalar<Number> rate = learning_rate;
    Number first = first_moment;
    Number second = second_moment;
    switch (options.bias_correction) {
      case BiasCorrection::both:
        first = first_moment / (1 - beta1_power);
        second = second_moment / (1 - beta2_power);
        break;
      case BiasCorrection::none:
        break;
      case BiasCorrection::in_rate:
        rate = learning_rate * sqrt(1 - beta2_power) / (1 - beta1_power);
        break;
      case BiasCorrection::first_in_rate:
        rate = learning_rate / (1 - beta1_power);
        break;
    }
    Number direction = first / (sqrt(second) + epsilon);
    if (options.decay == Decay::in_direction) direction = direction + weight_decay * parameter;
    named("u", direction);
    const bool adapts = options.adapts == Adapts::always || less(Scalar<Number>(0), weight_decay);
    if (adapts) direction = trust_ratio(parameter, direction, epsilon, options) * direction;
    parameter = parameter - rate * direction;
    if (options.decay == Decay::after_step) {
      parameter = (1 - learning_rate * weight_decay) * parameter;
    }
  }
};

}  // namespace

Rule lamb() {
  return {
      .name = "lamb",
      .title = "LAMB: layer-wise adaptive moments",
      .formula =
          "u_t = mhat_t/(sqrt(vhat_t) + epsilon) + lambda theta_{t-1}; "
          "theta_t = theta_{t-1} - eta ||theta_{t-1}||/||u_t|| u_t",
      .source = "You et al. 2020, arXiv:1904.00962, Algorithm 2",
      .hyperparameters = {learning_rate(0.001), beta1(0.9), beta2(0.999), epsilon(1e-6),
                          weight_decay()},
      .options = {{"bias_correction", {"both", "none", "in_rate", "first_in_rate"}},
                  {"decay", {"in_direction", "coupled", "before_step", "after_step"}},
                  {"bound", {"none", "weight_norm", "ratio", "ratio_at_most_one"}},
                  {"zero_norm", {"ratio_one", "frozen"}},
                  {"adapts", {"always", "only_with_decay"}},
                  {"epsilon", {"outside_root", "also_in_ratio"}},
                  {"first_moment", {"average", "sum"}}},
      .dialects =
          {{"paper",
            {0, 0, 0, 0, 0, 0, 0},
            "optax alias.py lamb; TensorFlow Addons optimizers/lamb.py; MXNet lamb.py without "
            "bounds; apex FusedLAMB with use_nvlamb; timm optim/lamb.py with always_adapt",
            {"optax", "nvlamb"}},
           {"only_with_decay",
            {0, 0, 0, 0, 1, 0, 0},
            "apex fused_lamb.py and timm optim/lamb.py, their clipping of all gradients left out",
            {"apex", "timm"}},
           {"coupled_decay_only_with_decay",
            {0, 1, 0, 0, 1, 0, 0},
            "apex fused_lamb.py with adam_w_mode=False",
            {}},
           {"decay_before_only_with_decay",
            {0, 2, 0, 0, 1, 0, 0},
            "timm optim/lamb.py with decoupled_decay",
            {}},
           {"gradient_sum_only_with_decay",
            {0, 0, 0, 0, 1, 0, 1},
            "apex fused_lamb.py and timm optim/lamb.py with grad_averaging=False",
            {}},
           {"ratio_at_most_one_only_with_decay",
            {0, 0, 3, 0, 1, 0, 0},
            "timm optim/lamb.py with trust_clip",
            {"lambc"}},
           {"decay_before",
            {0, 2, 0, 0, 0, 0, 0},
            "Keras keras/src/optimizers/lamb.py: the decay is the base class's",
            {"keras"}},
           {"uncorrected",
            {1, 0, 0, 0, 0, 0, 0},
            "versions 1 to 3 of the paper; google-research/albert lamb_optimizer.py; MXNet lamb.py "
            "with bias_correction=False",
            {"albert"}},
           {"ratio_in_bounds",
            {2, 0, 2, 0, 0, 0, 0},
            "DeepSpeed fused_lamb.py: the ratio within [0.01, 10], corrections in the rate",
            {"deepspeed"}},
           {"weight_norm_at_most_ten",
            {3, 2, 1, 0, 0, 1, 0},
            "kozistr pytorch_optimizer lamb.py: epsilon beside the direction's norm too",
            {"kozistr"}},
           {"capped_update",
            {0, 3, 3, 1, 0, 0, 0},
            "bitsandbytes lamb.py, its CUDA kernels: Adam whose step is at most ||theta||",
            {"bitsandbytes"}},
           {"frozen_at_zero",
            {0, 0, 0, 1, 0, 0, 0},
            "flax optim/lamb.py, before its removal: a tensor of zeros stays",
            {"flax"}}},
      .equivalences = {},
      .state = {{"first_moment", "m", "the moving mean of gradients"},
                {"second_moment", "v", "the moving mean of squared gradients"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes =
          "a summary in wide use prints ||m_t|| for the divisor and no bias correction; "
          "no library read does so. The clipping of all gradients that apex and timm do first is "
          "left out; so is a direction of zeros in flax, which makes 0 * infinity of it",
      .unit = Unit::tensor,
      .bindings = by_tensor<Lamb>(),
  };
}

}  // namespace plumbline::rules
