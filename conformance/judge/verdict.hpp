// From many cases to one verdict: which dialect explains all that was seen.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/judge/comparison.hpp"
#include "conformance/judge/property_finding.hpp"
#include "reference/rule.hpp"

namespace plumbline::conformance {

struct OtherTrial;

/// One case that was put to the subject, ready to be compared with any candidate.
struct Trial {
  std::string id;
  Ended ended;
  long steps = 0;
  std::vector<double> hyperparameters = {};  ///< of a rule's case, in the rule's order
  std::function<bool(const Dialect&)> applies;
  std::function<Comparison(const Candidate&)> compare;
  /// The same recording as a run of another rule; null where it is of no rule.
  std::function<OtherTrial(const Rule&)> under = {};
};

/// A recording read as a run of another rule than the one that was announced.
struct OtherTrial {
  Trial trial;
  bool fits = false;  ///< false: it switches something on that the rule has no place for
  std::vector<std::string> assumed;  ///< hyperparameters at the catalogue's defaults
};

enum class Verdict { conforms, deviates, unsupported, error };
std::string_view name_of(Verdict verdict);

/// What a subject is held against: the conventions of a rule, schedule or clipping.
struct Conventions {
  std::span<const Option> options;
  std::span<const Dialect> dialects;
  std::span<const Equivalence> equivalences;
};

struct NearestDialect {
  std::string dialect;
  double radii = 0;       ///< how far off at its worst; at most 1 where it explains all
  long cases_missed = 0;  ///< cases that it does not explain
};

/// Another rule than the one announced that explains all that was seen of it.
struct OtherRule {
  std::string rule, dialect;
  std::vector<std::string> indistinguishable_dialects;
  std::vector<std::string> modifiers;
  std::vector<std::string> assumed;  ///< hyperparameters not sent, at the catalogue's defaults
  double budget_used = 0;
  long cases = 0;
  long cases_left_out = 0;  ///< with an option that the rule has no place for
};

struct Finding {
  Verdict verdict = Verdict::error;
  std::string dialect;                           ///< the one that explains all, or else the nearest
  std::vector<std::string> equivalent_dialects;  ///< proved the same function
  std::vector<std::string> indistinguishable_dialects;  ///< explain all too, in this format
  std::vector<std::string> modifiers;
  double budget_used = 0;
  std::string budget_case;  ///< the case that used most of it
  long cases = 0;
  long steps = 0;
  long unsupported_cases = 0;
  std::string unsupported_reason;  ///< what the subject said the first time
  std::optional<Deviation> deviation;
  std::vector<NearestDialect> nearest;
  std::string error;
  std::string fault;  ///< "crashed", "timed out", ...: what kind of error
  std::vector<std::string> notes;
  std::optional<long> claim_ends;
  std::vector<PropertyFinding> properties;
  std::vector<OtherRule> other_rules;  ///< filled in only when asked for
};

/// What a subject is held to, and what it says of itself.
struct Demands {
  std::string required_dialect = {};   ///< empty: any
  std::string required_modifier = {};  ///< empty: any; "none": hyperparameters held exactly
  std::string claimed_dialect = {};    ///< checked, never trusted
  /// Without it a deviating subject is not examined further once the verdict is clear,
  /// so that the nearest dialect is a guess.
  bool thorough = true;
};

/// How a subject with these modifiers holds hyperparameters.
Held held_as(std::span<const std::string> modifiers);

/// True for "none" and every modifier's name.
bool is_modifier(std::string_view name);

/// One trial that ran against one candidate. Where it has a dialect (not null), a case with
/// a hyperparameter that the dialect has no place for deviates.
Comparison compare_trial(const Trial& trial, const Dialect* dialect, const Candidate& candidate);

Finding decide(const Conventions& conventions, std::span<const Trial> trials,
               const Demands& demands);

}  // namespace plumbline::conformance
