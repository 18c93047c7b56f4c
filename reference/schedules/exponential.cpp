// Exponential decay.
//
//   eta_t = eta_0 gamma^u          or  eta_0 e^(-gamma u),
//   u = (t - b)/s for t > b, else 0, and its floor in a staircase;
//   never below the end value eta_min where there is one (above, for gamma >= 1).
//
// With s = 1 and b = 0 these are gamma^t and e^(-lambda t), lambda being the rate of decay.
// PyTorch multiplies the rate before by gamma in every step.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Exponential {
  enum class Base : int { given, natural };
  enum class Form : int { closed, staircase, recursive };
  struct Options {
    Base base;
    Form form;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const Number decay_rate = hyperparameters[1];
    const long length = static_cast<long>(hyperparameters[2]);
    const long begin = static_cast<long>(hyperparameters[3]);
    const Number minimum = hyperparameters[4];

    if (options.form != Form::recursive || access == Access::direct) {
      return each_step<Number>(steps, [&](long step) -> Number {
        const long passed = std::max(0L, step - begin);
        const bool whole = options.form == Form::staircase || length == 1;
        const Number factor =
            options.base == Base::natural
                ? natural_decay<Number>(decay_rate, passed, length, options.form == Form::staircase)
            : whole ? count_power(decay_rate, passed / length)
                    : real_power(decay_rate, count<Number>(passed) / count<Number>(length));
        return max(learning_rate * factor, minimum);
      });
    }
    const Number factor =
        length == 1 ? decay_rate : real_power(decay_rate, 1 / count<Number>(length));
    std::vector<Number> rates =
        step_by_step(learning_rate, steps, [&](const Number& rate, long step) -> Number {
          return step > begin ? rate * factor : rate;
        });
    for (Number& rate : rates) rate = max(rate, minimum);
    return rates;
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    const long begin = static_cast<long>(hyperparameters[3]);
    std::vector<long> steps = multiples(static_cast<long>(hyperparameters[2]), until - begin);
    for (long& step : steps) step += begin;
    steps.insert(steps.begin(), begin);
    return steps;
  }

  /// Without an end value the rates after the begin are a geometric series.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long length = static_cast<long>(hyperparameters[2]);
    const long begin = static_cast<long>(hyperparameters[3]);
    const Number minimum = hyperparameters[4];
    const bool natural = options.base == Base::natural;
    const bool staircase = options.form == Form::staircase;
    const Number decay_rate = hyperparameters[1];
    const Number factor = natural ? exp(-decay_rate) : decay_rate;  // of s steps

    const Number first = max(learning_rate, minimum);
    ScheduleFacts<Number> known{
        .pieces = one_piece(until),
        .ends = {
            {0, first}, {begin, first}, {begin + length, max(learning_rate * factor, minimum)}}};
    if (hyperparameters[4] != 0 || (!natural && hyperparameters[1] == 1) ||
        until < begin + length) {
      return known;
    }
    const long lengths = (until - begin) / length;
    const Number before = count<Number>(begin) * learning_rate;
    const Number after =
        staircase ? count<Number>(length) * geometric_sum(factor, lengths)
                  : geometric_sum(power(factor, 1 / count<Number>(length)), lengths * length);
    known.sums = {{0, begin + lengths * length - 1, before + learning_rate * after}};
    return known;
  }

 private:
  template <class Number>
  static Number natural_decay(const Number& decay_rate, long passed, long length, bool staircase) {
    const Number decays =
        staircase ? count<Number>(passed / length) : count<Number>(passed) / count<Number>(length);
    return exp(-(decay_rate * decays));
  }
};

}  // namespace

Schedule exponential() {
  Hyperparameter begin = {.name = "decay_begin",
                          .symbol = "b",
                          .meaning = "the step up to which the rate stays as it is",
                          .default_value = 0,
                          .neutral = 0.0,
                          .least = 0,
                          .greatest = 1e9,
                          .dyadic = 2,
                          .low = 1,
                          .high = 12,
                          .distinct = 5,
                          .kind = Hyperparameter::Kind::count};
  return {
      .name = "exponential",
      .title = "Exponential decay",
      .formula = "eta_t = max(eta_min, eta_0 gamma^((t - b)/s))",
      .source = "three documents of seeds/, as gamma^t and e^(-lambda t)",
      .hyperparameters = {learning_rate(), decay_rate(),
                          decay_steps("steps in which the rate falls by gamma", 1), begin,
                          minimum_learning_rate()},
      .options = {{"base", {"given", "natural"}}, {"form", {"closed", "staircase", "recursive"}}},
      .dialects =
          {{"closed_form",
            {0, 0},
            "optax optax/schedules/_schedule.py exponential_decay; Keras "
            "keras/src/optimizers/schedules/learning_rate_schedule.py ExponentialDecay and Caffe "
            "src/caffe/solvers/sgd_solver.cpp \"exp\" without begin and end value",
            {"paper", "optax", "keras", "caffe"}},
           {"staircase",
            {0, 1},
            "optax exponential_decay(staircase=True); Keras ExponentialDecay(staircase=True)",
            {}},
           {"recursive",
            {0, 2},
            "PyTorch torch/optim/lr_scheduler.py ExponentialLR, without begin and end value and "
            "with s = 1",
            {"pytorch"}},
           {"natural",
            {1, 0},
            "a document of seeds/, e^(-lambda t); Paddle "
            "python/paddle/optimizer/lr.py NaturalExpDecay; TensorFlow 1 "
            "tensorflow/python/training/learning_rate_decay.py natural_exp_decay",
            {"document", "paddle"}},
           {"natural_staircase",
            {1, 1},
            "TensorFlow 1 natural_exp_decay(staircase=True)",
            {"tensorflow"}}},
      .equivalences = {{"closed_form", "recursive",
                        "(gamma^(1/s))^(t - b) = gamma^((t - b)/s): each step after b multiplies "
                        "by gamma^(1/s)"}},
      .notes = "",
      .seams = &Exponential::seams,
      .bindings = schedule_bindings<Exponential>(),
      .known_facts = fact_bindings<Exponential>(),
  };
}

}  // namespace plumbline::schedules
