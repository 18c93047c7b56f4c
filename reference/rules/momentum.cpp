// Gradient descent with momentum, the heavy ball (Polyak 1964).
//
//   v_t = mu v_{t-1} + (1 - tau) g_t          v_0 = 0
//   theta_t = theta_{t-1} - eta v_t
//
// mu: momentum, tau: dampening. Everything has the parameter's shape. The forms agree
// while eta is constant; with eta inside the velocity, old rates stay in it.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct Momentum : ElementwiseRule<4, 2, 0> {
  enum class Form : int { rate_outside, rate_inside, averaged, polyak };
  enum class FirstStep : int { dampened, undampened };
  struct Options {
    Form form;
    FirstStep first_step;
    WeightDecay weight_decay;
  };

  template <class Number>
  static void start(State<Number>& state, const Number& parameter, const Hyperparameters<Number>&,
                    const Options&) {
    auto& [velocity, previous_parameter] = state;
    previous_parameter = parameter;
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>& context) {
    const auto& [learning_rate, momentum, dampening, weight_decay] = hyperparameters;
    auto& [velocity, previous_parameter] = state;
    const Number before = parameter;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    const bool undampened = options.first_step == FirstStep::undampened && context.step == 1;
    const Scalar<Number> weight = undampened ? Scalar<Number>(1) : 1 - dampening;
    switch (options.form) {
      case Form::rate_outside:
        velocity = momentum * velocity + weight * gradient;
        parameter = parameter - learning_rate * velocity;
        break;
      case Form::rate_inside:
        velocity = momentum * velocity + learning_rate * weight * gradient;
        parameter = parameter - velocity;
        break;
      case Form::averaged:
        velocity = moving_mean(momentum, velocity, gradient);
        parameter = parameter - learning_rate * velocity;
        break;
      case Form::polyak:
        parameter = parameter - learning_rate * weight * gradient +
                    momentum * (parameter - previous_parameter);
        break;
    }
    previous_parameter = before;
  }
};

}  // namespace

Rule momentum() {
  Hyperparameter dampening{.name = "dampening",
                           .symbol = "tau",
                           .meaning = "the share of each gradient left out",
                           .default_value = 0,
                           .neutral = 0.0,
                           .least = 0,
                           .greatest = 1,
                           .dyadic = 0.25,
                           .low = 0.01,
                           .high = 0.9,
                           .distinct = 0.15};
  return {
      .name = "momentum",
      .title = "Momentum (heavy ball)",
      .formula = "v_t = mu v_{t-1} + (1 - tau) g_t; theta_t = theta_{t-1} - eta v_t",
      .source = "Polyak 1964, USSR Comput. Math. Math. Phys. 4(5), eq. (9); Sutskever et al. 2013",
      .hyperparameters = {learning_rate(0.01), momentum(std::nullopt), dampening, weight_decay()},
      .options = {{"form", {"rate_outside", "rate_inside", "averaged", "polyak"}},
                  {"first_step", {"dampened", "undampened"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects =
          {{"rate_outside",
            {0, 0, 0},
            "most texts; TensorFlow.js momentum_optimizer.ts; TensorFlow's kernel",
            {"paper"}},
           {"rate_outside_undampened_start",
            {0, 1, 0},
            "PyTorch torch/optim/sgd.py; apex FusedSGD; burn momentum.rs",
            {"pytorch"}},
           {"rate_inside",
            {1, 0, 0},
            "heavy ball in a document of seeds/; MXNet sgd.py; ensmallen momentum_update.hpp",
            {},
            {"dampening"}},
           {"rate_inside_decoupled_decay",
            {1, 0, 1},
            "Keras keras/src/optimizers/sgd.py",
            {"keras"},
            {"dampening"}},
           {"averaged", {2, 0, 0}, "Muon's family, quasi-hyperbolic momentum", {}, {"dampening"}},
           {"polyak", {3, 0, 0}, "Polyak's own form, with the last two points", {}, {"dampening"}}},
      .equivalences = {{"rate_inside", "polyak",
                        "with v_t = theta_{t-1} - theta_t, theta_t = theta_{t-1} - eta g_t + "
                        "mu (theta_{t-1} - theta_{t-2}) is v_t = mu v_{t-1} + eta g_t"}},
      .state = {{"velocity", "v", "the accumulated gradient", "form!=polyak"},
                {"previous_parameter", "p", "theta_{t-2}, of Polyak's form", "form=polyak"}},
      .notes = "",
      .bindings = elementwise<Momentum>(),
  };
}

}  // namespace plumbline::rules
