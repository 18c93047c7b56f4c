// Lion: evolved sign momentum (Chen et al. 2023, Algorithm 2).
//
//   c_t = beta1 m_{t-1} + (1 - beta1) g_t
//   theta_t = theta_{t-1} - eta (sign(c_t) + lambda theta_{t-1})
//   m_t = beta2 m_{t-1} + (1 - beta2) g_t          m_0 = 0
//
// sign(0) = 0 in every library read. Everything has the parameter's shape.
#include "reference/define_rule.hpp"
#include "reference/numbers/moving_mean.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::rules {
namespace {

struct Lion : ElementwiseRule<4, 1, 0> {
  enum class Decay : int { before, inside, coupled, before_without_rate };
  enum class Mean : int { old_weighted, new_weighted };
  struct Options {
    Decay decay;
    Mean mean;
  };

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state, const Scalars<Number>&,
                   const Hyperparameters<Number>& hyperparameters, const Options& options,
                   const StepContext<Number>&) {
    const auto& [learning_rate, beta1, beta2, weight_decay] = hyperparameters;
    auto& [first_moment] = state;
    switch (options.decay) {
      case Decay::before:
        parameter = (1 - learning_rate * weight_decay) * parameter;
        break;
      case Decay::before_without_rate:
        parameter = (1 - weight_decay) * parameter;
        break;
      case Decay::coupled:
        gradient = gradient + weight_decay * parameter;
        break;
      case Decay::inside:
        break;
    }
    Number direction;
    if (options.mean == Mean::old_weighted) {
      direction = sign(moving_mean(beta1, first_moment, gradient));
      first_moment = moving_mean(beta2, first_moment, gradient);
    } else {
      // Optimisers.jl solves c_t for the new mean, and gives the gradient the old mean's weight.
      first_moment = beta2 * gradient + (1 - beta2) * first_moment;
      direction = sign((beta2 - beta1) * gradient + beta1 * first_moment);
    }
    if (options.decay == Decay::inside) direction = direction + weight_decay * parameter;
    parameter = parameter - learning_rate * direction;
  }
};

}  // namespace

Rule lion() {
  Hyperparameter rate_of_mean = beta2(0.99);
  rate_of_mean.meaning = "decay rate of the mean that is kept";
  Hyperparameter rate_of_direction = beta1(0.9);
  rate_of_direction.meaning = "weight of the mean in the step's direction";
  return {
      .name = "lion",
      .title = "Lion: evolved sign momentum",
      .formula =
          "theta_t = theta_{t-1} - eta (sign(beta1 m_{t-1} + (1 - beta1) g_t) + lambda "
          "theta_{t-1}); m_t = beta2 m_{t-1} + (1 - beta2) g_t",
      .source = "Chen et al. 2023, arXiv:2302.06675, Algorithm 2",
      .hyperparameters = {learning_rate(0.0001), rate_of_direction, rate_of_mean, weight_decay()},
      .options = {{"decay", {"before", "inside", "coupled", "before_without_rate"}},
                  {"mean", {"old_weighted", "new_weighted"}}},
      .dialects = {{"decay_before",
                    {0, 0},
                    "google/automl lion/lion_pytorch.py; timm timm/optim/lion.py; Keras "
                    "keras/src/optimizers/lion.py; bitsandbytes csrc/kernels.cu; jettify "
                    "torch_optimizer/lion.py; kozistr pytorch_optimizer/optimizer/lion.py",
                    {"pytorch", "keras", "timm", "bitsandbytes"}},
                   {"decay_inside",
                    {1, 0},
                    "the paper; optax optax/_src/alias.py; google/automl lion/lion_tf2.py",
                    {"paper", "optax"}},
                   {"decay_coupled",
                    {2, 0},
                    "kozistr pytorch_optimizer/optimizer/lion.py with weight_decouple=False",
                    {}},
                   {"decay_without_rate",
                    {3, 0},
                    "kozistr pytorch_optimizer/optimizer/lion.py with fixed_decay=True",
                    {}},
                   {"new_weighted_mean",
                    {0, 1},
                    "Optimisers.jl src/rules.jl: m = beta2 g + (1 - beta2) m",
                    {"optimisers"},
                    {"weight_decay"}}},
      .equivalences = {{"decay_before", "decay_inside",
                        "(1 - eta lambda) theta - eta s = theta - eta (s + lambda theta), since s "
                        "does not depend on theta"}},
      .state = {{"first_moment", "m", "the moving mean of gradients"}},
      .notes =
          "The step's size is eta, whatever the gradients' scale. Where the direction's mean is 0 "
          "the parameter stays. Where its acceptance interval holds 0 a correct implementation may "
          "step up, down or not at all: each is followed.",
      .bindings = elementwise<Lion>(),
  };
}

}  // namespace plumbline::rules
