// Bayesian optimization (Mockus, Tiesis and Zilinskas 1978; Jones, Schonlau and Welch 1998, EGO),
// one step on given candidates.
//
//   X_t, y_t   the points seen and their values, this step's the newest
//   k(a, b)    = v exp(-|a - b|^2/(2 l^2)), or Matern's of order 5/2
//   P = (k(X, X) + r I)^-1
//   mu(z)      = k(z, X) P y                       the posterior, Rasmussen and Williams 2006,
//   sigma(z)^2 = v - k(z, X) P k(X, z)             Algorithm 2.1
//   theta_t    = the candidate z with the greatest acquisition, the first one of equals
//
//   expected improvement        d Phi(d/sigma) + sigma phi(d/sigma),  d = min y - mu - xi
//   probability of improvement  Phi(d/sigma)
//   lower confidence bound      kappa sigma - mu, the greatest where the bound is least
//
// Phi and phi are the normal distribution and its density. Dialects differ in the kernel; in
// what is taken off the values before (nothing, their mean, or the mean and division by their
// deviation, where it is not 0); in whether the acquisition sees predictions in the values' own
// unit or in deviations, in which xi then is; in what has to be improved (the least value, or the
// least posterior mean at the points); and in whether sigma^2 has the noise r in it.
#include "reference/rules/hyperparameters.hpp"
#include "reference/tensors/define_tensor_rule.hpp"

namespace plumbline::rules {
namespace {

struct BayesianOptimization : TensorRule<6, 3, 0> {
  enum class Acquisition : int {
    expected_improvement,
    probability_of_improvement,
    lower_confidence_bound
  };
  enum class Kernel : int { squared_exponential, matern_five_halves };
  enum class Values : int { as_they_are, centred, standardized, standardized_throughout };
  enum class Incumbent : int { observed, posterior_mean };
  enum class Variance : int { of_objective, of_observation };
  struct Options {
    Acquisition acquisition;
    Kernel kernel;
    Values values;
    Incumbent incumbent;
    Variance variance;
  };
  static constexpr std::size_t history_index = 5;
  static constexpr std::array state_shapes{StateShape::history, StateShape::history_column,
                                           StateShape::scalar};
  static constexpr std::size_t candidate_count = 5;
  static std::size_t draw_count(std::size_t size) { return candidate_count * size; }

  /// Of each row of `left` with each of `right`.
  template <class Number>
  static Number covariance(const Number& left, const Number& right,
                           const Hyperparameters<Number>& hyperparameters, Kernel kernel) {
    const auto& length_scale = std::get<1>(hyperparameters);
    const auto& signal_variance = std::get<2>(hyperparameters);
    const Number squared = squared_distances(left, right);
    if (kernel == Kernel::squared_exponential) {
      return signal_variance * exp(-(squared / (2 * square(length_scale))));
    }
    const Number scaled = sqrt(Number(5) * squared) / length_scale;
    return signal_variance * ((Number(1) + scaled + square(scaled) / Number(3)) * exp(-scaled));
  }

  /// The values as the process sees them, and how its predictions become values again.
  template <class Number>
  struct Transformed {
    Number values, centre, scale;
  };
  template <class Number>
  static Transformed<Number> transformed(const Number& values, Values how, long step) {
    Transformed<Number> result{values, Number(0), Number(1)};
    if (how == Values::as_they_are) return result;
    result.centre = mean(values);
    result.values = values - result.centre;
    if (how != Values::centred && step > 1) {  // one value does not deviate
      const Number deviation = sqrt(mean(square(result.values)));
      result.scale = deviation + (Number(1) - sign(deviation));
      named("s", result.scale);
      result.values = result.values / result.scale;
    }
    named("y", result.values);
    return result;
  }

  template <class Number>
  static Number acquisition_of(const Number& improvement, const Number& deviation,
                               Acquisition acquisition) {
    const Number scaled = improvement / deviation;
    const Number chance = (Number(1) + erf(scaled / sqrt(Number(2)))) / Number(2);
    if (acquisition == Acquisition::probability_of_improvement) return chance;
    const Number density =
        exp(-(square(scaled) / Number(2))) / sqrt(Number(2) * Number(pi<Number>()));
    return improvement * chance + deviation * density;
  }

