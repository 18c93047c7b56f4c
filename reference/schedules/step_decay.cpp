// Step decay: the rate falls by a factor every s steps.
//
//   eta_t = eta_0 gamma^floor(t/s)
//
// PyTorch multiplies the rate before by gamma at t = s, 2s, ... A list of boundaries that
// counts up to and including each (Keras) falls one step later: the exponent is then
// floor((t-1)/s) for t >= 1.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct StepDecay {
  enum class Form : int { closed, recursive };
  enum class Boundary : int { falls_at, falls_after };
  struct Options {
    Form form;
    Boundary boundary;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const Number decay_rate = hyperparameters[1];
    const long length = static_cast<long>(hyperparameters[2]);

    if (options.form == Form::closed || access == Access::direct) {
      const long late = options.boundary == Boundary::falls_after ? 1 : 0;
      return each_step<Number>(steps, [&](long step) -> Number {
        return learning_rate * count_power(decay_rate, std::max(0L, step - late) / length);
      });
    }
    return step_by_step(learning_rate, steps, [&](const Number& rate, long step) -> Number {
      return step % length == 0 ? rate * decay_rate : rate;
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    return multiples(static_cast<long>(hyperparameters[2]), until);
  }

  /// s times a geometric series; where it falls late, step 0 comes before.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const Number decay_rate = hyperparameters[1];
    const long length = static_cast<long>(hyperparameters[2]);
    const long late = options.boundary == Boundary::falls_after ? 1 : 0;
    const long lengths = until / length;
    ScheduleFacts<Number> known{.pieces = one_piece(until),
                                .ends = {{0, learning_rate},
                                         {length - 1 + late, learning_rate},
                                         {length + late, learning_rate * decay_rate}}};
    if (lengths == 0) return known;
    const Number series =
        hyperparameters[1] == 1 ? count<Number>(lengths) : geometric_sum(decay_rate, lengths);
    known.sums = {{0, lengths * length - 1 + late,
                   learning_rate * (count<Number>(length) * series + count<Number>(late))}};
    return known;
  }
};

}  // namespace

Schedule step_decay() {
  return {
      .name = "step_decay",
      .title = "Step decay",
      .formula = "eta_t = eta_0 gamma^floor(t/s)",
      .source = "three documents of seeds/; PyTorch torch/optim/lr_scheduler.py StepLR",
      .hyperparameters = {learning_rate(), decay_rate(), decay_steps("steps from fall to fall")},
      .options = {{"form", {"closed", "recursive"}}, {"boundary", {"falls_at", "falls_after"}}},
      .dialects =
          {{"closed_form",
            {0, 0},
            "the documents; Caffe src/caffe/solvers/sgd_solver.cpp \"step\"; timm "
            "timm/scheduler/step_lr.py; Keras keras/src/optimizers/schedules/"
            "learning_rate_schedule.py ExponentialDecay(staircase=True); MXNet "
            "python/mxnet/lr_scheduler.py FactorScheduler, whose num_update is t + 1 and falls "
            "where it is greater than s",
            {"paper", "timm", "caffe", "mxnet"}},
           {"recursive", {1, 0}, "PyTorch torch/optim/lr_scheduler.py StepLR", {"pytorch"}},
           {"falls_after",
            {0, 1},
            "Keras keras/src/optimizers/schedules/learning_rate_schedule.py "
            "PiecewiseConstantDecay with boundaries s, 2s, ...: a value holds while step <= "
            "boundary",
            {"keras"}}},
      .equivalences = {{"closed_form", "recursive",
                        "of 1, ..., t the multiples of s are floor(t/s), and each multiplies by "
                        "gamma once"}},
      .notes = "",
      .seams = &StepDecay::seams,
      .bindings = schedule_bindings<StepDecay>(),
      .known_facts = fact_bindings<StepDecay>(),
  };
}

}  // namespace plumbline::schedules
