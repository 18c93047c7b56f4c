// Adafactor: a second moment that is kept as its rows' and columns' means (Shazeer and Stern
// 2018, Algorithms 4 and 5).
//
//   beta2_t = 1 - t^-c
//   R_t = beta2_t R_{t-1} + (1 - beta2_t) (row means of g_t^2 + epsilon1),   C_t by columns
//   U_t = g_t / sqrt(R_t C_t / mean(R_t)),   Uhat_t = U_t / max(1, RMS(U_t)/d)
//   theta_t = theta_{t-1} - max(epsilon2, RMS(theta_{t-1})) min(eta, 1/sqrt(t)) Uhat_t
//
// R is a column and C a row; their product is the matrix of best rank-one fit. The paper sums
// where all libraries take means, to the same quotient. Vectors and scalars keep the whole
// second moment. In step 1 the decay is 0, so that no bias is there to be corrected.
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Adafactor : TensorRule<7, 4, 1> {
  enum class Rate : int { at_most_inverse_root, absolute };
  enum class ParameterScale : int { on, off };
  enum class Epsilon : int { added_to_square, floors };
  enum class SecondMoment : int { factored, full };
  enum class Decay : int { times_step, times_rate, times_rate_before_scale, without_rate };
  struct Options {
    Rate rate;
    ParameterScale parameter_scale;
    Epsilon epsilon1;
    SecondMoment second_moment;
    Decay decay;
  };
  static constexpr std::array state_shapes{StateShape::rows, StateShape::columns,
                                           StateShape::parameter, StateShape::parameter};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>& context) {
    const Scalar<Number>& exponent = hyperparameters[1];
    scalars[0] = 1 - power(context.step_count(), -exponent);
  }

  template <class Number>
  static Number root_mean_square(const Number& value) {
    return sqrt(mean(square(value)));
  }

  /// What the gradient is divided by the root of: the new second moment.
  template <class Number>
  static Number second_moment_of(const Number& gradient, State<Number>& state,
                                 const Scalar<Number>& beta2, const Scalar<Number>& epsilon,
                                 const Options& options) {
    auto& [rows, columns, second_moment, first_moment] = state;
    const bool floors = options.epsilon1 == Epsilon::floors;
    Number squares = square(gradient);
    if (!floors) squares = squares + epsilon;
    if (!is_matrix(gradient) || options.second_moment == SecondMoment::full) {
      second_moment = moving_mean(beta2, second_moment, squares);
      return second_moment;
    }
    squares = as_matrix(squares);
    rows = moving_mean(beta2, rows, row_means(squares));
    columns = moving_mean(beta2, columns, column_means(squares));
    Number whole = mean(rows);
    if (floors) whole = max(whole, Number(epsilon));
    return in_shape_of(gradient, rows * columns / whole);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, exponent, epsilon1, epsilon2, threshold, beta1, weight_decay] =
        hyperparameters;
    Number& first_moment = state[3];
    if (options.decay == Decay::times_rate_before_scale) {
      parameter = (1 - learning_rate * weight_decay) * parameter;
    }
    Scalar<Number> rate = learning_rate;
    if (options.rate == Rate::at_most_inverse_root) {
      rate = min(learning_rate, 1 / sqrt(context.step_count()));
    }
    Number size = rate;
    if (options.parameter_scale == ParameterScale::on) {
      size = max(Number(epsilon2), root_mean_square(parameter)) * rate;
    }

    Number divisor = second_moment_of(gradient, state, scalars[0], epsilon1, options);
    if (options.epsilon1 == Epsilon::floors) divisor = max(divisor, Number(square(epsilon1)));
    Number update = named("U", gradient / sqrt(divisor));
    update = update / max(Number(1), root_mean_square(update) / threshold);
    first_moment = moving_mean(beta1, first_moment, size * update);

    if (options.decay == Decay::times_step) parameter = parameter - weight_decay * size * parameter;
    if (options.decay == Decay::times_rate) {
      parameter = (1 - learning_rate * weight_decay) * parameter;
    }
    if (options.decay == Decay::without_rate) {
      parameter = parameter - (first_moment + weight_decay * parameter);
    } else {
      parameter = parameter - first_moment;
    }
  }
};

}  // namespace

