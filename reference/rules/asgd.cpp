// Averaged stochastic gradient descent (Polyak and Juditsky 1992; Xu 2011), with the
// steps of Bottou's sgd programs.
//
//   eta_t = eta / (1 + kappa eta (t - 1))^alpha
//   theta_t = (1 - kappa eta_t) theta_{t-1} - eta_t g_t
//   a_t = theta_t while t - 1 - t0 <= 1, and then a_{t-1} + (theta_t - a_{t-1})/(t - 1 - t0)
//
// The average a is what is used in the end; it does not enter theta. Everything has the
// parameter's shape; t counts from 1.
#include "reference/define_rule.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {
namespace {

/// mean + weight (value - mean), or (1 - weight) mean + weight value.
template <class Number>
Number drawn_towards(const Number& mean, const Scalar<Number>& weight, const Number& value) {
  return mean + weight * (value - mean);
}
template <class Format>
Rounded<Format> drawn_towards(const Rounded<Format>& mean, const Scalar<Rounded<Format>>& weight,
                              const Rounded<Format>& value) {
  return hull(interpolate(mean, Rounded<Format>(weight), value),
              (1 - weight) * mean + weight * value);
}

struct AveragedGradientDescent : ElementwiseRule<5, 1, 2> {
  enum class Rate : int { of_last_step, of_step };
  enum class Average : int { late, at_once };
  struct Options {
    Rate rate;
    Average average;
  };

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, decay, rate_exponent, averaging_start, weight_decay] =
        hyperparameters;
    auto& [rate, last_learning_rate] = scalars;
    // PyTorch computes a step's rate at the end of the step before, from the rate set then.
    const bool kept = options.rate == Rate::of_last_step && context.step > 1;
    const Scalar<Number> initial = kept ? last_learning_rate : learning_rate;
    rate = initial / power(1 + decay * initial * context.step_count(1), rate_exponent);
    if (options.rate == Rate::of_last_step) last_learning_rate = learning_rate;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, decay, rate_exponent, averaging_start, weight_decay] =
        hyperparameters;
    const auto& [rate, last_learning_rate] = scalars;
    auto& [average] = state;
    gradient = gradient + weight_decay * parameter;
    parameter = (1 - decay * rate) * parameter - rate * gradient;

    const int late = options.average == Average::late ? 1 : 0;
    if (less(averaging_start, context.step_count(1 + late))) {
      const Scalar<Number> weight = 1 / (context.step_count(late) - averaging_start);
      average = drawn_towards(average, weight, parameter);
    } else {
      average = parameter;
    }
  }
};

}  // namespace

Rule asgd() {
  Hyperparameter decay{.name = "decay",
                       .symbol = "kappa",
                       .meaning = "the pull towards zero, and how fast the rate falls",
                       .default_value = 1e-4,
                       .neutral = {},
                       .least = 0,
                       .greatest = unbounded,
                       .dyadic = 0x1p-4,
                       .low = 1e-6,
                       .high = 0.9,
                       .distinct = 0.37};
  Hyperparameter rate_exponent{.name = "rate_exponent",
                               .symbol = "alpha",
                               .meaning = "the power with which the rate falls",
                               .default_value = 0.75,
                               .neutral = {},
                               .least = 0,
                               .greatest = unbounded,
                               .dyadic = 0.5,
                               .low = 0.25,
                               .high = 2,
                               .distinct = 0.66};
  Hyperparameter averaging_start{.name = "averaging_start",
                                 .symbol = "t0",
                                 .meaning = "steps before averaging starts",
                                 .default_value = 1e6,
                                 .neutral = {},
                                 .least = 0,
                                 .greatest = 0x1p53,
                                 .dyadic = 2,
                                 .low = 1,
                                 .high = 5,
                                 .distinct = 3,
                                 .kind = Hyperparameter::Kind::count};
  return {
      .name = "asgd",
      .title = "Averaged stochastic gradient descent",
      .formula =
          "eta_t = eta/(1 + kappa eta (t - 1))^alpha; "
          "theta_t = (1 - kappa eta_t) theta_{t-1} - eta_t g_t; "
          "a_t = a_{t-1} + (theta_t - a_{t-1})/max(1, t - 1 - t0)",
      .source =
          "Polyak and Juditsky 1992, SIAM J. Control Optim. 30; Xu 2011, arXiv:1107.2490, "
          "section 4; Bottou, sgd-2.0, svm/svmasgd.cpp",
      .hyperparameters = {learning_rate(0.01), decay, rate_exponent, averaging_start,
                          weight_decay()},
      .options = {{"rate", {"of_last_step", "of_step"}}, {"average", {"late", "at_once"}}},
      .dialects = {{"rate_of_last_step",
                    {0, 0},
                    "PyTorch torch/optim/asgd.py; Lua Torch optim/asgd.lua",
                    {"pytorch"}},
                   {"averaged_at_once",
                    {1, 1},
                    "Bottou's sgd-2.0 svm/svmasgd.cpp, where eta does not change",
                    {"bottou"}}},
      .equivalences = {},
      .state = {{"average", "a", "the mean of the parameter's last values"}},
      .scalars = {{"r", "the rate of this step"}, {"l", "the learning rate of the last step"}},
      .notes =
          "PyTorch keeps the rate and the averaging weight in binary32, whatever the parameter's "
          "format. With kappa = 0 and t0 = 0 the average is Polyak's.",
      .bindings = elementwise<AveragedGradientDescent>(),
  };
}

}  // namespace plumbline::rules
