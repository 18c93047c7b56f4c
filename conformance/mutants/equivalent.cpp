#include "conformance/mutants/equivalent.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

constexpr std::string_view times_one = "the constant is 1, and x * 1 = x / 1 = x";
constexpr std::string_view root_of_one = "sqrt(1) = 1 = sqrt(sqrt(1))";
constexpr std::string_view anew =
    "the coefficient is computed anew from a_{t-1} and constants in every step, so that its "
    "value before does not enter it";
constexpr std::string_view constant_coefficient =
    "the coefficient is the same in every step but the first, where it multiplies v_0 = 0";

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
    {"mirror_descent", "multiplicative_weights.op-02-swapped", "multiplicative_weights",
     "eta g - 1 for 1 - eta g turns the sign of all weights and of their sum"},
    {"linear_warmup_cosine", "op-01-left-plus-one", "warmup_from_one",
     "t + 1 for t in the warmup is that dialect's definition"},
    {"global_norm", "op-02-magnitudes", "exact", "squares are their own magnitudes"},
    {"global_norm", "epsilon.op-04-left-alone", "exact",
     "without the added constant the divisor is the norm itself"},
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
