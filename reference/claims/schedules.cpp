// The documents' schedules, against the catalogue's, at every step of a run.
//
// Linear warmup and cosine. As one minimum, min(t/w, (1 + cos(pi (t - w)/(T - w)))/2) equals the
// two pieces for all real t exactly where w/(T - w) <= 2/(pi M) = 0.8785..., M the maximum of
// sin^2(x)/x; the proof is in reference/schedules/linear_warmup_cosine.cpp. Both sides of it are
// computed here.
//
// Warmup and inverse square root. eta_0 min(t/w, sqrt(w/t)) is Vaswani et al.'s
// d^-1/2 min(t^-1/2, t w^-3/2), since with eta_0 = (d w)^-1/2
//   (d w)^-1/2 t/w = d^-1/2 t w^-3/2   and   (d w)^-1/2 sqrt(w/t) = d^-1/2 t^-1/2;
// with any other eta_0 it is a multiple of it.
#include <numeric>

#include "reference/catalogue.hpp"
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/trajectory.hpp"

namespace plumbline::claims {
namespace {

using Values = std::vector<Certified>;
using Formula = std::function<Certified(long t)>;

Values values_of(std::string_view name, std::string_view dialect, const Settings& settings,
                 long steps) {
  const Schedule& schedule = *find_schedule(name);
  std::vector<double> values;
  for (const Hyperparameter& description : schedule.hyperparameters) {
    values.push_back(description.default_value);
  }
  for (const auto& [key, value] : settings) {
    values[index_of(schedule.hyperparameters, key).value()] = value;
  }
  std::vector<long> all(static_cast<std::size_t>(steps));
  std::iota(all.begin(), all.end(), 0L);
  return schedule.values<Certified>(values, find_dialect(schedule.dialects, dialect)->choices,
                                    Access::direct, all);
}

Values values_of(const Formula& formula, long steps) {
  Values values;
  for (long t = 0; t < steps; ++t) values.push_back(formula(t));
  return values;
}

/// The first step from `first` on at which the two certainly differ, or -1; elsewhere they agree
/// to fifty digits.
long first_difference(const Values& left, const Values& right, std::size_t first = 0) {
  for (std::size_t t = first; t < left.size(); ++t) {
    if (Certified::disjoint(left[t], right[t])) return static_cast<long>(t);
    if (!less(abs(left[t] - right[t]), Certified(0x1p-170))) {
      throw NotEnoughPrecision("two schedules are not told apart");
    }
  }
  return -1;
}

std::string step_text(long step) {
  return step < 0 ? "none" : std::to_string(step);
}

/// A document's formula and the dialect that it should be.
Finding is_schedule(const Formula& formula, std::string_view name, std::string_view dialect,
                    const Settings& settings, long steps) {
  const Values written = values_of(formula, steps);
  const long differs = first_difference(written, values_of(name, dialect, settings, steps));
  Readings readings;
  readings.add("the same at every step as " + std::string(name) + "/" + std::string(dialect),
               differs < 0);
  readings.add(figure("steps compared", steps));
  readings.add(figure("first step that differs", step_text(differs)));
  readings.add(figure("rate at step 7", written[7], 20));
  return readings.finding();
}

// ---- warmup

struct Lengths {
  long warmup, rest;
};

/// Does the minimum equal the pieces with these lengths?
Finding minimum_is_pieces(const std::vector<Lengths>& all) {
  Readings readings;
  std::string example;
  for (const auto& [warmup, rest] : all) {
    const Settings settings{{"learning_rate", 1},
                            {"warmup_steps", static_cast<double>(warmup)},
                            {"total_steps", static_cast<double>(warmup + rest)}};
    const long steps = warmup + rest + 1;
    const Values pieces = values_of("linear_warmup_cosine", "piecewise", settings, steps);
    const Values minimum = values_of("linear_warmup_cosine", "literal_minimum", settings, steps);
    const long differs = first_difference(pieces, minimum);
    const std::string lengths =
        "w = " + std::to_string(warmup) + ", T - w = " + std::to_string(rest);
    readings.add(lengths, differs < 0);
    readings.add(figure("first step that differs, " + lengths, step_text(differs)));
    if (differs < 0) continue;
    const auto at = static_cast<std::size_t>(differs);
    readings.add(figure("t/w there, " + lengths, pieces[at]));
    readings.add(figure("the minimum there, " + lengths, minimum[at]));
    example = lengths + ", step " + std::to_string(differs) + ": the minimum is " +
              figure("", minimum[at], 8).value + " of eta_0, the warmup " +
              figure("", pieces[at], 8).value;
  }
  // M = sin^2(x)/x at the zero of 2 x cos(x) - sin(x) between 1.1 and 1.2, where f rises to it.
  Certified low(1.125), high(1.1875);
  const auto sine = [](const Certified& x) { return cos(x - certified_pi() / 2); };
  for (int halving = 0; halving < 60; ++halving) {
    const Certified middle = (low + high) / 2;
    (less(sine(middle), 2 * middle * cos(middle)) ? low : high) = middle;
  }
  readings.add(figure("greatest w/(T - w) for which they are equal, 2/(pi M)",
                      2 * low / (certified_pi() * square(sine(low)))));
  readings.counterexample(example);
  Finding finding = readings.finding();
  if (finding.verdict == ClaimVerdict::holds_under) {
    finding.condition = "w/(T - w) <= 0.8785: " + finding.condition;
  }
  return finding;
}

/// eta_0 min(t/w, sqrt(w/t)) against Vaswani's schedule for d = 512, w = 4000, with each eta_0.
Finding is_vaswani(const std::vector<std::pair<std::string, Certified>>& bases) {
  constexpr long width = 512, warmup = 4000, steps = 20000;
  const Settings settings{{"learning_rate", 1},
                          {"model_width", static_cast<double>(width)},
                          {"warmup_steps", static_cast<double>(warmup)}};
  const Values paper = values_of("noam", "from_one", settings, 6);
  Readings readings;
  std::string example;
  for (const auto& [name, base] : bases) {
    // The paper counts steps from 1; the catalogue's values begin with that one.
    bool same = true;
    for (const long t : {1L, 2L, 3L, 1000L, 3999L, 4000L, 4001L, steps}) {
      const Certified rise = Certified::ratio(t, warmup);
      const Certified written = base * min(rise, sqrt(Certified::ratio(warmup, t)));
      const Certified length = whole(t);
      const Certified vaswani =
          min(1 / sqrt(length), length / (whole(warmup) * sqrt(whole(warmup)))) /
          sqrt(whole(width));
      if (t <= 3 && first_difference({vaswani}, {paper[static_cast<std::size_t>(t - 1)]}) >= 0) {
        throw std::logic_error("the catalogue's noam is not the paper's formula");
      }
      const bool equal = first_difference({written}, {vaswani}) < 0;
      if (!equal && same) {
        example = "eta_0 = " + name + ", t = " + std::to_string(t) + ": " +
                  figure("", written, 8).value + ", Vaswani's " + figure("", vaswani, 8).value;
      }
      same = same && equal;
    }
    readings.add("eta_0 = " + name, same);
    readings.add(figure("eta_0 = " + name, base));
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Warmup steps that were really used, as a share of all: Vaswani et al. 2017, 5.2 and 5.3.
Finding warmup_share_between(long least_percent, long greatest_percent) {
  Readings readings;
  bool within = true;
  for (const auto& [name, total] : {std::pair{"base", 100000L}, {"big", 300000L}}) {
    const Certified percent = Certified::ratio(100 * 4000, total);
    within =
        within && !less(percent, whole(least_percent)) && !less(whole(greatest_percent), percent);
    readings.add(figure(std::string("4000 steps of Vaswani's ") + name + " model, per cent of " +
                            std::to_string(total),
                        percent, 6));
  }
  readings.add("Vaswani et al.'s two models", within);
  return readings.finding();
}

// ---- decays

/// gamma at 30, 60 and 90 epochs as gamma^floor(t/30), over so many epochs.
Finding milestones_are_steps(const std::vector<long>& epochs) {
  Readings readings;
  std::string example;
  for (const long until : epochs) {
    const Values steps =
        values_of("step_decay", "closed_form",
                  {{"learning_rate", 1}, {"decay_rate", 0.125}, {"decay_steps", 30}}, until);
    const Values milestones = values_of("multistep", "closed_form",
                                        {{"learning_rate", 1},
                                         {"decay_rate", 0.125},
                                         {"first_milestone", 30},
                                         {"second_milestone", 60},
                                         {"third_milestone", 90}},
                                        until);
    const long differs = first_difference(steps, milestones);
    readings.add("up to epoch " + std::to_string(until - 1), differs < 0);
    readings.add(
        figure("first epoch of " + std::to_string(until) + " that differs", step_text(differs)));
    if (differs >= 0) {
      example = "epoch " + std::to_string(differs) +
                ": floor(t/30) falls a fourth time, to gamma^4, the milestones stay at gamma^3";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Never rises at any step before each of these, of 100 that the cosine is made for.
Finding cosine_falls_until(const std::vector<long>& ends) {
  Readings readings;
  std::string example;
  for (const long end : ends) {
    const Values values = values_of(
        "cosine_annealing", "closed_form",
        {{"learning_rate", 1}, {"total_steps", 100}, {"minimum_learning_rate", 0.125}}, end + 1);
    long rises = -1;
    for (std::size_t t = 1; t < values.size() && rises < 0; ++t) {
      if (less(values[t - 1], values[t])) rises = static_cast<long>(t);
    }
    readings.add("t up to " + std::to_string(end) + ", T = 100", rises < 0);
    readings.add(figure("first step that rises, of " + std::to_string(end), step_text(rises)));
    readings.add(figure("rate at t = " + std::to_string(end), values.back()));
    if (rises >= 0) {
      example = "past T the cosine turns: the rate rises at t = " + std::to_string(rises) +
                " and is eta_0 again at t = 2 T";
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// The decay of WSD, in the shape of the document against that of the others.
Finding decay_shapes(std::string_view here, std::string_view elsewhere) {
  const Settings settings{{"learning_rate", 1},
                          {"warmup_steps", 5},
                          {"decay_length", 8},
                          {"total_steps", 20},
                          {"minimum_learning_rate", 0}};
  const Values left = values_of("wsd", here, settings, 21);
  const Values right = values_of("wsd", elsewhere, settings, 21);
  const long differs = first_difference(left, right);
  if (differs < 0) {
    Readings readings;
    readings.add("the same at every step", true);
    readings.add(figure("steps compared", 21L));
    return readings.finding();
  }
  const auto at = static_cast<std::size_t>(differs);
  return {ClaimVerdict::convention,
          "wsd/" + std::string(here) + " here, wsd/" + std::string(elsewhere) + " elsewhere",
          {figure("first step that differs, of 20", differs), figure("this form there", left[at]),
           figure("the other form there", right[at])},
          ""};
}

/// Restarts at equal intervals: with each multiplier of the cycles' length.
Finding restarts_are_periodic(const std::vector<int>& multipliers) {
  Readings readings;
  std::string example;
  for (const int multiplier : multipliers) {
    const Values values = values_of("cosine_warm_restarts", "end_as_rate",
                                    {{"learning_rate", 1},
                                     {"first_cycle_steps", 5},
                                     {"cycle_multiplier", static_cast<double>(multiplier)}},
                                    41);
    std::vector<long> starts;
    for (std::size_t t = 0; t < values.size(); ++t) {
      if (values[t].is_exactly("1")) starts.push_back(static_cast<long>(t));
    }
    bool equal = starts.size() > 2;
    for (std::size_t i = 2; i < starts.size(); ++i) {
      equal = equal && starts[i] - starts[i - 1] == starts[1] - starts[0];
    }
    std::string text;
    for (const long start : starts) text += (text.empty() ? "" : ", ") + std::to_string(start);
    readings.add("T_mult = " + std::to_string(multiplier), equal);
    readings.add(figure("cycles begin, T_mult = " + std::to_string(multiplier), text));
    if (!equal) {
      example = "T_0 = 5, T_mult = " + std::to_string(multiplier) + ": cycles begin at " + text;
    }
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Between its bounds at every step, and in every cycle up to the upper one.
Finding cycles_reach(const std::vector<std::string>& dialects) {
  Readings readings;
  std::string example;
  for (const std::string& dialect : dialects) {
    const Values values = values_of("cyclical", dialect,
                                    {{"maximum_learning_rate", 1},
                                     {"minimum_learning_rate", 0.125},
                                     {"up_steps", 6},
                                     {"down_steps", 6}},
                                    61);
    bool within = true;
    long tops = 0;
    for (const Certified& value : values) {
      within = within && !less(value, Certified(0.125)) && !less(1, value);
      if (value.is_exactly("1")) ++tops;
    }
    readings.add(dialect, within && tops == 5);
    readings.add(figure("steps of 60, five cycles, at the upper bound, " + dialect, tops));
    if (tops != 5)
      example = dialect + " reaches its upper bound in " + std::to_string(tops) +
                " of five cycles: it halves the height";
  }
  readings.counterexample(example);
  return readings.finding();
}

/// Rises, then falls, and turns so often.
Finding one_cycle_turns(long turns) {
  Readings readings;
  for (const std::string_view dialect : {"two_cosines", "two_lines", "three_cosines"}) {
    const Values values =
        values_of("one_cycle", dialect, {{"maximum_learning_rate", 1}, {"total_steps", 40}}, 40);
    long found = 0;
    Certified before = 1;
    for (std::size_t t = 1; t < values.size(); ++t) {
      const Certified slope = sign(values[t] - values[t - 1]);
      if (!Certified::identical(slope, before)) ++found;
      before = slope;
    }
    readings.add(std::string(dialect), found == turns);
    readings.add(figure("turns in 40 steps, " + std::string(dialect), found));
  }
  return readings.finding();
}

Certified one_plus_cosine(long numerator, long denominator) {
  return (1 + cos_pi(numerator, denominator)) / 2;
}

}  // namespace

std::vector<Claim> schedules() {
  const std::string at_each_step =
      "the formula as it stands there against the catalogue's schedule at every step";
  const auto cosine = [](long denominator) {
    return [denominator] {
      return is_schedule(
          [denominator](long t) {
            return Certified(0.125) + Certified(0.875) * one_plus_cosine(t, denominator);
          },
          "cosine_annealing", "closed_form",
          {{"learning_rate", 1}, {"total_steps", 20}, {"minimum_learning_rate", 0.125}}, 41);
    };
  };
  const auto step_decay = [](long shift) {
    return [shift] {
      return is_schedule(
          [shift](long t) {
            Certified rate = 1;
            for (long i = 0; i < (t + shift) / 5; ++i) rate = rate * Certified(0.125);
            return rate;
          },
          "step_decay", "closed_form",
          {{"learning_rate", 1}, {"decay_rate", 0.125}, {"decay_steps", 5}}, 41);
    };
  };
  std::vector<Claim> claims{
      {.id = "000-milestones",
       .document = lecture_notes,
       .line = 131,
       .sentence = "step decay gamma^floor(t/s), for ResNets at 30, 60 and 90 epochs",
       .computed = "floor(t/30) against milestones at 30, 60, 90, at every epoch",
       .compute =
           [] {
             return milestones_are_steps({90, 120, 150});
           },
       .planted = "... in a run of 120 epochs at most",
       .compute_planted =
           [] {
             return milestones_are_steps({90, 120});
           }},
      {.id = "000-warmup-cosine-minimum",
       .document = lecture_notes,
       .line = 133,
       .sentence = "linear warmup and cosine is eta_0 min(t/w, (1 + cos(pi (t-w)/(T-w)))/2)",
       .computed =
           "the minimum against warmup followed by a cosine at every step, on both sides of the "
           "condition that is proved in reference/schedules/linear_warmup_cosine.cpp",
       .compute =
           [] {
             return minimum_is_pieces({{100, 9900}, {439, 500}, {440, 500}, {2, 1}});
           },
       .planted = "... where w is at most 5% of T",
       .compute_planted =
           [] {
             return minimum_is_pieces({{100, 9900}, {50, 950}});
           }},
      {.id = "000-inverse-sqrt-is-vaswani",
       .document = lecture_notes,
       .line = 134,
       .sentence = "eta_0 min(t/w, sqrt(w/t)) is the original Transformer's schedule",
       .computed =
           "against d^-1/2 min(t^-1/2, t w^-3/2) for d = 512, w = 4000, steps counted from 1, with "
           "eta_0 = (d w)^-1/2 and with others",
       .compute =
           [] {
             return is_vaswani({{"(d w)^(-1/2)", 1 / sqrt(whole(512 * 4000))},
                                {"d^(-1/2)", 1 / sqrt(whole(512))},
                                {"0.001", Certified::ratio(1, 1000)}});
           },
       .planted = "... with eta_0 = (d w)^(-1/2)",
       .compute_planted =
           [] {
             return is_vaswani({{"(d w)^(-1/2)", 1 / sqrt(whole(512 * 4000))}});
           }},
      {.id = "000-wsd",
       .document = lecture_notes,
       .line = 135,
       .sentence = "warmup-stable-decay ends in a cosine",
       .computed = "the cosine against the usual 1 - sqrt decay, at every step",
       .compute = [] { return decay_shapes("cosine", "one_minus_sqrt"); },
       .planted = "... and libraries' dialect of that name does the same",
       .compute_planted = [] { return decay_shapes("cosine", "cosine"); }},
      {.id = "000-warmup-share",
       .document = lecture_notes,
       .line = 136,
       .sentence = "warmup over 1 to 5% of all steps works well",
       .computed = "the share in Vaswani et al. 2017, sections 5.2 and 5.3",
       .compute = [] { return warmup_share_between(1, 5); },
       .planted = "over 5 to 10%",
       .compute_planted = [] { return warmup_share_between(5, 10); }},
      {.id = "003-exponential-decay",
       .document = encyclopedia,
       .line = 101,
       .sentence = "exponential decay e^(-lambda t) falls by a fixed ratio a step",
       .computed = at_each_step + "; and the ratio of neighbours",
       .compute =
           [] {
             return is_schedule([](long t) { return exp(Certified(-0.125) * whole(t)); },
                                "exponential", "natural",
                                {{"learning_rate", 1}, {"decay_rate", 0.125}}, 41);
           },
       .planted = "2^(-lambda t)",
       .compute_planted =
           [] {
             return is_schedule([](long t) { return power(2, Certified(-0.125) * whole(t)); },
                                "exponential", "natural",
                                {{"learning_rate", 1}, {"decay_rate", 0.125}}, 41);
           }},
      {.id = "003-cyclical-bounds",
       .document = encyclopedia,
       .line = 104,
       .sentence = "cyclical rates oscillate between bounds, in triangles or cosines",
       .computed = "bounds kept at every step of five cycles, and reached in each",
       .compute =
           [] {
             return cycles_reach({"triangular", "cosine"});
           },
       .planted = "... and in Smith's triangular2 too",
       .compute_planted =
           [] {
             return cycles_reach({"triangular", "cosine", "triangular2"});
           }},
      {.id = "003-one-cycle",
       .document = encyclopedia,
       .line = 105,
       .sentence = "the 1-cycle policy rises once, then falls",
       .computed = "turns of the rate in 40 steps, in two and in three phases",
       .compute = [] { return one_cycle_turns(1); },
       .planted = "rises twice",
       .compute_planted = [] { return one_cycle_turns(3); }},
      {.id = "003-warm-restarts-periodic",
       .document = encyclopedia,
       .line = 106,
       .sentence = "cosine with warm restarts has periodic resets",
       .computed = "the steps at which the rate is eta_0 again",
       .compute =
           [] {
             return restarts_are_periodic({1, 2});
           },
       .planted = "... with T_mult = 1",
       .compute_planted = [] { return restarts_are_periodic({1}); }},
      {.id = "004-schedules-reduce",
       .document = foundations,
       .line = 91,
       .sentence = "schedules reduce eta during training; cosine annealing by this formula",
       .computed = "the sign of each difference, up to T and past it",
       .compute =
           [] {
             return cosine_falls_until({100, 200});
           },
       .planted = "... up to T",
       .compute_planted = [] { return cosine_falls_until({100}); }},
  };
  struct Place {
    std::string_view document;
    int line;
  };
  for (const auto& [document, line] :
       {Place{lecture_notes, 132}, Place{encyclopedia, 102}, Place{foundations, 91}}) {
    claims.push_back({.id = std::string(document.substr(0, 3)) + "-cosine-formula",
                      .document = document,
                      .line = line,
                      .sentence = "cosine: eta_min + (eta_0 - eta_min)(1 + cos(pi t/T))/2",
                      .computed = at_each_step,
                      .compute = cosine(20),
                      .planted = "with the period T",
                      .compute_planted = cosine(10)});
  }
  for (const auto& [document, line] : {Place{lecture_notes, 131}, Place{encyclopedia, 100}}) {
    claims.push_back({.id = std::string(document.substr(0, 3)) + "-step-decay-formula",
                      .document = document,
                      .line = line,
                      .sentence = "step decay: eta_0 gamma^floor(t/s)",
                      .computed = at_each_step,
                      .compute = step_decay(0),
                      .planted = "falls one step sooner",
                      .compute_planted = step_decay(1)});
  }
  return claims;
}

}  // namespace plumbline::claims
