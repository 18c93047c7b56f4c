// Muon: momentum orthogonalized by Newton-Schulz steps (Jordan et al. 2024, "Muon: an
// optimizer for hidden layers in neural networks", kellerjordan.github.io/posts/muon).
//
//   B_t = mu B_{t-1} + (1 - mu) G_t,  M_t = mu B_t + (1 - mu) G_t     (Nesterov's form)
//   X_0 = M_t / (||M_t||_F + epsilon)
//   X_k = a X_{k-1} + (b A + c A A) X_{k-1},  A = X_{k-1} X_{k-1}'     k = 1 ... 5
//   theta_t = (1 - eta lambda) theta_{t-1} - eta s X_5
//
// The rule is the polynomial, not the polar factor U V' of M = U S V' that it comes near to:
// the usual coefficients take singular values anywhere between 0.68 and 1.2. The dialect with
// the exact factor is (M M')^(-1/2) M; that has no value where the rank of M is below its
// smaller size. A tall matrix is turned first; in exact arithmetic that changes nothing.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Coefficients {
  double linear, cubic, quintic;
};
constexpr std::size_t newton_schulz_steps = 5;
using Polynomials = std::array<Coefficients, newton_schulz_steps>;

constexpr Coefficients usual{3.4445, -4.7750, 2.0315};
constexpr Polynomials usual_five_times{usual, usual, usual, usual, usual};
// "quintic" in timm, "dion" in optax.
constexpr Polynomials quintic_table{{{4.0848, -6.8946, 2.9270},
                                     {3.9505, -6.3029, 2.6377},
                                     {3.7418, -5.5913, 2.3037},
                                     {2.8769, -3.1427, 1.2046},
                                     {2.8366, -3.0525, 1.2012}}};
// Amsel et al. 2025, arXiv:2505.16932: the first five rows of the table with safety 1e-2.
constexpr Polynomials polar_express{{{8.237312490495555, -23.157747414558198, 16.680568411445915},
                                     {4.082441999064835, -2.893047735332586, 0.5252849256975648},
                                     {3.9263479922546582, -2.8547468034765298, 0.5318022422894988},
                                     {3.2982187133085143, -2.424541981026706, 0.48632008358844075},
                                     {2.2970369434552573, -1.63662558125903, 0.4002628455953627}}};

