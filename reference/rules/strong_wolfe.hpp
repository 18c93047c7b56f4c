// A search for a length that meets the strong Wolfe conditions
//
//   f(theta + a p) <= f(theta) + c1 a g'p          (sufficient decrease)
//   |grad f(theta + a p)'p| <= c2 |g'p|            (curvature), c2 = 0.9
//
// in two phases (Nocedal and Wright 2006, Algorithms 3.5 and 3.6): lengths grow until two of
// them have such a one between, and that bracket is then narrowed. The book leaves open how the
// next length is chosen. Here it is as minFunc's WolfeLineSearch.m chooses it and PyTorch's
// _strong_wolfe (torch/optim/lbfgs.py) after it: at the least value of the cubic through both
// ends' values and slopes, between bounds, and away from an end to which it came too near twice.
//
// Two things are other than the book's. That f has grown since the length before counts from the
// third length on (`ls_iter > 1`), not from the second. And the better end of a bracket is the one
// with the lower f, though it may be one that decreases f too little: the cubic's minimum is then
// outside, and the search may spend its 25 lengths on the way to that end and return it.
#pragma once

#include <array>

#include "reference/oracle.hpp"
#include "reference/tensors/operations.hpp"
#include "reference/tensors/traced_operations.hpp"

namespace plumbline::rules {

/// f along a line: value and slope at a length.
template <class Number>
struct TrialLength {
  Number length, value, slope;
};

/// Where the cubic through two points' values and slopes is least; halfway between the bounds
/// where it has no minimum.
template <class Number>
Number cubic_minimum(const TrialLength<Number>& one, const TrialLength<Number>& other,
                     const Number& least, const Number& greatest) {
  const bool in_order = !less(other.length, one.length);
  const TrialLength<Number>& near = in_order ? one : other;
  const TrialLength<Number>& far = in_order ? other : one;
  const Number secant = (one.value - other.value) / (one.length - other.length);
  const Number bend = one.slope + other.slope - Number(3) * secant;
  const Number discriminant = square(bend) - one.slope * other.slope;
  if (less(discriminant, Number(0))) return Number(0.5) * (least + greatest);
  const Number root = sqrt(discriminant);
  const Number share = (far.slope + root - bend) / (far.slope - near.slope + Number(2) * root);
  return far.length - (far.length - near.length) * share;
}

template <class Number>
class StrongWolfeSearch {
 public:
  StrongWolfeSearch(const Oracle<Number>& objective, const Number& point, const Number& direction,
                    const Number& slope, const Scalar<Number>& decrease)
      : objective_(objective),
        point_(point),
        direction_(direction),
        start_{Number(0), objective.value(point), slope},
        decrease_(decrease) {}

  /// The length found, where `first` is the first one tried.
  Number length(const Number& first) {
    Trial previous = start_;
    Trial current = at(first);
    for (tried_ = 0; tried_ < most_lengths; ++tried_) {
      if (decreases_too_little(current) || (tried_ > 1 && !less(current.value, previous.value))) {
        return narrowed({previous, current});
      }
      if (is_flat_enough(current)) return current.length;
      if (!less(current.slope, Number(0))) return narrowed({previous, current});
      const Number least = current.length + Number(0.01) * (current.length - previous.length);
      const Number greatest = Number(10) * current.length;
      const Number next = cubic_minimum(previous, current, least, greatest);
      previous = current;
      current = at(min(max(next, least), greatest));
    }
    return narrowed({start_, current});
  }

 private:
  using Trial = TrialLength<Number>;
  static constexpr int most_lengths = 25;

  const Oracle<Number>& objective_;
  const Number &point_, &direction_;
  Trial start_;
  const Scalar<Number>& decrease_;
  int tried_ = 0;

  Trial at(const Number& length) const {
    const Number reached = point_ + length * direction_;
    return {length, objective_.value(reached),
            inner_product(objective_.gradient(reached), direction_)};
  }
  bool decreases_too_little(const Trial& trial) const {
    return less(start_.value + decrease_ * trial.length * start_.slope, trial.value);
  }
  bool is_flat_enough(const Trial& trial) const {
    return !less(Number(-0.9) * start_.slope, abs(trial.slope));
  }

  /// From the ends of a bracket to a length inside.
  Number narrowed(std::array<Trial, 2> bracket) {
    const Number reach = -least(-abs(direction_));
    std::size_t low = lower_of(bracket);
    for (bool came_near = false; tried_ < most_lengths; ++tried_) {
      if (less(abs(bracket[1].length - bracket[0].length) * reach, Number(1e-9))) break;
      const Trial now = at(next_within(bracket, came_near));
      Trial& high = bracket[1 - low];
      if (decreases_too_little(now) || !less(now.value, bracket[low].value)) {
        high = now;
        low = lower_of(bracket);
        continue;
      }
      const bool found = is_flat_enough(now);
      if (!found && !less(now.slope * (high.length - bracket[low].length), Number(0))) {
        high = bracket[low];
      }
      bracket[low] = now;
      if (found) break;
    }
    return bracket[low].length;
  }
  static std::size_t lower_of(const std::array<Trial, 2>& bracket) {
    return less(bracket[1].value, bracket[0].value) ? 1 : 0;
  }

  /// The next length, no nearer to an end than a tenth of the bracket the second time.
  static Number next_within(const std::array<Trial, 2>& bracket, bool& came_near) {
    const Number least = min(bracket[0].length, bracket[1].length);
    const Number greatest = max(bracket[0].length, bracket[1].length);
    const Number lowest = cubic_minimum(bracket[0], bracket[1], least, greatest);
    const Number next = min(max(lowest, least), greatest);
    const Number margin = Number(0.1) * (greatest - least);
    const bool near = less(min(greatest - next, next - least), margin);
    const bool outside = !less(lowest, greatest) || !less(least, lowest);
    const bool too_near = near && (came_near || outside);
    came_near = near && !too_near;
    if (!too_near) return next;
    return less(abs(next - greatest), abs(next - least)) ? greatest - margin : least + margin;
  }
};

/// The length that the search along `direction` finds, `first` being the first one tried.
/// `slope`: g'p, `decrease`: c1.
template <class Number>
Number strong_wolfe_length(const Oracle<Number>& objective, const Number& point,
                           const Number& direction, const Number& first, const Number& slope,
                           const Scalar<Number>& decrease) {
  return StrongWolfeSearch<Number>(objective, point, direction, slope, decrease).length(first);
}

/// A formula names the search.
inline Traced strong_wolfe_length(const Oracle<Traced>&, const Traced& point,
                                  const Traced& direction, const Traced& first, const Traced&,
                                  const Traced& decrease) {
  return Traced(Operation::strong_wolfe_length, {point, direction, first, decrease});
}

}  // namespace plumbline::rules