Rule adafactor() {
  return {
      .name = "adafactor",
      .title = "Adafactor: a factored second moment",
      .formula =
          "beta2_t = 1 - t^-c; R_t and C_t: moving means of the row and column means of "
          "g_t^2 + epsilon1; U_t = g_t/sqrt(R_t C_t/mean(R_t)); "
          "theta_t = theta_{t-1} - max(epsilon2, RMS(theta_{t-1})) min(eta, 1/sqrt(t)) "
          "U_t/max(1, RMS(U_t)/d)",
      .source = "Shazeer and Stern 2018, arXiv:1804.04235, Algorithms 4 and 5",
      .hyperparameters = {learning_rate(0.01),
                          {.name = "decay_exponent",
                           .symbol = "c",
                           .meaning = "how fast the second moment's decay rate nears 1",
                           .default_value = 0.8,
                           .neutral = {},
                           .least = 0,
                           .greatest = unbounded,
                           .dyadic = 0.75,
                           .low = 0.5,
                           .high = 1,
                           .distinct = 0.63},
                          {.name = "epsilon1",
                           .symbol = "epsilon1",
                           .meaning = "keeps the second moment away from zero",
                           .default_value = 1e-30,
                           .neutral = {},
                           .least = 0,
                           .greatest = unbounded,
                           .dyadic = 0x1p-10,
                           .low = 1e-12,
                           .high = 0.1,
                           .distinct = 0.07},
                          {.name = "epsilon2",
                           .symbol = "epsilon2",
                           .meaning = "the least scale of a parameter",
                           .default_value = 1e-3,
                           .neutral = {},
                           .least = 0,
                           .greatest = unbounded,
                           .dyadic = 0x1p-6,
                           .low = 1e-4,
                           .high = 0.5,
                           .distinct = 0.031},
                          {.name = "clipping_threshold",
                           .symbol = "d",
                           .meaning = "the root mean square above which an update is scaled down",
                           .default_value = 1,
                           .neutral = {},
                           .least = 1,
                           .greatest = unbounded,
                           .dyadic = 1.25,
                           .low = 1,
                           .high = 2,
                           .distinct = 1.1},
                          {.name = "beta1",
                           .symbol = "beta1",
                           .meaning = "decay rate of the mean of updates",
                           .default_value = 0,
                           .neutral = 0.0,
                           .least = 0,
                           .greatest = below_one,
                           .dyadic = 0.875,
                           .low = 0.1,
                           .high = 0.99,
                           .distinct = 0.35},
                          weight_decay()},
      .options = {{"rate", {"at_most_inverse_root", "absolute"}},
                  {"parameter_scale", {"on", "off"}},
                  {"epsilon1", {"added_to_square", "floors"}},
                  {"second_moment", {"factored", "full"}},
                  {"decay",
                   {"times_step", "times_rate", "times_rate_before_scale", "without_rate"}}},
      .dialects =
          {{"relative_step",
            {0, 0, 0, 0, 0},
            "paper; tensor2tensor utils/adafactor.py; transformers optimization.py Adafactor with "
            "relative_step and fairseq adafactor.py, whose eta is always 1e-2",
            {"paper", "transformers", "fairseq"}},
           {"absolute_step",
            {1, 1, 0, 0, 0},
            "transformers optimization.py Adafactor without relative_step and scale_parameter; "
            "timm optim/adafactor.py with a learning rate, for sizes above 16",
            {}},
           {"absolute_scaled_step",
            {1, 0, 0, 0, 0},
            "transformers optimization.py Adafactor with scale_parameter alone",
            {}},
           {"floored",
            {0, 0, 1, 0, 1},
            "PyTorch torch/optim/_adafactor.py, whose epsilon1 is the format's own where none is "
            "given",
            {"pytorch", "torch"},
            {"beta1"}},
           {"decay_before_scale",
            {0, 0, 0, 0, 2},
            "Keras keras/src/optimizers/adafactor.py: the decay is the base class's",
            {"keras"},
            {"beta1"}},
           {"decay_without_rate",
            {1, 0, 0, 0, 3},
            "optax alias.py adafactor and t5x adafactor.py for two sizes from 128 on",
            {}},
           {"unfactored",
            {1, 0, 0, 1, 3},
            "optax alias.py adafactor and t5x adafactor.py where the second largest size is below "
            "128",
            {"optax"}}},
      .equivalences = {},
      .state = {{"row_second_moment", "R", "the moving mean of rows' mean squares",
                 "matrix and second_moment=factored"},
                {"column_second_moment", "C", "the moving mean of columns' mean squares",
                 "matrix and second_moment=factored"},
                {"second_moment", "v", "the moving mean of squared gradients",
                 "not matrix or second_moment=full"},
                {"first_moment", "m", "the moving mean of updates", "beta1"}},
      .scalars = {{"beta2", "decay rate of the second moment in this step"}},
      .notes =
          "which axis is a row cannot be seen; of more than two sizes libraries factor the last "
          "two, or the two largest, which is not told apart here",
      .unit = Unit::tensor,
      .bindings = by_tensor<Adafactor>(),
  };
}

}  // namespace plumbline::rules
