// Linear warmup, then linear decay to the end of training.
//
//   eta_t = eta_0 t/w                                             t < w
//   eta_t = eta_min + (eta_0 - eta_min)(T - t)/(T - w)            w <= t <= T, then eta_min
//
// BERT's own program lets the decay run from step 0, eta_0 (T - t)/T for t >= w, so that the
// rate jumps down at w. PyTorch chains two recursions: the warmup's (linear_warmup), then from
// eta_0 with the end factor e = eta_min/eta_0, for u = t - w,
//   eta_t = eta_{t-1} (1 + (e - 1)/((T - w) + (u - 1)(e - 1)))     u <= T - w.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct LinearWarmupLinearDecay {
  enum class Form : int { closed, recursive };
  enum class WarmupStart : int { zero, one };
  enum class DecayStart : int { warmup_end, zero };
  struct Options {
    Form form;
    WarmupStart warmup_start;
    DecayStart decay_start;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long total = static_cast<long>(hyperparameters[2]);
    const Number minimum = hyperparameters[3];

    if (options.form == Form::closed || access == Access::direct) {
      const long ahead = options.warmup_start == WarmupStart::one ? 1 : 0;
      const long begun = options.decay_start == DecayStart::zero ? 0 : warmup;
      return each_step<Number>(steps, [&](long step) -> Number {
        if (step < warmup) return learning_rate * share_of<Number>(step + ahead, warmup);
        const Number left = share_of<Number>(std::max(0L, total - step), total - begun);
        return on_the_way(minimum, learning_rate, left);
      });
    }
    const Number start = Number(1) / count<Number>(warmup);
    const Number fall = minimum / learning_rate - 1;
    const long length = total - warmup;
    const Number first = learning_rate * start;
    return step_by_step(first, steps, [&](const Number& rate, long step) -> Number {
      const long fallen = step - warmup;
      if (fallen < 0) return rate * climb(start, step, warmup - 1);
      if (fallen == 0) return learning_rate;
      if (fallen > length) return rate;
      return rate * (1 + fall / (count<Number>(length) + count<Number>(fallen - 1) * fall));
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {static_cast<long>(hyperparameters[1]), static_cast<long>(hyperparameters[2])};
  }

  /// Two lines; BERT's rate jumps down from the one to the other.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long total = static_cast<long>(hyperparameters[2]);
    const Number minimum = hyperparameters[3];
    const bool from_one = options.warmup_start == WarmupStart::one;
    const Number share = learning_rate / count<Number>(warmup);
    const Number first = from_one ? share : Number(0);
    const Number last = from_one ? learning_rate : learning_rate - share;
    const Number fallen = options.decay_start == DecayStart::zero
                              ? (learning_rate - minimum) * warmup_share<Number>(warmup, total)
                              : Number(0);
    const Number top = learning_rate - fallen;
    return {.pieces = pieces_from({warmup}, until),
            .ends = {{0, first},
                     {warmup - 1, last},
                     {warmup, top},
                     {total, minimum},
                     {2 * total, minimum}},
            .sums = {{0, warmup - 1, sum_of_line(first, last, warmup)},
                     {warmup, total, sum_of_line(top, minimum, total - warmup + 1)}}};
  }

 private:
  template <class Number>
  static Number warmup_share(long warmup, long total) {
    return count<Number>(warmup) / count<Number>(total);
  }
};

}  // namespace

Schedule linear_warmup_linear_decay() {
  return {
      .name = "linear_warmup_linear_decay",
      .title = "Linear warmup, then linear decay",
      .formula = "eta_t = eta_0 t/w for t < w, else eta_min + (eta_0 - eta_min)(T - t)/(T - w)",
      .source = "Devlin et al. 2019, arXiv:1810.04805, A.2; a document of seeds/",
      .hyperparameters = {learning_rate(), warmup_steps(), total_steps(), minimum_learning_rate()},
      .options = {{"form", {"closed", "recursive"}},
                  {"warmup_start", {"zero", "one"}},
                  {"decay_start", {"warmup_end", "zero"}}},
      .dialects =
          {{"from_zero",
            {0, 0, 0},
            "transformers src/transformers/optimization.py get_linear_schedule_with_warmup to 0; "
            "DeepSpeed deepspeed/runtime/lr_schedules.py WarmupDecayLR with a linear warmup; "
            "Megatron-LM megatron/core/optimizer_param_scheduler.py \"linear\"",
            {"paper", "transformers", "deepspeed", "megatron"}},
           {"from_one", {0, 1, 0}, "the same with t + 1 for t in the warmup", {}},
           {"from_one_recursive",
            {1, 1, 0},
            "PyTorch torch/optim/lr_scheduler.py SequentialLR of LinearLR(start_factor=1/w) and "
            "LinearLR(1, end_factor=e)",
            {"pytorch"}},
           {"decay_from_start",
            {0, 0, 1},
            "BERT's own program, google-research/bert optimization.py, to 0",
            {"bert"}}},
      .equivalences = {{"from_one", "from_one_recursive",
                        "the warmup as in linear_warmup; then with f_u = 1 + (e - 1) u/L, L = "
                        "T - w, the factor is f_u/f_{u-1}, since L f_{u-1} = L + (u-1)(e - 1)"}},
      .notes = "",
      .seams = &LinearWarmupLinearDecay::seams,
      .bindings = schedule_bindings<LinearWarmupLinearDecay>(),
      .known_facts = fact_bindings<LinearWarmupLinearDecay>(),
  };
}

}  // namespace plumbline::schedules
