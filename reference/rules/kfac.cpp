// K-FAC: Kronecker-factored approximate curvature (Martens and Grosse 2015, ICML).
//
//   A_t = b_t A_{t-1} + (1 - b_t) a'a/B,   S_t = b_t S_{t-1} + (1 - b_t) d'd/B,   G = d'a/B
//
// layer by layer, from its inputs a and output gradients d; then
//
//   W_t = W_{t-1} - eta (S + sqrt(mu)/pi I)^-1 G (A + sqrt(mu) pi I)^-1
//   pi = sqrt((tr A/dim A) / (tr S/dim S))
//
// A layer's weights and bias are one matrix, whose inputs a end in a 1; B examples have a row
// each in a and d. The Kronecker product of A and S approximates the Fisher matrix of one
// example. The objective is the sum over the examples: G is of its mean, as in the paper, or
// in some dialects of the sum; a library that is given the gradients of the mean has S/B^2 in
// the place of S. The output gradients d are those of the targets given. The scaling of the step
// is left out.
//
// The paper's mean starts as the first step's and forgets with b_t = min(1 - 1/t, beta); others
// start it at zero and correct it, which is b_t = 1 - (1 - beta)/(1 - beta^t); or start at the
// identity with b_t = beta from the first step on.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Kfac : TensorRule<3, 2, 2> {
  enum class Damping : int { balanced, alike, whole_in_each, of_product };
  enum class Loss : int { mean_with_factors_of_examples, sum, mean };
  enum class Mean : int { growing, corrected, from_identity };
  struct Options {
    Damping damping;
    Loss loss;
    Mean mean;
  };
  static constexpr std::array state_shapes{StateShape::column_square, StateShape::row_square};

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    const auto& [learning_rate, damping, decay] = hyperparameters;
    auto& [decay_now, decay_power] = scalars;
    decay_power = decay_power * decay;
    decay_now = decay;
    if (options.mean == Mean::growing) decay_now = min(1 - 1 / context.step_count(), decay);
    if (options.mean == Mean::corrected) decay_now = 1 - (1 - decay) / (1 - decay_power);
  }

  /// The layer's factor, averaged over the steps, and put back among those of all layers.
  template <class Number>
  static Number averaged(Number& factors, const Number& now, const Scalar<Number>& decay,
                         const Oracle<Number>& objective, const LayerPlace& place, LayerSide side,
                         bool from_identity) {
    const Number before =
        from_identity ? identity_like(now) : objective.layer_square(factors, place, side);
    const Number mean = moving_mean(decay, before, now);
    factors = objective.with_layer_square(factors, place, side, mean);
    return mean;
  }

  template <class Number>
  static Number mean_of_diagonal(const Number& matrix) {
    return total(row_means(matrix * identity_like(matrix)));
  }

  template <class Number>
  static Number solved_by_inverses(const Number& output_factor, const Number& input_factor,
                                   const Number& gradient, const Scalar<Number>& damping,
                                   const Options& options) {
    const Scalar<Number> share =
        options.damping == Damping::whole_in_each ? damping : sqrt(damping);
    Number on_inputs = Number(share);
    Number on_outputs = Number(share);
    if (options.damping == Damping::balanced) {
      const Number balance = sqrt(mean_of_diagonal(input_factor) / mean_of_diagonal(output_factor));
      named("rho", balance);
      on_inputs = share * balance;
      on_outputs = share / balance;
    }
    const Number left = inverse(output_factor + on_outputs * identity_like(output_factor));
    const Number right = inverse(input_factor + on_inputs * identity_like(input_factor));
    return matrix_product(matrix_product(left, gradient), right);
  }

  /// The eigenvalues as a column; the vectors are the matrix's own, of squared lengths 1.
  template <class Number>
  static Number eigenvalues(const Number& matrix, const Number& vectors) {
    const Number turned = matrix_product(matrix_product(transposed(vectors), matrix), vectors);
    return row_means(turned * identity_like(matrix)) * inner_product(vectors, vectors);
  }

  /// (S x A + mu I)^-1 applied to the gradient: in the factors' eigenvectors each element is
  /// divided by a product of two eigenvalues and the damping.
  template <class Number>
  static Number solved_by_eigenvectors(const Number& output_factor, const Number& input_factor,
                                       const Number& gradient, const Scalar<Number>& damping) {
    const Number left = named("U", eigenvectors(output_factor));
    const Number right = named("V", eigenvectors(input_factor));
    const Number values = matrix_product(eigenvalues(output_factor, left),
                                         transposed(eigenvalues(input_factor, right)));
    const Number turned = matrix_product(matrix_product(transposed(left), gradient), right);
    return matrix_product(matrix_product(left, turned / (values + damping)), transposed(right));
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>& state, const Scalars<Number>& scalars,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [learning_rate, damping, decay] = hyperparameters;
    const auto& [decay_now, decay_power] = scalars;
    auto& [input_factors, output_factors] = state;
    const bool from_identity = options.mean == Mean::from_identity && context.step == 1;
    const Number point = parameter;
    for (const auto& [place, inputs, gradients] : objective.layers(point)) {
      const Number examples = row_count(inputs);
      Number of_outputs = matrix_product(transposed(gradients), gradients) / examples;
      if (options.loss == Loss::mean) of_outputs = of_outputs / square(examples);
      const Number input_factor =
          averaged(input_factors, matrix_product(transposed(inputs), inputs) / examples, decay_now,
                   objective, place, LayerSide::inputs, from_identity);
      const Number output_factor = averaged(output_factors, of_outputs, decay_now, objective, place,
                                            LayerSide::outputs, from_identity);
      Number gradient = matrix_product(transposed(gradients), inputs);
      if (options.loss != Loss::sum) gradient = gradient / examples;
      named("G", gradient);
      const Number direction =
          options.damping == Damping::of_product
              ? solved_by_eigenvectors(output_factor, input_factor, gradient, damping)
              : solved_by_inverses(output_factor, input_factor, gradient, damping, options);
      parameter = parameter - learning_rate * objective.in_point(point, place, direction);
    }
  }
};

}  // namespace

