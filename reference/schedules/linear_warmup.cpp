// Linear warmup, then constant (Goyal et al. 2017, 2.2).
//
//   eta_t = eta_0 t/w          t < w,      eta_0 from there on.
//
// The first step has 0 of the rate, or 1/w where the step is counted from 1; then step w - 1
// has all of it. PyTorch steps from the value before, with LinearLR's start factor s = 1/w over
// w - 1 steps: eta_t = eta_{t-1} (1 + (1 - s)/((w - 1) s + (t - 1)(1 - s))).
// DeepSpeed's usual warmup is logarithmic, eta_0 log(t + 1)/log(w), with w at least 2.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct LinearWarmup {
  enum class Shape : int { linear, linear_recursive, logarithmic };
  enum class WarmupStart : int { zero, one };
  struct Options {
    Shape shape;
    WarmupStart warmup_start;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);

    if (options.shape != Shape::linear_recursive || access == Access::direct) {
      const long ahead = options.warmup_start == WarmupStart::one ? 1 : 0;
      return each_step<Number>(steps, [&](long step) -> Number {
        if (options.shape == Shape::logarithmic) {
          return logarithmic<Number>(learning_rate, step, std::max(2L, warmup));
        }
        return step < warmup ? learning_rate * share_of<Number>(step + ahead, warmup)
                             : learning_rate;
      });
    }
    const Number start = Number(1) / count<Number>(warmup);
    const Number first = learning_rate * start;
    return step_by_step(first, steps, [&](const Number& rate, long step) -> Number {
      return step < warmup ? rate * climb(start, step, warmup - 1) : rate;
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {static_cast<long>(hyperparameters[1])};
  }

  /// log(t + 1) is concave, with the integral (t + 1) log(t + 1) - t.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const bool logarithmic_shape = options.shape == Shape::logarithmic;
    const long warmup =
        std::max(logarithmic_shape ? 2L : 1L, static_cast<long>(hyperparameters[1]));
    const bool from_one = options.warmup_start == WarmupStart::one;
    const Number first = from_one ? learning_rate / count<Number>(warmup) : Number(0);
    ScheduleFacts<Number> known{
        .pieces = one_piece(until),
        .ends = {{0, first}, {warmup, learning_rate}, {2 * warmup, learning_rate}}};
    if (from_one || logarithmic_shape) known.ends.push_back({warmup - 1, learning_rate});
    if (logarithmic_shape) {
      const Number sum = sum_of_convex<Number>(
          1, warmup, [](const Number& n) { return Number(log(n)); },
          [](const Number& n) { return Number(n * log(n) - n); });
      known.sums = {{0, warmup - 1, learning_rate * sum / log(count<Number>(warmup))}};
    } else {
      const Number last =
          from_one ? learning_rate : learning_rate - learning_rate / count<Number>(warmup);
      known.sums = {{0, warmup - 1, sum_of_line(first, last, warmup)}};
    }
    return known;
  }

 private:
  template <class Number>
  static Number logarithmic(const Number& learning_rate, long step, long warmup) {
    if (step >= warmup) return learning_rate;
    return learning_rate * (log(count<Number>(step + 1)) / log(count<Number>(warmup)));
  }
};

}  // namespace

Schedule linear_warmup() {
  return {
      .name = "linear_warmup",
      .title = "Linear warmup, then constant",
      .formula = "eta_t = eta_0 min(t/w, 1)",
      .source = "Goyal et al. 2017, arXiv:1706.02677, 2.2; a document of seeds/",
      .hyperparameters = {learning_rate(), warmup_steps()},
      .options = {{"shape", {"linear", "linear_recursive", "logarithmic"}},
                  {"warmup_start", {"zero", "one"}}},
      .dialects =
          {{"from_zero",
            {0, 0},
            "transformers src/transformers/optimization.py get_constant_schedule_with_warmup; "
            "optax optax/schedules/_schedule.py warmup_constant_schedule from 0",
            {"paper", "transformers", "optax"}},
           {"from_one", {0, 1}, "the same with t + 1 for t in the warmup", {}},
           {"from_one_recursive",
            {1, 1},
            "PyTorch torch/optim/lr_scheduler.py LinearLR(start_factor=1/w, total_iters=w-1)",
            {"pytorch"}},
           {"logarithmic",
            {2, 0},
            "DeepSpeed deepspeed/runtime/lr_schedules.py WarmupLR, warmup_type \"log\", from 0",
            {"deepspeed"}}},
      .equivalences = {{"from_one", "from_one_recursive",
                        "the recursion's factor is (t + 1)/t: (w - 1)/w + (t - 1)(w - 1)/w = "
                        "t (w - 1)/w divides 1 - 1/w = (w - 1)/w"}},
      .notes = "",
      .seams = &LinearWarmup::seams,
      .bindings = schedule_bindings<LinearWarmup>(),
      .known_facts = fact_bindings<LinearWarmup>(),
  };
}

}  // namespace plumbline::schedules
