#include "conformance/judge/draw_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "conformance/judge/tail_bounds.hpp"

namespace plumbline::conformance {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// mean, variance, distribution, greatest, zeros, neighbours, rows, seeds
constexpr std::size_t tests = 8;
/// Where a generator's own grid, of 2^-24 of its range at the coarsest, may move F.
constexpr double grid = 0x1p-20;

double standard_normal(double x) {
  return std::erfc(-x / std::sqrt(2.0)) / 2;
}

/// ln P(|x| <= m)
double log_share_within(const DrawLaw<Plain<Binary64>>& law, double m) {
  const double outside = 2 * distribution_function(law, -m);
  return outside < 1 ? std::log1p(-outside) : -infinity;
}

/// One law held against all that a case drew; the first thing that it can't explain becomes
/// the deviation.
class DrawJudge {
 public:
  DrawJudge(const InitializationCase& test_case, const DrawLaw<Plain<Binary64>>& law,
            const FormatDescription& format)
      : case_(test_case), law_(law), format_(format), limit_(tail_limit(tests)) {}

  Comparison judge(const InitializationRecording& recording) {
    check_bounds(recording.values);
    check_bounds(recording.others);
    check_seeds(recording);
    if (total_.deviation) return total_;
    std::vector<double> all = recording.values;
    all.insert(all.end(), recording.others.begin(), recording.others.end());
    check_mean(all);
    check_variance(all);
    check_distribution(all);
    check_greatest(all);
    check_zeros(all);
    check_neighbours(recording.values);
    check_rows(recording.values);
    check_signs("signs that agree between two seeds", recording.values, recording.others);
    return total_;
  }

 private:
  const InitializationCase& case_;
  const DrawLaw<Plain<Binary64>>& law_;
  const FormatDescription& format_;
  double limit_;
  Comparison total_;

  double bound() const { return law_.bound.value(); }
  double deviation() const { return law_.deviation.value(); }
  double variance() const { return law_.variance.value(); }
  /// Cut beyond eight deviations, a normal is one: what is cut off has a chance below 1e-15 a
  /// value.
  bool has_bounds() const {
    return law_.family == Family::uniform ||
           (law_.family == Family::truncated_normal && bound() < 8 * deviation());
  }

  void fail(std::string quantity, double value, double lower, double upper, double radii,
            std::size_t element = 0) {
    if (total_.deviation) return;
    total_.deviation = Deviation{.test_case = case_.id,
                                 .element = element,
                                 .quantity = std::move(quantity),
                                 .comparison = "value",
                                 .value = value,
                                 .lower = lower,
                                 .upper = upper,
                                 .radii = radii,
                                 .note = std::isfinite(radii) ? chance_note() : std::string()};
  }

  /// `share` of a value: above 1 is outside. The interval's ends are looked for between
  /// `least` and `greatest`.
  template <class Share>
  void hold(const char* quantity, double value, double expected, const Share& share, double least,
            double greatest) {
    const double used = share(value);
    if (used <= 1) {
      total_.budget_used = std::max(total_.budget_used, used);
      return;
    }
    fail(quantity, value, last_inside(share, expected, least),
         last_inside(share, expected, greatest), used);
  }

  void check_bounds(const std::vector<double>& values) {
    const double most =
        law_.family == Family::normal ? infinity : bound() * (1 + 4 * format_.unit_roundoff());
    for (std::size_t element = 0; element < values.size(); ++element) {
      if (std::isfinite(values[element]) && std::abs(values[element]) <= most) continue;
      fail("bound", values[element], -most, most,
           std::isnan(values[element]) || bound() == 0 ? infinity
                                                       : std::abs(values[element]) / bound(),
           element);
      // What no draw can be is no matter of chance.
      total_.deviation->note.clear();
      return;
    }
  }

  void check_seeds(const InitializationRecording& recording) {
    const auto changed = [&](const std::vector<double>& other) {
      double count = 0;
      for (std::size_t place = 0; place < other.size(); ++place) {
        if (other[place] != recording.values[place]) ++count;
      }
      return count;
    };
    if (const double count = changed(recording.again); count > 0) {
      fail(fmt::format("values that are others when seed {} is given again", case_.seed), count, 0,
           0, infinity);
    }
    // Six values of 24 bits each are the same by chance with a probability of 2^-144.
    if (changed(recording.others) == 0) {
      fail(fmt::format("values that differ between seeds {} and {}", case_.seed, case_.other_seed),
           0, 1, static_cast<double>(recording.values.size()), infinity);
    }
  }

  void check_mean(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    const auto share = [&](double value) {
      if (!has_bounds()) return std::abs(value) / deviation() * std::sqrt(n / (2 * limit_));
      const double part = std::clamp((value / bound() + 1) / 2, 0.0, 1.0);
      return CountBound{n, 0.5, limit_}.share(n * part);
    };
    const double far = has_bounds() ? bound() : 1e3 * deviation();
    hold("mean", mean, 0, share, -far, far);
  }

