// Simulated annealing (Metropolis et al. 1953; Kirkpatrick, Gelatt and Vecchi 1983).
//
//   y_t = x_{t-1} + sigma z_t                    z_t standard normal, u_t uniform on (0, 1)
//   x_t = y_t where u_t < exp(-(f(y_t) - f(x_{t-1}))/T_t), else x_{t-1}
//
// A trial that is not worse is always taken, as its exponential is at least 1. The
// temperature falls once a trial:
//
//   geometric    T_t = T a^(t-1)
//   logarithmic  T_t = T/log t, so that the first trial is always taken, or T/log(1 + t)
//   cauchy       T_t = T/t
//   tsallis      T_t = T (2^(q-1) - 1)/(((t+1)^(q-1) - 1) t), q - 1 = 81/50, with the
//                probability [1 - 6 (f(y) - f(x))/T_t]^(1/6), zero where the bracket is negative
//
// The parameters are x_t, or the best point seen. The first trials' value of f is the start's.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct SimulatedAnnealing : TensorRule<3, 3, 1> {
  enum class Schedule : int { geometric, logarithmic, logarithmic_from_two, cauchy, tsallis };
  enum class Returned : int { current, best };
  struct Options {
    Schedule schedule;
    Returned returned;
  };
  static constexpr std::array state_shapes{StateShape::scalar, StateShape::parameter,
                                           StateShape::scalar};
  static std::size_t draw_count(std::size_t size) { return size + 1; }

  template <class Number>
  static void start(State<Number>& state, const Number& parameter, const Hyperparameters<Number>&,
                    const Options& options) {
    if (options.returned == Returned::best) state[1] = parameter;
  }

  template <class Number>
  static void advance(Scalars<Number>& scalars, const Hyperparameters<Number>& hyperparameters,
                      const Options& options, const StepContext<Number>& context) {
    const auto& [step_size, temperature, cooling] = hyperparameters;
    auto& [cooled] = scalars;
    if (options.schedule == Schedule::geometric && context.step > 1) cooled = cooled * cooling;
  }

  /// The probability to go where the objective is higher by `rise`; above 1 where it is lower.
  template <class Number>
  static Number probability(const Number& rise, const Scalar<Number>& temperature,
                            const Scalar<Number>& cooled, const Options& options,
                            const StepContext<Number>& context) {
    using Factor = Scalar<Number>;
    const Factor count = context.step_count();
    switch (options.schedule) {
      case Schedule::geometric:
        return exp(-(rise / (temperature * cooled)));
      case Schedule::logarithmic:
        return exp(-(rise * log(count) / temperature));
      case Schedule::logarithmic_from_two:
        return exp(-(rise * log(1 + count) / temperature));
      case Schedule::cauchy:
        return exp(-(rise * count / temperature));
      case Schedule::tsallis:
        break;
    }
    const Factor exponent = Factor(81) / Factor(50);
    const Factor falls = (power(1 + count, exponent) - 1) / (power(Factor(2), exponent) - 1);
    const Number bracket = Number(1) - Number(6) * (rise * (falls * count) / temperature);
    return power(max(bracket, Number(0)), Number(1) / Number(6));
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number& draws,
                      State<Number>& state, const Scalars<Number>& scalars,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [step_size, temperature, cooling] = hyperparameters;
    const auto& [cooled] = scalars;
    auto& [value, walker, best_value] = state;
    const bool keeps_best = options.returned == Returned::best;
    if (context.step == 1) {
      value = objective.value(parameter);
      if (keeps_best) best_value = value;
    }
    const Number from = keeps_best ? walker : parameter;
    const Number trial = from + step_size * draws_like(parameter, draws);
    named("y", trial);
    const Number trial_value = objective.value(trial);
    const Number chance = probability(trial_value - value, temperature, cooled, options, context);
    if (less(last_draw(draws), chance)) {
      value = trial_value;
      if (keeps_best) {
        walker = trial;
      } else {
        parameter = trial;
      }
    }
    if (keeps_best && less(trial_value, best_value)) {
      best_value = trial_value;
      parameter = trial;
    }
  }
};

}  // namespace

