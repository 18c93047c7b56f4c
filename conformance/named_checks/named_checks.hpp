// Every check of a rule, schedule or clipping as a function with a name of its own, for
// test frameworks.
//
// named_checks/ is what googletest.hpp registers; another framework needs a loop of its
// own over `named_checks`. The cases all run once, when the first check asks, since the
// dialect that explains a subject shows in all of them together; each check then reports
// on its own case.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/checks/check.hpp"

namespace plumbline::conformance {

/// A deviation that is known, with its reason. A check it names must fail.
struct KnownDeviation {
  std::string checks;  ///< a glob on names: "acceptance/sparse/*"
  std::string reason;
};

struct NamedCheckOptions {
  Task task;               ///< its format may be empty for a schedule
  SubjectFactory subject;  ///< called once
  /// How cases are selected and judged; its rules, schedules, clippings and formats are
  /// not looked at.
  CheckOptions check = {};
  /// Where the golden files are; empty: no golden checks.
  std::string golden_folder = {};
  /// A case as JSON on which properties are tried in place of random ones; empty: random.
  std::string property_input = {};
  std::vector<KnownDeviation> known_deviations = {};
};

struct CheckOutcome {
  enum class Status { passed, failed, skipped } status = Status::failed;
  std::string text;  ///< why it failed or was skipped, in lines; what was seen where it passed
  /// Where a property fails: the smallest case found on which it does, as JSON.
  std::string counterexample = {};
};

struct NamedCheck {
  /// "verdict": all cases together, and that anything was checked at all;
  /// "acceptance/STREAM/CASE", "golden/STREAM/CASE", "property/PROPERTY".
  std::string name;
  /// May be called in any order, by one thread at a time.
  std::function<CheckOutcome()> run;
};

/// The check with what it throws as a failure, and with the deviations that are known: one
/// that names it turns its outcome round.
NamedCheck with_known_deviations(NamedCheck check, std::vector<KnownDeviation> known);

/// The checks of a task. Properties that are tried only by name are among them where
/// `check.properties` selects them. Throws std::invalid_argument for a task that the catalogue does
/// not have.
std::vector<NamedCheck> named_checks(const NamedCheckOptions& options);

}  // namespace plumbline::conformance
