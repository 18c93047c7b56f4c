#include "conformance/judge/tail_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace plumbline::conformance {
namespace {

/// q ln(q/p), 0 where q is.
double term(double q, double p) {
  if (q <= 0) return 0;
  return p <= 0 ? std::numeric_limits<double>::infinity() : q * std::log(q / p);
}

}  // namespace

std::string chance_note() {
  return fmt::format("by chance in fewer than one of {:.0e} runs", 1 / false_alarms_per_case);
}

double tail_limit(std::size_t tests) {
  return std::log(2 * static_cast<double>(tests) / false_alarms_per_case);
}

double relative_entropy(double q, double p) {
  return term(q, p) + term(1 - q, 1 - p);
}

double CountBound::share(double count) const {
  if (trials <= 0) return 0;
  // What rounding leaves of the exact mean may lie a little below 0.
  const double entropy = trials * relative_entropy(count / trials, chance);
  return std::sqrt(std::max(0.0, entropy) / limit);
}

double CountBound::lower() const {
  return last_inside([&](double count) { return share(count); }, trials * chance, 0);
}

double CountBound::upper() const {
  return last_inside([&](double count) { return share(count); }, trials * chance, trials);
}

}  // namespace plumbline::conformance
