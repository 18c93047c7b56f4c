// Linear change from a start to an end in T steps; constant from there on.
//
//   eta_t = eta_0 s + (eta_end - eta_0 s) min(t, T)/T
//
// PyTorch gives the end as a factor of eta_0 as well, eta_end = e eta_0, and steps from the
// value before:
//   eta_t = eta_{t-1} (1 + (e - s)/(T s + (t-1)(e - s)))     t <= T.
// numpy.linspace and its like reach the end in the last of T steps, at t = T - 1.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Linear {
  enum class Form : int { closed, recursive };
  enum class End : int { rate, factor };
  enum class Last : int { after_total, within_total };
  struct Options {
    Form form;
    End end;
    Last last;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const Number end = hyperparameters[2];
    const Number start = hyperparameters[3];

    if (options.form == Form::closed || access == Access::direct) {
      const long length = options.last == Last::within_total ? std::max(1L, total - 1) : total;
      return each_step<Number>(steps, [&](long step) -> Number {
        const Number share = share_of<Number>(std::min(step, length), length);
        return options.end == End::factor ? learning_rate * on_the_way(start, end, share)
                                          : on_the_way(learning_rate * start, end, share);
      });
    }
    const Number first = learning_rate * start;
    return step_by_step(first, steps, [&](const Number& rate, long step) -> Number {
      if (step > total) return rate;
      const Number reached = count<Number>(total) * start + count<Number>(step - 1) * (end - start);
      return rate * (1 + (end - start) / reached);
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {static_cast<long>(hyperparameters[1])};
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const long length = options.last == Last::within_total ? std::max(1L, total - 1) : total;
    const Number minimum = hyperparameters[2];
    const Number end = options.end == End::factor ? learning_rate * minimum : minimum;
    const Number start = learning_rate * hyperparameters[3];
    return {.pieces = one_piece(until),
            .ends = {{0, start}, {length, end}, {2 * length, end}},
            .sums = {{0, length, sum_of_line(start, end, length + 1)}}};
  }
};

}  // namespace

Schedule linear() {
  const Hyperparameter start = {.name = "start_factor",
                                .symbol = "s",
                                .meaning = "the share of the base rate in the first step",
                                .default_value = 1,
                                .neutral = 1.0,
                                .least = rules::above_zero,
                                .greatest = 1,
                                .dyadic = 0.75,
                                .low = 0.001,
                                .high = 0.9,
                                .distinct = 0.3};
  return {
      .name = "linear",
      .title = "Linear change",
      .formula = "eta_t = eta_0 s + (eta_min - eta_0 s) min(t, T)/T",
      .source = "two documents of seeds/",
      .hyperparameters = {learning_rate(), total_steps(), minimum_learning_rate(), start},
      .options = {{"form", {"closed", "recursive"}},
                  {"end", {"rate", "factor"}},
                  {"last", {"after_total", "within_total"}}},
      .dialects =
          {{"closed_form",
            {0, 0, 0},
            "optax optax/schedules/_schedule.py linear_schedule from eta_0 s; Keras "
            "keras/src/optimizers/schedules/learning_rate_schedule.py PolynomialDecay(power=1)",
            {"paper", "optax", "keras"}},
           {"end_as_factor",
            {0, 1, 0},
            "PyTorch torch/optim/lr_scheduler.py LinearLR, closed form: the end is e eta_0, with "
            "the hyperparameter minimum_learning_rate for e",
            {}},
           {"end_as_factor_recursive",
            {1, 1, 0},
            "PyTorch torch/optim/lr_scheduler.py LinearLR",
            {"pytorch"}},
           {"last_step_included",
            {0, 0, 1},
            "numpy.linspace(eta_0 s, eta_min, T), the end in the last of T steps",
            {"numpy"}}},
      .equivalences = {{"end_as_factor", "end_as_factor_recursive",
                        "with f_t = s + (e - s) t/T the factor is f_t/f_{t-1}, since T f_{t-1} = "
                        "T s + (t-1)(e - s)"}},
      .notes = "",
      .seams = &Linear::seams,
      .bindings = schedule_bindings<Linear>(),
      .known_facts = fact_bindings<Linear>(),
  };
}

}  // namespace plumbline::schedules
