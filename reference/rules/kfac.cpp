// K-FAC: Kronecker-factored approximate curvature (Martens and Grosse 2015, ICML).
//
//   A = a'a/B,   S = d'd/B,   G = d'a/B    layer by layer, from its inputs and output gradients
//   W_t = W_{t-1} - eta (S + sqrt(mu)/pi I)^-1 G (A + sqrt(mu) pi I)^-1
//   pi = sqrt((tr A/dim A) / (tr S/dim S))
//
// A layer's weights and bias are one matrix, whose inputs a end in a 1; B examples have a row
// each in a and d. The Kronecker product of A and S approximates the Fisher matrix of one
// example. The objective is the sum over the examples: G is of its mean, as in the paper, or
// in some dialects of the sum; a library that is given the gradients of the mean has S/B^2 in
// the place of S. The output gradients d are those of the targets given, and the factors those
// of this step alone: averages over steps, with their start values, are left out, and so is
// the scaling of the step.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct Kfac : TensorRule<2, 0, 0> {
  enum class Damping : int { balanced, alike, whole_in_each, of_product };
  enum class Loss : int { mean_with_factors_of_examples, sum, mean };
  struct Options {
    Damping damping;
    Loss loss;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

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
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>&) {
    const auto& [learning_rate, damping] = hyperparameters;
    const Number point = parameter;
    for (std::size_t layer = 0; layer < objective.layer_count(point); ++layer) {
      const Number inputs = objective.layer_inputs(point, layer);
      const Number gradients = objective.layer_output_gradients(point, layer);
      const Number examples = row_count(inputs);
      const Number input_factor = matrix_product(transposed(inputs), inputs) / examples;
      Number output_factor = matrix_product(transposed(gradients), gradients) / examples;
      if (options.loss == Loss::mean) output_factor = output_factor / square(examples);
      Number gradient = matrix_product(transposed(gradients), inputs);
      if (options.loss != Loss::sum) gradient = gradient / examples;
      named("A", input_factor);
      named("S", output_factor);
      named("G", gradient);
      const Number direction =
          options.damping == Damping::of_product
              ? solved_by_eigenvectors(output_factor, input_factor, gradient, damping)
              : solved_by_inverses(output_factor, input_factor, gradient, damping, options);
      parameter = parameter - learning_rate * objective.in_point(point, layer, direction);
    }
  }
};

}  // namespace

Rule kfac() {
  Hyperparameter rate = learning_rate(0.1);
  return {
      .name = "kfac",
      .title = "K-FAC: Kronecker-factored approximate curvature",
      .formula = "W_t = W_{t-1} - eta (S + sqrt(mu)/pi I)^-1 G (A + sqrt(mu) pi I)^-1",
      .source = "Martens and Grosse 2015, arXiv:1503.05671, section 6.3 for the damping",
      .hyperparameters = {rate, required_damping(0.01)},
      .options = {{"damping", {"balanced", "alike", "whole_in_each", "of_product"}},
                  {"loss", {"mean_with_factors_of_examples", "sum", "mean"}}},
      .dialects =
          {{"balanced",
            {0, 0},
            "Martens and Grosse 2015, section 6.3; kfac-jax optimizer.py and tensorflow/kfac "
            "fisher_blocks.py, in the first step of either",
            {"martens_grosse", "kfac_jax"}},
           {"alike", {1, 0}, "the same without pi", {}},
           {"of_product",
            {3, 1},
            "gpauloski/kfac-pytorch layers/eigen.py and alecwangcq/KFAC-Pytorch kfac.py, given "
            "the gradients of the sum; without the scaling of the step",
            {"kfac_pytorch_eigen"}},
           {"of_product_of_mean",
            {3, 2},
            "gpauloski/kfac-pytorch layers/eigen.py, given the gradients of the mean",
            {}},
           {"whole_in_each",
            {2, 1},
            "gpauloski/kfac-pytorch layers/inverse.py, given the gradients of the sum",
            {"kfac_pytorch_inverse"}},
           {"whole_in_each_of_mean",
            {2, 2},
            "gpauloski/kfac-pytorch layers/inverse.py, given the gradients of the mean",
            {}}},
      .equivalences = {},
      .state = {},
      .notes =
          "one step's factors: the libraries average them over steps, from the identity or from "
          "zero with a correction, and refresh the inverses at intervals",
      .unit = Unit::objective,
      .wants = {"layers"},
      .objectives = {"softmax", "network"},
      .bindings = by_tensor<Kfac>(),
  };
}

}  // namespace plumbline::rules