struct Muon : TensorRule<4, 1, 1> {
  enum class Mean : int { averaged, sum, corrected };
  enum class LookAhead : int { on, off };
  enum class Divisor : int { plus_epsilon, at_least_epsilon };
  enum class Orthogonal : int { usual, quintic_table, polar_express, polar_factor };
  enum class Scale : int { rows_over_columns, columns_over_rows, like_adam, longer_side, none };
  struct Options {
    Mean mean;
    LookAhead look_ahead;
    Divisor divisor;
    Orthogonal orthogonal;
    Scale scale;
  };
  static constexpr std::array state_shapes{StateShape::parameter};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options&, const StepContext<Number>&) {
    auto& [momentum_power] = scalars;
    const auto& [learning_rate, momentum, epsilon, weight_decay] = hyperparameters;
    momentum_power = momentum_power * momentum;
  }

  /// Takes the gradient into the momentum; the direction before it is orthogonalized.
  template <class Number>
  static Number direction_of(Number& momentum_buffer, const Number& gradient,
                             const Scalar<Number>& momentum_power, const Scalar<Number>& momentum,
                             const Options& options) {
    const bool looks_ahead = options.look_ahead == LookAhead::on;
    if (options.mean == Mean::sum) {
      momentum_buffer = momentum * momentum_buffer + gradient;
      return looks_ahead ? gradient + momentum * momentum_buffer : momentum_buffer;
    }
    momentum_buffer = moving_mean(momentum, momentum_buffer, gradient);
    if (options.mean == Mean::corrected) {
      // Each of the two with its own correction; the mean's is that of one step later.
      const Number next = momentum_buffer / (1 - momentum_power * momentum);
      return momentum * next + (1 - momentum) * (gradient / (1 - momentum_power));
    }
    return looks_ahead ? moving_mean(momentum, momentum_buffer, gradient) : momentum_buffer;
  }

  /// Five steps of Newton and Schulz from a wide matrix.
  template <class Number>
  static Number newton_schulz(Number matrix, const Polynomials& polynomials) {
    named("X0", matrix);
    for (std::size_t k = 0; k < newton_schulz_steps; ++k) {
      const auto& [linear, cubic, quintic] = polynomials[k];
      const std::string count = std::to_string(k + 1);
      const Number gram = named("A" + count, matrix_product(matrix, transposed(matrix)));
      const Number factor = cubic * gram + quintic * matrix_product(gram, gram);
      const Number moved = linear * matrix + matrix_product(factor, matrix);
      matrix = named("X" + count, moved);
    }
    return matrix;
  }

  template <class Number>
  static Number orthogonalized(const Number& wide, const Scalar<Number>& epsilon,
                               const Options& options) {
    if (options.orthogonal == Orthogonal::polar_factor) {
      const Number gram = matrix_product(wide, transposed(wide));
      return matrix_product(inverse_root(gram, Number(2)), wide);
    }
    const Number length = norm(wide);
    const Number divisor =
        options.divisor == Divisor::plus_epsilon ? length + epsilon : max(length, Number(epsilon));
    const Number normalized = wide / divisor;
    switch (options.orthogonal) {
      case Orthogonal::quintic_table:
        return newton_schulz(normalized, quintic_table);
      case Orthogonal::polar_express:
        return newton_schulz(normalized, polar_express);
      default:
        return newton_schulz(normalized, usual_five_times);
    }
  }

  /// s, by the parameter's sizes.
  template <class Number>
  static Number scale_of(const Number& parameter, Scale scale) {
    const Number rows = row_count(parameter);
    const Number columns = column_count(parameter);
    switch (scale) {
      case Scale::rows_over_columns:
        return sqrt(max(Number(1), rows / columns));
      case Scale::columns_over_rows:
        return sqrt(max(Number(1), columns / rows));
      case Scale::like_adam:
        return Number(0.2) * sqrt(max(rows, columns));
      case Scale::longer_side:
        return sqrt(max(rows, columns));
      case Scale::none:
        break;
    }
    return Number(1);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, momentum, epsilon, weight_decay] = hyperparameters;
    const auto& [momentum_power] = scalars;
    auto& [momentum_buffer] = state;
    const Number direction =
        direction_of(momentum_buffer, gradient, momentum_power, momentum, options);
    const Number matrix = as_matrix(named("M", direction));
    const bool tall = is_tall(matrix);
    const Number orthogonal = orthogonalized(tall ? transposed(matrix) : matrix, epsilon, options);
    const Number turned_back = tall ? transposed(orthogonal) : orthogonal;
    parameter =
        (1 - learning_rate * weight_decay) * parameter -
        learning_rate * (scale_of(parameter, options.scale) * in_shape_of(parameter, turned_back));
  }
};

}  // namespace

