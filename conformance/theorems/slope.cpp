#include "conformance/theorems/slope.hpp"

namespace plumbline::conformance {

double fitted_slope(const Series& series, Scale scale) {
  // Logarithms are certified, and rounded: so every machine fits the same numbers.
  double count = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (std::size_t i = series.size() / 2; i < series.size(); ++i) {
    const Comparison& one = series[i];
    if (one.step < 1 || one.observed.contains(0)) continue;
    const auto step = static_cast<double>(one.step);
    const double x = scale == Scale::log_log ? log(Certified(step)).midpoint() : step;
    const double y = log(abs(one.observed)).midpoint();
    count += 1;
    sum_x += x;
    sum_y += y;
    sum_xx += x * x;
    sum_xy += x * y;
  }
  const double spread = count * sum_xx - sum_x * sum_x;
  return spread > 0 ? (count * sum_xy - sum_x * sum_y) / spread : 0;
}

}  // namespace plumbline::conformance
