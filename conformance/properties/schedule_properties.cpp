// The properties of schedules.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "conformance/properties/quadruple_text.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/wide.hpp"

namespace plumbline::conformance {
namespace {

using Kind = Observation::Kind;
using Seen = ScheduleProperty::Seen;
using Exact = Rounded<Binary64>;

/// What comparisons here are rounded by, in quadruple precision.
constexpr Quadruple slack = 1 + Quadruple(0x1p-90);

[[noreturn]] void says_nothing(std::string why) {
  throw NoAnswer{{Kind::not_applicable, std::move(why)}};
}

bool is_within(double value, Quadruple lower, Quadruple upper) {
  return lower <= Quadruple(value) && Quadruple(value) <= upper;  // a NaN is not
}

/// Two rates of a subject that are the same but for what each may be off.
bool agree(double one, double other, Quadruple off) {
  return magnitude_of(Quadruple(one) - Quadruple(other)) <= off * slack;
}

std::string rate_text(long step, double value) {
  return fmt::format("eta_{} = {}", step, shortest_decimal(value));
}

Seen within_bounds(const AskedSchedule& asked) {
  const AnsweredRates rates = asked.all_from(0);
  const Quadruple least = *std::ranges::min_element(rates.lower);
  const Quadruple greatest = *std::ranges::max_element(rates.upper);
  for (std::size_t i = 0; i < rates.steps.size(); ++i) {
    if (is_within(rates.values[i], least, greatest)) continue;
    return {fmt::format("{} is not between {} and {}", rate_text(rates.steps[i], rates.values[i]),
                        text(least), text(greatest))};
  }
  return {};
}

/// The steps at which one formula hands over to the next, or the rates turn.
std::set<long> seams_of(const AskedSchedule& asked) {
  const ScheduleQuestion& question = asked.question();
  std::set<long> seams;
  if (question.schedule->seams != nullptr) {
    const auto listed = question.schedule->seams(question.hyperparameters, question.until);
    seams.insert(listed.begin(), listed.end());
  }
  for (const MonotonePiece& piece : asked.facts().pieces) {
    seams.insert(piece.first);
    seams.insert(piece.last);
  }
  std::erase_if(seams, [&](long seam) { return seam < 1 || seam >= question.until; });
  return seams;
}

Seen steps_about_seams(const AskedSchedule& asked) {
  const std::set<long> seams = seams_of(asked);
  if (seams.empty()) says_nothing("one formula for all steps");
  const AnsweredRates rates = asked.all_from(0);
  for (const long seam : seams) {
    for (auto i = static_cast<std::size_t>(seam - 1); i <= static_cast<std::size_t>(seam); ++i) {
      const Quadruple step = Quadruple(rates.values[i + 1]) - Quadruple(rates.values[i]);
      const Quadruple least = rates.lower[i + 1] - rates.upper[i];
      const Quadruple most = rates.upper[i + 1] - rates.lower[i];
      const Quadruple rounding = magnitude_of(step) * (slack - 1);
      if (least - rounding <= step && step <= most + rounding) continue;
      return {fmt::format(
          "about step {} the rate goes from {} to {}, by {}, which is not in "
          "[{}, {}]",
          seam, rate_text(rates.steps[i], rates.values[i]),
          rate_text(rates.steps[i + 1], rates.values[i + 1]), text(step), text(least), text(most))};
    }
  }
  return {};
}

/// Which way the exact rates of a piece go; 0 where both ends are the same but for rounding.
int direction_of(const AskedSchedule& asked, const MonotonePiece& piece) {
  const auto ends = asked.exact({piece.first, piece.last});
  if (ends[1].lower() > ends[0].upper()) return 1;
  return ends[1].upper() < ends[0].lower() ? -1 : 0;
}

/// How the rates of those steps that are in the piece go the wrong way.
std::string wrong_way(const AskedSchedule& asked, const MonotonePiece& piece,
                      const AnsweredRates& rates) {
  if (piece.first == piece.last) return {};
  const int direction = direction_of(asked, piece);
  const auto at = [&](long step) {
    return static_cast<std::size_t>(std::ranges::lower_bound(rates.steps, step) -
                                    rates.steps.begin());
  };
  // The rate that has gone furthest so far, which no later one may fall behind.
  std::size_t furthest = at(piece.first);
  for (std::size_t i = furthest + 1; i < at(piece.last + 1); ++i) {
    const Quadruple way = Quadruple(rates.values[i]) - Quadruple(rates.values[furthest]);
    const Quadruple off = (rates.off(i) + rates.off(furthest)) * slack;
    const bool wrong =
        direction == 0 ? !(magnitude_of(way) <= 2 * off) : !(Quadruple(direction) * way >= -off);
    if (wrong) {
      constexpr std::string_view ways[] = {"falls", "stays", "rises"};
      return fmt::format("from step {} to step {} the rate {}, but {} comes after {}", piece.first,
                         piece.last, ways[direction + 1],
                         rate_text(rates.steps[i], rates.values[i]),
                         rate_text(rates.steps[furthest], rates.values[furthest]));
    }
    if (Quadruple(direction) * way > 0) furthest = i;
  }
  return {};
}

/// The last pieces up to a late step, at their ends and some steps between.
std::vector<MonotonePiece> late_pieces(const AskedSchedule& asked, std::set<long>& steps) {
  constexpr long late = 3000;
  constexpr std::size_t most = 8;
  std::vector<MonotonePiece> pieces = asked.facts(late).pieces;
  if (pieces.size() > most) pieces.erase(pieces.begin(), pieces.end() - most);
  for (const MonotonePiece& piece : pieces) {
    steps.insert({piece.first, piece.last});
    for (long gone = 1; piece.first + gone < piece.last; gone *= 2) {
      steps.insert(piece.first + gone);
    }
  }
  return pieces;
}

Seen monotone_pieces(const AskedSchedule& asked) {
  if (asked.facts().pieces.empty()) says_nothing("no piece is known to be monotone");
  const AnsweredRates rates = asked.all_from(0);
  for (const MonotonePiece& piece : asked.facts().pieces) {
    std::string wrong = wrong_way(asked, piece, rates);
    if (!wrong.empty()) return {std::move(wrong)};
  }
  if (asked.question().schedule->ends) return {};
  std::set<long> steps;
  const std::vector<MonotonePiece> late = late_pieces(asked, steps);
  try {
    const AnsweredRates far = asked.rates(Access::direct, {steps.begin(), steps.end()});
    for (const MonotonePiece& piece : late) {
      std::string wrong = wrong_way(asked, piece, far);
      if (!wrong.empty()) return {std::move(wrong)};
    }
  } catch (const NoAnswer& none) {
    if (none.observation.kind != Kind::not_applicable) throw;
  }
  return {};
}

/// Rates of `count` steps and those `distance` steps later.
std::string first_change(const AskedSchedule& asked, Access access, long from, long count,
                         long distance) {
  std::vector<long> steps;
  for (long step = from; step < from + count; ++step) steps.push_back(step);
  const std::size_t half = steps.size();
  for (std::size_t i = 0; i < half; ++i) steps.push_back(steps[i] + distance);
  const AnsweredRates rates = asked.rates(access, steps);
  for (std::size_t i = 0; i < half; ++i) {
    if (agree(rates.values[i], rates.values[half + i], rates.off(i) + rates.off(half + i))) {
      continue;
    }
    return fmt::format("{} and {} steps later {}", rate_text(steps[i], rates.values[i]), distance,
                       rate_text(steps[half + i], rates.values[half + i]));
  }
  return {};
}

/// One period on by stepping, and a thousand at once; whichever the subject can.
Seen comes_again(const AskedSchedule& asked) {
  const auto& period = asked.facts().period;
  if (!period) says_nothing("the rates do not come again");
  constexpr long most = 24;
  const long count = std::min(period->length, most);
  const long later = (count + period->length - 1) / period->length * period->length;
  std::optional<NoAnswer> none;
  bool answered = false;
  for (const Access access : {Access::sequential, Access::direct}) {
    try {
      std::string change =
          first_change(asked, access, period->from, count,
                       access == Access::sequential ? later : 1000 * period->length);
      if (!change.empty()) return {std::move(change)};
      answered = true;
    } catch (const NoAnswer& nothing) {
      if (nothing.observation.kind != Kind::not_applicable) throw;
      none = nothing;
    }
  }
  if (!answered) throw *none;
  return {};
}

Seen end_values(const AskedSchedule& asked) {
  const AnsweredRates rates = asked.all_from(0);
  bool any = false;
  for (const auto& end : asked.facts().ends) {
    if (end.step > asked.question().until) continue;
    any = true;
    const auto i = static_cast<std::size_t>(end.step);
    const Quadruple off = rates.off(i) * slack;
    if (is_within(rates.values[i], end.rate.lower() - off, end.rate.upper() + off)) continue;
    return {fmt::format("{}, where the closed form has {}", rate_text(end.step, rates.values[i]),
                        text((end.rate.lower() + end.rate.upper()) / 2))};
  }
  if (!any) says_nothing("no end is known");
  return {};
}

Seen sum_of_rates(const AskedSchedule& asked) {
  const AnsweredRates rates = asked.all_from(0);
  bool any = false;
  for (const auto& known : asked.facts().sums) {
    if (known.last > asked.question().until || known.first > known.last) continue;
    any = true;
    Quadruple sum = 0, off = 0;
    for (auto i = static_cast<std::size_t>(known.first); i <= static_cast<std::size_t>(known.last);
         ++i) {
      sum += Quadruple(rates.values[i]);
      off += rates.off(i);
    }
    off = off * slack;
    if (known.sum.lower() - off <= sum && sum <= known.sum.upper() + off) continue;
    return {fmt::format("the rates of steps {} to {} add up to {}, which is not in [{}, {}]",
                        known.first, known.last, text(sum), text(known.sum.lower()),
                        text(known.sum.upper()))};
  }
  if (!any) says_nothing("no sum is known");
  return {};
}

/// What both sums do, for rates that go as t^(-exponent).
std::string class_text(double exponent) {
  const std::string_view rates = exponent <= 1 ? "infinite" : "finite";
  const std::string_view squares = exponent <= 0.5 ? "infinite" : "finite";
  return fmt::format("as t^-{}: the rates' sum is {}, their squares' {}{}",
                     shortest_decimal(exponent), rates, squares,
                     exponent > 0.5 && exponent <= 1 ? " (Robbins and Monro's class)" : "");
}

/// By Cauchy's condensation the two sums are finite if and only if those of 2^k eta_(2^k) and of
/// 2^k eta_(2^k)^2 are. From one term to the next these grow by 2 rho and 2 rho^2 for the ratio
/// rho of the rates at 2t and t, which the power law proves, ((t + o)/(2t + o))^p; on finitely
/// many steps that ratio is what can be seen.
Seen robbins_monro(const AskedSchedule& asked) {
  const auto& law = asked.facts().power_law;
  if (!law) says_nothing("the rates follow no power of the step");
  constexpr long far = 1L << 20;
  const long first = std::max(1L, law->from);
  const auto doubled = [&](long last) {
    std::vector<long> steps;
    for (long step = first; step <= last; step *= 2) steps.push_back(step);
    return steps;
  };
  const AnsweredRates rates = [&] {
    try {
      return asked.rates(Access::direct, doubled(far));
    } catch (const NoAnswer& none) {
      if (none.observation.kind != Kind::not_applicable) throw;
      return asked.rates(Access::sequential, doubled(asked.question().until));
    }
  }();
  for (std::size_t i = 0; i + 1 < rates.steps.size(); ++i) {
    const Exact step(static_cast<double>(rates.steps[i]));
    const Exact ratio = power((step + law->offset) / (2 * step + law->offset), law->exponent);
    const Quadruple value = rates.values[i];
    const Quadruple off = (rates.off(i + 1) + ratio.upper() * rates.off(i)) * slack;
    const Quadruple lower = std::min(ratio.lower() * value, ratio.upper() * value) - off;
    const Quadruple upper = std::max(ratio.lower() * value, ratio.upper() * value) + off;
    if (is_within(rates.values[i + 1], lower, upper)) continue;
    return {fmt::format("{} is not {} of {}; {}",
                        rate_text(rates.steps[i + 1], rates.values[i + 1]), text(ratio.upper()),
                        rate_text(rates.steps[i], rates.values[i]), class_text(law->exponent))};
  }
  return {{}, class_text(law->exponent)};
}

/// Holds the rates of the steps that both have against each other. `same_bits` is for the note.
std::string first_difference(const AnsweredRates& one, const AnsweredRates& other,
                             std::string_view how, std::string_view other_how, bool& same_bits) {
  for (std::size_t i = 0, j = 0; i < one.steps.size() && j < other.steps.size();) {
    if (one.steps[i] != other.steps[j]) {
      one.steps[i] < other.steps[j] ? ++i : ++j;
      continue;
    }
    same_bits = same_bits && one.values[i] == other.values[j];
    if (!agree(one.values[i], other.values[j], one.off(i) + other.off(j))) {
      return fmt::format("{} {}, and {} {}", rate_text(one.steps[i], one.values[i]), how,
                         shortest_decimal(other.values[j]), other_how);
    }
    ++i, ++j;
  }
  return {};
}

Seen noted(std::string broken, bool same_bits) {
  return {std::move(broken), same_bits ? "bit for bit" : "to rounding"};
}

Seen at_once_as_stepped(const AskedSchedule& asked) {
  const ScheduleQuestion& question = asked.question();
  std::vector<long> steps;
  for (long step = 0; step <= question.until; ++step) steps.push_back(step);
  const AnsweredRates at_once = asked.rates(Access::direct, steps);
  const AnsweredRates alone = asked.rates(Access::direct, {question.from});
  bool same_bits = true;
  std::string difference =
      first_difference(at_once, alone, "among others", "asked for alone", same_bits);
  if (difference.empty()) {
    const AnsweredRates stepped = asked.rates(Access::sequential, steps);
    difference = first_difference(at_once, stepped, "at once", "by stepping there", same_bits);
  }
  return noted(std::move(difference), same_bits);
}

Seen resumed(const AskedSchedule& asked) {
  const AnsweredRates whole = asked.all_from(0);
  const AnsweredRates tail = asked.all_from(asked.question().from);
  bool same_bits = true;
  std::string difference =
      first_difference(tail, whole, fmt::format("asked for from step {} on", asked.question().from),
                       "as one of all steps", same_bits);
  return noted(std::move(difference), same_bits);
}

}  // namespace

std::span<const ScheduleProperty> all_schedule_properties() {
  static const std::vector<ScheduleProperty> all{
      {"rates-within-bounds", "every rate is between the least and the greatest of the formula",
       within_bounds},
      {"steps-about-seams", "where formulas meet or turn, the rate goes on or jumps as they do",
       steps_about_seams},
      {"monotone-pieces", "from turn to turn the rates only rise or only fall", monotone_pieces},
      {"period", "after a period the rates come again", comes_again},
      {"end-values", "at the ends of its phases the rate is what the closed form has there",
       end_values},
      {"sum-of-rates", "the rates add up to their sum in closed form, or to what encloses it",
       sum_of_rates},
      {"robbins-monro", "the rates at 2t and t are in the ratio that decides which sums are finite",
       robbins_monro},
      {"at-once-as-stepped", "a rate asked for at once is the one that stepping there gives",
       at_once_as_stepped},
      {"resumed", "the rates from a step on are the tail of all of them", resumed},
  };
  return all;
}

const ScheduleProperty* find_schedule_property(std::string_view name) {
  for (const ScheduleProperty& property : all_schedule_properties()) {
    if (property.name() == name) return &property;
  }
  return nullptr;
}

Observation ScheduleProperty::observe(const ScheduleScope& scope,
                                      const ScheduleQuestion& question) const {
  try {
    Seen seen = look_(AskedSchedule(scope, question));
    if (!seen.broken.empty()) return {Kind::otherwise, std::move(seen.broken)};
    return {Kind::as_expected, std::move(seen.note)};
  } catch (const NoAnswer& none) {
    return none.observation;
  }
}

}  // namespace plumbline::conformance
