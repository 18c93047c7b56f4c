// What trying a property takes, be it of a rule, a clipping or a schedule.
#pragma once

#include <cstdint>
#include <functional>
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

/// A property's own kind of input, and how such inputs come about.
template <class Input>
struct InputKind {
  std::function<Observation(const Input&)> observe;         ///< what the subject does on an input
  std::function<Input(int)> at_random;                      ///< the input of the n-th try
  std::function<std::vector<Input>(const Input&)> smaller;  ///< nearer to the simplest
  std::function<std::string(const Input&)> text;            ///< as JSON
};

/// The one input that was asked for.
template <class Input>
PropertyFinding try_given(PropertyFinding finding, const Input& given,
                          const InputKind<Input>& kind) {
  const Observation seen = kind.observe(given);
  finding.examples = 1;
  if (is_failure(seen)) {
    fail(finding, kind.text(given), seen);
    return finding;
  }
  finding.note = seen.message;
  if (seen.kind == Observation::Kind::as_expected) finding.verdict = PropertyVerdict::holds;
  return finding;
}

/// The smallest input found on the way down that fails as this one does.
template <class Input>
void shrink(Input& failing, Observation& seen, const InputKind<Input>& kind) {
  constexpr int most_attempts = 200;
  int attempts = 0;
  for (bool found = true; found;) {
    found = false;
    for (Input& smaller : kind.smaller(failing)) {
      if (++attempts > most_attempts) return;
      Observation again = kind.observe(smaller);
      if (again.kind != Observation::Kind::otherwise) continue;
      seen = std::move(again);
      failing = std::move(smaller);
      found = true;
      break;
    }
  }
}

/// `wanted` inputs at random that the property has a say on; a failing one made small.
template <class Input>
PropertyFinding try_at_random(PropertyFinding finding, int wanted, bool shrinks,
                              const InputKind<Input>& kind) {
  for (int tried = 0; finding.examples < wanted && tried < 4 * wanted; ++tried) {
    Input input = kind.at_random(tried);
    Observation seen = kind.observe(input);
    if (seen.kind == Observation::Kind::not_applicable) {
      if (finding.examples == 0) finding.note = seen.message;
      continue;
    }
    if (++finding.examples == 1) finding.note = seen.message;
    if (!is_failure(seen)) continue;
    if (shrinks && seen.kind == Observation::Kind::otherwise) shrink(input, seen, kind);
    finding.note.clear();
    fail(finding, kind.text(input), seen);
    return finding;
  }
  if (finding.examples > 0) finding.verdict = PropertyVerdict::holds;
  return finding;
}

/// A gradient's element that no optimizer expects.
struct Poison {
  std::string_view name;
  double value;
};
std::vector<Poison> poisons(const FormatDescription& format);

/// Inside what is allowed, or as far outside as that is wide: no matter of a single rounding.
bool is_nearly_allowed(const Acceptance& allowed, double value);

}  // namespace plumbline::conformance
