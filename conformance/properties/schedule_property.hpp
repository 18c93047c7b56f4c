// A property of schedules: what must hold of a subject's rates, whatever the hyperparameters.
//
// Where it applies is read from the schedule itself: its seams, its certified rates, and the facts
// that its file states (reference/schedule_facts.hpp). How far a rate may be off follows from its
// acceptance interval alone.
#pragma once

#include <random>

#include "conformance/cases/schedule_case.hpp"
#include "conformance/properties/property.hpp"
#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

/// The subject and what it is held to.
struct ScheduleScope {
  Subject& subject;
  const Schedule& schedule;
  const Dialect& dialect;
  Candidate candidate;
  SubjectFormat format;
};

/// A schedule with its hyperparameters, looked at in the steps 0, ..., until.
struct ScheduleQuestion {
  const Schedule* schedule = nullptr;
  std::vector<double> hyperparameters = {};  ///< in the schedule's order
  long until = 0;
  long from = 0;  ///< a step among them, from which on rates are asked for again
};

/// The rates that a subject has at some steps, and where correct ones lie.
struct AnsweredRates {
  std::vector<long> steps;
  std::vector<double> values;
  std::vector<Quadruple> lower, upper;

  /// How far the rate of that place in the list may be from the exact one.
  Quadruple off(std::size_t index) const { return upper[index] - lower[index]; }
};

/// A question put to a subject.
class AskedSchedule {
 public:
  AskedSchedule(const ScheduleScope& scope, const ScheduleQuestion& question)
      : scope_(scope), question_(question) {}

  const ScheduleQuestion& question() const { return question_; }
  /// Up to `until`; of the question where none is given.
  const ScheduleFacts<Rounded<Binary64>>& facts() const;
  ScheduleFacts<Rounded<Binary64>> facts(long until) const;

  /// Throws NoAnswer.
  AnsweredRates rates(Access access, const std::vector<long>& steps) const;
  /// Of the steps first, ..., until, by stepping, or where the subject can't, at once.
  AnsweredRates all_from(long first) const;
  /// Where the exact rates at the steps lie, far more narrowly than the subject's need to.
  std::vector<Rounded<Binary64>> exact(const std::vector<long>& steps) const;

 private:
  const ScheduleScope& scope_;
  const ScheduleQuestion& question_;
  mutable std::optional<ScheduleFacts<Rounded<Binary64>>> facts_ = {};
};

class ScheduleProperty {
 public:
  /// What was seen where nothing is broken may be worth a note.
  struct Seen {
    std::string broken = {};
    std::string note = {};
  };
  using Look = Seen (*)(const AskedSchedule& asked);

  ScheduleProperty(std::string_view name, std::string_view statement, Look look)
      : name_(name), statement_(statement), look_(look) {}

  std::string_view name() const { return name_; }
  std::string_view statement() const { return statement_; }
  /// Throws SubjectUnusable.
  Observation observe(const ScheduleScope& scope, const ScheduleQuestion& question) const;

 private:
  std::string_view name_, statement_;
  Look look_;
};

/// All properties of schedules, in the order of reports.
std::span<const ScheduleProperty> all_schedule_properties();
const ScheduleProperty* find_schedule_property(std::string_view name);

/// False where a formula has no meaning for the hyperparameters together: a warmup that is longer
/// than the run.
bool is_meant(const ScheduleQuestion& question);

/// A random question; a bare one leaves at rest whatever can be, for subjects that can do no more.
ScheduleQuestion random_schedule_question(const Schedule& schedule, const Dialect& dialect,
                                          bool bare, std::mt19937_64& random);

/// The question as JSON on one line, and back. Throws std::runtime_error.
std::string schedule_question_text(const ScheduleQuestion& question);
ScheduleQuestion read_schedule_question(const Schedule& schedule, const std::string& text);

/// As try_property: random questions, and the smallest found that fails.
PropertyFinding try_schedule_property(const ScheduleProperty& property, const ScheduleScope& scope,
                                      const PropertyRun& run);

}  // namespace plumbline::conformance
