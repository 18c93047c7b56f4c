#include "conformance/judge/power.hpp"

#include <algorithm>

#include "conformance/judge/closed_loop.hpp"
#include "conformance/judge/power_distances.hpp"

namespace plumbline::conformance {
namespace {

template <class Format>
Allowed<Format> allowed(const Case& test_case, std::size_t index, const Dialect& dialect,
                        const SubjectFormat& format) {
  const CaseParameter& parameter = test_case.parameters[index];
  Reenactment<Format> reenactment(*test_case.rule, test_case.hyperparameters_of(parameter),
                                  dialect.choices, format, parameter);
  Allowed<Format> result;
  for (long step = 1; step <= test_case.steps(); ++step) {
    const auto at = static_cast<std::size_t>(step - 1);
    if (test_case.changes_rate(step)) {
      reenactment.set_learning_rate(test_case.learning_rates[at]);
    }
    if (const Gradient& gradient = test_case.gradients[at][index]) {
      reenactment.advance();
      reenactment.step(*gradient);
    }
    std::vector<std::vector<Rounded<Format>>> quantities;
    for (const Piece<Format>& piece : reenactment.pieces()) {
      if (piece.worlds.empty()) return result;
      std::vector<std::vector<Rounded<Format>>> points;
      for (const World<Format>& world : piece.worlds) {
        points.push_back(reenactment.look_ahead(world).value_or(world.parameter));
      }
      for (std::size_t i = 0; i < piece.size; ++i) {
        auto& values = quantities.emplace_back();
        for (const World<Format>& world : piece.worlds) values.push_back(world.parameter[i]);
        auto& wanted = quantities.emplace_back();
        for (const auto& point : points) wanted.push_back(point[i]);
      }
    }
    result.push_back(std::move(quantities));
  }
  return result;
}

/// The same of a rule that asks its objective.
template <class Format>
Allowed<Format> allowed_on_objective(const Case& test_case, const Dialect& dialect,
                                     const SubjectFormat& format) {
  ClosedLoop<Format> loop(test_case, test_case.hyperparameters, dialect.choices, format);
  const auto objective = test_case.objective->bind<Rounded<Format>>();
  Allowed<Format> result;
  for (long step = 1; step <= test_case.steps() && loop.step(*objective); ++step) {
    std::vector<std::vector<Rounded<Format>>> quantities(loop.worlds().front().parameter.size());
    for (const World<Format>& world : loop.worlds()) {
      for (std::size_t i = 0; i < quantities.size(); ++i) {
        quantities[i].push_back(world.parameter[i]);
      }
    }
    result.push_back(std::move(quantities));
  }
  return result;
}

/// All dialects' intervals of one case, once; then every pair from them.
template <class Format>
void add_distances(const Case& test_case, std::size_t index, const Rule& rule,
                   const SubjectFormat& format, std::vector<PairPower>& pairs,
                   std::size_t case_index) {
  std::vector<std::optional<Allowed<Format>>> by_dialect;
  for (const Dialect& dialect : rule.dialects) {
    by_dialect.emplace_back();
    if (applies(test_case, dialect)) {
      by_dialect.back() = test_case.objective == nullptr
                              ? allowed<Format>(test_case, index, dialect, format)
                              : allowed_on_objective<Format>(test_case, dialect, format);
    }
  }
  add_pairs(by_dialect, pairs, case_index);
}

}  // namespace

std::vector<RulePairPower> power_between_rules(const std::vector<SharedCase>& cases,
                                               const SubjectFormat& format) {
  std::vector<RulePairPower> pairs;
  if (cases.empty()) return pairs;
  for (const Dialect& first : cases.front().first.rule->dialects) {
    for (const Dialect& second : cases.front().second.rule->dialects) {
      RulePairPower pair{first.name, second.name, 0};
      for (const SharedCase& shared : cases) {
        if (!shared.first.fits(format) || !applies(shared.first, first) ||
            !applies(shared.second, second)) {
          continue;
        }
        for (std::size_t index = 0; index < shared.first.parameters.size(); ++index) {
          const SubjectFormat own = shared.first.format_of(shared.first.parameters[index], format);
          with_arithmetic(own.arithmetic, [&]<class Format>() {
            pair.best = std::max(
                pair.best, largest_distance(allowed<Format>(shared.first, index, first, own),
                                            allowed<Format>(shared.second, index, second, own)));
          });
        }
      }
      pairs.push_back(pair);
    }
  }
  return pairs;
}

double PairPower::best() const {
  double largest = 0;
  for (const auto& radii : by_case) largest = std::max(largest, radii.value_or(0));
  return largest;
}

std::vector<PairPower> power_table(const std::vector<Case>& cases, const Rule& rule,
                                   const SubjectFormat& format) {
  std::vector<PairPower> pairs = all_pairs(rule.dialects, cases.size());
  for (std::size_t case_index = 0; case_index < cases.size(); ++case_index) {
    const Case& test_case = cases[case_index];
    if (!test_case.fits(format)) continue;
    // An objective's parameters are one point together.
    const std::size_t parts = test_case.objective == nullptr ? test_case.parameters.size() : 1;
    for (std::size_t index = 0; index < parts; ++index) {
      const SubjectFormat own = test_case.format_of(test_case.parameters[index], format);
      with_arithmetic(own.arithmetic, [&]<class Format>() {
        add_distances<Format>(test_case, index, rule, own, pairs, case_index);
      });
    }
  }
  return pairs;
}

}  // namespace plumbline::conformance
