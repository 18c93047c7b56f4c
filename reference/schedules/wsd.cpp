// Warmup, stable, decay (Hu et al. 2024): d is the decay's length, p = (t - (T - d))/d its
// progress.
//
//   eta_t = eta_0 t/w                                  t < w
//   eta_t = eta_0                                      w <= t < T - d
//   eta_t = eta_min + (eta_0 - eta_min) f(p)           T - d <= t < T, then eta_min,
//   f(p) = 1 - p,  (1 + cos(pi p))/2,  1 - sqrt(p)  or  2 (1/2)^p - 1.
//
// transformers gives the end as a share r of eta_0, and lets the warmup begin there too:
//   eta_t = eta_0 (r + (1 - r) t/w)                    t < w.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Wsd {
  enum class Shape : int { linear, cosine, one_minus_sqrt, exponential };
  enum class End : int { rate, share };
  struct Options {
    Shape shape;
    End end;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long decay = static_cast<long>(hyperparameters[2]);
    const long total = static_cast<long>(hyperparameters[3]);
    const Number minimum = hyperparameters[4];

    const long fallen = std::min(step - (total - decay), decay);
    if (step >= warmup && fallen < 0) return learning_rate;
    const Number height =
        step < warmup ? share_of<Number>(step, warmup) : left<Number>(options.shape, fallen, decay);
    if (options.end == End::share) return learning_rate * on_the_way(minimum, Number(1), height);
    if (step < warmup) return learning_rate * height;
    return on_the_way(minimum, learning_rate, height);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    const long total = static_cast<long>(hyperparameters[3]);
    return {static_cast<long>(hyperparameters[1]), total - static_cast<long>(hyperparameters[2]),
            total};
  }

  /// A line, a level and a decay. 1 - sqrt(p) is convex, with the integral d (p - 2 p^(3/2)/3);
  /// 2 (1/2)^p - 1 is a geometric series less d.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long warmup = static_cast<long>(hyperparameters[1]);
    const long decay = static_cast<long>(hyperparameters[2]);
    const long total = static_cast<long>(hyperparameters[3]);
    const Number minimum = hyperparameters[4];
    const bool share = options.end == End::share;
    const Number end = share ? learning_rate * minimum : minimum;
    const Number first = share ? end : Number(0);
    const Number before = learning_rate - (learning_rate - first) / count<Number>(warmup);
    const long level = total - decay - warmup;
    const Number heights = sum_left<Number>(options.shape, decay);
    return {.pieces = pieces_from({warmup}, until),
            .ends = {{0, first},
                     {warmup, learning_rate},
                     {total - decay, learning_rate},
                     {total, end},
                     {2 * total, end}},
            .sums = {{0, warmup - 1, sum_of_line(first, before, warmup)},
                     {warmup, total - 1,
                      count<Number>(level) * learning_rate + count<Number>(decay) * end +
                          (learning_rate - end) * heights}}};
  }

 private:
  /// f(p) at p = 0, 1/d, ..., (d - 1)/d.
  template <class Number>
  static Number sum_left(Shape shape, long decay) {
    const Number length = count<Number>(decay);
    switch (shape) {
      case Shape::linear:
        return (length + 1) / 2;
      case Shape::cosine:
        return sum_of_half_cosine(Number(1), Number(0), decay);
      case Shape::one_minus_sqrt:
        return sum_of_convex<Number>(
            0, decay - 1, [&](const Number& u) { return Number(1 - sqrt(u / length)); },
            [&](const Number& u) { return Number(u - 2 * (u * sqrt(u / length)) / 3); });
      default:
        return 1 / (1 - power(Number(0.5), 1 / length)) - length;
    }
  }

  template <class Number>
  static Number left(Shape shape, long fallen, long decay) {
    const Number progress = share_of<Number>(fallen, decay);
    switch (shape) {
      case Shape::linear:
        return 1 - progress;
      case Shape::cosine:
        return half_cosine<Number>(fallen, decay);
      case Shape::one_minus_sqrt:
        return 1 - sqrt(progress);
      default:
        return 2 * real_power(Number(0.5), progress) - 1;
    }
  }
};

}  // namespace

Schedule wsd() {
  const Hyperparameter decay = {.name = "decay_length",
                                .symbol = "d",
                                .meaning = "the length of the decay; w + d is at most T",
                                .default_value = 8,
                                .neutral = {},
                                .least = 1,
                                .greatest = 1e9,
                                .dyadic = 4,
                                .low = 1,
                                .high = 10,
                                .distinct = 9,
                                .kind = Hyperparameter::Kind::count};
  constexpr std::string_view megatron =
      "Megatron-LM megatron/core/optimizer_param_scheduler.py \"WSD\"";
  return {
      .name = "wsd",
      .title = "Warmup, stable, decay",
      .formula = "eta_t = eta_0 t/w, then eta_0, then eta_min + (eta_0 - eta_min) f(p)",
      .source =
          "Hu et al. 2024, arXiv:2404.06395, section 4; Hagele et al. 2024, "
          "arXiv:2405.18392, eq. (1) and 3.1 (1 - sqrt)",
      .hyperparameters = {learning_rate(), warmup_steps(), decay, total_steps(),
                          minimum_learning_rate()},
      .options = {{"shape", {"linear", "cosine", "one_minus_sqrt", "exponential"}},
                  {"end", {"rate", "share"}}},
      .dialects = {{"linear", {0, 0}, megatron, {"paper"}},
                   {"cosine", {1, 0}, megatron, {}},
                   {"one_minus_sqrt",
                    {2, 0},
                    "Megatron-LM megatron/core/optimizer_param_scheduler.py \"WSD\" with "
                    "\"minus_sqrt\"; Hagele et al. 2024",
                    {"megatron"}},
                   {"exponential", {3, 0}, megatron, {}},
                   {"linear_to_share",
                    {0, 1},
                    "transformers src/transformers/optimization.py get_wsd_schedule, decay_type "
                    "\"linear\", with minimum_learning_rate for min_lr_ratio",
                    {}},
                   {"cosine_to_share",
                    {1, 1},
                    "transformers get_wsd_schedule, its usual decay_type",
                    {"transformers"}},
                   {"one_minus_sqrt_to_share",
                    {2, 1},
                    "transformers get_wsd_schedule, decay_type \"1-sqrt\"",
                    {}}},
      .equivalences = {},
      .notes = "",
      .seams = &Wsd::seams,
      .bindings = schedule_bindings<Wsd>(),
      .known_facts = fact_bindings<Wsd>(),
  };
}

}  // namespace plumbline::schedules
