// The phases of a 1cycle policy: which one a step is in, how far through it, and the way from a
// phase's first value to its last.
#pragma once

#include <cmath>

#include "reference/schedules/fact_forms.hpp"

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

  /// The step at which the last phase has ended.
  long last_step() const { return static_cast<long>(total) - (ends == Ends::before ? 1 : 0); }

  /// In which the value goes one way: the steps of a phase.
  std::vector<MonotonePiece> pieces(long until) const {
    std::vector<long> starts;
    for (long step = 1; step <= std::min(until, last_step()); ++step) {
      if (phase_of(step) != phase_of(step - 1)) starts.push_back(step);
    }
    return pieces_from(starts, ends == Ends::before ? std::min(until, last_step()) : until);
  }

  /// The sum of the values at 0, ..., last_step(), which go from one corner to the next in each
  /// phase. Trapezoids of a step's width are (first + last)/2 short of it, and differ from the
  /// integral, L (A + B)/2 for a phase of length L from A to B, by what a rise from A to B within
  /// that time and no change before and after makes of it: at most half the rise |B - A|, since it
  /// is monotone, and at most |B - A|/L, where a step counts 1/4 of the slope at the two ends of a
  /// line, and a twelfth of the curvature, pi^2 |B - A|/(2 L^2), in the L + 2 steps of a cosine.
  template <class Number>
  Number sum_through(const std::vector<Number>& corners) const {
    Number trapezoids = (corners.front() + corners.back()) / 2;
    Number off = 0;
    for (int phase = 0; phase <= last(); ++phase) {
      const Number& from = corners[static_cast<std::size_t>(phase)];
      const Number& to = corners[static_cast<std::size_t>(phase) + 1];
      const Number length =
          phase == 0 ? end_of<Number>(0) : end_of<Number>(phase) - end_of<Number>(phase - 1);
      trapezoids = trapezoids + length * (from + to) / 2;
      off = off + abs(to - from) * min(Number(0.5), 1 / length);
    }
    return anything_between<Number>(trapezoids - off, trapezoids + off);
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
