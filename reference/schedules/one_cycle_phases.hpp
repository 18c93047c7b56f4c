// The phases of a 1cycle policy: which one a step is in, how far through it, and the way from a
// phase's first value to its last.
#pragma once

#include <cmath>

#include "reference/schedules/forms.hpp"

namespace plumbline::schedules {

struct OneCyclePhases {
  enum class Phases : int { two, three };
  /// PyTorch's phases end at p T - 1, (2 p T - 2,) T - 1, whole or not; fastai's at p T and T;
  /// optax's at floor(p T), (floor(q T),) T.
  enum class Ends : int { before, at, floored };

  Phases phases;
  Ends ends;
  double total, rise_share, fall_share;  ///< T, p, q

  int last() const { return phases == Phases::two ? 1 : 2; }

  int phase_of(long step) const {
    int phase = 0;
    while (phase < last() && is_past(static_cast<double>(step), phase)) ++phase;
    return phase;
  }

  /// The share of its phase that a step has behind it.
  template <class Number>
  Number progress(long step, int phase) const {
    if (phase == 0) return count<Number>(step) / end_of<Number>(0);
    const Number begin = end_of<Number>(phase - 1);
    return (count<Number>(step) - begin) / (end_of<Number>(phase) - begin);
  }

 private:
  /// Whether the step is in a later phase; exactly so, since the sign of a fused product and sum
  /// is. A program that rounds p T may put the step next to it in the other phase: where that
  /// can be, the rates of both meet.
  bool is_past(double step, int phase) const {
    if (ends == Ends::floored) return step >= end_of<double>(phase);
    if (ends == Ends::at) return std::fma(rise_share, total, -step) < 0;
    return phase == 0 ? std::fma(rise_share, total, -(step + 1)) < 0
                      : std::fma(2 * rise_share, total, -(step + 2)) < 0;
  }

  template <class Number>
  Number end_of(int phase) const {
    if (phase == last()) return Number(ends == Ends::before ? total - 1 : total);
    // A count: of the product as binary64 rounds it, as in Python's int(p * T).
    if (ends == Ends::floored) {
      return Number(std::floor((phase == 0 ? rise_share : fall_share) * total));
    }
    const Number rise = Number(rise_share) * Number(total);
    if (ends == Ends::at) return rise;
    return phase == 0 ? rise - 1 : 2 * rise - 2;
  }
};

struct OneCycleOptions {
  enum class Shape : int { cosine, linear };

  OneCyclePhases::Phases phases;
  Shape shape;
  OneCyclePhases::Ends ends;

  /// A share of the way from one end of a phase to the other, along a half cosine or a line.
  template <class Number>
  Number between(const Number& from, const Number& to, const Number& progress) const {
    if (shape == Shape::linear) return on_the_way(from, to, progress);
    return on_the_way(to, from, half_cosine(progress));
  }
};

}  // namespace plumbline::schedules
