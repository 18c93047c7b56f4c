// LARS: layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017, Algorithm 1).
//
//   r_t = c ||theta_{t-1}|| / (||g_t|| + lambda ||theta_{t-1}||)
//   v_t = mu v_{t-1} + eta r_t (g_t + lambda theta_{t-1})
//   theta_t = theta_{t-1} - v_t
//
// Norms are Euclidean, over one whole tensor. Where one of them is zero, r_t is 1. Libraries
// differ in the norm they divide by, in what multiplies by eta, and in their bounds. A second
// rule of this name, Algorithm 1 of the LAMB paper (You et al. 2020), divides by the norm of an
// averaged momentum.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Lars : TensorRule<5, 1, 0> {
  enum class Divisor : int { separate_norms, norm_of_sum, gradient_norm, momentum_norm };
  enum class Rate : int { inside, outside };
  enum class Momentum : int { sum, nesterov, average };
  enum class Bound : int { none, at_most_one, at_most_rate };
  enum class Adapts : int { always, only_with_decay, only_matrices };
  enum class ZeroNorm : int { ratio_one, unchanged_gradient, frozen };
  enum class Start : int { zeros, first_gradient };
  struct Options {
    Divisor divisor;
    Rate rate;
    Momentum momentum;
    Bound bound;
    Adapts adapts;
    ZeroNorm zero_norm;
    Start start;
  };
  static constexpr std::array state_shapes{StateShape::parameter};

  template <class Number>
  static bool adapts(const Number& parameter, const Scalar<Number>& weight_decay,
                     const Options& options) {
    switch (options.adapts) {
      case Adapts::always:
        return true;
      case Adapts::only_with_decay:
        return less(Scalar<Number>(0), weight_decay);
      case Adapts::only_matrices:
        return is_matrix(parameter);
    }
    return true;
  }

  /// The ratio as the options bound it; in LARC's bound it is one to the learning rate.
  template <class Number>
  static Number bounded(const Number& ratio, const Scalar<Number>& learning_rate,
                        const Options& options) {
    switch (options.bound) {
      case Bound::none:
        return ratio;
      case Bound::at_most_one:
        return min(ratio, Number(1));
      case Bound::at_most_rate:
        if (!less(Scalar<Number>(0), learning_rate)) return Number(1);
        return min(ratio / learning_rate, Number(1));
    }
    return ratio;
  }

  /// `decayed`, the gradient and the decay, times the ratio.
  template <class Number>
  static Number scaled(const Number& parameter, const Number& gradient, const Number& decayed,
                       const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, momentum, coefficient, epsilon, weight_decay] = hyperparameters;
    const Number weight_norm = norm(parameter);
    Number divisor = norm(options.divisor == Divisor::norm_of_sum ? decayed : gradient);
    if (!less(Number(0), weight_norm) || !less(Number(0), divisor)) {
      return options.zero_norm == ZeroNorm::unchanged_gradient ? gradient : decayed;
    }
    if (options.divisor == Divisor::separate_norms) {
      divisor = divisor + weight_decay * weight_norm;
    }
    if (options.divisor != Divisor::gradient_norm) divisor = divisor + epsilon;
    const Number ratio = coefficient * weight_norm / divisor;
    return bounded(ratio, learning_rate, options) * decayed;
  }

  /// The ratio to the momentum's own norm, which has no epsilon.
  template <class Number>
  static Number momentum_ratio(const Number& parameter, const Number& velocity,
                               const Hyperparameters<Number>& hyperparameters,
                               const Options& options) {
    const auto& [learning_rate, momentum, coefficient, epsilon, weight_decay] = hyperparameters;
    const Number weight_norm = norm(parameter);
    const Number divisor = norm(velocity);
    if (!less(Number(0), divisor)) return Number(1);  // of no velocity at all
    if (options.zero_norm == ZeroNorm::ratio_one && !less(Number(0), weight_norm)) {
      return Number(1);
    }
    const Number ratio = coefficient * weight_norm / divisor;
    return bounded(ratio, learning_rate, options);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>& context) {
    const auto& [learning_rate, momentum, coefficient, epsilon, weight_decay] = hyperparameters;
    auto& [velocity] = state;
    if (options.start == Start::first_gradient && context.step == 1) velocity = gradient;
    const bool is_spared = options.adapts == Adapts::only_matrices && !is_matrix(parameter);
    const Number decayed = is_spared ? gradient : gradient + weight_decay * parameter;
    named("u", decayed);

    if (options.divisor == Divisor::momentum_norm) {
      velocity = options.momentum == Momentum::average ? moving_mean(momentum, velocity, decayed)
                                                       : momentum * velocity + decayed;
      const Number ratio = momentum_ratio(parameter, velocity, hyperparameters, options);
      parameter = parameter - learning_rate * (ratio * velocity);
      return;
    }
    Number impulse = adapts(parameter, weight_decay, options)
                         ? scaled(parameter, gradient, decayed, hyperparameters, options)
                         : decayed;
    if (options.rate == Rate::inside) impulse = learning_rate * impulse;
    velocity = momentum * velocity + impulse;
    Number moved =
        options.momentum == Momentum::nesterov ? impulse + momentum * velocity : velocity;
    if (options.rate == Rate::outside) moved = learning_rate * moved;
    parameter = parameter - moved;
  }
};

