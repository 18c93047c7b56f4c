// Shampoo: preconditioning of rows and columns (Gupta, Koren and Singer 2018, Algorithms 1, 2).
//
//   L_t = L_{t-1} + g_t g_t',   R_t = R_{t-1} + g_t' g_t,   L_0 = epsilon I, R_0 = epsilon I
//   theta_t = theta_{t-1} - eta L_t^(-1/4) g_t R_t^(-1/4)
//
// A tensor of order k has a factor for each of its k sides, each to the power of -1/(2k). So a
// vector has L alone, to the power of -1/2: AdaGrad with the full matrix. A scalar counts as a
// vector of one.
//
// Where a gradient's rank is below its sides', epsilon alone bounds the powers there. The
// gradient has nothing on that side, but roundings have: with a small epsilon the first steps
// say little in a narrow format.
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Shampoo : TensorRule<6, 5, 2> {
  enum class Accumulation : int { sum, corrected_mean };
  enum class Epsilon : int { at_start, before_root };
  enum class Exponent : int { over_twice_order, half, over_order_in_turn };
  enum class Graft : int { none, gradient, adagrad, adam };
  enum class Momentum : int { filtered_gradient, last_update, after };
  enum class Decay : int { in_gradient, in_update };
  struct Options {
    Accumulation accumulation;
    Epsilon epsilon;
    Exponent exponent;
    Graft graft;
    Momentum momentum;
    Decay decay;
  };
  static constexpr std::array state_shapes{StateShape::row_square, StateShape::column_square,
                                           StateShape::parameter, StateShape::parameter,
                                           StateShape::parameter};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>&) {
    auto& [beta1_power, beta2_power] = scalars;
    beta1_power = beta1_power * hyperparameters[2];
    beta2_power = beta2_power * hyperparameters[3];
  }

  template <class Number>
  static void start(State<Number>& state, const Number& parameter,
                    const Hyperparameters<Number>& hyperparameters, const Options& options) {
    if (options.epsilon == Epsilon::before_root) return;
    const Number matrix = as_matrix(parameter);
    state[0] = hyperparameters[1] * identity_like(matrix);
    if (is_matrix(parameter)) state[1] = hyperparameters[1] * identity_like(transposed(matrix));
  }

  /// The factor of one side with `product`, a gradient's own, in it; and its root.
  template <class Number>
  static Number root_of(Number& factor, const Number& product, bool is_matrix,
                        const Scalars<Number>& scalars,
                        const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, epsilon, beta1, beta2, momentum, weight_decay] = hyperparameters;
    Number filled = factor;
    if (options.accumulation == Accumulation::sum) {
      factor = factor + product;
      filled = factor;
    } else {
      factor = moving_mean(beta2, factor, product);
      filled = factor / (1 - scalars[1]);
    }
    if (options.epsilon == Epsilon::before_root) filled = filled + epsilon * identity_like(filled);
    switch (options.exponent) {
      case Exponent::over_twice_order:
        return inverse_root(filled, Number(is_matrix ? 4 : 2));
      case Exponent::half:
        return inverse_root(filled, Number(2));
      case Exponent::over_order_in_turn:
        break;
    }
    return inverse_root(filled, Number(is_matrix ? 2 : 1));
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, epsilon, beta1, beta2, momentum, weight_decay] = hyperparameters;
    auto& [row_factor, column_factor, first_moment, graft_moment, buffer] = state;
    const bool both_sides = is_matrix(parameter);

    if (options.momentum == Momentum::last_update) {
      if (context.step == 1) buffer = gradient;
      gradient = (1 - momentum) * gradient + momentum * buffer;
    }
    if (options.decay == Decay::in_gradient) gradient = gradient + weight_decay * parameter;

    // What is preconditioned, and what it is preconditioned with, may differ.
    const Number entering = as_matrix(named("G", gradient));
    Number filtered = gradient;
    if (options.momentum == Momentum::filtered_gradient) {
      first_moment = moving_mean(beta1, first_moment, gradient);
      filtered = first_moment / (1 - scalars[0]);
    }
    const Number left = root_of(row_factor, matrix_product(entering, transposed(entering)),
                                both_sides, scalars, hyperparameters, options);
    Number update = matrix_product(left, as_matrix(filtered));
    if (both_sides) {
      const Number beside = options.exponent == Exponent::over_order_in_turn ? update : entering;
      const Number right = root_of(column_factor, matrix_product(transposed(beside), beside), true,
                                   scalars, hyperparameters, options);
      update = matrix_product(update, right);
    }
    update = named("U", in_shape_of(parameter, update));

    if (options.graft != Graft::none)
      update = grafted(update, filtered, gradient, graft_moment, scalars, hyperparameters, options);
    if (options.decay == Decay::in_update) update = update + weight_decay * parameter;
    if (options.momentum == Momentum::last_update) buffer = update;
    if (options.momentum == Momentum::after) {
      buffer = momentum * buffer + update;
      update = buffer;
    }
    parameter = parameter - learning_rate * update;
  }

  /// The update at the length of the step that another rule would take.
  template <class Number>
  static Number grafted(const Number& update, const Number& filtered, const Number& gradient,
                        Number& graft_moment, const Scalars<Number>& scalars,
                        const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, epsilon, beta1, beta2, momentum, weight_decay] = hyperparameters;
    Number other = filtered;
    if (options.graft == Graft::adagrad) {
      graft_moment = graft_moment + square(gradient);
      other = filtered / (sqrt(graft_moment) + 1e-10);
    } else if (options.graft == Graft::adam) {
      graft_moment = moving_mean(beta2, graft_moment, square(gradient));
      other = filtered / (sqrt(graft_moment / (1 - scalars[1])) + 1e-10);
    }
    return norm(other) / (norm(update) + 1e-16) * update;
  }
};

}  // namespace

