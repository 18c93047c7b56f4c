// Sign descent, and with momentum Signum (Bernstein et al. 2018, Algorithms 1 and 2).
//
//   m_t = mu m_{t-1} + (1 - mu) g_t          m_0 = 0
//   theta_t = theta_{t-1} - eta sign(m_t)
//
// mu: momentum; without it m_t = g_t. sign(0) = 0 in every library read. Everything has the
// parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct SignSgd : ElementwiseRule<3, 1, 0> {
  enum class Decay : int { decoupled, coupled_with_momentum, coupled };
  enum class Form : int { averaged, summed };
  struct Options {
    Decay decay;
    Form form;
  };

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate, momentum, weight_decay] = hyperparameters;
    auto& [velocity] = state;
    // MXNet's Signum adds the decay to the gradient, its sign descent does not.
    const bool coupled =
        options.decay == Decay::coupled ||
        (options.decay == Decay::coupled_with_momentum && less(Scalar<Number>(0), momentum));
    apply_weight_decay(coupled ? WeightDecay::coupled : WeightDecay::decoupled, learning_rate,
                       weight_decay, parameter, gradient);
    velocity = options.form == Form::averaged ? moving_mean(momentum, velocity, gradient)
                                              : momentum * velocity + gradient;
    parameter = parameter - learning_rate * sign(velocity);
  }
};

}  // namespace

Rule signsgd() {
  return {
      .name = "signsgd",
      .title = "Sign descent, with momentum Signum",
      .formula = "m_t = mu m_{t-1} + (1 - mu) g_t; theta_t = theta_{t-1} - eta sign(m_t)",
      .source = "Bernstein et al. 2018, arXiv:1802.04434, Algorithms 1 and 2",
      .hyperparameters = {learning_rate(0.001), momentum(0.0), weight_decay()},
      .options = {{"decay", {"decoupled", "coupled_with_momentum", "coupled"}},
                  {"form", {"averaged", "summed"}}},
      .dialects =
          {{"decoupled_decay",
            {0, 0},
            "MXNet python/mxnet/optimizer/signum.py with wd_lh; optax optax/_src/alias.py sign_sgd "
            "and signum, which have no decay",
            {"paper", "optax"}},
           {"decay_coupled_with_momentum",
            {1, 0},
            "MXNet python/mxnet/optimizer/signum.py with wd: added to the gradient where there is "
            "momentum, else decoupled",
            {"mxnet"}},
           {"coupled_decay_summed",
            {2, 1},
            "mlbench-core mlbench_core/optim/pytorch/centralized.py SignSGD: PyTorch's velocity, "
            "whose sign is that of the mean",
            {"mlbench"}}},
      .equivalences = {},
      .state = {{"velocity", "m", "of the gradients", "momentum"}},
      .notes =
          "The step's size is eta, whatever the gradients' scale. Where m_t is 0 the parameter "
          "stays. Where its acceptance interval holds 0 a correct implementation may step up, "
          "down or not at all: each is followed.",
      .bindings = elementwise<SignSgd>(),
  };
}

}  // namespace plumbline::rules
