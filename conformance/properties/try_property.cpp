// Trying a property: random cases, and the way down to the smallest that fails.
#include <rapidcheck/Random.h>

#include "conformance/properties/trying.hpp"

namespace plumbline::conformance {
namespace {

/// A counterexample is not shrunk for ever: each attempt asks the subject.
constexpr int most_shrink_attempts = 400;

/// What a subject holds of a case. One that keeps hyperparameters in binary32 is given such
/// values: what a property says of eta is then said of the eta that the subject has.
Case as_held(Case test_case, const PropertyScope& scope) {
  if (scope.candidate.held != Held::in_binary32) return test_case;
  const auto round = [](std::vector<double>& values) {
    for (double& value : values) value = Binary32::description.round(value);
  };
  round(test_case.hyperparameters);
  for (auto& group : test_case.groups) round(group);
  round(test_case.learning_rates);
  return test_case;
}

/// Follows shrinks that still fail until none does.
void shrink(const Property& property, const PropertyScope& scope, Prediction expected,
            rc::Shrinkable<Case> failing, Observation& observation, Case& smallest) {
  int attempts = 0;
  for (bool found = true; found;) {
    found = false;
    auto shrinks = failing.shrinks();
    while (auto smaller = shrinks.next()) {
      if (++attempts > most_shrink_attempts) return;
      Case candidate = as_held(smaller->value(), scope);
      Observation seen = property.observe(scope, candidate, expected);
      if (seen.kind != Observation::Kind::otherwise) continue;
      observation = std::move(seen);
      smallest = std::move(candidate);
      failing = *smaller;
      found = true;
      break;
    }
  }
}

/// Those of the hyperparameters that the property has a use for.
std::vector<std::vector<double>> suitable(const std::vector<std::vector<double>>& supported,
                                          const Rule& rule, const CaseNeeds& needs) {
  std::vector<std::vector<double>> some;
  for (const std::vector<double>& values : supported) {
    bool any_optional = false;
    for (std::size_t index = 0; index < values.size(); ++index) {
      const auto neutral = rule.hyperparameters[index].neutral;
      any_optional = any_optional || (neutral && values[index] != *neutral);
    }
    if (needs.optional_hyperparameters || !any_optional) some.push_back(values);
  }
  return some;
}

}  // namespace

PropertyFinding try_property(const Property& property, const PropertyScope& scope,
                             const PropertyRun& run) {
  const Prediction expected = known_prediction(property, scope.rule, scope.dialect);
  PropertyFinding finding = untried(property, expected);
  if (expected == Prediction::says_nothing) {
    finding.note = "says nothing of this rule";
    return finding;
  }
  if (!run.input.empty()) {
    const Case given =
        as_held(read_case(scope.rule, nlohmann::ordered_json::parse(run.input)), scope);
    const Observation seen = property.observe(scope, given, expected);
    finding.examples = 1;
    finding.note = seen.message;
    if (seen.kind == Observation::Kind::as_expected) finding.verdict = PropertyVerdict::holds;
    if (is_failure(seen)) fail(finding, case_object(given).dump(), seen);
    return finding;
  }

  const auto generator = random_case(scope.rule, scope.dialect, property.needs());
  rc::Random random(random_seed(property.name(), scope.format.name, scope.rule.name, run.seed));
  const int wanted = property.examples(run.examples);
  const auto supported = suitable(run.supported, scope.rule, property.needs());
  std::size_t next_supported = 0;
  for (int tried = 0; finding.examples < wanted && tried < 4 * wanted; ++tried) {
    const rc::Shrinkable<Case> drawn = generator(random.split(), 0);
    Case test_case = as_held(drawn.value(), scope);
    Observation seen = property.observe(scope, test_case, expected);
    if (seen.kind == Observation::Kind::not_applicable && !supported.empty()) {
      test_case.hyperparameters = supported[next_supported++ % supported.size()];
      for (auto& group : test_case.groups) group = test_case.hyperparameters;
      test_case = as_held(std::move(test_case), scope);
      seen = property.observe(scope, test_case, expected);
    }
    if (seen.kind == Observation::Kind::not_applicable) {
      if (finding.examples == 0) finding.note = seen.message;
      continue;
    }
    ++finding.examples;
    if (is_failure(seen)) {
      Case smallest = test_case;
      if (run.shrinks && seen.kind == Observation::Kind::otherwise) {
        shrink(property, scope, expected, drawn, seen, smallest);
      }
      finding.note.clear();
      fail(finding, case_object(smallest).dump(), seen);
      return finding;
    }
    if (finding.examples == 1) finding.note = seen.message;
  }
  if (finding.examples > 0) finding.verdict = PropertyVerdict::holds;
  return finding;
}

Observation observation_of(const Ended& ended) {
  switch (ended.outcome) {
    case Outcome::ran:
      return {};
    case Outcome::unsupported:
    case Outcome::refused:
      return {Observation::Kind::not_applicable, ended.message};
    case Outcome::subject_error:
    case Outcome::fault:
      break;
  }
  return {Observation::Kind::broke, ended.message};
}

std::string_view name_of(PropertyVerdict verdict) {
  switch (verdict) {
    case PropertyVerdict::holds:
      return "holds";
    case PropertyVerdict::fails:
      return "fails";
    case PropertyVerdict::skipped:
      return "skipped";
  }
  return "";
}

}  // namespace plumbline::conformance
