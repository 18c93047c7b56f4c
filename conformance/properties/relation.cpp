#include "conformance/properties/relation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "conformance/judge/acceptance.hpp"
#include "conformance/subject/recording.hpp"
#include "reference/numbers/decimal_text.hpp"
#include "reference/numbers/wide.hpp"

namespace plumbline::conformance {
namespace {

using Acceptances = std::vector<std::vector<ParameterAcceptance>>;  // [run][parameter]

std::optional<Acceptances> accept_all(const Relation& relation, const Candidate& candidate,
                                      const SubjectFormat& format) {
  Acceptances all;
  for (const Case& run : relation.runs) {
    auto accepted = acceptances(run, candidate, format);
    if (!accepted) return std::nullopt;
    all.push_back(*std::move(accepted));
  }
  return all;
}

/// Null where the rule holds no such state.
const Acceptance* accepted_value(const Acceptances& acceptances, const Term& term) {
  const ParameterAcceptance& parameter = acceptances[term.run][term.parameter];
  const auto step = static_cast<std::size_t>(term.step);
  if (term.state.empty()) return &parameter.values[step][term.element];
  const auto found = parameter.state.find(std::string(term.state));
  return found == parameter.state.end() ? nullptr : &found->second[step][term.element];
}

/// Where an equation's residual lies, and how far a correct one may be from zero.
struct Residual {
  Quadruple lower = 0, upper = 0;
  Quadruple tolerance = 0;
  bool known = true;  // all its values exist and are finite
};

Residual accepted_residual(const Equation& equation, const Acceptances& acceptances) {
  Residual residual{equation.constant - equation.slack, equation.constant + equation.slack,
                    equation.slack};
  Quadruple size = magnitude_of(equation.constant);
  for (const Term& term : equation.terms) {
    const Acceptance* value = accepted_value(acceptances, term);
    if (value == nullptr || !value->is_finite()) return {.known = false};
    const Quadruple one = term.coefficient * value->lower;
    const Quadruple other = term.coefficient * value->upper;
    residual.lower += std::min(one, other);
    residual.upper += std::max(one, other);
    residual.tolerance += magnitude_of(term.coefficient) * value->width();
    size += std::max(magnitude_of(one), magnitude_of(other));
  }
  // The rounding errors of this sum itself, far above their bound.
  residual.tolerance += size * Quadruple(0x1p-100);
  return residual;
}

struct RunResult {
  std::vector<Recording> recordings;
  Observation ended;  // as expected, where all runs came to their end
};

RunResult run_all(const PropertyScope& scope, const Relation& relation) {
  RunResult result;
  for (const Case& run : relation.runs) {
    if (!run.fits(scope.format)) {
      result.ended = {Observation::Kind::not_applicable, "a value does not exist in the format"};
      return result;
    }
    result.recordings.push_back(record(scope.subject, run, scope.format));
    result.ended = observation_of(result.recordings.back());
    if (result.ended.kind != Observation::Kind::as_expected) return result;
  }
  return result;
}

/// The value that a subject held; nothing where it does not show that state.
std::optional<double> held_value(const Relation& relation, const RunResult& result,
                                 const Term& term) {
  const Recording& recording = result.recordings[term.run];
  const auto step = static_cast<std::size_t>(term.step);
  if (term.state.empty()) {
    return term.step == 0 ? relation.runs[term.run].parameters[term.parameter].initial[term.element]
                          : recording.steps[step - 1].parameters[term.parameter][term.element];
  }
  const auto& record = term.step == 0 ? recording.state_at_start : recording.steps[step - 1].state;
  if (!record) return std::nullopt;
  const auto found = record->find(std::string(term.state));
  if (found == record->end() || !found->second[term.parameter]) return std::nullopt;
  return (*found->second[term.parameter])[term.element];
}

std::optional<Quadruple> held_residual(const Relation& relation, const RunResult& result,
                                       const Equation& equation) {
  Quadruple sum = equation.constant;
  for (const Term& term : equation.terms) {
    const auto value = held_value(relation, result, term);
    if (!value) return std::nullopt;
    sum += term.coefficient * Quadruple(*value);
  }
  return sum;
}

std::string place_of(const Relation& relation, const Term& term) {
  const Case& run = relation.runs[term.run];
  return fmt::format("step {}, {}[{}]{}{}", term.step, run.parameters[term.parameter].name,
                     term.element, term.state.empty() ? "" : ", ", term.state);
}

std::string violation_text(const Relation& relation, const RunResult& result,
                           const Equation& equation, Quadruple residual, const Residual& accepted) {
  const Term& last = equation.terms.front();
  const double value = held_value(relation, result, last).value_or(std::nan(""));
  const double off = static_cast<double>(magnitude_of(residual));
  const double tolerance = static_cast<double>(accepted.tolerance);
  return fmt::format("{}: {} is off by {} where rounding allows {}", place_of(relation, last),
                     shortest_decimal(value), shortest_decimal(off), shortest_decimal(tolerance));
}

/// Probes from a fixed seed, so that the expectation depends on the rule alone.
constexpr int probe_count = 12;

}  // namespace

Prediction RelationProperty::prediction(const Rule& rule, const Dialect& dialect) const {
  const RoundingScope scope({.budget = 1, .flushes_subnormals = false});
  const SubjectFormat format = find_format("binary64").value();
  const Candidate candidate{dialect.choices, Held::exactly};
  const auto generator = random_case(rule, dialect, needs_);
  rc::Random random(1);
  bool any = false;
  for (int probe = 0; probe < probe_count; ++probe) {
    const auto relation = make_(generator(random.split(), 0).value());
    if (!relation) continue;
    const auto acceptances = accept_all(*relation, candidate, format);
    if (!acceptances) continue;
    for (const Equation& equation : relation->equations) {
      const Residual residual = accepted_residual(equation, *acceptances);
      if (!residual.known) continue;
      any = true;
      if (residual.lower > 0 || residual.upper < 0) return Prediction::violated;
    }
  }
  return any ? Prediction::holds : Prediction::says_nothing;
}

Observation RelationProperty::observe(const PropertyScope& scope, const Case& test_case,
                                      Prediction expected) const {
  using Kind = Observation::Kind;
  const auto relation = make_(test_case);
  if (!relation) return {Kind::not_applicable, "no case of this kind"};
  const auto acceptances = accept_all(*relation, scope.candidate, scope.format);
  if (!acceptances) return {Kind::not_applicable, "too many branches are open"};
  const RunResult result = run_all(scope, *relation);
  if (result.ended.kind != Kind::as_expected) return result.ended;

  bool any = false;
  for (const Equation& equation : relation->equations) {
    const Residual accepted = accepted_residual(equation, *acceptances);
    if (!accepted.known) continue;
    const auto residual = held_residual(*relation, result, equation);
    if (!residual) continue;
    const bool is_zero = magnitude_of(*residual) <= accepted.tolerance;  // false for NaN
    if (expected == Prediction::holds) {
      any = true;
      // Under a modifier (powers in binary32, say) even the exact residual is off zero.
      const bool as_held = accepted.lower - accepted.tolerance <= *residual &&
                           *residual <= accepted.upper + accepted.tolerance;
      if (is_zero || as_held) continue;
      return {Kind::otherwise, violation_text(*relation, result, equation, *residual, accepted)};
    }
    // The formula is away from zero here by more than rounding: so must the subject be.
    const Quadruple distance = accepted.lower > 0   ? accepted.lower
                               : accepted.upper < 0 ? -accepted.upper
                                                    : 0;
    if (distance <= accepted.tolerance) continue;
    any = true;
    if (!is_zero) continue;
    return {Kind::otherwise, fmt::format("{}: the relation holds, where the formula is off by {}",
                                         place_of(*relation, equation.terms.front()),
                                         shortest_decimal(static_cast<double>(distance)))};
  }
  if (!any) return {Kind::not_applicable, "nothing in this case can tell"};
  return {Kind::as_expected, {}};
}

Equation same_value(long step, std::size_t parameter, std::size_t element,
                    std::size_t other_parameter, std::size_t other_element) {
  return {
      {{.run = 1, .step = step, .parameter = other_parameter, .element = other_element},
       {.run = 0, .step = step, .parameter = parameter, .element = element, .coefficient = -1}}};
}

void add_same_everywhere(Relation& relation) {
  const Case& first = relation.runs.front();
  for (long step = 1; step <= first.steps(); ++step) {
    for (std::size_t index = 0; index < first.parameters.size(); ++index) {
      for (std::size_t e = 0; e < first.parameters[index].initial.size(); ++e) {
        relation.equations.push_back(same_value(step, index, e, index, e));
      }
    }
  }
}

}  // namespace plumbline::conformance