Rule simulated_annealing() {
  const Hyperparameter step_size{.name = "step_size",
                                 .symbol = "sigma",
                                 .meaning = "the standard deviation of the trials",
                                 .default_value = 0.5,
                                 .neutral = {},
                                 .least = 0,
                                 .greatest = unbounded,
                                 .dyadic = 0.25,
                                 .low = 0x1p-6,
                                 .high = 2,
                                 .distinct = 0.3};
  const Hyperparameter temperature{.name = "temperature",
                                   .symbol = "T",
                                   .meaning = "the temperature that the schedule scales",
                                   .default_value = 1,
                                   .neutral = {},
                                   .least = 0x1p-1022,
                                   .greatest = unbounded,
                                   .dyadic = 4,
                                   .low = 0.25,
                                   .high = 16,
                                   .distinct = 2.6};
  const Hyperparameter cooling{.name = "cooling",
                               .symbol = "a",
                               .meaning = "the temperature's factor from trial to trial",
                               .default_value = 1,
                               .neutral = 1.0,
                               .least = 0x1p-1022,
                               .greatest = 1,
                               .dyadic = 0.75,
                               .low = 0.5,
                               .high = 0.99,
                               .distinct = 0.7};
  return {
      .name = "simulated_annealing",
      .title = "Simulated annealing",
      .formula =
          "x_t = x_{t-1} + sigma z_t where u_t < e^(-(f(x_{t-1} + sigma z_t) - "
          "f(x_{t-1}))/(T a^(t-1)))",
      .source = "Metropolis et al. 1953; Kirkpatrick, Gelatt and Vecchi 1983, Science 220",
      .hyperparameters = {step_size, temperature, cooling},
      .options = {{"schedule",
                   {"geometric", "logarithmic", "logarithmic_from_two", "cauchy", "tsallis"}},
                  {"returned", {"current", "best"}}},
      .dialects =
          {{"geometric",
            {0, 0},
            "ensmallen sa_impl.hpp with ExponentialSchedule, cooling 1 - lambda; its proposals, "
            "one coordinate each, are the caller's",
            {"ensmallen"}},
           {"geometric_best",
            {0, 1},
            "GSL siman.c with one trial a temperature, cooling 1/mu_t; scipy basinhopping with "
            "cooling 1, without its local searches",
            {"gsl"}},
           {"logarithmic_best",
            {1, 1},
            "Optim.jl simulated_annealing.jl: T = 1/log t",
            {"optim"},
            {"cooling"}},
           {"logarithmic", {2, 0}, "Geman and Geman 1984: c/log(1 + t)", {}, {"cooling"}},
           {"cauchy", {3, 0}, "Szu and Hartley 1987: T/t", {}, {"cooling"}},
           {"tsallis_best",
            {4, 1},
            "scipy dual_annealing, acceptance -5 and visit 2.62, with the visits given and "
            "without its local searches",
            {"scipy"},
            {"cooling"}}},
      .equivalences = {},
      .state = {{"value", "f", "the objective where the walk is"},
                {"walker", "x", "where the walk is", "returned=best"},
                {"best_value", "b", "the objective at the parameters", "returned=best"}},
      .scalars = {{"A", "running power of the cooling"}},
      .notes =
          "libraries differ in how many uniform numbers they take (Optim.jl and GSL none "
          "for a trial that is better): the draw here, the last of its step, is there "
          "whether it is used or not. "
          "Whether u = p is taken is left open: draws keep clear of it.",
      .unit = Unit::objective,
      .objectives = {"quadratic", "quadratic_round", "rosenbrock", "saddle", "logistic_l2", "huber",
                     "plateau"},
      .uniform_draws = 1,
      .bindings = by_tensor<SimulatedAnnealing>(),
  };
}

}  // namespace plumbline::rules
