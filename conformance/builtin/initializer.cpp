#include "conformance/builtin/initializer.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/builtin/generator.hpp"

namespace plumbline::conformance {
namespace {

using Law = DrawLaw<Plain<Binary64>>;

/// Standard normal by Box and Muller's transform; the second of each pair is left out.
double normal_draw(Generator& generator) {
  constexpr double pi = 3.14159265358979323846;
  const double radius = std::sqrt(-2 * std::log(generator.uniform()));
  return radius * std::cos(2 * pi * generator.uniform());
}

double draw(const Law& law, Generator& generator) {
  const double bound = law.bound.value();
  switch (law.family) {
    case Family::normal:
      break;
    case Family::uniform:
      return bound * (2 * generator.uniform() - 1);
    case Family::truncated_normal:
      for (;;) {
        const double value = law.deviation.value() * normal_draw(generator);
        if (std::abs(value) <= bound) return value;
      }
  }
  return law.deviation.value() * normal_draw(generator);
}

/// The same law on another scale.
void scale(Law& law, double factor) {
  law.deviation = law.deviation.value() * factor;
  law.bound = law.bound.value() * factor;
  law.variance = law.variance.value() * factor * factor;
}

/// What is wrong with the law that a mutant draws by.
void distort(Law& law, std::string_view mutant, const Shape& shape) {
  const double deviation = std::sqrt(law.variance.value());
  if (mutant == "variance-for-deviation") scale(law, deviation);
  if (mutant == "deviation-for-variance") scale(law, 1 / std::sqrt(deviation));
  if (mutant == "half-the-variance") scale(law, std::sqrt(0.5));
  if (mutant == "twice-the-variance") scale(law, std::sqrt(2.0));
  if (mutant == "deviation-for-bound") scale(law, 1 / std::sqrt(3.0));
  if (mutant == "tenth-too-wide") scale(law, 1.1);
  if (mutant == "whole-tensor-for-fan") {
    const auto count = static_cast<double>(element_count(shape));
    scale(law, 1 / std::sqrt(deviation * deviation * count));
  }
  if (mutant == "uniform-for-normal") {
    law.family = Family::uniform;
    law.bound = std::sqrt(3.0) * deviation;
  }
  if (mutant == "normal-for-uniform") {
    law.family = Family::normal;
    law.deviation = deviation;
  }
  if (mutant == "cut-at-one-deviation") {
    law.family = Family::truncated_normal;
    law.bound = deviation;
  }
}

/// ... and with the values that are drawn.
void distort(std::vector<double>& values, std::string_view mutant, const Law& law,
             const Shape& shape) {
  const double deviation = std::sqrt(law.variance.value());
  const auto columns = values.size() / static_cast<std::size_t>(std::max(1L, shape.front()));
  for (std::size_t place = 0; place < values.size(); ++place) {
    if (mutant == "positive-only") values[place] = std::abs(values[place]);
    if (mutant == "shifted") values[place] += deviation / 5;
    if (mutant == "one-row-for-all") values[place] = values[place % columns];
    if (mutant == "each-twice") values[place] = values[place - place % 2];
    if (mutant == "turns-signs" && place % 2 == 1) values[place] = -values[place - 1];
    if (mutant == "last-column-zero" && place % columns == columns - 1) values[place] = 0;
    if (mutant == "one-value-out" && place == values.size() / 2) values[place] = 8 * deviation;
  }
}

}  // namespace

std::vector<double> initialize_tensor(const Initialization& initialization,
                                      std::vector<double> hyperparameters,
                                      std::span<const int> choices, const Shape& shape,
                                      const FormatDescription& format, std::uint64_t seed,
                                      std::string_view mutant) {
  if (mutant == "hyperparameter-ignored") {
    hyperparameters[0] = initialization.hyperparameters[0].default_value;
  }
  Law law = initialization.plain_law(hyperparameters, choices, shape);
  distort(law, mutant, shape);
  if (mutant == "seed-ignored") seed = 1;
  Generator generator(seed);
  std::vector<double> values(element_count(shape));
  for (double& value : values) value = draw(law, generator);
  distort(values, mutant, law, shape);
  for (double& value : values) value = format.round(value);
  return values;
}

}  // namespace plumbline::conformance
