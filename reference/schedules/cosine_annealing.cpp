// Cosine annealing (Loshchilov and Hutter 2017, eq. (5), one cycle).
//
//   eta_t = eta_min + (eta_0 - eta_min) (1 + cos(pi t/T))/2
//
// PyTorch steps from the value before:
//   eta_t = eta_min + (eta_{t-1} - eta_min) (1 + cos(pi t/T))/(1 + cos(pi (t-1)/T))
// and where that would divide by zero (t - 1 = T, 3T, ...)
//   eta_t = eta_{t-1} + (eta_0 - eta_min) (1 - cos(pi/T))/2.
// Past T the formula rises again; some libraries stay at eta_min.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct CosineAnnealing {
  enum class Form : int { closed, recursive };
  enum class PastEnd : int { continuing, clamped };
  struct Options {
    Form form;
    PastEnd past_end;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const Number minimum = hyperparameters[2];

    const auto closed_form = [&](long step) -> Number {
      if (options.past_end == PastEnd::clamped && step > total) step = total;
      return minimum + (learning_rate - minimum) * (1 + cos_pi<Number>(step, total)) / 2;
    };
    if (options.form == Form::closed || access == Access::direct) {
      return each_step<Number>(steps, closed_form);
    }
    return step_by_step(learning_rate, steps, [&](const Number& rate, long step) {
      return cosine_step(rate, learning_rate, minimum, step, total);
    });
  }

  /// The cosine turns at T, 2T, ..., and comes again after 2T; clamped, it stays.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const Number minimum = hyperparameters[2];
    const bool turns = options.past_end == PastEnd::continuing;
    ScheduleFacts<Number> known{
        .pieces = pieces_between(multiples(total, until), until),
        .ends = {{0, learning_rate},
                 {total, minimum},
                 {2 * total, turns ? learning_rate : minimum}},
        .sums = {{0, total - 1, sum_of_half_cosine(learning_rate, minimum, total)}}};
    if (turns) known.period = RatePeriod{2 * total};
    return known;
  }
};

}  // namespace

Schedule cosine_annealing() {
  return {
      .name = "cosine_annealing",
      .title = "Cosine annealing",
      .formula = "eta_t = eta_min + (eta_0 - eta_min)(1 + cos(pi t/T))/2",
      .source = "Loshchilov and Hutter 2017, arXiv:1608.03983, eq. (5); three documents of seeds/",
      .hyperparameters = {learning_rate(), total_steps(), minimum_learning_rate()},
      .options = {{"form", {"closed", "recursive"}}, {"past_end", {"continuing", "clamped"}}},
      .dialects = {{"closed_form", {0, 0}, "the documents' formula at every t; burn", {"paper"}},
                   {"recursive",
                    {1, 0},
                    "PyTorch torch/optim/lr_scheduler.py CosineAnnealingLR",
                    {"pytorch"}},
                   {"clamped",
                    {0, 1},
                    "optax cosine_decay_schedule; Keras CosineDecay",
                    {"optax", "keras"}}},
      .equivalences = {{"closed_form", "recursive",
                        "by induction: the quotient of two closed forms is the recursion's factor, "
                        "and at t - 1 = T, where it is 0/0, (1 + cos(pi (T+1)/T))/2 = "
                        "(1 - cos(pi/T))/2"}},
      .notes = "",
      .bindings = schedule_bindings<CosineAnnealing>(),
      .known_facts = fact_bindings<CosineAnnealing>(),
  };
}

}  // namespace plumbline::schedules
