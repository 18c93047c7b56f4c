// A theorem as the program knows it: what it says, under which hypotheses, and the runs in
// which it is held against what happens, on Certified numbers.
//
// A run compares, step by step, what is observed with what the theorem allows. Some runs keep
// the hypotheses; some are built to attain the bound; and in some a hypothesis fails, so that
// the check has to see a violation: one that can't fail is no check. The theorems are in
// files of their own, theorems/, one line in theorem.cpp each.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reference/theorems/setting.hpp"

namespace plumbline {

/// One step of a run.
struct Comparison {
  long step = 0;
  Certified observed, bound;
  std::optional<Certified> tight = {};  ///< a better bound, where one is known
  std::vector<Certified> point = {};    ///< where it was observed, for a counterexample
  /// The sign of observed - bound, where it was decided in rational numbers.
  std::optional<int> order = {};
};
using Series = std::vector<Comparison>;

/// Rational numbers compared: their order is decided, and not by enclosures.
Comparison exact_comparison(long step, const Rational& observed, const Rational& bound);

enum class Role {
  within,   ///< the hypotheses hold: the bound has to
  witness,  ///< attains the bound
  control,  ///< a hypothesis fails: a violation has to be seen
};
enum class Relation { at_most, equal };
/// The axes on which the series is near a straight line.
enum class Scale { log_log, log_linear };

struct Run {
  std::string name;
  Role role = Role::within;
  std::string objective = {}, rule = {}, dialect = {};
  NamedNumbers hyperparameters = {};
  Relation relation = Relation::at_most;
  Scale scale = Scale::log_log;
  /// The slope that the theorem proves: an exponent of the step, or on log_linear axes the
  /// logarithm of the factor a step.
  std::function<Certified()> proved_slope = {};
  /// At the precision of now.
  std::function<Series()> series = {};
  /// Of a rule in a loop with an objective: the same comparison can be made for a subject.
  std::optional<Setting> setting = {};
};

struct Hypothesis {
  std::string text;
  bool holds;
};

/// What a theorem about a rule in a loop says of any setting.
struct LoopCheck {
  std::string_view rule, dialect;
  Scale scale;
  std::vector<Hypothesis> (*hypotheses)(const Setting&);
  /// By the points of a trajectory. Throws std::invalid_argument where the setting has not what
  /// the bound is made of.
  Series (*series)(const Setting&, const Trajectory&);
  Certified (*proved_slope)(const Setting&) = nullptr;
};

struct Theorem {
  std::string_view id;
  std::string_view title;
  std::string_view statement;
  std::vector<std::string_view> hypotheses;
  std::string_view bound;
  std::string_view tight;  ///< what is known of how good the bound is
  std::string_view source;
  std::vector<Run> (*runs)();
  std::optional<LoopCheck> loop = {};
};

/// A run of a loop check. Where `role` is control, `name` says what fails.
Run loop_run(const LoopCheck& check, std::string name, Role role, const Setting& setting);

/// Every theorem, in the order of reports.
std::span<const Theorem> all_theorems();
/// By id; null where there is none.
const Theorem* find_theorem(std::string_view id);

}  // namespace plumbline
