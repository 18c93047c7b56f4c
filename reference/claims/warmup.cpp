// Warmup, as the documents write it.
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
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/claims/schedule_values.hpp"

namespace plumbline::claims {
namespace {

struct Lengths {
  long warmup, rest;
};

/// Does the minimum equal the pieces with these lengths?
Finding minimum_is_pieces(const std::vector<Lengths>& all) {
  Readings readings;
  std::string example;
  for (const auto& [warmup, rest] : all) {
    const NamedNumbers settings{{"learning_rate", 1},
                                {"warmup_steps", static_cast<double>(warmup)},
                                {"total_steps", static_cast<double>(warmup + rest)}};
    const long steps = warmup + rest + 1;
    const Values pieces = certified_rates("linear_warmup_cosine", "piecewise", settings, steps);
    const Values minimum =
        certified_rates("linear_warmup_cosine", "literal_minimum", settings, steps);
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
  const NamedNumbers settings{{"learning_rate", 1},
                              {"model_width", static_cast<double>(width)},
                              {"warmup_steps", static_cast<double>(warmup)}};
  const Values paper = certified_rates("noam", "from_one", settings, 6);
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

/// Warmup from 0, or from the first of w equal rises.
Finding warmup_begins(std::string_view here, std::string_view elsewhere) {
  const NamedNumbers settings{{"learning_rate", 1}, {"warmup_steps", 8}};
  const Values left = certified_rates("linear_warmup", here, settings, 20);
  const Values right = certified_rates("linear_warmup", elsewhere, settings, 20);
  if (first_difference(left, right) < 0) {
    Readings readings;
    readings.add("the same at every step", true);
    readings.add(figure("first rate over eta_0, w = 8", left[0]));
    return readings.finding();
  }
  return {ClaimVerdict::convention,
          "linear_warmup/" + std::string(here) + " here, linear_warmup/" + std::string(elsewhere) +
              " elsewhere",
          {figure("first rate over eta_0 of this form, w = 8", left[0]),
           figure("first rate over eta_0 of the other, w = 8", right[0]),
           figure("first step that differs", first_difference(left, right))},
          ""};
}

}  // namespace

std::vector<Claim> warmup() {
  std::vector<Claim> claims{
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
      {.id = "000-warmup-share",
       .document = lecture_notes,
       .line = 136,
       .sentence = "warmup over 1 to 5% of all steps works well",
       .computed = "the share in Vaswani et al. 2017, sections 5.2 and 5.3",
       .compute = [] { return warmup_share_between(1, 5); },
       .planted = "over 5 to 10%",
       .compute_planted = [] { return warmup_share_between(5, 10); }},
  };
  for (const auto& [document, line] : {Place{lecture_notes, 136}, Place{encyclopedia, 103}}) {
    claims.push_back({.id = claim_id(document, "warmup-from-zero"),
                      .document = document,
                      .line = line,
                      .sentence = "linear warmup ramps eta from 0 to eta_0 over w steps",
                      .computed = "warmup counted from 0 and, as in PyTorch, from 1",
                      .compute = [] { return warmup_begins("from_zero", "from_one"); },
                      .planted = "and every library's dialect does",
                      .compute_planted = [] { return warmup_begins("from_zero", "from_zero"); }});
  }
  claims.push_back({.id = "003-warmup-share",
                    .document = encyclopedia,
                    .line = 147,
                    .sentence = "warmup takes 1 to 5% of all steps",
                    .computed = "the share in Vaswani et al. 2017, sections 5.2 and 5.3",
                    .compute = [] { return warmup_share_between(1, 5); },
                    .planted = "5 to 10%",
                    .compute_planted = [] { return warmup_share_between(5, 10); }});
  return claims;
}

}  // namespace plumbline::claims
