#include "conformance/judge/power.hpp"

#include <algorithm>

#include "conformance/judge/closed_loop.hpp"

namespace plumbline::conformance {
namespace {

/// What one dialect allows in a case: [step][quantity], the quantities being all
/// elements' values and, where it looks ahead, their next gradient's points; each in all
/// the branches that are followed, any of which a correct implementation may take.
template <class Format>
using Allowed = std::vector<std::vector<std::vector<Rounded<Format>>>>;

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

template <class Format>
double distance_in_radii(const Rounded<Format>& one, const Rounded<Format>& other) {
  using Wide = typename Format::Wide;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto finite = [](const Rounded<Format>& interval) {
    return interval.lower() > -Wide(infinity) && interval.upper() < Wide(infinity) &&
           !interval.may_be_nan();
  };
  if (!finite(one) || !finite(other)) return 0;
  const Wide difference = (one.lower() + one.upper()) / 2 - (other.lower() + other.upper()) / 2;
  const Wide radius = std::max(one.upper() - one.lower(), other.upper() - other.lower()) / 2;
  if (difference == 0) return 0;
  return static_cast<double>((difference < 0 ? -difference : difference) / radius);
}

/// The distance of the two branches that are nearest to each other.
template <class Format>
double least_distance(const std::vector<Rounded<Format>>& one,
                      const std::vector<Rounded<Format>>& other) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& left : one) {
    for (const auto& right : other) least = std::min(least, distance_in_radii(left, right));
  }
  return least;
}

/// The largest distance of two dialects' branches over all steps and quantities.
template <class Format>
double largest_distance(const Allowed<Format>& one, const Allowed<Format>& other) {
  double largest = 0;
  for (std::size_t step = 0; step < std::min(one.size(), other.size()); ++step) {
    for (std::size_t i = 0; i < one[step].size(); ++i) {
      largest = std::max(largest, least_distance(one[step][i], other[step][i]));
    }
  }
  return largest;
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
  std::size_t pair = 0;
  for (std::size_t first = 0; first < by_dialect.size(); ++first) {
    for (std::size_t second = first + 1; second < by_dialect.size(); ++second, ++pair) {
      if (by_dialect[first].has_value() != by_dialect[second].has_value()) {
        pairs[pair].apart_by_hyperparameters = true;
      }
      if (!by_dialect[first] || !by_dialect[second]) continue;
      pairs[pair].by_case[case_index] =
          std::max(pairs[pair].by_case[case_index].value_or(0),
                   largest_distance(*by_dialect[first], *by_dialect[second]));
    }
  }
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
  std::vector<PairPower> pairs;
  for (std::size_t first = 0; first < rule.dialects.size(); ++first) {
    for (std::size_t second = first + 1; second < rule.dialects.size(); ++second) {
      pairs.push_back({rule.dialects[first].name, rule.dialects[second].name,
                       std::vector<std::optional<double>>(cases.size()), false});
    }
  }
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
