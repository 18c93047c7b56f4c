#include "conformance/checks/other_rules.hpp"

#include <algorithm>

namespace plumbline::conformance {
namespace {

std::vector<double> translated(const Rule& to, const Rule& from,
                               const std::vector<double>& values) {
  std::vector<double> result;
  for (const Hyperparameter& hyperparameter : to.hyperparameters) {
    const auto place = index_of(from.hyperparameters, hyperparameter.name);
    result.push_back(place ? values[*place] : hyperparameter.default_value);
  }
  return result;
}

/// True where an option is on that the other rule does not have.
bool has_more(const Rule& to, const Rule& from, const std::vector<double>& values) {
  for (std::size_t i = 0; i < from.hyperparameters.size(); ++i) {
    const Hyperparameter& hyperparameter = from.hyperparameters[i];
    if (!index_of(to.hyperparameters, hyperparameter.name) && hyperparameter.neutral &&
        values[i] != *hyperparameter.neutral) {
      return true;
    }
  }
  return false;
}

}  // namespace

Translation as_case_of(const Rule& rule, const Case& test_case) {
  Translation result{.test_case = test_case, .assumed = {}};
  const Rule& announced = *test_case.rule;
  result.test_case.rule = &rule;
  result.test_case.hyperparameters = translated(rule, announced, test_case.hyperparameters);
  result.fits = !has_more(rule, announced, test_case.hyperparameters);
  for (std::size_t group = 0; group < test_case.groups.size(); ++group) {
    result.test_case.groups[group] = translated(rule, announced, test_case.groups[group]);
    result.fits = result.fits && !has_more(rule, announced, test_case.groups[group]);
  }
  if (test_case.beside) {
    Translation beside = as_case_of(rule, *test_case.beside);
    result.test_case.beside = std::make_shared<Case>(std::move(beside.test_case));
    result.fits = result.fits && beside.fits;
  }
  for (const Hyperparameter& hyperparameter : rule.hyperparameters) {
    if (!index_of(announced.hyperparameters, hyperparameter.name)) {
      result.assumed.emplace_back(hyperparameter.name);
    }
  }
  return result;
}

std::vector<OtherRule> explaining_rules(std::string_view announced, std::span<const Trial> trials) {
  std::vector<OtherRule> found;
  for (const Rule& rule : all_rules()) {
    // Recordings of steps and of runs on an objective are not to be compared.
    if (rule.name == announced || rule.unit == Unit::objective) continue;
    std::vector<Trial> read_anew;
    OtherRule other{.rule = std::string(rule.name),
                    .dialect = {},
                    .indistinguishable_dialects = {},
                    .modifiers = {},
                    .assumed = {}};
    for (const Trial& trial : trials) {
      if (trial.ended.outcome != Outcome::ran || !trial.under) continue;
      OtherTrial anew = trial.under(rule);
      other.assumed = std::move(anew.assumed);
      if (anew.fits) {
        read_anew.push_back(std::move(anew.trial));
      } else {
        ++other.cases_left_out;
      }
    }
    if (read_anew.empty()) continue;
    const Finding finding =
        decide({rule.options, rule.dialects, rule.equivalences}, read_anew, {.thorough = false});
    if (finding.verdict != Verdict::conforms) continue;
    other.dialect = finding.dialect;
    other.indistinguishable_dialects = finding.indistinguishable_dialects;
    other.modifiers = finding.modifiers;
    other.budget_used = finding.budget_used;
    other.cases = finding.cases;
    found.push_back(std::move(other));
  }
  return found;
}

}  // namespace plumbline::conformance
