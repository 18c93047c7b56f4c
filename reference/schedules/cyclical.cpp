// Cyclical learning rates (Smith 2017): up for a steps, down for b steps, and again.
//
//   eta_t = eta_min + (eta_max - eta_min) x a_c,
//
// c = 1, 2, ... the cycle, r = 0, ..., a + b - 1 the step within it, and the height
//   x = r/a                 r <= a,
//   x = (a + b - r)/b       r > a       (the cosine of it, (1 - cos(pi x))/2, in cosine cycles).
// The scale a_c is 1 (triangular), 2^(1-c) (triangular2), gamma^t (exp_range) or gamma^c.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Cyclical {
  enum class Wave : int { triangle, cosine };
  enum class Scale : int { one, halved_by_cycle, power_of_step, power_of_cycle };
  struct Options {
    Wave wave;
    Scale scale;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const long up = static_cast<long>(hyperparameters[2]);
    const long down = static_cast<long>(hyperparameters[3]);
    const Number decay_rate = hyperparameters[4];

    const long within = step % (up + down);
    const long cycle = 1 + step / (up + down);
    const Number height = options.wave == Wave::triangle ? triangle<Number>(step, up, down)
                          : within <= up                 ? 1 - half_cosine<Number>(within, up)
                                                         : half_cosine<Number>(within - up, down);
    const Number amplitude = (maximum - minimum) * height;
    switch (options.scale) {
      case Scale::halved_by_cycle:
        return minimum + amplitude * count_power(Number(0.5), cycle - 1);
      case Scale::power_of_step:
        return minimum + amplitude * count_power(decay_rate, step);
      case Scale::power_of_cycle:
        return minimum + amplitude * count_power(decay_rate, cycle);
      default:
        return minimum + amplitude;
    }
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    const long up = static_cast<long>(hyperparameters[2]);
    std::vector<long> steps;
    for (const long end : multiples(up + static_cast<long>(hyperparameters[3]), until + up)) {
      steps.push_back(end - static_cast<long>(hyperparameters[3]));
      steps.push_back(end);
    }
    return steps;
  }

  /// The heights of a cycle add up to (a + b)/2: going up to (a + 1)/2, down to (b - 1)/2, along
  /// a line or a half cosine, whose heights at r and a - r add up to 1. Times gamma^t the way up
  /// may turn before the top; the way down does not.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number maximum = hyperparameters[0];
    const Number minimum = hyperparameters[1];
    const long up = static_cast<long>(hyperparameters[2]);
    const long period = up + static_cast<long>(hyperparameters[3]);
    const bool by_step = options.scale == Scale::power_of_step;
    const Number decay_rate = hyperparameters[4];
    const Number scale = options.scale == Scale::power_of_cycle ? decay_rate
                         : by_step ? power(decay_rate, count<Number>(up))
                                   : Number(1);
    const Number top = minimum + (maximum - minimum) * scale;
    std::vector<long> turns;
    for (long bottom = 0; bottom < until; bottom += period) {
      turns.insert(turns.end(), {bottom + up, bottom + period});
    }
    ScheduleFacts<Number> known{.pieces = pieces_between(turns, until),
                                .ends = {{0, minimum}, {up, top}, {period, minimum}}};
    if (by_step) {
      std::erase_if(known.pieces,
                    [&](const MonotonePiece& piece) { return piece.first % period != up; });
    } else {
      known.sums = {{0, period - 1, sum_of_line(minimum, top, period)}};
    }
    if (options.scale == Scale::one) known.period = RatePeriod{period};
    return known;
  }

 private:
  template <class Number>
  static Number triangle(long step, long up, long down) {
    const long within = step % (up + down);
    Number height =
        within <= up ? share_of<Number>(within, up) : share_of<Number>(up + down - within, down);
    if constexpr (requires { hull(height, height); }) {
      return hull(height, from_whole_cycles<Number>(step, up, down));
    } else {
      return height;
    }
  }

  /// PyTorch, CLR and TensorFlow Addons take the whole cycles off t/(a + b), or off t/a, after
  /// rounding it: the later the cycle, the more of the height that costs.
  template <class Number>
  static Number from_whole_cycles(long step, long up, long down) {
    const long period = up + down;
    const long within = step % period;
    const Number cycle = count<Number>(1 + step / period);
    const Number passed = 1 + count<Number>(step) / count<Number>(period) - cycle;
    const Number rise = count<Number>(up) / count<Number>(period);
    Number height = within <= up ? passed / rise : (passed - 1) / (rise - 1);
    if (within == up) height = hull(height, (passed - 1) / (rise - 1));
    if (up == down) {
      const Number turned = abs(count<Number>(step) / count<Number>(up) - 2 * cycle + 1);
      height = hull(height, max(Number(0), 1 - turned));
    }
    return height;
  }
};

Hyperparameter half(std::string_view name, std::string_view symbol, std::string_view meaning,
                    double usual, double dyadic, double low, double high, double distinct) {
  return {.name = name,
          .symbol = symbol,
          .meaning = meaning,
          .default_value = usual,
          .neutral = {},
          .least = 1,
          .greatest = 1e9,
          .dyadic = dyadic,
          .low = low,
          .high = high,
          .distinct = distinct,
          .kind = Hyperparameter::Kind::count};
}

}  // namespace

Schedule cyclical() {
  return {
      .name = "cyclical",
      .title = "Cyclical learning rates",
      .formula = "eta_t = eta_min + (eta_max - eta_min) x a_c",
      .source = "Smith 2017, arXiv:1506.01186, 3.1 and 3.2; a document of seeds/ (cosine)",
      .hyperparameters = {maximum_learning_rate(), minimum_learning_rate(),
                          half("up_steps", "a", "steps from the bottom to the top", 6, 4, 1, 30, 5),
                          half("down_steps", "b", "steps from the top to the bottom", 6, 12, 3, 10,
                               11),
                          decay_rate()},
      .options = {{"wave", {"triangle", "cosine"}},
                  {"scale", {"one", "halved_by_cycle", "power_of_step", "power_of_cycle"}}},
      .dialects =
          {{"triangular",
            {0, 0},
            "PyTorch torch/optim/lr_scheduler.py CyclicLR; CLR bckenstler/CLR clr_callback.py and "
            "TensorFlow Addons tensorflow_addons/optimizers/cyclical_learning_rate.py with a = b; "
            "eta_min is their base_lr",
            {"paper", "pytorch", "tensorflow_addons"}},
           {"triangular2", {0, 1}, "the same, mode \"triangular2\"", {}},
           {"exp_range",
            {0, 2},
            "the same, mode \"exp_range\": gamma to the power of the iterations from the start",
            {}},
           {"exp_range_by_cycle",
            {0, 3},
            "TensorFlow Addons ExponentialCyclicalLearningRate(scale_mode=\"cycle\"), the cycles "
            "counted from 1",
            {}},
           {"cosine", {1, 0}, "a document of seeds/: up and down as half a cosine", {"document"}}},
      .equivalences = {},
      .notes = "gamma is of use in exp_range alone.",
      .seams = &Cyclical::seams,
      .bindings = schedule_bindings<Cyclical>(),
      .known_facts = fact_bindings<Cyclical>(),
  };
}

}  // namespace plumbline::schedules