Hyperparameter factor_decay() {
  return {.name = "factor_decay",
          .symbol = "beta",
          .meaning = "the share of the factors that is kept in a step",
          .default_value = 0.95,
          .neutral = 0,
          .least = 0,
          .greatest = below_one,
          .dyadic = 0.5,
          .low = 0.3,
          .high = 0.99,
          .distinct = 0.6};
}

Rule kfac() {
  Hyperparameter rate = learning_rate(0.1);
  return {
      .name = "kfac",
      .title = "K-FAC: Kronecker-factored approximate curvature",
      .formula = "W_t = W_{t-1} - eta (S + sqrt(mu)/pi I)^-1 G (A + sqrt(mu) pi I)^-1",
      .source = "Martens and Grosse 2015, arXiv:1503.05671, section 6.3 for the damping",
      .hyperparameters = {rate, required_damping(0.01), factor_decay()},
      .options = {{"damping", {"balanced", "alike", "whole_in_each", "of_product"}},
                  {"loss", {"mean_with_factors_of_examples", "sum", "mean"}},
                  {"mean", {"growing", "corrected", "from_identity"}}},
      .dialects =
          {{"balanced",
            {0, 0, 0},
            "Martens and Grosse 2015, sections 5 and 6.3",
            {"martens_grosse"}},
           {"balanced_corrected",
            {0, 0, 1},
            "kfac-jax utils/accumulators.py WeightedMovingAverage; tensorflow/kfac "
            "fisher_blocks.py and fisher_factors.py, which starts at zero and corrects",
            {"kfac_jax"}},
           {"alike", {1, 0, 0}, "the paper's without pi", {}},
           {"of_product",
            {3, 1, 2},
            "gpauloski/kfac-pytorch layers/eigen.py and base.py, alecwangcq/KFAC-Pytorch kfac.py, "
            "given the gradients of the sum; without the scaling of the step",
            {"kfac_pytorch_eigen"}},
           {"of_product_of_mean",
            {3, 2, 2},
            "gpauloski/kfac-pytorch layers/eigen.py and base.py, given the gradients of the mean",
            {}},
           {"whole_in_each",
            {2, 1, 2},
            "gpauloski/kfac-pytorch layers/inverse.py and base.py, given the gradients of the sum",
            {"kfac_pytorch_inverse"}},
           {"whole_in_each_of_mean",
            {2, 2, 2},
            "gpauloski/kfac-pytorch layers/inverse.py and base.py, given the gradients of the "
            "mean",
            {}}},
      .equivalences = {},
      .state = {{"input_factors", "A", "mean of a'a/B, of each layer"},
                {"output_factors", "S", "mean of d'd/B, of each layer"}},
      .scalars = {{"b", "the share kept in this step"}, {"c", "running power of beta"}},
      .notes =
          "of one layer, theta its matrix; the libraries refresh the inverses at intervals, here "
          "it is in each step",
      .unit = Unit::objective,
      .wants = {"layers"},
      .objectives = {"softmax", "network"},
      .bindings = by_tensor<Kfac>(),
  };
}

}  // namespace plumbline::rules
