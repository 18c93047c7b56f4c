// (1+1) evolution strategy (Rechenberg 1973; Hansen, Arnold and Auger 2015, Algorithm 2).
//
//   y_t = theta_{t-1} + sigma_{t-1} z_t         z_t standard normal, given as draws
//   theta_t = y_t where f(y_t) <= f(theta_{t-1}), a success; else theta_{t-1}
//
// and sigma grows after successes and shrinks after failures, so that about one trial in
// five succeeds. How it does so is what implementations differ in:
//
//   exponential  sigma exp((s - 1/5)/d), d = sqrt(n + 1), s = 1 for a success, else 0
//   immediate    3/2 sigma, or (3/2)^(-1/4) sigma: level at one success in five
//   smoothed     p = (1 - c) p + c s, c = 1/12; sigma exp((p - p*)/((1 - p*) d)), p* = 2/11,
//                d = 1 + n/2
//   window       after every n trials: sigma/a for more than n/5 successes, a sigma for fewer,
//                a = 17/20
//   doubling     2 sigma for a better value, 21/25 sigma for a worse one; begins with a success
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct EvolutionStrategy : TensorRule<1, 5, 0> {
  enum class Adaptation : int { exponential, immediate, smoothed, window, doubling };
  enum class Success : int { not_worse, better };
  struct Options {
    Adaptation adaptation;
    Success success;
  };
  static constexpr std::array state_shapes{StateShape::scalar, StateShape::scalar,
                                           StateShape::scalar, StateShape::scalar,
                                           StateShape::scalar};
  static std::size_t draw_count(std::size_t size) { return size; }

  template <class Number>
  static void start(State<Number>& state, const Number&,
                    const Hyperparameters<Number>& hyperparameters, const Options& options) {
    const auto& [initial_step_size] = hyperparameters;
    auto& [step_size, value, success_rate, trials, successes] = state;
    step_size = Number(initial_step_size);
    if (options.adaptation == Adaptation::doubling) step_size = 2 * initial_step_size;
    if (options.adaptation == Adaptation::smoothed) success_rate = Number(2) / Number(11);
  }

  /// What sigma is multiplied by after n trials in a window. Counts are compared half a unit
  /// off, so that no rounding of theirs decides.
  template <class Number>
  static Number window_factor(const Number& successes, const Number& count) {
    const Number scaled = Number(5) * successes;
    const Number half(0.5);
    if (less(count + half, scaled)) return Number(20) / Number(17);
    if (less(scaled + half, count)) return Number(17) / Number(20);
    return Number(1);
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number& draws,
                      State<Number>& state, const Scalars<Number>&, const Hyperparameters<Number>&,
                      const Options& options, const StepContext<Number>& context) {
    auto& [step_size, value, success_rate, trials, successes] = state;
    const Number count = row_count(parameter);
    if (context.step == 1) value = objective.value(parameter);
    const Number trial = parameter + step_size * draws_like(parameter, draws);
    named("y", trial);
    const Number trial_value = objective.value(trial);
    const bool succeeds =
        options.success == Success::better ? less(trial_value, value) : !less(value, trial_value);
    const Number success(succeeds ? 1 : 0);
    switch (options.adaptation) {
      case Adaptation::exponential:
        step_size = step_size * exp((success - Number(1) / Number(5)) / sqrt(count + Number(1)));
        break;
      case Adaptation::immediate:
        step_size = step_size * (succeeds ? Number(1.5) : power(Number(1.5), Number(-0.25)));
        break;
      case Adaptation::smoothed: {
        const Number wanted = Number(2) / Number(11);
        const Number share = Number(1) / Number(12);
        success_rate = (Number(1) - share) * success_rate + share * success;
        step_size = step_size * exp((success_rate - wanted) / (Number(1) - wanted) /
                                    (Number(1) + count / Number(2)));
        break;
      }
      case Adaptation::window:
        trials = trials + Number(1);
        successes = successes + success;
        if (!less(trials + Number(0.5), count)) {
          step_size = step_size * window_factor(successes, count);
          trials = Number(0);
          successes = Number(0);
        }
        break;
      case Adaptation::doubling:
        if (succeeds) step_size = step_size * Number(2);
        if (less(value, trial_value)) step_size = step_size * (Number(21) / Number(25));
        break;
    }
    if (succeeds) {
      parameter = trial;
      value = trial_value;
    }
  }
};

}  // namespace

Rule evolution_strategy() {
  const Hyperparameter step_size{.name = "step_size",
                                 .symbol = "h",
                                 .meaning = "the standard deviation of the first trials",
                                 .default_value = 1,
                                 .neutral = {},
                                 .least = 0,
                                 .greatest = unbounded,
                                 .dyadic = 0.5,
                                 .low = 0x1p-10,
                                 .high = 4,
                                 .distinct = 0.3};
  return {
      .name = "evolution_strategy",
      .title = "(1+1) evolution strategy",
      .formula =
          "theta_t = theta_{t-1} + sigma z_t where f is not worse there; "
          "sigma = sigma exp((success - 1/5)/sqrt(n + 1))",
      .source = "Hansen, Arnold and Auger 2015, Evolution Strategies, Algorithm 2; Rechenberg 1973",
      .hyperparameters = {step_size},
      .options = {{"adaptation", {"exponential", "immediate", "smoothed", "window", "doubling"}},
                  {"success", {"not_worse", "better"}}},
      .dialects =
          {{"exponential", {0, 0}, "Hansen, Arnold and Auger 2015, Algorithm 2", {}},
           {"immediate",
            {1, 0},
            "Kern et al. 2004 and texts after it: 3/2 and its -1/4th power",
            {}},
           {"smoothed",
            {2, 0},
            "Igel, Hansen and Roth 2007 without its covariance; deap/cma.py StrategyOnePlusLambda "
            "and Shark ElitistCMA adapt sigma so",
            {"igel"}},
           {"window",
            {3, 0},
            "Beyer and Schwefel 2002, after n trials, with a = 0.85",
            {"schwefel"}},
           {"doubling",
            {4, 1},
            "nevergrad optimization/optimizerlib.py OnePlusOne: 2.0 and 0.84",
            {"nevergrad"}}},
      .equivalences = {},
      .state = {{"step_size", "sigma", "the standard deviation of the trials"},
                {"value", "f", "the objective at the parameters"},
                {"success_rate", "p", "the moving mean of successes", "adaptation=smoothed"},
                {"trials", "k", "trials since sigma was adapted", "adaptation=window"},
                {"successes", "s", "successes since then", "adaptation=window"}},
      .notes =
          "0.85 belongs to a window of trials, 3/2 and its -1/4th power to one trial. deap "
          "and Shark adapt a covariance matrix besides, which is not here.",
      .unit = Unit::objective,
      // The tridiagonal one for its many dimensions: so long is a window.
      .objectives = {"quadratic", "quadratic_round", "rosenbrock", "saddle", "logistic_l2", "huber",
                     "plateau", "nesterov_tridiagonal"},
      .bindings = by_tensor<EvolutionStrategy>(),
  };
}

}  // namespace plumbline::rules
