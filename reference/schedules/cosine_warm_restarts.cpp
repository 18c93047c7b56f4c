// Cosine annealing with warm restarts (Loshchilov and Hutter 2017, eq. (5)).
//
//   eta_t = eta_min + (eta_i - eta_min)(1 + cos(pi T_cur/T_i))/2,
//   cycle i has T_i = T_0 T_mult^i steps, and T_cur = 0, ..., T_i - 1 within it.
//
// The peak eta_i is eta_0 times m^i where restarts lose height, and eta_min is not lowered.
// Keras multiplies the cosine's part alone by m^i, and gives the end as a share alpha of eta_0:
//   eta_t = eta_0 (alpha + (1 - alpha) m^i (1 + cos(pi T_cur/T_i))/2).
//
// Which cycle a step is in is found in whole numbers: a logarithm's floor misses restarts.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct CosineWarmRestarts {
  enum class End : int { rate, share };
  struct Options {
    End end;
  };

  struct Place {
    long cycle, since, length;  // i, T_cur, T_i
  };
  static Place place(long step, long first, long multiplier) {
    if (multiplier == 1) return {step / first, step % first, first};
    Place place{0, step, first};
    while (place.since >= place.length) {
      place.since -= place.length;
      place.length *= multiplier;
      ++place.cycle;
    }
    return place;
  }

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const Place at =
        place(step, static_cast<long>(hyperparameters[1]), static_cast<long>(hyperparameters[2]));
    const Number minimum = hyperparameters[3];
    const Number peak_decay = hyperparameters[4];

    const Number height = count_power(peak_decay, at.cycle);
    const Number fall = half_cosine<Number>(at.since, at.length);
    if (options.end == End::share) {
      return learning_rate * ((1 - minimum) * (height * fall) + minimum);
    }
    return minimum + (learning_rate * height - minimum) * fall;
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    const long multiplier = static_cast<long>(hyperparameters[2]);
    std::vector<long> restarts;
    long length = static_cast<long>(hyperparameters[1]);
    for (long step = length; step <= until; step += length) {
      restarts.push_back(step);
      length *= multiplier;
    }
    return restarts;
  }

  /// Within a cycle the rate goes one way. Cycles of one length and height are a period.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long first = static_cast<long>(hyperparameters[1]);
    const long second = first * static_cast<long>(hyperparameters[2]);
    const Number minimum = hyperparameters[3];
    const Number decayed = learning_rate * hyperparameters[4];
    const Number end = options.end == End::share ? learning_rate * minimum : minimum;
    const Number lower = options.end == End::share
                             ? learning_rate * (minimum + (1 - minimum) * hyperparameters[4])
                             : decayed;
    ScheduleFacts<Number> known{
        .pieces = pieces_from(seams(hyperparameters, until), until),
        .ends = {{0, learning_rate}, {first, lower}},
        .sums = {{0, first - 1, sum_of_half_cosine(learning_rate, end, first)},
                 {first, first + second - 1, sum_of_half_cosine(lower, end, second)}}};
    if (second == first && hyperparameters[4] == 1) known.period = RatePeriod{first};
    return known;
  }
};

}  // namespace

Schedule cosine_warm_restarts() {
  const Hyperparameter first = {.name = "first_cycle_steps",
                                .symbol = "T_0",
                                .meaning = "the length of the first cycle",
                                .default_value = 5,
                                .neutral = {},
                                .least = 1,
                                .greatest = 1e9,
                                .dyadic = 4,
                                .low = 1,
                                .high = 40,
                                .distinct = 7,
                                .kind = Hyperparameter::Kind::count};
  const Hyperparameter multiplier = {.name = "cycle_multiplier",
                                     .symbol = "T_mult",
                                     .meaning = "how many times as long as the last a cycle is",
                                     .default_value = 1,
                                     .neutral = {},
                                     .least = 1,
                                     .greatest = 1000,
                                     .dyadic = 2,
                                     .low = 3,
                                     .high = 4,
                                     .distinct = 2,
                                     .kind = Hyperparameter::Kind::count};
  const Hyperparameter peak_decay = {.name = "peak_decay",
                                     .symbol = "m",
                                     .meaning = "the factor of the peak from cycle to cycle",
                                     .default_value = 1,
                                     .neutral = 1.0,
                                     .least = rules::above_zero,
                                     .greatest = 1,
                                     .dyadic = 0.75,
                                     .low = 0.5,
                                     .high = 0.99,
                                     .distinct = 0.9};
  return {
      .name = "cosine_warm_restarts",
      .title = "Cosine annealing with warm restarts",
      .formula = "eta_t = eta_min + (eta_0 m^i - eta_min)(1 + cos(pi T_cur/(T_0 T_mult^i)))/2",
      .source = "Loshchilov and Hutter 2017, arXiv:1608.03983, eq. (5) and section 3",
      .hyperparameters = {learning_rate(), first, multiplier, minimum_learning_rate(), peak_decay},
      .options = {{"end", {"rate", "share"}}},
      .dialects =
          {{"end_as_rate",
            {0},
            "PyTorch torch/optim/lr_scheduler.py CosineAnnealingWarmRestarts (m = 1); timm "
            "timm/scheduler/cosine_lr.py with cycle_mul, cycle_decay; Caffe "
            "src/caffe/solvers/sgd_solver.cpp \"sgdr\"; optax optax/schedules/_schedule.py "
            "sgdr_schedule by its list of cycles",
            {"paper", "pytorch", "timm", "caffe"}},
           {"end_as_share",
            {1},
            "Keras keras/src/optimizers/schedules/learning_rate_schedule.py CosineDecayRestarts, "
            "with the hyperparameter minimum_learning_rate for alpha",
            {"keras"}}},
      .equivalences = {},
      .notes = "At T_cur = T_i the next cycle has begun: eta_min itself is never reached.",
      .seams = &CosineWarmRestarts::seams,
      .bindings = schedule_bindings<CosineWarmRestarts>(),
      .known_facts = fact_bindings<CosineWarmRestarts>(),
  };
}

}  // namespace plumbline::schedules
