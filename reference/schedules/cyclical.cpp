// Cyclical learning rates (Smith 2017): up for a steps, down for b steps, and again.
//
//   eta_t = eta_min + (eta_max - eta_min) x a_c,
//
// c = 1, 2, ... the cycle, r = 0, ..., a + b - 1 the step within it, and the height
//   x = r/a                 r <= a,
//   x = (a + b - r)/b       r > a       (the cosine of it, (1 - cos(pi x))/2, in cosine cycles).
// The scale a_c is 1 (triangular), 2^(1-c) (triangular2), gamma^t (exp_range) or gamma^c.
#include "reference/define_schedule.hpp"
#include "reference/schedules/cycles.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Cyclical {
  struct Options {
    Cycles::Wave wave;
    CycleScale scale;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const Cycles cycles = Cycles::of(hyperparameters);
    const Number decay_rate = hyperparameters[4];

    const Number height = cycles.height<Number>(step, options.wave);
    const Number amplitude = (maximum - minimum) * height;
    return minimum + cycles.scaled(amplitude, options.scale, decay_rate, step);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    return Cycles::of(hyperparameters).seams(until);
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    return Cycles::of(hyperparameters)
        .facts<Number>(hyperparameters[1], hyperparameters[0], options.scale, hyperparameters[4],
                       until);
  }
};

}  // namespace

Schedule cyclical() {
  return {
      .name = "cyclical",
      .title = "Cyclical learning rates",
      .formula = "eta_t = eta_min + (eta_max - eta_min) x a_c",
      .source = "Smith 2017, arXiv:1506.01186, 3.1 and 3.2; a document of seeds/ (cosine)",
      .hyperparameters = {maximum_learning_rate(), minimum_learning_rate(), up_steps(),
                          down_steps(), decay_rate()},
      .options = {{"wave", {"triangle", "cosine"}},
                  {"scale", {"one", "halved_by_cycle", "power_of_step", "power_of_cycle"}}},
      .dialects =
          {{"triangular",
            {0, 0},
            "PyTorch torch/optim/lr_scheduler.py CyclicLR; CLR bckenstler/CLR clr_callback.py and "
            "TensorFlow Addons tensorflow_addons/optimizers/cyclical_learning_rate.py with a = b; "
            "eta_min is their base_lr",
            {"paper", "pytorch", "tensorflow_addons"}},
           {"triangular2", {0, 1}, "the same, mode \"triangular2\"", {}},
           {"exp_range",
            {0, 2},
            "the same, mode \"exp_range\": gamma to the power of the iterations from the start",
            {}},
           {"exp_range_by_cycle",
            {0, 3},
            "TensorFlow Addons ExponentialCyclicalLearningRate(scale_mode=\"cycle\"), the cycles "
            "counted from 1",
            {}},
           {"cosine", {1, 0}, "a document of seeds/: up and down as half a cosine", {"document"}}},
      .equivalences = {},
      .notes =
          "gamma is of use in exp_range alone. PyTorch's momentum goes the other way meanwhile: "
          "cyclical_momentum.",
      .seams = &Cyclical::seams,
      .bindings = schedule_bindings<Cyclical>(),
      .known_facts = fact_bindings<Cyclical>(),
  };
}

}  // namespace plumbline::schedules