Rule shampoo() {
  Hyperparameter first_decay = beta1(0);
  first_decay.neutral = 0.0;
  Hyperparameter second_decay = beta2(0);
  second_decay.neutral = 0.0;
  Hyperparameter share = momentum(0.0);
  share.meaning = "the share of the last update, or of the velocity, that is kept";
  return {
      .name = "shampoo",
      .title = "Shampoo: preconditioned rows and columns",
      .formula =
          "L_t = L_{t-1} + g_t g_t'; R_t = R_{t-1} + g_t' g_t; "
          "theta_t = theta_{t-1} - eta L_t^(-1/4) g_t R_t^(-1/4)",
      .source = "Gupta, Koren and Singer 2018, arXiv:1802.09568, Algorithms 1 and 2",
      .hyperparameters = {learning_rate(0.001),
                          {.name = "epsilon",
                           .symbol = "epsilon",
                           .meaning = "keeps the factors away from singular ones",
                           .default_value = 1e-4,
                           .neutral = {},
                           .least = 0,
                           .greatest = unbounded,
                           .dyadic = 0x1p-4,
                           .low = 1e-3,
                           .high = 2,
                           .distinct = 0.3},
                          first_decay,
                          second_decay,
                          share,
                          weight_decay()},
      .options = {{"accumulation", {"sum", "corrected_mean"}},
                  {"epsilon", {"at_start", "before_root"}},
                  {"exponent", {"over_twice_order", "half", "over_order_in_turn"}},
                  {"graft", {"none", "gradient", "adagrad", "adam"}},
                  {"momentum", {"filtered_gradient", "last_update", "after"}},
                  {"decay", {"in_gradient", "in_update"}}},
      .dialects =
          {{"paper",
            {0, 0, 0, 0, 2, 0},
            "Algorithm 1; momentum and decay, which it has not, as in most rules",
            {},
            {"beta1", "beta2"}},
           {"over_order_in_turn",
            {0, 0, 2, 0, 1, 0},
            "moskomule/shampoo.pytorch shampoo.py, copied by kozistr pytorch_optimizer shampoo.py "
            "and torch_optimizer: each side to the power of -1/k, the second one filled with what "
            "the first has preconditioned",
            {"moskomule"},
            {"beta1", "beta2"}},
           {"grafted",
            {0, 0, 0, 1, 2, 1},
            "google-research scalable_shampoo/pytorch/shampoo.py, its relative epsilon and its "
            "Nesterov left out",
            {},
            {"beta1", "beta2"}},
           {"epsilon_before_root",
            {0, 1, 0, 0, 0, 1},
            "facebookresearch/optimizers distributed_shampoo.py without grafting, for two sides",
            {},
            {"momentum", "beta2"}},
           {"exponent_half",
            {0, 1, 1, 0, 0, 1},
            "facebookresearch/optimizers distributed_shampoo.py with inv_root_override 2",
            {},
            {"momentum", "beta2"}},
           {"adagrad_grafted",
            {0, 1, 0, 2, 0, 1},
            "facebookresearch/optimizers distributed_shampoo.py with AdaGradGraftingConfig",
            {},
            {"momentum", "beta2"}},
           {"adam_grafted",
            {1, 1, 0, 3, 0, 1},
            "facebookresearch/optimizers distributed_shampoo.py with AdamGraftingConfig and "
            "use_bias_correction",
            {"facebookresearch"},
            {"momentum"}}},
      .equivalences = {},
      .state = {{"row_factor", "L", "the rows' products"},
                {"column_factor", "R", "the columns' products", "matrix"},
                {"first_moment", "m", "the moving mean of gradients",
                 "momentum=filtered_gradient and beta1"},
                {"graft_moment", "v", "squared gradients, for the length of the step",
                 "graft=adagrad or graft=adam"},
                {"momentum_buffer", "b", "the last update, or the velocity",
                 "momentum!=filtered_gradient and momentum"}},
      .scalars = {{"b1", "running power of beta1"}, {"b2", "running power of beta2"}},
      .notes =
          "roots are renewed in every step; libraries may keep them for some, and cut or merge "
          "sides first: a matrix of few elements is one vector to some by default",
      .unit = Unit::tensor,
      .bindings = by_tensor<Shampoo>(),
  };
}

}  // namespace plumbline::rules