  template <class Number>
  static void step_on(Number& parameter, const Oracle<Number>& objective, const Number& draws,
                      State<Number>& state, const Scalars<Number>&,
                      const Hyperparameters<Number>& hyperparameters, const Options& options,
                      const StepContext<Number>& context) {
    const auto& [confidence, length_scale, signal_variance, noise, exploration, history_size] =
        hyperparameters;
    auto& [points, values, acquisition] = state;
    points = pushed(points, parameter);
    values = pushed(values, objective.value(parameter));
    const Number seen = newest_rows(points, context.step);
    const Number observed = newest_rows(values, context.step);
    const Number candidates = draws_in_rows(parameter, draws);

    const Number prior = covariance(seen, seen, hyperparameters, options.kernel);
    const Number across = covariance(candidates, seen, hyperparameters, options.kernel);
    const Number precision = inverse(prior + noise * identity_like(prior));
    named("K", prior);
    named("k", across);
    named("P", precision);
    const auto [given, centre, scale] = transformed(observed, options.values, context.step);
    const Number weights = matrix_product(precision, given);
    const Number explained =
        diagonal(matrix_product(matrix_product(across, precision), transposed(across)));
    Number variance = signal_variance - as_matrix(explained);
    if (options.variance == Variance::of_observation) variance = variance + noise;

    Number expected = matrix_product(across, weights);
    Number deviation = sqrt(variance);
    Number incumbent = options.incumbent == Incumbent::observed
                           ? least(given)
                           : least(matrix_product(prior, weights));
    if (options.values == Values::centred || options.values == Values::standardized) {
      expected = centre + scale * expected;
      deviation = scale * deviation;
      incumbent =
          options.incumbent == Incumbent::observed ? least(observed) : centre + scale * incumbent;
    }
    named("mu", expected);
    named("sigma", deviation);
    const Number gains = options.acquisition == Acquisition::lower_confidence_bound
                             ? confidence * deviation - expected
                             : acquisition_of(named("d", incumbent - expected - exploration),
                                              deviation, options.acquisition);
    named("alpha", gains);
    const Number chosen = unit_at_greatest(gains);
    acquisition = inner_product(chosen, gains);
    parameter = in_shape_of(parameter, matrix_product(transposed(candidates), chosen));
  }
};

Hyperparameter length_scale() {
  return {.name = "length_scale",
          .symbol = "l",
          .meaning = "the kernel's length, one for all coordinates",
          .default_value = 1,
          .neutral = {},
          .least = 0x1p-1022,
          .greatest = unbounded,
          .dyadic = 0.5,
          .low = 0.25,
          .high = 4,
          .distinct = 0.7};
}
Hyperparameter signal_variance() {
  return {.name = "signal_variance",
          .symbol = "v",
          .meaning = "the kernel of a point with itself",
          .default_value = 1,
          .neutral = 1.0,
          .least = 0x1p-1022,
          .greatest = unbounded,
          .dyadic = 2,
          .low = 0.25,
          .high = 64,
          .distinct = 6};
}
Hyperparameter noise() {
  return {.name = "noise",
          .symbol = "r",
          .meaning = "the variance of the noise of an observation, as the process sees it",
          .default_value = 0.1,
          .neutral = {},
          .least = 0x1p-1022,
          .greatest = unbounded,
          .dyadic = 0.125,
          .low = 1e-3,
          .high = 1,
          .distinct = 0.6};
}
Hyperparameter exploration() {
  return {.name = "exploration",
          .symbol = "xi",
          .meaning = "what an improvement is to be greater by",
          .default_value = 0.01,
          .neutral = 0.01,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 0.25,
          .low = 1e-3,
          .high = 8,
          .distinct = 1.5};
}
Hyperparameter confidence() {
  return {.name = "confidence",
          .symbol = "kappa",
          .meaning = "how many deviations the bound is below the mean",
          .default_value = 2,
          .neutral = 2.0,
          .least = 0,
          .greatest = unbounded,
          .dyadic = 1.5,
          .low = 0.5,
          .high = 3,
          .distinct = 1.3};
}
Hyperparameter history_size() {
  return {.name = "history_size",
          .symbol = "m",
          .meaning = "how many points are kept",
          .default_value = 4,
          .neutral = 4.0,
          .least = 1,
          .greatest = 1000,
          .dyadic = 2,
          .low = 2,
          .high = 8,
          .distinct = 3,
          .kind = Hyperparameter::Kind::count};
}

}  // namespace

Rule bayesian_optimization() {
  return {
      .name = "bayesian_optimization",
      .title = "Bayesian optimization",
      .formula =
          "theta_t = the z of the candidates with the greatest d Phi(d/sigma(z)) + sigma(z) "
          "phi(d/sigma(z)), d = min y - mu(z) - xi; mu(z) = k(z, X) (K + r I)^-1 y, sigma(z)^2 = "
          "v - k(z, X) (K + r I)^-1 k(X, z)",
      .source =
          "Jones, Schonlau and Welch 1998, J. Global Optimization 13; Mockus, Tiesis and "
          "Zilinskas 1978; Rasmussen and Williams 2006, Algorithm 2.1",
      .hyperparameters = {confidence(), length_scale(), signal_variance(), noise(), exploration(),
                          history_size()},
      .options = {{"acquisition",
                   {"expected_improvement", "probability_of_improvement",
                    "lower_confidence_bound"}},
                  {"kernel", {"squared_exponential", "matern_five_halves"}},
                  {"values", {"as_they_are", "centred", "standardized", "standardized_throughout"}},
                  {"incumbent", {"observed", "posterior_mean"}},
                  {"variance", {"of_objective", "of_observation"}}},
      .dialects =
          {{"expected_improvement",
            {0, 0, 0, 0, 0},
            "Brochu, Cora and de Freitas 2010 on the process of Rasmussen and Williams; "
            "scikit-learn's GaussianProcessRegressor with its default kernel and any EI",
            {},
            {"confidence"}},
           {"scikit_optimize",
            {0, 1, 2, 0, 0},
            "scikit-optimize skopt/acquisition.py gaussian_ei with gp_minimize's process; "
            "bayes_opt/acquisition.py ExpectedImprovement, which maximizes",
            {"skopt", "bayes_opt"},
            {"confidence"}},
           {"scikit_optimize_pi",
            {1, 1, 2, 0, 0},
            "skopt/acquisition.py gaussian_pi; bayes_opt ProbabilityOfImprovement",
            {"bayes_opt_poi"},
            {"confidence"}},
           {"scikit_optimize_lcb",
            {2, 1, 2, 0, 0},
            "skopt/acquisition.py gaussian_lcb, kappa 1.96; bayes_opt UpperConfidenceBound, 2.576",
            {"bayes_opt_ucb"},
            {"exploration"}},
           {"gpyopt",
            {0, 1, 3, 1, 1},
            "GPyOpt acquisitions/EI.py on models/gpmodel.py: its fmin is a mean, its deviation "
            "has the noise, and values are normalized before the model, so that xi is too; LCB.py "
            "and MPI.py go with it",
            {},
            {"confidence"}},
           {"emukit",
            {0, 0, 0, 0, 1},
            "Emukit acquisitions/expected_improvement.py on its GPyModelWrapper, whose "
            "predictions have the noise; the kernel is the caller's",
            {},
            {"confidence"}},
           {"limbo",
            {0, 1, 1, 1, 1},
            "limbo acqui/ei.hpp on model/gp.hpp, GPBasic; maximizes, and 1e-8 of the noise is its "
            "own",
            {},
            {"confidence"}},
           {"limbo_ucb",
            {2, 0, 1, 1, 1},
            "limbo acqui/ucb.hpp on GPOpt: what BOptimizer does where nothing is said, kappa 0.5",
            {},
            {"exploration"}}},
      .equivalences = {},
      .state = {{"points", "X", "the points seen, the newest first"},
                {"values", "Y", "the objective at them"},
                {"acquisition", "a", "the acquisition of the candidate that was taken"}},
      .notes =
          "the candidates are the step's draws, five points, where libraries search the whole "
          "domain or sample thousands of it; no hyperparameter is fitted to the values, as "
          "libraries do by maximum likelihood before each step; libraries keep all points. Of "
          "candidates with one acquisition the first is taken (numpy.argmax).",
      .unit = Unit::objective,
      .objectives = {"saddle", "huber"},
      .bindings = by_tensor<BayesianOptimization>(),
  };
}

}  // namespace plumbline::rules