Hyperparameter trust_coefficient() {
  return {.name = "trust_coefficient",
          .symbol = "c",
          .meaning = "the step's norm as a share of the parameter's, before the learning rate",
          .default_value = 0.001,
          .neutral = 1.0,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0x1p-6,
          .low = 1e-4,
          .high = 2,
          .distinct = 0.17};
}

/// The paper has none.
Hyperparameter epsilon_at_zero() {
  Hyperparameter result = epsilon(0);
  result.neutral = 0.0;
  return result;
}

}  // namespace

Rule lars() {
  return {
      .name = "lars",
      .title = "LARS: layer-wise adaptive rate scaling",
      .formula =
          "v_t = mu v_{t-1} + eta c ||theta_{t-1}||/(||g_t|| + lambda ||theta_{t-1}||) (g_t + "
          "lambda theta_{t-1}); theta_t = theta_{t-1} - v_t",
      .source =
          "You, Gitman and Ginsburg 2017, arXiv:1708.03888, Algorithm 1; on the momentum's norm: "
          "You et al. 2020, arXiv:1904.00962, Algorithm 1",
      .hyperparameters = {learning_rate(0.1), momentum(std::nullopt), trust_coefficient(),
                          epsilon_at_zero(), weight_decay()},
      .options = {{"divisor", {"separate_norms", "norm_of_sum", "gradient_norm", "momentum_norm"}},
                  {"rate", {"inside", "outside"}},
                  {"momentum", {"sum", "nesterov", "average"}},
                  {"bound", {"none", "at_most_one", "at_most_rate"}},
                  {"adapts", {"always", "only_with_decay", "only_matrices"}},
                  {"zero_norm", {"ratio_one", "unchanged_gradient", "frozen"}},
                  {"start", {"zeros", "first_gradient"}}},
      .dialects =
          {{"paper",
            {0, 0, 0, 0, 0, 0, 0},
            "MXNet optimizer/lars.py, for weights; flax optim/lars.py, before its removal",
            {"mxnet", "flax"}},
           {"nesterov",
            {0, 0, 1, 0, 0, 0, 0},
            "flax optim/lars.py with nesterov, before its removal",
            {}},
           {"norm_of_sum", {1, 0, 0, 0, 0, 0, 0}, "optax alias.py lars", {"optax"}},
           {"norm_of_sum_nesterov", {1, 0, 1, 0, 0, 0, 0}, "optax alias.py lars with nesterov", {}},
           {"rate_outside", {0, 1, 0, 0, 0, 0, 0}, "timm optim/lars.py with always_adapt", {}},
           {"rate_outside_only_with_decay",
            {0, 1, 0, 0, 1, 0, 0},
            "timm optim/lars.py without dampening",
            {"timm"}},
           {"rate_outside_only_with_decay_nesterov",
            {0, 1, 1, 0, 1, 0, 0},
            "timm optim/lars.py with nesterov",
            {}},
           {"larc",
            {0, 1, 0, 2, 0, 1, 0},
            "apex parallel/LARC.py around SGD, until its removal; its coefficient is 0.02",
            {"apex"}},
           {"larc_without_bound",
            {0, 1, 0, 0, 0, 1, 0},
            "apex parallel/LARC.py with clip=False around SGD, until its removal",
            {}},
           {"matrices_from_first_gradient",
            {2, 1, 0, 0, 2, 0, 1},
            "kozistr pytorch_optimizer lars.py: vectors are spared; the buffer starts at the "
            "first gradient as it came",
            {"kozistr"},
            {"epsilon"}},
           {"capped_momentum",
            {3, 1, 0, 1, 0, 2, 0},
            "bitsandbytes lars.py, with max_unorm for the coefficient",
            {"bitsandbytes"},
            {"epsilon"}},
           {"averaged_momentum_norm",
            {3, 1, 2, 0, 0, 0, 0},
            "LARS in the LAMB paper, where the coefficient is 1",
            {"lamb_paper"},
            {"epsilon"}}},
      .equivalences = {},
      .state = {{"velocity", "v", "what the parameter moves by, or that by the rate"}},
      .notes =
          "with a constant rate it does not matter where it multiplies. The paper's polynomial "
          "schedule is its own; the coefficient is left out of its algorithm and 0.001 in its "
          "text. MXNet spares tensors by their names",
      .unit = Unit::tensor,
      .bindings = by_tensor<Lars>(),
  };
}

}  // namespace plumbline::rules
