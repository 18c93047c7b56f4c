// How a subject stands to one property.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plumbline::conformance {

enum class PropertyVerdict { holds, fails, skipped };

/// The smallest input found on which a property fails.
struct Counterexample {
  std::string input;    ///< the case, as JSON on one line
  std::string message;  ///< what was seen there, in a sentence
};

struct PropertyFinding {
  std::string name;
  std::string statement;
  /// What the rule's formula says: true, the relation holds; false, it must not.
  bool must_hold = true;
  PropertyVerdict verdict = PropertyVerdict::skipped;
  long examples = 0;  ///< that ran
  std::string note;   ///< why it was skipped, or what else was seen
  std::optional<Counterexample> counterexample;
};

std::string_view name_of(PropertyVerdict verdict);

}  // namespace plumbline::conformance
