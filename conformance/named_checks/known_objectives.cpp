#include "conformance/named_checks/known_objectives.hpp"

#include <algorithm>
#include <memory>

#include "reference/objective.hpp"

namespace plumbline::conformance {
namespace {

/// 1/2 (x - c)' Q D Q' (x - c), with Q the Hadamard matrix of order 4 halved: orthogonal,
/// and exact in any format.
KnownObjective quadratic(const std::string& name, const std::vector<double>& spectrum) {
  static constexpr int hadamard[4][4] = {
      {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
  KnownObjective objective{.name = name,
                           .start = {2, -1, 0.5, 1.5},
                           .minimiser = {0.25, 0.5, -1, 1},
                           .evaluate = {},
                           .distance = {}};
  const std::vector<double> minimiser = objective.minimiser;
  objective.evaluate = [spectrum, minimiser](const std::vector<Quadruple>& point,
                                             std::vector<Quadruple>& gradient) {
    Quadruple value = 0;
    gradient.assign(4, 0);
    for (std::size_t axis = 0; axis < 4; ++axis) {
      Quadruple along = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        along += hadamard[axis][i] * (point[i] - Quadruple(minimiser[i])) / 2;
      }
      value += Quadruple(spectrum[axis]) * along * along / 2;
      for (std::size_t i = 0; i < 4; ++i) {
        gradient[i] += hadamard[axis][i] * Quadruple(spectrum[axis]) * along / 2;
      }
    }
    return value;
  };
  const double least = *std::ranges::min_element(spectrum);
  objective.distance = [least](double tau) { return tau / least; };
  objective.curvature = *std::ranges::max_element(spectrum);
  return objective;
}

/// An objective of the reference in quadruple precision, which is what the acceptance
/// interval of binary64 is computed in where no rounding is allowed for.
auto in_quadruple(const plumbline::Objective& objective) {
  using Number = Rounded<Binary64>;
  const std::shared_ptr<ObjectiveOf<Number>> bound = objective.bind<Number>();
  return [bound](const std::vector<Quadruple>& point, std::vector<Quadruple>& gradient) {
    const RoundingScope without_rounding({.budget = 0});
    std::vector<Number> numbers;
    for (const Quadruple value : point) numbers.push_back(Number::between(value, value));
    gradient.clear();
    for (const Number& slope : bound->gradient(numbers)) gradient.push_back(slope.lower());
    return bound->value(numbers).lower();
  };
}

KnownObjective rosenbrock() {
  const plumbline::Objective& objective = *find_objective("rosenbrock");
  return {.name = "rosenbrock",
          .start = objective.start,
          .minimiser = {1, 1},
          .evaluate = in_quadruple(objective),
          .distance =
              [](double tau) {
                const double along = 1.5 * tau / (1 - tau);
                return along * (2 + along) + tau / 200;
              },
          .curvature = 1002};
}

}  // namespace

const std::vector<KnownObjective>& known_objectives() {
  static const std::vector<KnownObjective> objectives{
      quadratic("quadratic-round", {1, 1, 1, 1}), quadratic("quadratic-8", {1, 2, 4, 8}),
      quadratic("quadratic-1024", {0.0625, 1, 4, 64}), rosenbrock()};
  return objectives;
}

}  // namespace plumbline::conformance
