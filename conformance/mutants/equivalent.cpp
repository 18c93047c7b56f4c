#include "conformance/mutants/equivalent.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

constexpr std::string_view times_one = "the constant is 1, and x * 1 = x / 1 = x";
constexpr std::string_view root_of_one = "sqrt(1) = 1 = sqrt(sqrt(1))";
constexpr std::string_view anew =
    "the coefficient is computed anew from a_{t-1} and constants in every step, so that its "
    "value before does not enter it";
constexpr std::string_view length_anew =
    "rho_t is computed anew from beta2^t and t in every step, so that its value before does not "
    "enter it";
constexpr std::string_view square_of_difference = "(g - m)^2 = (m - g)^2";
constexpr std::string_view constant_coefficient =
    "the coefficient is the same in every step but the first, where it multiplies v_0 = 0";

constexpr std::string_view second_uncorrected =
    "without 1 - beta2^t the largest second moment is taken as it is, as in that dialect";
constexpr std::string_view maximum_again = "max(max(V, v), v) = max(V, v)";

constexpr std::string_view momentum_anew =
    "the momentum is computed anew from the count in every step, so that its value before does "
    "not enter it";
constexpr std::string_view written_first = "the first step writes it before any step reads it";
constexpr std::string_view tenth_of_nothing = "the constant is 0, and 1.1 * 0 = 0";

constexpr std::string_view count_of_none =
    "t - 1 = 0 in the first step, so that the rate is eta whatever it falls by";
constexpr std::string_view rate_anew =
    "the rate is computed anew in every step, so that its value before does not enter it";

constexpr std::string_view anew_in_the_first =
    "the first step computes it anew, so that its start does not enter it";
constexpr std::string_view turned_away =
    "a trial that is no shorter than the one before is turned away too, and halved on";
constexpr std::string_view the_same_again =
    "taken again from where it came to, it comes there again: the trial is as good as itself";
constexpr std::string_view not_read_again = "the step does not read it after the write";
constexpr std::string_view not_negative =
    "the diagonal of a sum of outer products, and that of its conjugate, has no negative entry";
constexpr std::string_view diagonal_already =
    "in its own eigenvectors the matrix is diagonal, and the mask leaves it as it is";
constexpr std::string_view share_anew =
    "the share that is kept is computed anew in every step, so that its value before does not "
    "enter it";
constexpr std::string_view nothing_kept_at_first =
    "the first step keeps nothing of what was there: min(1 - 1/1, beta) = 0";
constexpr std::string_view plus_nothing = "the constant is 0: x - 0 = x + 0 = x";
constexpr std::string_view length_positive = "a length is above 0";
constexpr std::string_view least_inside =
    "f falls at the bracket's start and is above its tangent, or rises, at its end: the cubic is "
    "least in between";
constexpr std::string_view zeros_still =
    "0 times the gradient is there for its shape alone: zeros, whatever becomes of it";

constexpr std::string_view not_tall =
    "on this branch the matrix is no taller than wide, or was turned so: max(1, ...) = 1";
constexpr std::string_view first_keeps_nothing =
    "the decay of the first step is 1 - 1^-0.8 = 0: it keeps nothing of what was there";
constexpr std::string_view without_momentum =
    "the dialect has no momentum: beta1 = 0, 1 - beta1 = 1, and the first moment is the update";
constexpr std::string_view symmetric_product =
    "the matrix is symmetric: from its left and from its right it makes the same vector";
constexpr std::string_view acquisition_anew =
    "no step reads the acquisition of the step before: it is there to be seen";
constexpr std::string_view only_value =
    "the only value of the first step is its own mean: taken off, 0 is left, and 0 is predicted";

constexpr std::string_view scaled =
    "a matrix that is scaled has the same eigenvectors, and the same columns when orthonormal";

constexpr std::string_view own_magnitudes = "squares and magnitudes are their own magnitudes";
constexpr std::string_view norm_itself =
    "without the added constant the divisor is the norm itself";
constexpr std::string_view even_cosine = "the progress p changes its sign, and cos(-x) = cos(x)";
constexpr std::string_view equal_phases =
    "the second phase is as long as the first: (2 p T - 2) - (p T - 1) = p T - 1";
constexpr std::string_view equal_phases_backwards =
    "the second phase is as long as the first, so that the progress changes its sign alone, and "
    "cos(-x) = cos(x)";

