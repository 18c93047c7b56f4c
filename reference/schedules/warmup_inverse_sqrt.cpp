// Linear warmup, then decay with the inverse square root of the step.
//
//   eta_t = eta_0 t/w                                        t < w
//   eta_t = eta_0 sqrt(tau/(t - w + tau))                    t >= w
//
// The time scale tau is w where it is not given (0 below): then eta_t = eta_0 sqrt(w/t). In
// Tensor2Tensor's products of factors the decay is not scaled to begin at 1:
//   eta_t = eta_0 min(t/w, 1)/sqrt(max(t, w)),
// and T5 leaves the warmup's factor out.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct WarmupInverseSqrt {
  enum class Form : int { scaled, unscaled, unscaled_without_warmup };
  struct Options {
    Form form;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long given = static_cast<long>(hyperparameters[2]);

    if (options.form == Form::scaled) {
      if (step < warmup) return learning_rate * share_of<Number>(step, warmup);
      const long scale = given == 0 ? warmup : given;
      return learning_rate * sqrt(count<Number>(scale)) /
             sqrt(count<Number>(step - warmup + scale));
    }
    const Number decayed = learning_rate / sqrt(count<Number>(std::max(step, warmup)));
    if (options.form == Form::unscaled && step < warmup) {
      return decayed * share_of<Number>(step, warmup);
    }
    return decayed;
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {static_cast<long>(hyperparameters[1])};
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long given = static_cast<long>(hyperparameters[2]);
    const bool scaled = options.form == Form::scaled;
    const long scale = scaled && given != 0 ? given : warmup;
    const long last = std::max(warmup, until);
    const Number top = scaled ? learning_rate : learning_rate / sqrt(count<Number>(warmup));
    const bool level = options.form == Form::unscaled_without_warmup;
    const Number first = level ? top : Number(0);
    const Number before = level ? top : top - top / count<Number>(warmup);
    const Number over_time = top * sqrt(count<Number>(scale));
    return {.pieces = pieces_between({warmup}, until),
            .ends = {{0, first}, {warmup, top}, {warmup + 3 * scale, top / 2}},
            .sums = {{0, warmup - 1, sum_of_line(first, before, warmup)},
                     {warmup, last,
                      over_time * sum_of_inverse_roots<Number>(scale, last - warmup + scale)}},
            .power_law = PowerLaw<Number>{0.5, count<Number>(scale - warmup), warmup}};
  }
};

}  // namespace

Schedule warmup_inverse_sqrt() {
  const Hyperparameter time_scale = {.name = "time_scale",
                                     .symbol = "tau",
                                     .meaning = "steps in which 1/eta^2 grows by 1/eta_0^2; 0: w",
                                     .default_value = 0,
                                     .neutral = 0.0,
                                     .least = 0,
                                     .greatest = 1e9,
                                     .dyadic = 8,
                                     .low = 1,
                                     .high = 100,
                                     .distinct = 13,
                                     .kind = Hyperparameter::Kind::count};
  return {
      .name = "warmup_inverse_sqrt",
      .title = "Linear warmup, then inverse square root",
      .formula = "eta_t = eta_0 t/w for t < w, else eta_0 sqrt(tau/(t - w + tau))",
      .source = "Vaswani et al. 2017, arXiv:1706.03762, 5.3, scaled to eta_0; a document of seeds/",
      .hyperparameters = {learning_rate(), warmup_steps(), time_scale},
      .options = {{"form", {"scaled", "unscaled", "unscaled_without_warmup"}}},
      .dialects =
          {{"scaled",
            {0},
            "transformers src/transformers/optimization.py get_inverse_sqrt_schedule; fairseq "
            "fairseq/optim/lr_scheduler/inverse_square_root_schedule.py and Megatron-LM "
            "megatron/core/optimizer_param_scheduler.py \"inverse-square-root\" with tau = w",
            {"paper", "transformers", "fairseq", "megatron"}},
           {"unscaled",
            {1},
            "Tensor2Tensor tensor2tensor/utils/learning_rate.py "
            "\"constant*linear_warmup*rsqrt_decay\"",
            {"tensor2tensor"},
            {"time_scale"}},
           {"unscaled_without_warmup",
            {2},
            "Raffel et al. 2020, arXiv:1910.10683, 3.1.2, 1/sqrt(max(t, w)); Tensor2Tensor "
            "\"constant*rsqrt_decay\"",
            {"t5"},
            {"time_scale"}}},
      .equivalences = {},
      .notes = "",
      .seams = &WarmupInverseSqrt::seams,
      .bindings = schedule_bindings<WarmupInverseSqrt>(),
      .known_facts = fact_bindings<WarmupInverseSqrt>(),
  };
}

}  // namespace plumbline::schedules