  void check_variance(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) squares += value * value;
    const auto share = [&](double value) {
      if (has_bounds()) {
        const double square = bound() * bound();
        return CountBound{n, variance() / square, limit_}.share(
            n * std::clamp(value / square, 0.0, 1.0));
      }
      const double ratio = value / variance();
      if (ratio <= 0) return infinity;
      return std::sqrt(std::max(0.0, n / 2 * (ratio - 1 - std::log(ratio))) / limit_);
    };
    hold("variance", squares / n, variance(), share, 0,
         has_bounds() ? bound() * bound() : 1e6 * variance());
  }

  void check_distribution(std::vector<double> values) {
    const auto n = static_cast<double>(values.size());
    std::ranges::sort(values);
    double farthest = 0;
    for (std::size_t place = 0; place < values.size(); ++place) {
      const double expected = distribution_function(law_, values[place]);
      const auto below = static_cast<double>(place);
      farthest = std::max({farthest, expected - below / n, (below + 1) / n - expected});
    }
    const double most = std::sqrt(limit_ / (2 * n)) + grid;
    hold(
        "distance to the distribution function", farthest, 0,
        [&](double distance) { return distance / most; }, 0, 1);
  }

  void check_greatest(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double greatest = 0;
    for (const double value : values) greatest = std::max(greatest, std::abs(value));
    const auto share = [&](double m) {
      // Too small: P(all |x| <= m). Too great, where there is no bound: P(some |x| >= m).
      const double small = -n * log_share_within(law_, m) / limit_;
      const double outside = n * 2 * distribution_function(law_, -m);
      const double great = has_bounds() ? 0 : outside > 0 ? -std::log(outside) / limit_ : infinity;
      return std::max(small, great);
    };
    const double far = has_bounds() ? bound() : 40 * deviation();
    // In the middle: where half of all runs have a greater one.
    double low = 0, high = far;
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = (low + high) / 2;
      (n * log_share_within(law_, middle) < std::log(0.5) ? low : high) = middle;
    }
    hold("greatest magnitude", greatest, high, share, 0, far);
  }

  void check_zeros(const std::vector<double>& values) {
    const auto zeros = static_cast<double>(std::ranges::count(values, 0.0));
    const CountBound bound{static_cast<double>(values.size()), grid, limit_};
    const double expected = bound.trials * bound.chance;
    // Fewer than a coarse grid gives are as good as any.
    hold(
        "zeros", zeros, expected,
        [&](double count) { return count <= expected ? 0 : bound.share(count); }, 0, bound.trials);
  }

  void check_signs(const char* quantity, const std::vector<double>& left,
                   const std::vector<double>& right) {
    double agree = 0;
    for (std::size_t place = 0; place < left.size(); ++place) {
      if (std::signbit(left[place]) == std::signbit(right[place])) ++agree;
    }
    const CountBound bound{static_cast<double>(left.size()), 0.5, limit_};
    hold(
        quantity, agree, bound.trials / 2, [&](double count) { return bound.share(count); }, 0,
        bound.trials);
  }

  void check_neighbours(const std::vector<double>& values) {
    std::vector<double> left, right;
    for (std::size_t place = 0; place + 1 < values.size(); place += 2) {
      left.push_back(values[place]);
      right.push_back(values[place + 1]);
    }
    check_signs("signs that agree between neighbours", left, right);
  }

  /// Of successive rows, along the first axis, two by two.
  void check_rows(const std::vector<double>& values) {
    const auto rows = static_cast<std::size_t>(case_.shape.front());
    const std::size_t length = rows == 0 ? 0 : values.size() / rows;
    std::vector<double> left, right;
    for (std::size_t row = 0; row + 1 < rows; row += 2) {
      const auto start = values.begin() + static_cast<long>(row * length);
      const auto middle = start + static_cast<long>(length);
      left.insert(left.end(), start, middle);
      right.insert(right.end(), middle, middle + static_cast<long>(length));
    }
    check_signs("signs that agree between rows", left, right);
  }
};

}  // namespace

double distribution_function(const DrawLaw<Plain<Binary64>>& law, double x) {
  const double bound = law.bound.value();
  const double deviation = law.deviation.value();
  switch (law.family) {
    case Family::normal:
      break;
    case Family::uniform:
      return std::clamp((x / bound + 1) / 2, 0.0, 1.0);
    case Family::truncated_normal: {
      const double below = standard_normal(-bound / deviation);
      const double inside = standard_normal(x / deviation) - below;
      return std::clamp(inside / (1 - 2 * below), 0.0, 1.0);
    }
  }
  return standard_normal(x / deviation);
}

Comparison compare_draws(const InitializationCase& test_case,
                         const InitializationRecording& recording,
                         const DrawLaw<Plain<Binary64>>& law, const FormatDescription& format) {
  return DrawJudge(test_case, law, format).judge(recording);
}

}  // namespace plumbline::conformance
