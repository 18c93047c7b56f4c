// A property: what must hold of an optimizer whatever it is fed.
//
// A property knows from the reference itself for which rules and dialects it must hold,
// for which it must not (and then a subject in which it holds does not follow the
// formula), and where it says nothing. So a rule that is added to the catalogue gets all
// properties, and nothing here is written rule by rule.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/judge/comparison.hpp"
#include "conformance/judge/property_finding.hpp"
#include "conformance/properties/random_case.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// The subject and what it is held to.
struct PropertyScope {
  Subject& subject;
  const Rule& rule;
  const Dialect& dialect;
  Candidate candidate;  ///< the dialect's choices, and how hyperparameters are held
  SubjectFormat format;
};

/// What the formula says of a property.
enum class Prediction {
  holds,
  violated,      ///< the relation is false for this rule: the negative control
  says_nothing,  ///< the property has no meaning for this rule
};

/// What was seen on one case.
struct Observation {
  enum class Kind {
    as_expected,
    otherwise,
    broke,  ///< the subject failed or broke the protocol: not tried over and over
    not_applicable,
  } kind = Kind::as_expected;
  std::string message = {};  ///< what was seen, or why it does not apply
};

/// Thrown where there is nothing to hold a property against.
struct NoAnswer {
  Observation observation;
};

/// What a call or case that came to no answer means for a property.
Observation observation_of(const Ended& ended);

class Property {
 public:
  Property(std::string_view name, std::string_view statement)
      : name_(name), statement_(statement) {}
  virtual ~Property() = default;

  std::string_view name() const { return name_; }
  std::string_view statement() const { return statement_; }

  virtual CaseNeeds needs() const = 0;
  /// Decided by the reference, not by a list of rules.
  virtual Prediction prediction(const Rule& rule, const Dialect& dialect) const = 0;
  /// Puts the case to the subject. Throws SubjectUnusable.
  virtual Observation observe(const PropertyScope& scope, const Case& test_case,
                              Prediction expected) const = 0;
  /// Random cases to try, of `examples` asked for; a property that is the same for every
  /// input needs few.
  virtual int examples(int asked) const { return asked; }
  /// Too slow for every run: tried only where it is asked for by name.
  virtual bool by_name_only() const { return false; }

 private:
  std::string_view name_, statement_;
};

/// All properties, in the order of reports.
std::span<const std::unique_ptr<Property>> all_properties();
/// By name; null where there is none.
const Property* find_property(std::string_view name);

struct PropertyRun {
  int examples = 12;
  std::uint64_t seed = 1;
  /// Hyperparameters that the subject is known to take, for one that declines others: a
  /// library's fixed epsilon, say.
  std::vector<std::vector<double>> supported = {};
  std::string input = {};  ///< a case as JSON: try this one only
  bool shrinks = true;     ///< look for the smallest case that fails
};

/// Tries the property on random cases and shrinks what fails. Throws SubjectUnusable,
/// and std::runtime_error for an input that can't be read.
PropertyFinding try_property(const Property& property, const PropertyScope& scope,
                             const PropertyRun& run);

}  // namespace plumbline::conformance
