// The distance of what two dialects allow, and the table of all pairs of dialects.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "conformance/judge/power.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {

/// What one dialect allows in a case: [step][quantity], the quantities being all elements' values
/// and, where a rule looks ahead, their next gradient's points; each in all the branches that are
/// followed, any of which a correct implementation may take.
template <class Format>
using Allowed = std::vector<std::vector<std::vector<Rounded<Format>>>>;

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

/// Every pair of dialects, in the catalogue's order.
inline std::vector<PairPower> all_pairs(std::span<const Dialect> dialects, std::size_t cases) {
  std::vector<PairPower> pairs;
  for (std::size_t first = 0; first < dialects.size(); ++first) {
    for (std::size_t second = first + 1; second < dialects.size(); ++second) {
      pairs.push_back({dialects[first].name, dialects[second].name,
                       std::vector<std::optional<double>>(cases), false});
    }
  }
  return pairs;
}

/// Adds one case's distances; a dialect that has no place for the case allows nothing.
template <class Format>
void add_pairs(const std::vector<std::optional<Allowed<Format>>>& by_dialect,
               std::vector<PairPower>& pairs, std::size_t case_index) {
  std::size_t pair = 0;
  for (std::size_t first = 0; first < by_dialect.size(); ++first) {
    for (std::size_t second = first + 1; second < by_dialect.size(); ++second, ++pair) {
      if (by_dialect[first].has_value() != by_dialect[second].has_value()) {
        pairs[pair].apart_by_hyperparameters = true;
      }
      if (!by_dialect[first] || !by_dialect[second]) continue;
      pairs[pair].by_case[case_index] =
          std::max(pairs[pair].by_case[case_index].value_or(0),
                   largest_distance<Format>(*by_dialect[first], *by_dialect[second]));
    }
  }
}

}  // namespace plumbline::conformance