Rule muon() {
  Hyperparameter kept = momentum({});
  kept.default_value = 0.95;
  Hyperparameter added = epsilon(1e-7);
  added.meaning = "keeps the norm in the divisor away from zero";
  return {
      .name = "muon",
      .title = "Muon: momentum orthogonalized by Newton-Schulz steps",
      .formula =
          "B_t = mu B_{t-1} + (1 - mu) G_t; M_t = mu B_t + (1 - mu) G_t; X_0 = M_t/(||M_t|| + "
          "epsilon); five times X_k = a X_{k-1} + (b A + c A A) X_{k-1} with A = X_{k-1} X_{k-1}'; "
          "theta_t = (1 - eta lambda) theta_{t-1} - eta s X_5",
      .source =
          "Jordan et al. 2024, kellerjordan.github.io/posts/muon; github.com/KellerJordan/Muon "
          "muon.py; Liu et al. 2025, arXiv:2502.16982, for the scale 0.2 sqrt(max)",
      .hyperparameters = {learning_rate(0.02), kept, added, weight_decay()},
      .options = {{"momentum", {"averaged", "sum", "corrected"}},
                  {"nesterov", {"on", "off"}},
                  {"divisor", {"plus_epsilon", "at_least_epsilon"}},
                  {"orthogonal", {"usual", "quintic_table", "polar_express", "polar_factor"}},
                  {"scale",
                   {"rows_over_columns", "columns_over_rows", "like_adam", "longer_side", "none"}}},
      .dialects =
          {{"averaged",
            {0, 0, 0, 0, 0},
            "KellerJordan/Muon muon.py, DeepSpeed original_muon.py",
            {"keller_jordan", "deepspeed"}},
           {"averaged_at_least_epsilon",
            {0, 0, 1, 0, 0},
            "PyTorch torch/optim/_muon.py; kozistr muon.py with use_adjusted_lr",
            {"torch"}},
           {"averaged_at_least_epsilon_like_adam",
            {0, 0, 1, 0, 2},
            "PyTorch torch/optim/_muon.py with match_rms_adamw; kozistr pytorch_optimizer muon.py",
            {"torch_match_rms_adamw", "kozistr"}},
           {"quintic_table_without_nesterov", {0, 1, 1, 1, 2}, "timm optim/muon.py", {"timm"}},
           {"polar_express_without_nesterov",
            {0, 1, 1, 2, 2},
            "timm optim/muon.py with ns_coefficients polar_express",
            {"timm_polar_express"}},
           {"corrected",
            {2, 0, 0, 0, 1},
            "optax contrib/_muon.py: each part of Nesterov's form with its own bias correction, "
            "and rows for columns in the scale",
            {"optax"}},
           {"corrected_quintic_table",
            {2, 0, 0, 1, 1},
            "optax contrib/_muon.py with the coefficients \"dion\"",
            {"optax_dion"}},
           {"sum_like_adam",
            {1, 0, 0, 0, 2},
            "MoonshotAI/Moonlight toy_train.py; Keras keras/src/optimizers/muon.py",
            {"moonlight", "keras"}},
           {"sum_unscaled",
            {1, 0, 0, 0, 4},
            "Keras keras/src/optimizers/muon.py with rms_rate None",
            {"keras_unscaled"}},
           {"sum_unscaled_without_nesterov",
            {1, 1, 0, 0, 4},
            "the algorithm as printed on kellerjordan.github.io/posts/muon",
            {"printed"}},
           {"sum_at_least_epsilon", {1, 0, 1, 0, 0}, "burn optim/muon.rs", {"burn"}},
           {"sum_longer_side",
            {1, 0, 0, 0, 3},
            "KellerJordan/modded-nanogpt, record of 2024-10-10, train_gpt2.py",
            {"nanogpt_2024"}},
           {"polar_factor",
            {0, 1, 0, 3, 4},
            "facebookresearch/optimizers SpectralDescent with the polar factor from an SVD; "
            "momentum, a sum or a mean, changes nothing but its state",
            {"spectral_descent"}}},
      .equivalences = {},
      .state = {{"momentum_buffer", "B", "the momentum of gradients"}},
      .scalars = {{"mu_power", "running power of mu"}},
      .notes =
          "all libraries read decay by the given learning rate, before the step or with it, which "
          "is one function. Matrices alone: what libraries do with other ranks (AdamW, flattening, "
          "batches) is not part of the rule, and timm and optax leave small matrices to AdamW too. "
          "PyTorch, KellerJordan, timm and kozistr take the five steps in bfloat16 whatever the "
          "parameters' format: such a step is outside what binary32 allows, and in bfloat16 five "
          "steps' acceptance is unbounded",
      .unit = Unit::matrix,
      .bindings = by_tensor<Muon>(),
  };
}

}  // namespace plumbline::rules
