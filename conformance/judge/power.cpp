#include "conformance/judge/power.hpp"

#include <algorithm>

#include "conformance/judge/closed_loop.hpp"

namespace plumbline::conformance {
namespace {

/// What one dialect allows in a case: [step][quantity], the quantities being all
/// elements' values and, where it looks ahead, their next gradient's points.
template <class Format>
using Allowed = std::vector<std::vector<Rounded<Format>>>;

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
    std::vector<Rounded<Format>> quantities;
    for (const Piece<Format>& piece : reenactment.pieces()) {
      if (piece.worlds.empty()) return result;
      const World<Format>& world = piece.worlds.front();
      const auto points = reenactment.look_ahead(world).value_or(world.parameter);
      quantities.insert(quantities.end(), world.parameter.begin(), world.parameter.end());
      quantities.insert(quantities.end(), points.begin(), points.end());
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
    result.push_back(loop.worlds().front().parameter);
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
      double largest = pairs[pair].by_case[case_index].value_or(0);
      const std::size_t steps = std::min(by_dialect[first]->size(), by_dialect[second]->size());
      for (std::size_t step = 0; step < steps; ++step) {
        const auto& one = (*by_dialect[first])[step];
        const auto& other = (*by_dialect[second])[step];
        for (std::size_t i = 0; i < one.size(); ++i) {
          largest = std::max(largest, distance_in_radii(one[i], other[i]));
        }
      }
      pairs[pair].by_case[case_index] = largest;
    }
  }
}

}  // namespace

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
