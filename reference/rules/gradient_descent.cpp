// Gradient descent (Cauchy 1847).
//
//   theta_t = theta_{t-1} - eta g_t
//
// Batch, single-sample and mini-batch descent are this rule: they differ in how the
// gradient is sampled. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct GradientDescent : ElementwiseRule<2, 0, 0> {
  struct Options {
    WeightDecay weight_decay;
  };

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>&, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate, weight_decay] = hyperparameters;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);
    parameter = parameter - learning_rate * gradient;
  }
};

}  // namespace

Rule gradient_descent() {
  return {
      .name = "gradient_descent",
      .title = "Gradient descent",
      .formula = "theta_t = theta_{t-1} - eta g_t",
      .source = "Cauchy 1847; PyTorch torch/optim/sgd.py; Keras keras/src/optimizers/sgd.py",
      .hyperparameters = {learning_rate(0.01), weight_decay()},
      .options = {{"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"coupled_decay", {0}, "PyTorch torch/optim/sgd.py; most texts", {"pytorch", "paper"}},
           {"decoupled_decay", {1}, "Keras keras/src/optimizers/base_optimizer.py", {"keras"}}},
      .equivalences = {{"coupled_decay", "decoupled_decay",
                        "theta - eta (g + lambda theta) = (1 - eta lambda) theta - eta g: the "
                        "same polynomial"}},
      .state = {},
      .notes = "",
      .bindings = elementwise<GradientDescent>(),
  };
}

}  // namespace plumbline::rules
