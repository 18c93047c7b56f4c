// Nesterov's accelerated gradient (Nesterov 1983).
//
//   v_t = mu v_{t-1} + g_t                    g_t taken at theta_{t-1} - eta mu v_{t-1}
//   theta_t = theta_{t-1} - eta v_t           v_0 = 0
//
// Libraries move the variables to the look-ahead point, where the gradient is taken:
//   theta_t = theta_{t-1} - eta (g_t + mu v_t)
//
// The coefficient mu is given, or follows Nesterov's sequence
//   mu_t = (a_{t-2} - 1)/a_{t-1},  a_0 = 1,  a_t = (1 + sqrt(1 + 4 a_{t-1}^2))/2,
// or is (sqrt kappa - 1)/(sqrt kappa + 1) for a condition number kappa.
#include "reference/define_rule.hpp"
#include "reference/rules/hyperparameters.hpp"
#include "reference/rules/weight_decay.hpp"

namespace plumbline::rules {
namespace {

struct Nesterov : ElementwiseRule<4, 1, 2> {
  enum class Form : int { look_ahead, shifted };
  enum class Rate : int { outside, inside };
  enum class Coefficient : int { given, sequence, condition_number };
  struct Options {
    Form form;
    Rate rate;
    Coefficient coefficient;
    WeightDecay weight_decay;
  };

  // The scalars: a_{t-1} and the coefficient of this step, which the first has no use for.
  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    auto& [sequence, coefficient] = scalars;
    coefficient = coefficient_after(sequence, hyperparameters, options);
    if (context.step > 1) sequence = next_in_sequence(sequence);
  }

  template <class Number>
  static void step(Number& parameter, Number gradient, State<Number>& state,
                   const Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                   const Options& options, const StepContext<Number>&) {
    const auto& [learning_rate, momentum, condition_number, weight_decay] = hyperparameters;
    const auto& [sequence, coefficient] = scalars;
    auto& [velocity] = state;
    apply_weight_decay(options.weight_decay, learning_rate, weight_decay, parameter, gradient);

    const bool inside = options.rate == Rate::inside;
    const Number push = inside ? learning_rate * gradient : gradient;
    velocity = coefficient * velocity + push;
    const Number direction =
        options.form == Form::shifted ? push + coefficient * velocity : velocity;
    parameter = parameter - (inside ? direction : learning_rate * direction);
  }

  static bool looks_ahead(const Options& options) { return options.form == Form::look_ahead; }

  template <class Number>
  static Number look_ahead(const Number& parameter, const State<Number>& state,
                           const Scalars<Number>& scalars,
                           const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [learning_rate, momentum, condition_number, weight_decay] = hyperparameters;
    const auto& [velocity] = state;
    const Scalar<Number> next = coefficient_after(scalars[0], hyperparameters, options);
    const Scalar<Number> reach = options.rate == Rate::inside ? next : learning_rate * next;
    return parameter - reach * velocity;
  }

 private:
  template <class Value>
  static Value next_in_sequence(const Value& sequence) {
    return (1 + sqrt(1 + 4 * square(sequence))) / 2;
  }

  template <class Value>
  static Value coefficient_after(const Value& sequence, const std::array<Value, 4>& hyperparameters,
                                 const Options& options) {
    const auto& [learning_rate, momentum, condition_number, weight_decay] = hyperparameters;
    switch (options.coefficient) {
      case Coefficient::sequence:
        return (sequence - 1) / next_in_sequence(sequence);
      case Coefficient::condition_number:
        return (sqrt(condition_number) - 1) / (sqrt(condition_number) + 1);
      case Coefficient::given:
        break;
    }
    return momentum;
  }
};

}  // namespace

Rule nesterov() {
  Hyperparameter condition_number{.name = "condition_number",
                                  .symbol = "kappa",
                                  .meaning = "L/mu, from which the coefficient follows",
                                  .default_value = 1,
                                  .neutral = 1.0,
                                  .least = 1,
                                  .greatest = unbounded,
                                  .dyadic = 64,
                                  .low = 2,
                                  .high = 1e6,
                                  .distinct = 30};
  Hyperparameter given = momentum(0.0);
  given.default_value = 0.9;
  return {
      .name = "nesterov",
      .title = "Nesterov's accelerated gradient",
      .formula =
          "v_t = mu v_{t-1} + g_t at theta_{t-1} - eta mu v_{t-1}; "
          "theta_t = theta_{t-1} - eta v_t",
      .source =
          "Nesterov 1983, Soviet Math. Dokl. 27(2); Sutskever et al. 2013, eq. (3)-(4); "
          "Nesterov 2004, Introductory Lectures, 2.2.1",
      .hyperparameters = {learning_rate(0.01), given, condition_number, weight_decay()},
      .options = {{"form", {"look_ahead", "shifted"}},
                  {"rate", {"outside", "inside"}},
                  {"coefficient", {"given", "sequence", "condition_number"}},
                  {"weight_decay", {"coupled", "decoupled"}}},
      .dialects = {{"look_ahead",
                    {0, 0, 0, 0},
                    "texts; two documents of seeds/",
                    {"paper"},
                    {"condition_number"}},
                   {"look_ahead_rate_inside",
                    {0, 1, 0, 0},
                    "texts; a document of seeds/; Sutskever 2013",
                    {},
                    {"condition_number"}},
                   {"shifted",
                    {1, 0, 0, 0},
                    "PyTorch torch/optim/sgd.py; TensorFlow.js momentum_optimizer.ts; optax trace",
                    {"pytorch"},
                    {"condition_number"}},
                   {"shifted_rate_inside",
                    {1, 1, 0, 0},
                    "ensmallen, MXNet NAG, Optimisers.jl Nesterov",
                    {},
                    {"condition_number"}},
                   {"shifted_rate_inside_decoupled_decay",
                    {1, 1, 0, 1},
                    "Keras keras/src/optimizers/sgd.py",
                    {"keras"},
                    {"condition_number"}},
                   {"sequence_1983",
                    {0, 1, 1, 0},
                    "Nesterov 1983; FISTA (Beck and Teboulle 2009)",
                    {},
                    {"momentum", "condition_number"}},
                   {"constant_from_condition_number",
                    {0, 1, 2, 0},
                    "Nesterov 2004, (2.2.11)",
                    {},
                    {"momentum"}}},
      .equivalences = {},
      .state = {{"velocity", "v", "the accumulated gradient"}},
      .scalars = {{"a", "Nesterov's sequence"}, {"mu", "the coefficient of the step"}},
      .notes =
          "With gradients given, `look_ahead` moves its parameters as momentum does and "
          "differs in the point where it wants the next gradient (evaluate_at).",
      .bindings = elementwise<Nesterov>(),
  };
}

}  // namespace plumbline::rules
