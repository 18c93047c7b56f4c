// The acceptance intervals of a whole case as numbers to reckon with.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/comparison.hpp"
#include "reference/numbers/quadruple.hpp"

namespace plumbline::conformance {

/// Where a correct implementation's value must lie.
struct Acceptance {
  Quadruple lower = 0;
  Quadruple upper = 0;
  bool may_be_nan = false;

  bool is_finite() const;
  bool contains(double value) const;
  Quadruple width() const { return upper - lower; }

  /// Takes in an interval of Rounded numbers; `first`: in place of what was there.
  template <class Interval>
  void widen(const Interval& interval, bool first) {
    const auto other_lower = static_cast<Quadruple>(interval.lower());
    const auto other_upper = static_cast<Quadruple>(interval.upper());
    lower = first ? other_lower : std::min(lower, other_lower);
    upper = first ? other_upper : std::max(upper, other_upper);
    may_be_nan = may_be_nan || interval.may_be_nan();
  }
};

/// One parameter's acceptances: [step][element] for the parameter itself (step 0 is its
/// start), and the same for each tensor of its state.
struct ParameterAcceptance {
  std::vector<std::vector<Acceptance>> values;
  std::map<std::string, std::vector<std::vector<Acceptance>>> state;
};

/// The acceptances of a case under a candidate in a format: [parameter]. Nothing where
/// too many branches are open to follow. Where several are open, the hull of them.
std::optional<std::vector<ParameterAcceptance>> acceptances(const Case& test_case,
                                                            const Candidate& candidate,
                                                            const SubjectFormat& format);

}  // namespace plumbline::conformance