constexpr EquivalentMutant list[] = {
    {"momentum", "rate_outside_undampened_start.first-op-09-right-alone",
     "rate_outside_undampened_start", times_one},
    {"momentum", "rate_outside_undampened_start.first-op-10-right-alone",
     "rate_outside_undampened_start", "v_0 = 0, so that mu v_0 + g_1 = g_1"},
    {"momentum", "rate_inside.op-03-over", "rate_inside",
     "the dialect has no dampening, so that 1 - tau = 1, and eta / 1 = eta * 1"},
    {"momentum", "rate_inside.op-03-left-alone", "rate_inside",
     "the dialect has no dampening, so that eta (1 - tau) = eta"},
    {"nesterov", "scalar2-twice", "look_ahead", anew},
    {"nesterov", "scalar2-late", "look_ahead", constant_coefficient},
    {"nesterov", "scalar2-starts-higher", "look_ahead", anew},
    {"nesterov", "sequence_1983.scalar2-twice", "sequence_1983", anew},
    {"nesterov", "sequence_1983.scalar2-starts-higher", "sequence_1983", anew},
    {"nesterov", "constant_from_condition_number.scalar2-twice", "constant_from_condition_number",
     anew},
    {"nesterov", "constant_from_condition_number.scalar2-late", "constant_from_condition_number",
     constant_coefficient},
    {"nesterov", "constant_from_condition_number.scalar2-starts-higher",
     "constant_from_condition_number", anew},
    {"rmsprop", "start-mean-square-not-written", "epsilon_inside_root",
     "what is not written is the zero that the tensor begins with"},
    {"adam", "op-12-left-alone", "second_moment_corrected",
     "1 for 1 - beta1^t leaves m as it is, as that dialect does"},
    {"adam", "op-13-left-alone", "second_moment_corrected",
     "m for m/(1 - beta1^t) is what that dialect takes"},
    {"adam", "uncorrected.op-12-times", "uncorrected", times_one},
    {"adam", "uncorrected.op-12-left-alone", "uncorrected", times_one},
    {"adam", "uncorrected.op-14-times", "uncorrected", times_one},
    {"adam", "uncorrected.op-14-left-alone", "uncorrected", times_one},
    {"adam", "onnx.first-op-22-root-dropped", "onnx", root_of_one},
    {"adam", "onnx.first-op-22-fourth-root", "onnx", root_of_one},
    {"adam", "onnx.first-op-23-over", "onnx", "eta / sqrt(1) = eta sqrt(1)"},
    {"adam", "onnx.first-op-23-left-alone", "onnx", "eta sqrt(1) = eta"},
    {"adam", "onnx.first-op-24-times", "onnx", times_one},
    {"adam", "onnx.first-op-24-left-alone", "onnx", times_one},
    {"adamw", "op-10-right-alone", "decay_without_rate",
     "lambda for eta lambda is what that dialect decays by"},
    {"adamw", "decay_times_schedule_multiplier.op-10-left-alone", "decay_before",
     "eta for eta/eta_1 makes the decay eta lambda, as in that dialect"},
    {"adamw", "decay_times_schedule_multiplier.op-11-right-alone", "decay_without_rate",
     "lambda for (eta/eta_1) lambda is what that dialect decays by"},
    {"asgd", "scalars-first-op-06-over", "rate_of_last_step",
     "in the first step the power is of 1, and eta / 1 = eta * 1"},
    {"radam", "scalar3-twice", "above_four", length_anew},
    {"radam", "scalar3-starts-higher", "above_four", length_anew},
    {"adabelief", "op-09-swapped", "epsilon_outside_root", square_of_difference},
    {"adabelief", "epsilon_outside_root_decoupled_decay.op-10-swapped",
     "epsilon_outside_root_decoupled_decay", square_of_difference},
    {"adabelief", "epsilon_outside_root_decoupled_decay.op-21-left-alone",
     "one_epsilon_decoupled_decay", "without the second epsilon the divisor is that dialect's"},
    {"adabelief", "epsilon_hat_decoupled_decay.op-22-left-alone", "one_epsilon_decoupled_decay",
     "without the second epsilon sqrt(c2)/sqrt(s) = 1/sqrt(s/c2)"},
    {"adabelief", "rectified_epsilon_hat_decoupled_decay.scalar3-twice",
     "rectified_epsilon_hat_decoupled_decay", length_anew},
    {"adabelief", "rectified_epsilon_hat_decoupled_decay.scalar3-starts-higher",
     "rectified_epsilon_hat_decoupled_decay", length_anew},
    {"lion", "op-01-right-alone", "decay_without_rate",
     "lambda for eta lambda is what that dialect decays by"},
    {"rprop", "rprop_minus.op-04-over", "rprop_minus",
     "it is the step where the gradient turned, which is not 0 then: over its sign is times it"},
    {"amsgrad", "greatest-second-moment-twice", "maximum_then_corrected", maximum_again},
    {"amsgrad", "op-16-left-alone", "first_moment_corrected", second_uncorrected},
    {"amsgrad", "op-17-left-alone", "first_moment_corrected", second_uncorrected},
    {"amsgrad", "maximum_then_corrected_epsilon_hat.op-15-left-alone", "first_moment_corrected",
     second_uncorrected},
    {"amsgrad", "corrected_then_maximum.op-13-left-alone", "first_moment_corrected",
     second_uncorrected},
    {"amsgrad", "maximum_then_corrected_decoupled_decay.greatest-second-moment-twice",
     "maximum_then_corrected_decoupled_decay", maximum_again},
    {"amsgrad", "corrected_then_maximum.greatest-second-moment-twice", "corrected_then_maximum",
     maximum_again},
    {"nadam", "scalar1-twice", "schedule", momentum_anew},
    {"nadam", "scalar1-starts-higher", "schedule", momentum_anew},
    {"nadam", "scalar2-twice", "schedule", momentum_anew},
    {"nadam", "scalar2-starts-higher", "schedule", momentum_anew},
    {"nadam", "schedule_by_step_decoupled_decay.scalar1-twice", "schedule_by_step_decoupled_decay",
     momentum_anew},
    {"nadam", "schedule_by_step_decoupled_decay.scalar1-starts-higher",
     "schedule_by_step_decoupled_decay", momentum_anew},
    {"nadam", "schedule_by_step_decoupled_decay.scalar2-twice", "schedule_by_step_decoupled_decay",
     momentum_anew},
    {"nadam", "schedule_by_step_decoupled_decay.scalar2-starts-higher",
     "schedule_by_step_decoupled_decay", momentum_anew},
    {"nadam", "constant.scalar1-twice", "constant", momentum_anew},
    {"nadam", "constant.scalar1-starts-higher", "constant", momentum_anew},
    {"nadam", "constant.scalar2-twice", "constant", momentum_anew},
    {"nadam", "constant.scalar2-starts-higher", "constant", momentum_anew},
    {"asgd", "scalars-first-op-06-left-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-06-right-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-07-right-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-07-right-times-1.1", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-08-minus", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-08-left-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-09-left-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-10-times", "rate_of_last_step", count_of_none},
    {"asgd", "scalars-first-op-10-left-alone", "rate_of_last_step", count_of_none},
    {"asgd", "scalar1-twice", "rate_of_last_step", rate_anew},
    {"asgd", "scalar1-starts-higher", "rate_of_last_step", rate_anew},
    {"asgd", "averaged_at_once.scalar1-twice", "averaged_at_once", rate_anew},
    {"asgd", "averaged_at_once.scalar1-starts-higher", "averaged_at_once", rate_anew},
    {"asgd", "scalar2-late", "rate_of_last_step",
     "the learning rate that is kept enters the next step's rate alone, not the step's own"},
    {"asgd", "scalar2-starts-higher", "rate_of_last_step",
     "the first step does not look at the rate of a step before"},
    {"asgd", "average-starts-higher", "rate_of_last_step",
     "the average is the parameter itself until averaging starts"},
    {"linear_warmup_cosine", "op-01-left-plus-one", "warmup_from_one",
     "t + 1 for t in the warmup is that dialect's definition"},
    {"linear_warmup", "op-01-left-plus-one", "from_one",
     "t + 1 for t in the warmup is that dialect's definition"},
    {"warmup_inverse_sqrt", "unscaled.op-04-left-alone", "unscaled_without_warmup",
     "the decay without the warmup's factor is that dialect's definition"},
    {"wsd", "one_minus_sqrt.op-04-root-dropped", "linear",
     "1 - p for 1 - sqrt(p) is the linear decay"},
    {"cyclical_momentum", "triangular2.op-05-left-alone", "triangular",
     "cycles that are not scaled are all alike"},
    {"cyclical", "triangular2.op-05-left-alone", "triangular",
     "cycles that are not scaled are all alike"},
    {"cyclical", "exp_range.op-05-left-alone", "triangular",
     "cycles that are not scaled are all alike"},
    {"global_norm", "op-02-magnitudes", "exact", own_magnitudes},
    {"global_norm", "epsilon.op-04-left-alone", "exact", norm_itself},
    {"global_norm_1", "op-02-magnitudes", "exact", own_magnitudes},
    {"global_norm_1", "epsilon.op-03-left-alone", "exact", norm_itself},
    {"tensor_norm", "op-02-magnitudes", "exact", own_magnitudes},
    {"tensor_norm", "epsilon.op-04-left-alone", "exact", norm_itself},
    {"tensor_norm_1", "op-02-magnitudes", "exact", own_magnitudes},
    {"tensor_norm_1", "epsilon.op-03-left-alone", "exact", norm_itself},
    {"adaptive", "op-02-magnitudes", "paper", own_magnitudes},
    {"adaptive", "op-07-magnitudes", "paper", own_magnitudes},
    {"adaptive", "rows.op-09-left-alone", "paper",
     "without its floor the divisor is the norm, which is not above the limit where it is less"},
    {"adaptive", "rows.op-09-right-minus-one", "paper",
     "no norm is below 1e-6 - 1, so that the floor is none"},
    {"conjugate_gradient", "direction-starts-higher", "fletcher_reeves", written_first},
    {"conjugate_gradient", "last-gradient-starts-higher", "fletcher_reeves", written_first},
    {"conjugate_gradient", "polak_ribiere_plus.op-06-right-times-1.1", "polak_ribiere_plus",
     tenth_of_nothing},
    {"linear_conjugate_gradient", "residual-starts-higher", "hestenes_stiefel", written_first},
    {"linear_conjugate_gradient", "direction-starts-higher", "hestenes_stiefel", written_first},
    {"lbfgs", "last-step-starts-higher", "nocedal_wright", written_first},
    {"lbfgs", "last-gradient-starts-higher", "nocedal_wright", written_first},
    {"lbfgs", "minfunc_armijo.op-01-over", "minfunc_armijo", turned_away},
    {"lbfgs", "minfunc_armijo.op-01-left-alone", "minfunc_armijo", turned_away},
    {"lbfgs", "minfunc_armijo.op-40-over", "minfunc_armijo", turned_away},
    {"lbfgs", "minfunc_armijo.op-40-left-alone", "minfunc_armijo", turned_away},
    {"evolution_strategy", "value-starts-higher", "exponential", anew_in_the_first},
    {"evolution_strategy", "value-twice", "exponential", the_same_again, Proof::bits},
    {"simulated_annealing", "value-starts-higher", "geometric", anew_in_the_first},
    {"simulated_annealing", "value-twice", "geometric", the_same_again, Proof::bits},
    {"simulated_annealing", "geometric_best.value-2-written-late", "geometric_best",
     not_read_again},
    {"simulated_annealing", "geometric_best.walker-written-late", "geometric_best", not_read_again},
    {"simulated_annealing", "geometric_best.value-twice", "geometric_best", the_same_again,
     Proof::bits},
    {"simulated_annealing", "geometric_best.best-value-starts-higher", "geometric_best",
     anew_in_the_first},
    {"simulated_annealing", "geometric_best.parameter-twice", "geometric_best", the_same_again,
     Proof::bits},
    {"hessian_free", "op-02-over", "gauss_newton", zeros_still},
    {"hessian_free", "op-02-left-alone", "gauss_newton", zeros_still},
    {"hessian_free", "op-02-left-times-1.1", "gauss_newton", zeros_still},
    {"hessian_free", "op-14-right-alone", "gauss_newton", zeros_still},
    {"hessian_free", "hessian.op-11-right-alone", "hessian", zeros_still},
    {"hessian_free", "warm_start.last-result-written-late", "warm_start", not_read_again},
    {"hessian_free", "warm_start.last-result-starts-higher", "warm_start", anew_in_the_first},
    {"hessian_free", "adaptive.damping-starts-higher", "adaptive", anew_in_the_first},
    {"soap", "row-basis-starts-higher", "first_step_skipped", anew_in_the_first},
    {"soap", "column-basis-starts-higher", "first_step_skipped", anew_in_the_first},
    {"soap", "op-47-left-times-1.1", "first_step_skipped", scaled},
    {"soap", "op-55-left-times-1.1", "first_step_skipped", scaled},
    {"kfac", "op-17-magnitudes", "balanced", not_negative},
    {"kfac", "op-18-magnitudes", "balanced", not_negative},
    {"kfac", "op-20-magnitudes", "balanced", not_negative},
    {"kfac", "op-21-magnitudes", "balanced", not_negative},
    {"kfac", "of_product.op-25-left-alone", "of_product", diagonal_already},
    {"kfac", "of_product.first-op-57-left-alone", "of_product", diagonal_already},
    {"kfac", "of_product.op-26-magnitudes", "of_product", not_negative},
    {"kfac", "of_product.first-op-58-magnitudes", "of_product", not_negative},
    {"kfac", "of_product.op-32-left-alone", "of_product", diagonal_already},
    {"kfac", "of_product.first-op-64-left-alone", "of_product", diagonal_already},
    {"kfac", "of_product.op-33-magnitudes", "of_product", not_negative},
    {"kfac", "of_product.first-op-65-magnitudes", "of_product", not_negative},
    {"kfac", "of_product_of_mean.op-28-left-alone", "of_product_of_mean", diagonal_already},
    {"kfac", "of_product_of_mean.first-op-60-left-alone", "of_product_of_mean", diagonal_already},
    {"kfac", "of_product_of_mean.op-29-magnitudes", "of_product_of_mean", not_negative},
    {"kfac", "of_product_of_mean.first-op-61-magnitudes", "of_product_of_mean", not_negative},
    {"kfac", "scalar1-twice", "balanced", share_anew},
    {"kfac", "scalar1-starts-higher", "balanced", share_anew},
    {"kfac", "input-factors-starts-higher", "balanced", nothing_kept_at_first},
    {"kfac", "output-factors-starts-higher", "balanced", nothing_kept_at_first},
    {"kfac", "balanced_corrected.scalar1-twice", "balanced_corrected", share_anew},
    {"kfac", "balanced_corrected.scalar1-starts-higher", "balanced_corrected", share_anew},
    {"kfac", "balanced_corrected.scalar2-late", "balanced_corrected",
     "the power of beta is read where the share is computed, and not in the step"},
    {"kfac", "of_product.scalar1-twice", "of_product", share_anew},
    {"kfac", "of_product.scalar1-starts-higher", "of_product", share_anew},
    {"levenberg_marquardt", "damping-starts-higher", "marquardt", anew_in_the_first},
    {"levenberg_marquardt", "nielsen.growth-starts-higher", "nielsen", anew_in_the_first},
    {"lbfgs", "torch_strong_wolfe.op-37-plus", "torch_strong_wolfe", plus_nothing},
    {"lbfgs", "torch_strong_wolfe.op-37-left-alone", "torch_strong_wolfe", plus_nothing},
    {"lbfgs", "torch_strong_wolfe.op-37-right-times-1.1", "torch_strong_wolfe", tenth_of_nothing},
    {"lbfgs", "torch_strong_wolfe.op-48-right-negated", "torch_strong_wolfe", plus_nothing},
    {"lbfgs", "torch_strong_wolfe.op-48-left-times-1.1", "torch_strong_wolfe", tenth_of_nothing},
    {"lbfgs", "torch_strong_wolfe.op-64-left-alone", "torch_strong_wolfe", length_positive},
    {"lbfgs", "torch_strong_wolfe.op-64-left-times-1.1", "torch_strong_wolfe", tenth_of_nothing},
    {"lbfgs", "torch_strong_wolfe.op-65-left-alone", "torch_strong_wolfe", least_inside},
    {"lbfgs", "torch_strong_wolfe.op-66-right-alone", "torch_strong_wolfe", length_positive},
    {"lbfgs", "torch_strong_wolfe.op-66-left-minus-one", "torch_strong_wolfe", length_positive},
    {"lbfgs", "torch_strong_wolfe.op-66-left-times-1.1", "torch_strong_wolfe", tenth_of_nothing},
    {"lbfgs", "torch_strong_wolfe.op-67-left-alone", "torch_strong_wolfe", least_inside},
    {"lbfgs", "torch.first-op-41-magnitudes", "torch", "magnitudes are their own magnitudes"},
    {"coordinate_descent", "ensmallen_greedy.op-02-right-times-1.1", "ensmallen_greedy",
     tenth_of_nothing},
    {"bayesian_optimization", "acquisition-not-carried", "expected_improvement", acquisition_anew,
     Proof::bits},
    {"bayesian_optimization", "acquisition-stale", "expected_improvement", acquisition_anew,
     Proof::bits},
    {"bayesian_optimization", "acquisition-starts-higher", "expected_improvement",
     acquisition_anew},
    {"bayesian_optimization", "acquisition-twice", "expected_improvement", acquisition_anew},
    {"bayesian_optimization", "op-22-swapped", "expected_improvement", symmetric_product},
    {"bayesian_optimization", "scikit_optimize.op-08-magnitudes", "scikit_optimize",
     own_magnitudes},
    {"bayesian_optimization", "scikit_optimize.first-op-73-swapped", "scikit_optimize", only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-73-right-alone", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-75-right-alone", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-75-left-plus-one", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-75-left-minus-one", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-75-left-times-1.1", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-76-minus", "scikit_optimize", only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-76-left-alone", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-77-swapped", "scikit_optimize", only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-78-right-negated", "scikit_optimize",
     only_value},
    {"bayesian_optimization", "scikit_optimize.first-op-79-right-alone", "scikit_optimize",
     times_one},
    {"bayesian_optimization", "scikit_optimize.acquisition-twice", "scikit_optimize",
     acquisition_anew},
    {"bayesian_optimization", "scikit_optimize_pi.acquisition-twice", "scikit_optimize_pi",
     acquisition_anew},
    {"bayesian_optimization", "scikit_optimize_lcb.acquisition-twice", "scikit_optimize_lcb",
     acquisition_anew},
    {"bayesian_optimization", "gpyopt.acquisition-twice", "gpyopt", acquisition_anew},
    {"bayesian_optimization", "emukit.acquisition-twice", "emukit", acquisition_anew},
    {"bayesian_optimization", "limbo.acquisition-twice", "limbo", acquisition_anew},
    {"bayesian_optimization", "limbo_ucb.acquisition-twice", "limbo_ucb", acquisition_anew},
    {"bayesian_optimization", "gpyopt.first-op-73-swapped", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-73-right-alone", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-74-max", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-76-plus", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-76-swapped", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-76-left-alone", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-76-right-alone", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-76-right-negated", "gpyopt", only_value},
    {"bayesian_optimization", "gpyopt.first-op-77-right-negated", "gpyopt", only_value},
    {"bayesian_optimization", "limbo.op-24-right-alone", "limbo", times_one},
    {"bayesian_optimization", "limbo.op-49-right-alone", "limbo", times_one},
    {"bayesian_optimization", "limbo_ucb.op-27-right-alone", "limbo_ucb", times_one},
    {"bayesian_optimization", "limbo_ucb.op-31-swapped", "limbo_ucb", symmetric_product},
    {"bayesian_optimization", "limbo_ucb.op-33-right-alone", "limbo_ucb", times_one},
    {"adafactor", "row-second-moment-starts-higher", "relative_step", first_keeps_nothing},
    {"adafactor", "column-second-moment-starts-higher", "relative_step", first_keeps_nothing},
    {"adafactor", "second-moment-starts-higher", "relative_step", first_keeps_nothing},
    {"adafactor", "scalar1-twice", "relative_step", share_anew},
    {"adafactor", "scalar1-starts-higher", "relative_step", share_anew},
    {"adafactor", "op-05-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "op-10-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "op-16-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "op-24-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "op-29-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "op-47-magnitudes", "relative_step", own_magnitudes},
    {"adafactor", "floored.op-04-magnitudes", "floored", own_magnitudes},
    {"adafactor", "floored.op-09-magnitudes", "floored", own_magnitudes},
    {"adafactor", "floored.op-23-magnitudes", "floored", own_magnitudes},
    {"adafactor", "floored.op-31-magnitudes", "floored", own_magnitudes},
    {"adafactor", "floored.op-50-magnitudes", "floored", own_magnitudes},
    {"adafactor", "decay_before_scale.op-19-magnitudes", "decay_before_scale", own_magnitudes},
    {"adafactor", "floored.op-37-right-alone", "floored", without_momentum},
    {"adafactor", "floored.op-38-right-alone", "floored", without_momentum},
    {"adafactor", "floored.op-56-right-alone", "floored", without_momentum},
    {"adafactor", "floored.op-57-right-alone", "floored", without_momentum},
    {"adafactor", "floored.first-moment-twice", "floored", without_momentum},
    {"adafactor", "decay_before_scale.op-38-right-alone", "decay_before_scale", without_momentum},
    {"adafactor", "decay_before_scale.op-39-right-alone", "decay_before_scale", without_momentum},
    {"adafactor", "decay_before_scale.op-53-right-alone", "decay_before_scale", without_momentum},
    {"adafactor", "decay_before_scale.op-54-right-alone", "decay_before_scale", without_momentum},
    {"adafactor", "decay_before_scale.first-moment-twice", "decay_before_scale", without_momentum},
    {"shampoo", "over_order_in_turn.momentum-buffer-2-written-late", "over_order_in_turn",
     not_read_again},
    {"muon", "op-63-right-alone", "averaged", not_tall},
    {"muon", "averaged_at_least_epsilon.op-63-right-alone", "averaged_at_least_epsilon", not_tall},
    {"muon", "sum_at_least_epsilon.op-59-right-alone", "sum_at_least_epsilon", not_tall},
    {"muon", "corrected.op-121-right-alone", "corrected", not_tall},
    {"muon", "sum_unscaled.op-56-right-alone", "sum_unscaled", times_one},
    {"muon", "sum_unscaled.op-109-right-alone", "sum_unscaled", times_one},
    {"muon", "sum_unscaled_without_nesterov.op-54-right-alone", "sum_unscaled_without_nesterov",
     times_one},
    {"muon", "sum_unscaled_without_nesterov.op-107-right-alone", "sum_unscaled_without_nesterov",
     times_one},
    {"muon", "polar_factor.op-12-right-alone", "polar_factor", times_one},
    {"muon", "polar_factor.op-20-right-alone", "polar_factor", times_one},
    {"exponential", "recursive.op-01-left-alone", "recursive",
     "at t = 0 the rate is eta_0, and no end value is above it"},
    {"one_cycle", "op-14-swapped", "two_cosines", even_cosine},
    {"one_cycle", "op-15-swapped", "two_cosines", even_cosine},
    {"one_cycle", "three_cosines.op-17-swapped", "three_cosines", even_cosine},
    {"one_cycle", "three_cosines.op-17-right-alone", "three_cosines", equal_phases},
    {"one_cycle", "three_cosines.op-17-right-negated", "three_cosines", equal_phases_backwards},
    {"one_cycle", "three_cosines.op-27-swapped", "three_cosines", even_cosine},
    {"one_cycle", "three_cosines.op-28-swapped", "three_cosines", even_cosine},
    {"one_cycle", "two_cosines_at_whole_steps.op-12-swapped", "two_cosines_at_whole_steps",
     even_cosine},
    {"one_cycle", "two_cosines_at_whole_steps.op-13-swapped", "two_cosines_at_whole_steps",
     even_cosine},
    {"one_cycle", "two_cosines_from_maximum.op-13-swapped", "two_cosines_from_maximum",
     even_cosine},
    {"one_cycle", "two_cosines_from_maximum.op-14-swapped", "two_cosines_from_maximum",
     even_cosine},
    {"one_cycle_momentum", "op-12-swapped", "two_cosines", even_cosine},
    {"one_cycle_momentum", "op-13-swapped", "two_cosines", even_cosine},
    {"one_cycle_momentum", "three_cosines.op-14-left-alone", "three_cosines",
     equal_phases_backwards},
    {"one_cycle_momentum", "three_cosines.op-16-swapped", "three_cosines", even_cosine},
    {"one_cycle_momentum", "three_cosines.op-16-right-alone", "three_cosines", equal_phases},
    {"one_cycle_momentum", "three_cosines.op-16-right-negated", "three_cosines",
     equal_phases_backwards},
    {"one_cycle_momentum", "two_cosines_to_end.op-11-swapped", "two_cosines_to_end", even_cosine},
    {"one_cycle_momentum", "two_cosines_to_end.op-12-swapped", "two_cosines_to_end", even_cosine},
};

}  // namespace

std::span<const EquivalentMutant> equivalent_mutants() {
  return list;
}

const EquivalentMutant* find_equivalent(const Mutant& mutant) {
  const auto found = std::ranges::find_if(list, [&](const EquivalentMutant& entry) {
    return entry.rule == mutant.rule && entry.name == mutant.name;
  });
  return found == std::end(list) ? nullptr : &*found;
}

}  // namespace plumbline::conformance
