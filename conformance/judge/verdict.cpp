#include "conformance/judge/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace plumbline::conformance {
namespace {

/// A candidate, named, and how it stood to the trials.
struct Contender {
  const Dialect* dialect = nullptr;  // null for an unnamed combination of options
  std::string name;
  Candidate candidate;
  bool explains_all = false;
  double budget_used = 0;
  std::string budget_case = {};
  double worst_radii = 0;
  long cases_missed = 0;
  std::optional<Deviation> first_deviation;
  std::optional<long> claim_ends;
};

/// Puts the contender to the trials; to all of them, or up to the first that it misses.
void examine(Contender& contender, std::span<const Trial> trials, bool to_the_end) {
  contender.explains_all = true;
  contender.budget_used = contender.worst_radii = 0;
  contender.cases_missed = 0;
  contender.first_deviation.reset();
  for (const Trial& trial : trials) {
    if (trial.ended.outcome != Outcome::ran) continue;
    Comparison comparison = compare_trial(trial, contender.dialect, contender.candidate);
    if (comparison.budget_used > contender.budget_used) {
      contender.budget_used = comparison.budget_used;
      contender.budget_case = trial.id;
    }
    if (comparison.claim_ends) contender.claim_ends = comparison.claim_ends;
    if (!comparison.deviation) continue;
    contender.explains_all = false;
    ++contender.cases_missed;
    contender.worst_radii = std::max(contender.worst_radii, comparison.deviation->radii);
    if (!contender.first_deviation) contender.first_deviation = std::move(comparison.deviation);
    if (!to_the_end) return;
  }
}

/// Recognised ways of holding hyperparameters, in the order in which they are tried.
struct Modifier {
  Held held;
  std::string_view name;
};
constexpr Modifier modifiers[] = {
    {Held::exactly, ""},
    {Held::in_binary32, "hyperparameters in binary32"},
    {Held::powers_in_binary32, "running products in binary32"},
};

std::vector<Contender> named_contenders(const Conventions& conventions, Held held) {
  std::vector<Contender> contenders;
  for (const Dialect& dialect : conventions.dialects) {
    contenders.push_back({.dialect = &dialect,
                          .name = std::string(dialect.name),
                          .candidate = {dialect.choices, held},
                          .first_deviation = {},
                          .claim_ends = {}});
  }
  return contenders;
}

/// Every combination of options that no dialect has: nobody's convention, but the best
/// description of a subject that follows it.
std::vector<Contender> unnamed_contenders(const Conventions& conventions) {
  std::vector<Contender> contenders;
  std::vector<int> choices(conventions.options.size(), 0);
  for (;;) {
    const bool named = std::ranges::any_of(
        conventions.dialects, [&](const Dialect& dialect) { return dialect.choices == choices; });
    if (!named) {
      std::string name;
      for (std::size_t i = 0; i < choices.size(); ++i) {
        const Option& option = conventions.options[i];
        name += fmt::format("{}{}={}", i == 0 ? "" : ", ", option.name,
                            option.choices[static_cast<std::size_t>(choices[i])]);
      }
      contenders.push_back({.name = name,
                            .candidate = {choices, Held::exactly},
                            .first_deviation = {},
                            .claim_ends = {}});
    }
    std::size_t place = 0;
    while (place < choices.size() &&
           ++choices[place] == static_cast<int>(conventions.options[place].choices.size())) {
      choices[place++] = 0;
    }
    if (place == choices.size()) return contenders;
  }
}

bool nearer(const Contender& left, const Contender& right) {
  if (left.cases_missed != right.cases_missed) return left.cases_missed < right.cases_missed;
  return left.worst_radii < right.worst_radii;
}

std::vector<std::string> names(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

/// Of those that explain all: the claimed one, else the one with most room left. A form
/// that is proved equal to an earlier one in the catalogue rounds more and so allows
/// more: it is named only where no first form explains.
const Contender* choose(const Conventions& conventions, const std::vector<Contender>& contenders,
                        const Dialect* claimed) {
  std::vector<std::string_view> earlier;
  const Contender* first_form = nullptr;
  const Contender* other_form = nullptr;
  for (const Contender& contender : contenders) {
    const auto same = equivalents(conventions.equivalences, contender.name);
    const bool is_first = std::ranges::none_of(same, [&](std::string_view name) {
      return std::ranges::find(earlier, name) != earlier.end();
    });
    earlier.push_back(contender.name);
    if (!contender.explains_all) continue;
    if (claimed != nullptr && contender.dialect == claimed) return &contender;
    const Contender*& best = is_first ? first_form : other_form;
    if (best == nullptr || contender.budget_used < best->budget_used) best = &contender;
  }
  return first_form != nullptr ? first_form : other_form;
}

void list_nearest(Finding& finding, std::vector<Contender> contenders) {
  std::ranges::stable_sort(contenders, nearer);
  for (const Contender& contender : contenders) {
    if (contender.name == finding.dialect && finding.verdict == Verdict::conforms) continue;
    finding.nearest.push_back(
        {contender.name, contender.explains_all ? contender.budget_used : contender.worst_radii,
         contender.cases_missed});
  }
  if (finding.nearest.size() > 5) finding.nearest.resize(5);
}

/// Counts the trials; false where the subject's faults or silence are all there is.
bool count_trials(Finding& finding, std::span<const Trial> trials) {
  std::string first_unsupported;
  for (const Trial& trial : trials) {
    switch (trial.ended.outcome) {
      case Outcome::ran:
        ++finding.cases;
        finding.steps += trial.steps;
        break;
      case Outcome::unsupported:
      case Outcome::refused:
        ++finding.unsupported_cases;
        if (first_unsupported.empty()) first_unsupported = trial.ended.message;
        if (trial.ended.outcome == Outcome::refused) {
          finding.notes.push_back(fmt::format("refused {}: {}", trial.id, trial.ended.message));
        }
        break;
      case Outcome::subject_error:
      case Outcome::fault:
        if (finding.error.empty()) {
          finding.error = fmt::format("{}: {}", trial.id, trial.ended.message);
          finding.fault = trial.ended.outcome == Outcome::fault
                              ? std::string(fault_text(trial.ended.fault))
                              : std::string("error reported by the subject");
        }
        break;
    }
  }
  if (finding.notes.size() > 3) {
    const std::size_t more = finding.notes.size() - 3;
    finding.notes.resize(3);
    finding.notes.push_back(fmt::format("and {} more refused", more));
  }
  finding.unsupported_reason = first_unsupported;
  if (finding.cases == 0 && finding.error.empty()) finding.verdict = Verdict::unsupported;
  return finding.cases > 0;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::conforms:
      return "conforms";
    case Verdict::deviates:
      return "deviates";
    case Verdict::unsupported:
      return "unsupported";
    case Verdict::error:
      return "error";
  }
  return "";
}

Held held_as(std::span<const std::string> names) {
  for (const Modifier& modifier : modifiers) {
    if (!modifier.name.empty() && std::ranges::find(names, modifier.name) != names.end()) {
      return modifier.held;
    }
  }
  return Held::exactly;
}

bool is_modifier(std::string_view name) {
  return name == "none" ||
         (!name.empty() && std::ranges::any_of(modifiers, [&](const Modifier& modifier) {
           return modifier.name == name;
         }));
}

Comparison compare_trial(const Trial& trial, const Dialect* dialect, const Candidate& candidate) {
  if (dialect != nullptr && !trial.applies(*dialect)) {
    Comparison comparison;
    comparison.deviation =
        Deviation{.test_case = trial.id,
                  .quantity = "hyperparameters",
                  .radii = std::numeric_limits<double>::infinity(),
                  .note = "the dialect has no place for a hyperparameter of this case"};
    return comparison;
  }
  return trial.compare(candidate);
}

Finding decide(const Conventions& conventions, std::span<const Trial> trials,
               const Demands& demands) {
  const std::string& required = demands.required_dialect;
  const std::string& claimed = demands.claimed_dialect;
  const auto considered = [&](const Modifier& modifier) {
    const std::string_view name = modifier.name.empty() ? "none" : modifier.name;
    return demands.required_modifier.empty() || demands.required_modifier == name;
  };
  Finding finding;
  if (!count_trials(finding, trials)) return finding;

  // What must hold: the dialect asked for, or the one that the subject claims.
  const std::string_view wanted = required.empty() ? claimed : required;
  const Dialect* wanted_dialect =
      wanted.empty() ? nullptr : find_dialect(conventions.dialects, wanted);
  if (required.empty() && !claimed.empty() && wanted_dialect == nullptr) {
    finding.notes.push_back(fmt::format("claims the dialect \"{}\", which is not known", wanted));
  }

  std::vector<Contender> contenders;
  const Contender* chosen = nullptr;
  for (const Modifier& modifier : modifiers) {
    if (!considered(modifier)) continue;
    contenders = named_contenders(conventions, modifier.held);
    for (Contender& contender : contenders) examine(contender, trials, false);
    chosen = choose(conventions, contenders, wanted_dialect);
    if (chosen == nullptr) continue;
    if (!modifier.name.empty()) finding.modifiers.emplace_back(modifier.name);
    break;
  }

  const auto fill_from = [&](const Contender& contender) {
    finding.dialect = contender.name;
    finding.budget_used = contender.budget_used;
    finding.budget_case = contender.budget_case;
    finding.claim_ends = contender.claim_ends;
    finding.deviation = contender.first_deviation;
    finding.equivalent_dialects = names(equivalents(conventions.equivalences, contender.name));
  };

  if (chosen != nullptr) {
    finding.verdict = Verdict::conforms;
    fill_from(*chosen);
    for (const Contender& contender : contenders) {
      if (!contender.explains_all || &contender == chosen) continue;
      if (std::ranges::find(finding.equivalent_dialects, contender.name) ==
          finding.equivalent_dialects.end()) {
        finding.indistinguishable_dialects.push_back(contender.name);
      }
    }
    const bool as_wanted = wanted_dialect == nullptr || wanted_dialect->name == chosen->name ||
                           std::ranges::find(finding.equivalent_dialects, wanted_dialect->name) !=
                               finding.equivalent_dialects.end();
    if (!as_wanted) {
      // It follows another dialect than it should: show where it leaves that one.
      finding.verdict = Verdict::deviates;
      for (Contender& contender : contenders) {
        if (contender.dialect != wanted_dialect) continue;
        examine(contender, trials, true);
        finding.deviation = contender.first_deviation;
      }
      finding.notes.push_back(fmt::format("{} the dialect \"{}\", but follows \"{}\"",
                                          required.empty() ? "claims" : "is held to", wanted,
                                          chosen->name));
    }
    list_nearest(finding, contenders);
  } else if (!demands.thorough) {
    finding.verdict = Verdict::deviates;
    fill_from(contenders.front());
  } else {
    finding.verdict = Verdict::deviates;
    // The nearest dialect and modifier: the one that leaves fewest cases unexplained.
    std::string_view nearest_modifier;
    contenders.clear();
    for (const Modifier& modifier : modifiers) {
      if (!considered(modifier)) continue;
      std::vector<Contender> modified = named_contenders(conventions, modifier.held);
      for (Contender& contender : modified) examine(contender, trials, true);
      const auto fewest = [](const std::vector<Contender>& some) {
        return std::ranges::min_element(some, nearer)->cases_missed;
      };
      if (contenders.empty() || fewest(modified) < fewest(contenders)) {
        contenders = std::move(modified);
        nearest_modifier = modifier.name;
      }
    }
    if (!nearest_modifier.empty()) finding.modifiers.emplace_back(nearest_modifier);
    std::vector<Contender> unnamed = unnamed_contenders(conventions);
    for (Contender& contender : unnamed) {
      examine(contender, trials, false);
      if (contender.explains_all) {
        finding.notes.push_back(
            fmt::format("follows no dialect in use; these options explain it: {}", contender.name));
      }
    }
    // Where a dialect must hold, the deviation shown is the one from it.
    const auto wanted_one = std::ranges::find(contenders, wanted_dialect, &Contender::dialect);
    const auto nearest = wanted_dialect != nullptr && wanted_one != contenders.end()
                             ? wanted_one
                             : std::ranges::min_element(contenders, nearer);
    fill_from(*nearest);
    for (const Contender& contender : unnamed) {
      if (contender.explains_all) contenders.push_back(contender);
    }
    list_nearest(finding, std::move(contenders));
  }
  if (!finding.error.empty()) finding.verdict = Verdict::error;
  return finding;
}

}  // namespace plumbline::conformance
