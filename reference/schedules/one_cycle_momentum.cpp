// The momentum of a 1cycle policy: down while the rate rises, and up again while it falls. It is
// a schedule of its own here, whose values are the momentum used in each step.
//
//   from mu_max down to mu_min, and back up; in the last of three phases it stays at mu_max.
//
// The phases are one_cycle's.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"
#include "reference/schedules/momentum_ends.hpp"
#include "reference/schedules/one_cycle_phases.hpp"

namespace plumbline::schedules {
namespace {

struct OneCycleMomentum {
  using Ends = OneCyclePhases::Ends;
  using Options = OneCycleOptions;

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const OneCyclePhases phases{options.phases, options.ends, hyperparameters[2],
                                hyperparameters[3], 0};
    if (options.ends == Ends::at && static_cast<double>(step) > hyperparameters[2]) return maximum;
    const int phase = phases.phase_of(step);
    if (phase == 2) return maximum;
    const Number progress = phases.progress<Number>(step, phase);
    const Number from = phase == 1 ? minimum : maximum;
    const Number to = phase == 0 ? minimum : maximum;
    return options.between(from, to, progress);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    const double rise = hyperparameters[3] * hyperparameters[2];
    return {static_cast<long>(rise), static_cast<long>(2 * rise),
            static_cast<long>(hyperparameters[2])};
  }

  /// As one_cycle's, the other way up.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const OneCyclePhases phases{options.phases, options.ends, hyperparameters[2],
                                hyperparameters[3], 0};
    const long last = phases.last_step();
    ScheduleFacts<Number> known{.pieces = phases.pieces(until),
                                .ends = {{0, maximum}, {last, maximum}}};
    std::vector<Number> corners{maximum, minimum, maximum};
    if (phases.last() == 2) corners.push_back(maximum);
    known.sums = {{0, last, phases.sum_through(corners)}};
    return known;
  }
};

}  // namespace

Schedule one_cycle_momentum() {
  return {
      .name = "one_cycle_momentum",
      .title = "The momentum of the 1cycle policy",
      .formula = "mu_max down to mu_min up to step p T, back up to mu_max up to step T",
      .source =
          "Smith and Topin 2018, arXiv:1708.07120, section 4; Smith 2018, arXiv:1803.09820, "
          "4.3",
      .hyperparameters = {maximum_momentum("the momentum at both ends"),
                          minimum_momentum("the momentum where the rate is highest"), total_steps(),
                          rise_share()},
      .options = {{"phases", {"two", "three"}},
                  {"shape", {"cosine", "linear"}},
                  {"ends", {"before", "at"}}},
      .dialects = {{"two_cosines",
                    {0, 0, 0},
                    "PyTorch torch/optim/lr_scheduler.py OneCycleLR, as it is by default",
                    {"pytorch"}},
                   {"two_lines", {0, 1, 0}, "PyTorch OneCycleLR(anneal_strategy=\"linear\")", {}},
                   {"three_cosines", {1, 0, 0}, "PyTorch OneCycleLR(three_phase=True)", {}},
                   {"three_lines",
                    {1, 1, 0},
                    "PyTorch OneCycleLR(anneal_strategy=\"linear\", three_phase=True)",
                    {"paper"}},
                   {"two_cosines_to_end",
                    {0, 0, 1},
                    "fastai fastai/callback/schedule.py fit_one_cycle, its moms",
                    {"fastai"}}},
      .equivalences = {},
      .notes = "",
      .ends = true,
      .seams = &OneCycleMomentum::seams,
      .bindings = schedule_bindings<OneCycleMomentum>(),
      .known_facts = fact_bindings<OneCycleMomentum>(),
  };
}

}  // namespace plumbline::schedules
