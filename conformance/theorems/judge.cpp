#include "conformance/theorems/judge.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/theorems/slope.hpp"
#include "reference/numbers/certified_decimal.hpp"

namespace plumbline::conformance {
namespace {

constexpr int written_digits = 20;

/// 10^-30: what counts as equal.
Certified thirty_digits() {
  return Certified(1) / whole_power(Certified(10), 30);
}

bool surely_less(const Certified& left, const Certified& right) {
  return Certified::disjoint(left, right) && less(left, right);
}

bool is_exactly_zero(const Certified& value) {
  return Certified::identical(value, Certified(0));
}

enum class Order { below, equal, above };

/// Throws NotEnoughPrecision where the enclosures decide nothing.
Order order_of(const Certified& observed, const Certified& bound, const std::optional<int>& exact) {
  if (exact) return *exact < 0 ? Order::below : *exact > 0 ? Order::above : Order::equal;
  const Certified distance = abs(observed - bound);
  if (is_exactly_zero(distance)) return Order::equal;
  if (surely_less(distance, thirty_digits() * abs(bound))) return Order::equal;
  if (surely_less(observed, bound)) return Order::below;
  if (surely_less(bound, observed)) return Order::above;
  throw NotEnoughPrecision("the enclosures of what is observed and its bound overlap");
}

/// Equal: no further apart than the radius.
Order order_within(const Certified& observed, const Certified& bound, const Certified& radius) {
  if (!less(radius, abs(observed - bound))) return Order::equal;
  return less(observed, bound) ? Order::below : Order::above;
}

/// Less than 10^-60 in magnitude, and not shown to differ from 0, is written as 0.
std::string text(const Certified& value, int digits = written_digits) {
  if (const auto written = value.decimal(digits)) return *written;
  if (value.contains(0) && std::max(std::abs(value.lower()), std::abs(value.upper())) < 1e-60) {
    return "0";
  }
  throw NotEnoughPrecision("digits of a result are not proved");
}

/// None where the bound is not positive: nothing follows from a ratio of losses.
std::optional<Certified> ratio(const Certified& observed, const Certified& bound) {
  if (!surely_less(Certified(0), bound)) return std::nullopt;
  return observed / bound;
}

void note_counterexample(JudgedRun& judged, const Comparison& comparison, const Certified& bound,
                         bool of_tight) {
  if (judged.counterexample) return;
  judged.counterexample = {comparison.step, text(comparison.observed), text(bound), of_tight, {}};
  for (const Certified& value : comparison.point) {
    judged.counterexample->point.push_back(text(value));
  }
}

}  // namespace

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::holds:
      return "holds";
    case Decision::violated:
      return "violated";
    case Decision::unsupported:
      return "unsupported";
    case Decision::error:
      return "error";
    case Decision::undecided:
      break;
  }
  return "undecided";
}

std::string_view name_of(Role role) {
  switch (role) {
    case Role::within:
      return "within";
    case Role::witness:
      return "witness";
    case Role::control:
      break;
  }
  return "control";
}

bool JudgedRun::as_expected() const {
  if (decision == Decision::unsupported) return true;
  switch (role) {
    case Role::within:
      return decision == Decision::holds;
    case Role::witness:
      return decision == Decision::holds && attained;
    case Role::control:
      break;
  }
  return decision == Decision::violated;
}

bool JudgedTheorem::holds() const {
  return std::ranges::all_of(runs, &JudgedRun::as_expected);
}

std::optional<std::string> JudgedTheorem::largest_ratio() const {
  std::optional<std::string> largest;
  for (const JudgedRun& run : runs) {
    if (run.role == Role::control || !run.largest_ratio) continue;
    if (!largest || number_of(*run.largest_ratio) > number_of(*largest)) {
      largest = run.largest_ratio;
    }
  }
  return largest;
}

JudgedRun described(const Run& run) {
  return {.name = run.name,
          .role = run.role,
          .relation = run.relation,
          .scale = run.scale,
          .objective = run.objective,
          .rule = run.rule,
          .dialect = run.dialect,
          .hyperparameters = run.hyperparameters};
}

void judge_series(JudgedRun& judged, const Series& series, const std::vector<Certified>& radii) {
  judged.decision = Decision::holds;
  judged.attained = !series.empty();
  judged.attained_exactly = !series.empty();
  judged.steps.clear();
  judged.counterexample.reset();
  std::optional<Certified> largest, largest_tight;
  double largest_middle = 0;
  double tight_middle = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Comparison& one = series[i];
    const Certified radius = radii.empty() ? Certified(0) : radii[i];
    const Certified bound = radii.empty() ? one.bound : one.bound + radius;
    const Order order = radii.empty() ? order_of(one.observed, bound, one.order)
                                      : order_within(one.observed, one.bound, radius);
    const bool passed =
        order == Order::above || (judged.relation == Relation::equal && order != Order::equal);
    if (passed) note_counterexample(judged, one, bound, false);
    judged.attained = judged.attained && order == Order::equal;
    judged.attained_exactly = judged.attained_exactly && one.order && *one.order == 0;
    if (one.tight && judged.role != Role::control) {
      const Certified tight = radii.empty() ? *one.tight : *one.tight + radius;
      if (order_of(one.observed, tight, {}) == Order::above) {
        note_counterexample(judged, one, tight, true);
      }
    }
    const auto keep_larger = [&](const std::optional<Certified>& candidate,
                                 std::optional<Certified>& kept, double& middle) {
      if (!candidate || (kept && candidate->midpoint() <= middle)) return false;
      kept = candidate;
      middle = candidate->midpoint();
      return true;
    };
    if (keep_larger(ratio(one.observed, bound), largest, largest_middle)) judged.at_step = one.step;
    if (one.tight) keep_larger(ratio(one.observed, *one.tight), largest_tight, tight_middle);
    JudgedStep step{one.step, text(one.observed), text(one.bound), {}, {}};
    if (one.tight) step.tight = text(*one.tight);
    if (!radii.empty()) step.radius = text(radius, 3);
    judged.steps.push_back(std::move(step));
  }
  if (judged.counterexample) judged.decision = Decision::violated;
  if (largest) judged.largest_ratio = text(*largest, 12);
  if (largest_tight) judged.tight_ratio = text(*largest_tight, 12);
}

JudgedRun judge(const Run& run) {
  JudgedRun judged = described(run);
  try {
    certify(
        [&] {
          const Series series = run.series();
          judge_series(judged, series);
          if (run.proved_slope) {
            judged.slope = Slope{fitted_slope(series, run.scale), run.proved_slope().midpoint()};
          }
          return true;
        },
        &judged.precision);
  } catch (const NotEnoughPrecision& failure) {
    judged.decision = Decision::undecided;
    judged.reason = failure.what();
  }
  return judged;
}

JudgedTheorem judge(const Theorem& theorem) {
  JudgedTheorem judged{&theorem, {}};
  for (const Run& run : theorem.runs()) judged.runs.push_back(judge(run));
  return judged;
}

}  // namespace plumbline::conformance
