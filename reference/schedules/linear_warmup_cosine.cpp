// Linear warmup, then cosine annealing.
//
//   eta_t = eta_0 t/w                                                   t < w
//   eta_t = eta_min + (eta_0 - eta_min)(1 + cos(pi (t-w)/(T-w)))/2      t >= w
//
// A document of seeds/ writes it as one minimum,
//   eta_t = eta_0 min(t/w, (1 + cos(pi (t-w)/(T-w)))/2).
// With eta_min = 0 and L = T - w that is the same at a step t if and only if t >= w, or
//   sin^2(pi u/(2L)) <= u/w    for u = w - t                                            (*)
// since t/w >= 1 is above the cosine from w on, and before w the cosine's part is
// 1 - sin^2(pi u/(2L)) and t/w = 1 - u/w. (*) holds for all u in (0, w] if and only if
//   w/L <= 2/(pi M) = 0.8785...,    M = sin^2(x)/x = 0.7246... where tan(x) = 2x, x = 1.1655...
// For with x = pi u/(2L), (*) says f(x) = sin^2(x)/x <= 2L/(pi w). f' has the sign of
// sin(x)(2x cos(x) - sin(x)): f rises from 0 to M at the one zero of tan(x) = 2x in (0, pi/2),
// falls to pi, and is at most 1/pi < M from there on. If that zero is within the range of x,
// which ends at X = pi w/(2L), (*) says M <= 2L/(pi w); if not, then f(x) <= f(X) <= 1/X =
// 2L/(pi w), so that it holds, and w/L < 0.7421 is below the bound. A whole u that breaks (*)
// exists from w/L just above the bound on, as soon as L is large enough for one to be near
// 0.742 L; u = L breaks it whenever w > L.
//
// PyTorch chains two recursions: with LinearLR's start factor s = 1/w over w - 1 steps,
//   eta_t = eta_{t-1} (1 + (1 - s)/((w - 1) s + (t - 1)(1 - s)))        t < w
// begins anew at eta_0 at t = w, and goes on as cosine_annealing's recursion.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct LinearWarmupCosine {
  enum class Form : int { piecewise, literal_minimum, recursive };
  enum class WarmupStart : int { zero, one };
  enum class PastEnd : int { continuing, clamped };
  struct Options {
    Form form;
    WarmupStart warmup_start;
    PastEnd past_end;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    if (options.form != Form::recursive || access == Access::direct) {
      return each_step<Number>(
          steps, [&](long step) { return closed_form<Number>(hyperparameters, options, step); });
    }
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long total = static_cast<long>(hyperparameters[2]) - warmup;
    const Number minimum = hyperparameters[3];
    const Number start = Number(1) / static_cast<double>(warmup);

    const Number first = learning_rate * start;
    return step_by_step(first, steps, [&](const Number& rate, long step) -> Number {
      const long fallen = step - warmup;  // steps since the cosine began
      if (fallen < 0) return rate * climb(start, step, warmup - 1);
      if (fallen == 0) return learning_rate;
      return cosine_step(rate, learning_rate, minimum, fallen, total);
    });
  }

  /// The rate rises up to w and turns at T, T + L, ... for L = T - w, as the cosine does. Of the
  /// literal minimum that is known from w on; before it under the condition above.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long total = static_cast<long>(hyperparameters[2]);
    const long length = total - warmup;
    const Number minimum = hyperparameters[3];
    const bool from_one = options.warmup_start == WarmupStart::one;
    const bool turns = options.past_end == PastEnd::continuing;
    const bool piecewise = options.form != Form::literal_minimum ||
                           static_cast<double>(warmup) < 0.878 * static_cast<double>(length);

    std::vector<long> bends{warmup};
    for (long turn = total; turn < until; turn += length) bends.push_back(turn);
    const Number after = turns ? learning_rate : minimum;
    ScheduleFacts<Number> known{
        .pieces = pieces_between(bends, until),
        .ends = {{warmup, learning_rate}, {total, minimum}, {total + length, after}},
        .sums = {{warmup, total - 1, sum_of_half_cosine(learning_rate, minimum, length)}}};
    if (turns) known.period = RatePeriod{2 * length, warmup};
    if (!piecewise) {
      known.pieces.erase(known.pieces.begin());
      return known;
    }
    const Number share = learning_rate / count<Number>(warmup);
    const Number first = from_one ? share : Number(0);
    const Number last = from_one ? learning_rate : learning_rate - share;
    known.ends.push_back({0, first});
    known.ends.push_back({warmup - 1, last});
    known.sums.push_back({0, warmup - 1, sum_of_line(first, last, warmup)});
    return known;
  }

 private:
  template <class Number>
  static Number closed_form(std::span<const double> hyperparameters, const Options& options,
                            long step) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long total = static_cast<long>(hyperparameters[2]);
    const Number minimum = hyperparameters[3];

    const long counted = step + (options.warmup_start == WarmupStart::one ? 1 : 0);
    const Number rise = Number(static_cast<double>(counted)) / static_cast<double>(warmup);
    const bool ended = options.past_end == PastEnd::clamped && step > total;
    const Number fall = (1 + cos_pi<Number>((ended ? total : step) - warmup, total - warmup)) / 2;
    if (options.form == Form::literal_minimum) return learning_rate * min(rise, fall);
    if (step < warmup) return learning_rate * rise;
    return minimum + (learning_rate - minimum) * fall;
  }
};

}  // namespace

Schedule linear_warmup_cosine() {
  return {
      .name = "linear_warmup_cosine",
      .title = "Linear warmup, then cosine annealing",
      .formula =
          "eta_t = eta_0 t/w for t < w, else "
          "eta_min + (eta_0 - eta_min)(1 + cos(pi (t-w)/(T-w)))/2",
      .source = "Goyal et al. 2017, 2.2; Loshchilov and Hutter 2017; a document of seeds/",
      .hyperparameters = {learning_rate(), warmup_steps(), total_steps(), minimum_learning_rate()},
      .options = {{"form", {"piecewise", "literal_minimum", "recursive"}},
                  {"warmup_start", {"zero", "one"}},
                  {"past_end", {"continuing", "clamped"}}},
      .dialects =
          {{"piecewise", {0, 0, 0}, "transformers get_cosine_schedule_with_warmup", {"paper"}},
           {"piecewise_clamped", {0, 0, 1}, "optax warmup_cosine_decay_schedule", {"optax"}},
           {"warmup_from_one", {0, 1, 0}, "the same with t + 1 for t in the warmup", {}},
           {"warmup_from_one_recursive",
            {2, 1, 0},
            "PyTorch SequentialLR of LinearLR(start_factor=1/w) and CosineAnnealingLR",
            {"pytorch"}},
           {"literal_minimum",
            {1, 0, 0},
            "a document of seeds/",
            {"document"},
            {"minimum_learning_rate"}}},
      .equivalences = {{"warmup_from_one", "warmup_from_one_recursive",
                        "the recursion's factor is (t + 1)/t: (w - 1)/w + (t - 1)(w - 1)/w = "
                        "t (w - 1)/w divides 1 - 1/w = (w - 1)/w; then as in cosine_annealing"}},
      .notes = "",
      .bindings = schedule_bindings<LinearWarmupCosine>(),
      .known_facts = fact_bindings<LinearWarmupCosine>(),
  };
}

}  // namespace plumbline::schedules
