// A theorem's runs, judged: each step's enclosures are compared, at a precision that decides
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reference/theorem.hpp"

namespace plumbline::conformance {

enum class Decision {
  holds,        ///< every step's whole enclosure is below its bound, or equal to it to 30 digits
  violated,     ///< at some step the whole enclosure is above
  undecided,    ///< no precision up to the limit tells
  unsupported,  ///< of a subject: it has no place for the run, or follows another dialect
  error         ///< of a subject: it failed
};
std::string_view name_of(Decision decision);
std::string_view name_of(Role role);

/// Numbers in decimal with 20 digits, all proved.
struct JudgedStep {
  long step = 0;
  std::string observed, bound;
  std::optional<std::string> tight;
  /// Of a subject: how much the bound was widened by its acceptance radius.
  std::optional<std::string> radius = {};
};

struct Slope {
  double fitted = 0;
  double proved = 0;
};

struct BrokenBound {
  long step = 0;
  std::string observed, bound;
  bool of_tight = false;  ///< it is the better bound that is passed
  std::vector<std::string> point;
};

struct JudgedRun {
  std::string name;
  Role role = Role::within;
  Relation relation = Relation::at_most;
  Scale scale = Scale::log_log;
  std::string objective, rule, dialect;
  NamedNumbers hyperparameters;
  std::vector<std::string> failed_hypotheses = {};
  std::string format = {};  ///< of a subject

  Decision decision = Decision::undecided;
  std::string reason = {};  ///< why it is undecided
  /// At every step observed and bound are equal to 30 digits; exactly, in rational numbers.
  bool attained = false;
  bool attained_exactly = false;
  int precision = 0;
  std::optional<std::string> largest_ratio = {}, tight_ratio = {};  ///< of observed to the bounds
  long at_step = 0;                                                 ///< where it is largest
  std::optional<Slope> slope = {};
  /// Of a subject: from here on the rounding that it is allowed could hide the bound.
  std::optional<long> claim_ends_at = {};
  std::optional<BrokenBound> counterexample = {};
  std::vector<JudgedStep> steps = {};

  /// within holds, a witness attains, a control is violated; or a subject has no place for it.
  bool as_expected() const;
};

struct JudgedTheorem {
  const Theorem* theorem = nullptr;
  std::vector<JudgedRun> runs;

  bool holds() const;
  /// The largest observed/bound of the runs within; nothing without any.
  std::optional<std::string> largest_ratio() const;
};

/// At rising precision, until every step is decided.
JudgedRun judge(const Run& run);
JudgedTheorem judge(const Theorem& theorem);

/// Fills in the decision and all that follows from the series. `radii`: by comparison, added to
/// bound and tight bound; two values are equal then where they are no further apart.
void judge_series(JudgedRun& judged, const Series& series,
                  const std::vector<Certified>& radii = {});

/// A run's description, with nothing decided.
JudgedRun described(const Run& run);

}  // namespace plumbline::conformance
