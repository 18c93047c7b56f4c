// Mirror descent (Nemirovski and Yudin 1983; Beck and Teboulle 2003, section 3).
//
//   grad Phi(y_t) = grad Phi(theta_{t-1}) - eta g_t,   theta_t the point nearest to y_t in Phi's
//   own divergence
//
// With Phi = 1/2 ||theta||^2 and no constraint this is gradient descent. With the negative
// entropy, sum of theta_i log theta_i, of positive parameters each is multiplied by
// exp(-eta g_i); on the simplex the products are divided by their sum, the exponentiated
// gradient of Kivinen and Warmuth 1997. Adding one number to all gradients changes nothing
// there. A tensor is one point. Multiplicative weights have 1 - eta g_i for the exponential.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct MirrorDescent : TensorRule<1, 0, 0> {
  enum class Factor : int { exponential, linear, none };
  enum class Domain : int { simplex, free };
  struct Options {
    Factor factor;
    Domain domain;
  };
  static constexpr std::array<StateShape, 0> state_shapes{};

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>&, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate] = hyperparameters;
    const Number move = learning_rate * gradient;
    Number moved = parameter - move;
    if (options.factor == Factor::exponential) moved = parameter * exp(-move);
    if (options.factor == Factor::linear) moved = parameter * (Number(1) - move);
    if (options.domain == Domain::simplex) moved = moved / total(moved);
    parameter = moved;
  }
};

}  // namespace

Rule mirror_descent() {
  return {
      .name = "mirror_descent",
      .title = "Mirror descent",
      .formula = "theta_t = theta_{t-1} e^(-eta g_t) / sum_j theta_{t-1,j} e^(-eta g_{t,j})",
      .source =
          "Beck and Teboulle 2003, Oper. Res. Lett. 31, section 5; Kivinen and Warmuth 1997, "
          "Inf. Comput. 132, section 3",
      .hyperparameters = {learning_rate(0.001)},
      .options = {{"factor", {"exponential", "linear", "none"}}, {"domain", {"simplex", "free"}}},
      .dialects =
          {{"exponentiated_gradient",
            {0, 0},
            "jaxopt mirror_descent.py as its tests use it, softmax(log x - eta g); Hedge",
            {"entropic", "hedge"}},
           {"unnormalised_exponentiated_gradient",
            {0, 1},
            "Kivinen and Warmuth 1997, EGU: positive weights of any sum",
            {"egu"}},
           {"multiplicative_weights",
            {1, 0},
            "Arora, Hazan and Kale 2012, Theory Comput. 8, section 2: 1 - eta g for the "
            "exponential",
            {"prod"}},
           {"euclidean", {2, 1}, "jaxopt with the identity as mirror map: gradient descent", {}}},
      .equivalences = {},
      .state = {},
      .notes =
          "that gradient descent is a special case, as a document of seeds/ says, holds for "
          "Phi = 1/2 ||theta||^2 without a constraint. The exponential overflows for large "
          "eta g; an implementation that takes the greatest exponent off all of them first "
          "does not, and conforms too.",
      .unit = Unit::tensor,
      .positive_parameters = true,
      .bindings = by_tensor<MirrorDescent>(),
  };
}

}  // namespace plumbline::rules
