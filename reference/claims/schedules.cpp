// The documents' schedules, against the catalogue's, at every step of a run.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/schedule_values.hpp"

namespace plumbline::claims {
namespace {

using Formula = std::function<Certified(long t)>;

Values written_values(const Formula& formula, long steps) {
  Values values;
  for (long t = 0; t < steps; ++t) values.push_back(formula(t));
  return values;
}

/// A document's formula and the dialect that it should be.
Finding is_schedule(const Formula& formula, std::string_view name, std::string_view dialect,
                    const NamedNumbers& settings, long steps) {
  const Values written = written_values(formula, steps);
  const long differs = first_difference(written, certified_rates(name, dialect, settings, steps));
  Readings readings;
  readings.add("the same at every step as " + std::string(name) + "/" + std::string(dialect),
               differs < 0);
  readings.add(figure("steps compared", steps));
  readings.add(figure("first step that differs", step_text(differs)));
  readings.add(figure("rate at step 7", written[7], 20));
  return readings.finding();
}

// ---- decays

/// gamma at 30, 60 and 90 epochs as gamma^floor(t/30), over so many epochs.
Finding milestones_are_steps(const std::vector<long>& epochs) {
  Readings readings;
  std::string example;
  for (const long until : epochs) {
    const Values steps =
        certified_rates("step_decay", "closed_form",
                        {{"learning_rate", 1}, {"decay_rate", 0.125}, {"decay_steps", 30}}, until);
    const Values milestones = certified_rates("multistep", "closed_form",
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
    const Values values = certified_rates(
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
  const NamedNumbers settings{{"learning_rate", 1},
                              {"warmup_steps", 5},
                              {"decay_length", 8},
                              {"total_steps", 20},
                              {"minimum_learning_rate", 0}};
  const Values left = certified_rates("wsd", here, settings, 21);
  const Values right = certified_rates("wsd", elsewhere, settings, 21);
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
    const Values values = certified_rates("cosine_warm_restarts", "end_as_rate",
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
    const Values values = certified_rates("cyclical", dialect,
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
    const Values values = certified_rates("one_cycle", dialect,
                                          {{"maximum_learning_rate", 1}, {"total_steps", 40}}, 40);
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
      {.id = "000-wsd",
       .document = lecture_notes,
       .line = 135,
       .sentence = "warmup-stable-decay ends in a cosine",
       .computed = "the cosine against the usual 1 - sqrt decay, at every step",
       .compute = [] { return decay_shapes("cosine", "one_minus_sqrt"); },
       .planted = "... and libraries' dialect of that name does the same",
       .compute_planted = [] { return decay_shapes("cosine", "cosine"); }},
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
  for (const auto& [document, line] :
       {Place{lecture_notes, 132}, Place{encyclopedia, 102}, Place{foundations, 91}}) {
    claims.push_back({.id = claim_id(document, "cosine-formula"),
                      .document = document,
                      .line = line,
                      .sentence = "cosine: eta_min + (eta_0 - eta_min)(1 + cos(pi t/T))/2",
                      .computed = at_each_step,
                      .compute = cosine(20),
                      .planted = "with the period T",
                      .compute_planted = cosine(10)});
  }
  for (const auto& [document, line] :
       {Place{lecture_notes, 131}, Place{encyclopedia, 100}, Place{foundations, 90}}) {
    claims.push_back({.id = claim_id(document, "step-decay-formula"),
                      .document = document,
                      .line = line,
                      .sentence = "step decay: eta_0 gamma^floor(t/s)",
                      .computed = at_each_step,
                      .compute = step_decay(0),
                      .planted = "falls one step sooner",
                      .compute_planted = step_decay(1)});
  }
  for (const auto& [document, line] : {Place{lecture_notes, 130}, Place{encyclopedia, 99}}) {
    claims.push_back({.id = claim_id(document, "constant-formula"),
                      .document = document,
                      .line = line,
                      .sentence = "constant: eta_t = eta_0",
                      .computed = at_each_step,
                      .compute =
                          [] {
                            return is_schedule([](long) { return Certified(1); }, "constant",
                                               "constant", {{"learning_rate", 1}}, 41);
                          },
                      .planted = "half of it from step 20 on",
                      .compute_planted =
                          [] {
                            return is_schedule([](long t) { return Certified(t < 20 ? 1 : 0.5); },
                                               "constant", "constant", {{"learning_rate", 1}}, 41);
                          }});
  }
  return claims;
}

}  // namespace plumbline::claims
