// The momentum of cyclical learning rates: down while the rate rises, and up again while it falls.
// It is a schedule of its own here, whose values are the momentum used in each step.
//
//   mu_t = mu_max - (mu_max - mu_min) x a_c,
//
// with the height x and the scale a_c of cyclical.
#include "reference/define_schedule.hpp"
#include "reference/schedules/cycles.hpp"
#include "reference/schedules/momentum_ends.hpp"

namespace plumbline::schedules {
namespace {

struct CyclicalMomentum {
  struct Options {
    CycleScale scale;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const Cycles cycles = Cycles::of(hyperparameters);
    const Number decay_rate = hyperparameters[4];

    const Number height = cycles.height<Number>(step, Cycles::Wave::triangle);
    const Number amplitude = (maximum - minimum) * height;
    return maximum - cycles.scaled(amplitude, options.scale, decay_rate, step);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    return Cycles::of(hyperparameters).seams(until);
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    return Cycles::of(hyperparameters)
        .facts<Number>(hyperparameters[0], hyperparameters[1], options.scale, hyperparameters[4],
                       until);
  }
};

}  // namespace

Schedule cyclical_momentum() {
  return {
      .name = "cyclical_momentum",
      .title = "The momentum of cyclical learning rates",
      .formula = "mu_t = mu_max - (mu_max - mu_min) x a_c",
      .source = "Smith 2018, arXiv:1803.09820, 4.3",
      .hyperparameters = {maximum_momentum("the momentum where the rate is lowest"),
                          minimum_momentum("the momentum where the rate is highest"), up_steps(),
                          down_steps(), decay_rate()},
      .options = {{"scale", {"one", "halved_by_cycle", "power_of_step"}}},
      .dialects = {{"triangular",
                    {0},
                    "PyTorch torch/optim/lr_scheduler.py CyclicLR with cycle_momentum, as it is by "
                    "default",
                    {"paper", "pytorch"}},
                   {"triangular2", {1}, "the same, mode \"triangular2\"", {}},
                   {"exp_range", {2}, "the same, mode \"exp_range\"", {}}},
      .equivalences = {},
      .notes = "gamma is of use in exp_range alone.",
      .seams = &CyclicalMomentum::seams,
      .bindings = schedule_bindings<CyclicalMomentum>(),
      .known_facts = fact_bindings<CyclicalMomentum>(),
  };
}

}  // namespace plumbline::schedules
