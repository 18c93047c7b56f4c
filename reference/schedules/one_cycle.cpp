// The 1cycle policy (Smith and Topin 2018), p the share of the T steps that the rate rises.
//
//   from eta_max/D up to eta_max, and down to eta_max/(D D_f)                  (two phases)
//   from eta_max/D up to eta_max, back, and down to eta_max/(D D_f)            (three phases)
//
// each along a half cosine or a line. Programs differ in where a phase ends:
//   PyTorch   p T - 1, (2 p T - 2,) T - 1, whole or not, so that the last step ends it;
//   fastai    p T and T, whole or not, and the end is eta_max/D_f;
//   optax     floor(p T), (floor(q T),) T, with a q of its own for the second of three phases.
// PyTorch's formula goes on at step T, and it refuses later ones; the others stay at the end.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"
#include "reference/schedules/one_cycle_phases.hpp"

namespace plumbline::schedules {
namespace {

struct OneCycle {
  using Ends = OneCyclePhases::Ends;
  using Options = OneCycleOptions;

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number divisor = hyperparameters[4];
    const Number final_divisor = hyperparameters[5];
    const Number initial = Number(hyperparameters[0]) / divisor;
    const Number maximum = top<Number>(hyperparameters[0], initial, divisor, options.ends);
    const Number final = (options.ends == Ends::at ? maximum : initial) / final_divisor;

    const OneCyclePhases phases{options.phases, options.ends, hyperparameters[1],
                                hyperparameters[2], hyperparameters[3]};
    if (options.ends != Ends::before && static_cast<double>(step) > hyperparameters[1]) {
      return final;
    }
    const int phase = phases.phase_of(step);
    const Number progress = phases.progress<Number>(step, phase);
    const Number from = phase == 1 ? maximum : initial;
    const Number to = phase == 0 ? maximum : phase == phases.last() ? final : initial;
    return options.between(from, to, progress);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    const double total = hyperparameters[1];
    std::vector<long> steps;
    for (const double share :
         {hyperparameters[2], 2 * hyperparameters[2], hyperparameters[3], 1.0}) {
      steps.push_back(static_cast<long>(share * total));
    }
    std::ranges::sort(steps);
    return steps;
  }

  /// From phase to phase the rate turns.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number divisor = hyperparameters[4];
    const Number final_divisor = hyperparameters[5];
    const Number maximum = hyperparameters[0];
    const Number initial = maximum / divisor;
    const Number final = (options.ends == Ends::at ? maximum : initial) / final_divisor;
    const OneCyclePhases phases{options.phases, options.ends, hyperparameters[1],
                                hyperparameters[2], hyperparameters[3]};
    const long last = phases.last_step();
    ScheduleFacts<Number> known{.pieces = phases.pieces(until),
                                .ends = {{0, initial}, {last, final}}};
    if (options.ends != Ends::before) known.ends.push_back({last + 1, final});
    std::vector<Number> corners{initial, maximum, final};
    if (phases.last() == 2) corners.insert(corners.end() - 1, initial);
    known.sums = {{0, last, phases.sum_through(corners)}};
    return known;
  }

 private:
  /// optax comes to the top by multiplying the first rate by D again.
  template <class Number>
  static Number top(const double& maximum, const Number& initial, const Number& divisor,
                    Ends ends) {
    if constexpr (requires { hull(initial, initial); }) {
      if (ends == Ends::floored) {
        // and goes on to later rates from there, by 1/D, 1/D_f
        const Number again = initial * divisor;
        return hull(hull(Number(maximum), again), again * (1 / divisor) * divisor);
      }
    }
    return Number(maximum);
  }
};

}  // namespace

Schedule one_cycle() {
  const Hyperparameter fall = {.name = "fall_share",
                               .symbol = "q",
                               .meaning = "the share of the steps after which the rate is back",
                               .default_value = 0.85,
                               .neutral = {},
                               .least = rules::above_zero,
                               .greatest = 1,
                               .dyadic = 0.875,
                               .low = 0.7,
                               .high = 0.95,
                               .distinct = 0.8};
  const Hyperparameter divisor = {.name = "initial_divisor",
                                  .symbol = "D",
                                  .meaning = "the top rate over the first one",
                                  .default_value = 25,
                                  .neutral = {},
                                  .least = 1,
                                  .greatest = rules::unbounded,
                                  .dyadic = 16,
                                  .low = 2,
                                  .high = 100,
                                  .distinct = 10};
  const Hyperparameter final_divisor = {.name = "final_divisor",
                                        .symbol = "D_f",
                                        .meaning = "the first rate over the last one",
                                        .default_value = 1e4,
                                        .neutral = {},
                                        .least = 1,
                                        .greatest = rules::unbounded,
                                        .dyadic = 256,
                                        .low = 3,
                                        .high = 1e5,
                                        .distinct = 40};
  return {
      .name = "one_cycle",
      .title = "The 1cycle policy",
      .formula = "eta_max/D up to eta_max up to step p T, down to eta_max/(D D_f) up to step T",
      .source = "Smith and Topin 2018, arXiv:1708.07120, section 4; a document of seeds/",
      .hyperparameters = {maximum_learning_rate(), total_steps(), rise_share(), fall, divisor,
                          final_divisor},
      .options = {{"phases", {"two", "three"}},
                  {"shape", {"cosine", "linear"}},
                  {"ends", {"before", "at", "floored"}}},
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
                   {"two_cosines_at_whole_steps",
                    {0, 0, 2},
                    "optax optax/schedules/_schedule.py cosine_onecycle_schedule",
                    {"optax"}},
                   {"three_lines_at_whole_steps",
                    {1, 1, 2},
                    "optax optax/schedules/_schedule.py linear_onecycle_schedule",
                    {}},
                   {"two_cosines_from_maximum",
                    {0, 0, 1},
                    "fastai fastai/callback/schedule.py fit_one_cycle, with its div_final for D_f",
                    {"fastai"}}},
      .equivalences = {},
      .notes =
          "q is optax's alone. PyTorch's and fastai's momentum goes the other way meanwhile: "
          "one_cycle_momentum.",
      .ends = true,
      .seams = &OneCycle::seams,
      .bindings = schedule_bindings<OneCycle>(),
      .known_facts = fact_bindings<OneCycle>(),
  };
}

}  // namespace plumbline::schedules
