// The cycles of cyclical schedules: up for a steps, down for b, and again; how high a step is, and
// how the height shrinks.
#pragma once

#include <cmath>

#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {

/// What the height is multiplied by: 1, 2^(1-c), gamma^t, gamma^c.
enum class CycleScale : int { one, halved_by_cycle, power_of_step, power_of_cycle };

struct Cycles {
  enum class Wave : int { triangle, cosine };

  long up, down;  ///< a, b

  /// Of a schedule's hyperparameters, which begin with the two ends.
  static Cycles of(std::span<const double> hyperparameters) {
    return {static_cast<long>(hyperparameters[2]), static_cast<long>(hyperparameters[3])};
  }

  long period() const { return up + down; }

  /// From 0 at the start of a cycle to 1 after a steps, and back.
  template <class Number>
  Number height(long step, Wave wave) const {
    const long within = step % period();
    return wave == Wave::triangle ? triangle<Number>(step)
           : within <= up         ? 1 - half_cosine<Number>(within, up)
                                  : half_cosine<Number>(within - up, down);
  }

  template <class Number>
  Number scaled(const Number& amplitude, CycleScale scale, const Number& decay_rate,
                long step) const {
    const long cycle = 1 + step / period();
    switch (scale) {
      case CycleScale::halved_by_cycle:
        return amplitude * count_power(Number(0.5), cycle - 1);
      case CycleScale::power_of_step:
        return amplitude * count_power(decay_rate, step);
      case CycleScale::power_of_cycle:
        return amplitude * count_power(decay_rate, cycle);
      default:
        return amplitude;
    }
  }

  std::vector<long> seams(long until) const {
    std::vector<long> steps;
    for (const long end : multiples(period(), until + down)) {
      steps.push_back(end - down);
      if (end <= until) steps.push_back(end);
    }
    return steps;
  }

  /// The heights of a cycle add up to (a + b)/2: going up to (a + 1)/2, down to (b - 1)/2, along
  /// a line or a half cosine, whose heights at r and a - r add up to 1. Times gamma^t the way up
  /// may turn before the top; the way down does not.
  template <class Number>
  ScheduleFacts<Number> facts(const Number& bottom, const Number& top, CycleScale scale,
                              double gamma, long until) const {
    const bool by_step = scale == CycleScale::power_of_step;
    const Number factor = scale == CycleScale::power_of_cycle ? Number(gamma)
                          : by_step ? power(Number(gamma), count<Number>(up))
                                    : Number(1);
    const Number first_top = bottom + (top - bottom) * factor;
    std::vector<long> turns;
    for (long begin = 0; begin < until; begin += period()) {
      turns.insert(turns.end(), {begin + up, begin + period()});
    }
    ScheduleFacts<Number> known{.pieces = pieces_between(turns, until),
                                .ends = {{0, bottom}, {up, first_top}, {period(), bottom}}};
    if (by_step) {
      std::erase_if(known.pieces,
                    [&](const MonotonePiece& piece) { return piece.first % period() != up; });
    } else {
      known.sums = {{0, period() - 1, sum_of_line(bottom, first_top, period())}};
    }
    if (scale == CycleScale::one) known.period = RatePeriod{period()};
    return known;
  }

 private:
  template <class Number>
  Number triangle(long step) const {
    const long within = step % period();
    Number height =
        within <= up ? share_of<Number>(within, up) : share_of<Number>(up + down - within, down);
    if constexpr (requires { hull(height, height); }) {
      return hull(height, from_whole_cycles<Number>(step));
    } else {
      return height;
    }
  }

  /// PyTorch, CLR and TensorFlow Addons take the whole cycles off t/(a + b), or off t/a, after
  /// rounding it: the later the cycle, the more of the height that costs.
  template <class Number>
  Number from_whole_cycles(long step) const {
    const long within = step % period();
    const Number cycle = count<Number>(1 + step / period());
    const Number passed = 1 + count<Number>(step) / count<Number>(period()) - cycle;
    const Number rise = count<Number>(up) / count<Number>(period());
    Number height = within <= up ? passed / rise : (passed - 1) / (rise - 1);
    if (within == up) height = hull(height, (passed - 1) / (rise - 1));
    if (up == down) {
      const Number turned = abs(count<Number>(step) / count<Number>(up) - 2 * cycle + 1);
      height = hull(height, max(Number(0), 1 - turned));
    }
    return height;
  }
};

inline Hyperparameter steps_of_half_cycle(std::string_view name, std::string_view symbol,
                                          std::string_view meaning, double usual, double dyadic,
                                          double low, double high, double distinct) {
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
inline Hyperparameter up_steps() {
  return steps_of_half_cycle("up_steps", "a", "steps from the bottom to the top", 6, 4, 1, 30, 5);
}
inline Hyperparameter down_steps() {
  return steps_of_half_cycle("down_steps", "b", "steps from the top to the bottom", 6, 12, 3, 10,
                             11);
}

}  // namespace plumbline::schedules
