// The natural gradient (Amari 1998, Neural Computation 10(2), Theorem 1).
//
//   theta_t = theta_{t-1} - eta d_t,   d_t = (F + kappa diag(F) + mu I)^-1 g
//
// F is the Fisher information at theta_{t-1}: the mean of the outer products of the model's
// score, targets drawn from the model itself and not from the data. mu and kappa damp. With a
// radius delta > 0 the step is scaled to a Kullback-Leibler distance of delta, to second
// order: eta sqrt(2 delta / d'A d), with A = F or with the damped matrix for A. All
// parameters are one vector.
#include "reference/rules/second_order_hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct NaturalGradient : TensorRule<4, 0, 0> {
  enum class Radius : int { of_damped, of_fisher };
  struct Options {
    Radius radius;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number&,
                      State<Number>&, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>&) {
    const auto& [learning_rate, damping, diagonal_scale, max_kl] = hyperparameters;
    const Number fisher = objective.fisher(parameter);
    const Number gradient = objective.gradient(parameter);
    const Number identity = identity_like(fisher);
    const Number damped =
        named("B", fisher + diagonal_scale * (fisher * identity) + damping * identity);
    const Number direction = named("d", matrix_product(inverse(damped), gradient));
    Number length = Number(learning_rate);
    if (less(Scalar<Number>(0), max_kl)) {
      const Number& metric = options.radius == Radius::of_damped ? damped : fisher;
      const Number squared_length = inner_product(direction, matrix_product(metric, direction));
      length = learning_rate * sqrt(2 * max_kl / squared_length);
    }
    parameter = parameter - length * in_shape_of(parameter, direction);
  }
};

}  // namespace

Rule natural_gradient() {
  Hyperparameter diagonal_scale = damping();
  diagonal_scale.name = "diagonal_scale";
  diagonal_scale.symbol = "kappa";
  diagonal_scale.meaning = "the share of the Fisher matrix's diagonal that is added to it";
  diagonal_scale.distinct = 0.45;
  diagonal_scale.dyadic = 0x1p-2;
  Hyperparameter max_kl = damping();
  max_kl.name = "max_kl";
  max_kl.symbol = "delta";
  max_kl.meaning = "the Kullback-Leibler distance that a step is scaled to; 0: none";
  max_kl.distinct = 0.04;
  max_kl.dyadic = 0x1p-4;
  return {
      .name = "natural_gradient",
      .title = "The natural gradient",
      .formula = "theta_t = theta_{t-1} - eta (F + kappa diag(F) + mu I)^-1 g",
      .source = "Amari 1998, Neural Computation 10(2), Theorem 1",
      .hyperparameters = {step_share(), damping(0.01), diagonal_scale, max_kl},
      .options = {{"radius", {"of_damped", "of_fisher"}}},
      .dialects =
          {{"of_damped",
            {0},
            "openai/baselines trpo_mpi.py, its conjugate gradients to the end; without a radius "
            "netket optimizer/sr.py and pennylane optimize/qng.py, the latter by pseudo-inverse",
            {"trpo", "netket", "pennylane"}},
           {"of_fisher", {1}, "textbooks: the distance is that of F, which is not damped", {}}},
      .equivalences = {},
      .state = {},
      .notes =
          "with the data's own targets for the model's the matrix is another, the empirical "
          "Fisher (Kunstner et al. 2019): a subject that asks for that deviates",
      .unit = Unit::objective,
      .wants = {"fisher"},
      .objectives = {"least_squares", "logistic", "logistic_l2", "softmax", "network"},
      .bindings = by_tensor<NaturalGradient>(),
  };
}

}  // namespace plumbline::rules
