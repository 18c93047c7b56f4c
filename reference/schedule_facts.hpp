// What is known of a schedule's rates besides their formula: which way they go, when they come
// again, what they are at the ends, what they add up to.
//
// Each schedule's file states its own and says why; tests/schedule_facts_test.cpp holds them
// against certified rates. Properties of subjects are made of them.
#pragma once

#include <optional>
#include <vector>

namespace plumbline {

/// The rates of first, ..., last only rise or only fall.
struct MonotonePiece {
  long first, last;
};

/// eta_(t + length) = eta_t for t >= from.
struct RatePeriod {
  long length;
  long from = 0;
};

/// For t >= from the rate is in proportion to (t + offset)^(-exponent). The sum of the rates is
/// then infinite if and only if exponent <= 1, and that of their squares finite if and only if
/// exponent > 1/2: with both, the schedule is of Robbins and Monro's class.
template <class Number>
struct PowerLaw {
  double exponent;
  Number offset;
  long from = 0;
};

template <class Number>
struct RateAt {
  long step;
  Number rate;
};

/// The sum of the rates of first, ..., last; where it has no closed form, an interval about it.
template <class Number>
struct RateSum {
  long first, last;
  Number sum;
};

/// For hyperparameters and choices, up to some step; empty where nothing of the kind is known.
template <class Number>
struct ScheduleFacts {
  std::vector<MonotonePiece> pieces = {};
  std::vector<RateAt<Number>> ends = {};  ///< of the phases
  std::vector<RateSum<Number>> sums = {};
  std::optional<RatePeriod> period = {};
  std::optional<PowerLaw<Number>> power_law = {};
};

}  // namespace plumbline
