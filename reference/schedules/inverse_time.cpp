// Decay with the inverse of time, of Robbins and Monro's class.
//
//   eta_t = eta_0/(1 + k u)^p,    u = t/s, or floor(t/s) in a staircase.
//
// With k = s = 1 this is eta_0/(t + 1)^p. For 1/2 < p <= 1 the sum of eta_t is infinite and that
// of eta_t^2 is finite: Robbins and Monro's conditions (1951, (6) and (7) in the form of p = 1).
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct InverseTime {
  enum class Form : int { continuous, staircase };
  struct Options {
    Form form;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const Number rate_of_decay = hyperparameters[1];
    const long length = static_cast<long>(hyperparameters[2]);
    const Number exponent = hyperparameters[3];

    const Number passed = options.form == Form::staircase
                              ? count<Number>(step / length)
                              : count<Number>(step) / count<Number>(length);
    const Number divisor = 1 + rate_of_decay * passed;
    return learning_rate / real_power(divisor, exponent);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    return multiples(static_cast<long>(hyperparameters[2]), until);
  }

  /// The rates are convex in t, and a staircase is s times as many of them; they are in
  /// proportion to (t + s/k)^(-p).
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const Number rate_of_decay = hyperparameters[1];
    const long length = static_cast<long>(hyperparameters[2]);
    const Number exponent = hyperparameters[3];
    const bool staircase = options.form == Form::staircase;

    ScheduleFacts<Number> known{
        .pieces = one_piece(until),
        .ends = {{0, learning_rate}, {length, learning_rate / power(1 + rate_of_decay, exponent)}}};
    if (hyperparameters[1] == 0) {
      known.power_law = PowerLaw<Number>{0, 0};
      return known;
    }
    const Number growth = staircase ? rate_of_decay : rate_of_decay / count<Number>(length);
    const Number other = 1 - exponent;
    const long steps = staircase ? (until + 1) / length : until + 1;
    if (steps < 1) return known;
    const Number sum = sum_of_convex<Number>(
        0, steps - 1, [&](const Number& u) { return Number(1 / power(1 + growth * u, exponent)); },
        [&](const Number& u) {
          const Number divisor = 1 + growth * u;
          if (hyperparameters[3] == 1) return Number(log(divisor) / growth);
          return Number(power(divisor, other) / (other * growth));
        });
    const long each = staircase ? length : 1;
    known.sums = {{0, steps * each - 1, learning_rate * count<Number>(each) * sum}};
    if (!staircase) known.power_law = PowerLaw<Number>{hyperparameters[3], 1 / growth};
    return known;
  }
};

}  // namespace

Schedule inverse_time() {
  const Hyperparameter rate_of_decay = {.name = "inverse_decay",
                                        .symbol = "k",
                                        .meaning = "how much of eta_0/eta each unit of time adds",
                                        .default_value = 1,
                                        .neutral = {},
                                        .least = 0,
                                        .greatest = rules::unbounded,
                                        .dyadic = 0.25,
                                        .low = 0.001,
                                        .high = 10,
                                        .distinct = 0.4};
  return {
      .name = "inverse_time",
      .title = "Inverse time decay",
      .formula = "eta_t = eta_0/(1 + k t/s)^p",
      .source = "Robbins and Monro 1951, Ann. Math. Statist. 22(3); two documents of seeds/",
      .hyperparameters = {learning_rate(), rate_of_decay,
                          decay_steps("steps that make a unit of time", 1), power_of_decay(1, 1)},
      .options = {{"form", {"continuous", "staircase"}}},
      .dialects =
          {{"continuous",
            {0},
            "Keras keras/src/optimizers/schedules/learning_rate_schedule.py InverseTimeDecay "
            "(p = 1); Caffe src/caffe/solvers/sgd_solver.cpp \"inv\" (s = 1)",
            {"paper", "keras", "caffe"}},
           {"staircase", {1}, "Keras InverseTimeDecay(staircase=True)", {}}},
      .equivalences = {},
      .notes = "",
      .seams = &InverseTime::seams,
      .bindings = schedule_bindings<InverseTime>(),
      .known_facts = fact_bindings<InverseTime>(),
  };
}

}  // namespace plumbline::schedules
