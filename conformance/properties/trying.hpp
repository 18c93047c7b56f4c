// What trying a property takes, be it of a rule or of a clipping.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "conformance/judge/acceptance.hpp"
#include "conformance/properties/property.hpp"

namespace plumbline::conformance {

/// Each property, entry of the catalogue and format has random cases of its own.
std::uint64_t random_seed(std::string_view property, std::string_view format,
                          std::string_view entry, std::uint64_t seed);

/// What the formula says of the property: the same in every run, and worked out once.
template <class AnyProperty, class Entry>
Prediction known_prediction(const AnyProperty& property, const Entry& entry,
                            const Dialect& dialect) {
  using Key = std::tuple<const AnyProperty*, const Entry*, const Dialect*>;
  static std::mutex mutex;
  static std::map<Key, Prediction> known;
  const Key key{&property, &entry, &dialect};
  {
    const std::lock_guard lock(mutex);
    if (const auto found = known.find(key); found != known.end()) return found->second;
  }
  const Prediction prediction = property.prediction(entry, dialect);
  const std::lock_guard lock(mutex);
  return known.emplace(key, prediction).first->second;
}

/// A finding to which nothing was tried yet.
template <class AnyProperty>
PropertyFinding untried(const AnyProperty& property, Prediction expected) {
  PropertyFinding finding;
  finding.name = property.name();
  finding.statement = property.statement();
  finding.must_hold = expected != Prediction::violated;
  return finding;
}

bool is_failure(const Observation& seen);
/// `input`: the case, as JSON.
void fail(PropertyFinding& finding, std::string input, const Observation& seen);

/// A gradient's element that no optimizer expects.
struct Poison {
  std::string_view name;
  double value;
};
std::vector<Poison> poisons(const FormatDescription& format);

/// Inside what is allowed, or as far outside as that is wide: no matter of a single rounding.
bool is_nearly_allowed(const Acceptance& allowed, double value);

}  // namespace plumbline::conformance
