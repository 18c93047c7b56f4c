// The reference re-enacted on Rounded numbers: what a correct implementation of a
// dialect may hold after each step of a case, one parameter at a time.
//
// judge/ compares: acceptance intervals against recordings, dialect by dialect, down
// to a verdict.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "conformance/cases/case.hpp"
#include "reference/numbers/rounded.hpp"

namespace plumbline::conformance {

/// How a value stands to an acceptance interval.
struct Position {
  bool inside = false;
  double share = 0;  ///< |value - centre| / radius; above 1 outside
};

/// The interval's ends in binary64, for reports.
struct Bounds {
  double lower = 0;
  double upper = 0;
};

template <class Format>
Bounds bounds_of(const Rounded<Format>& interval) {
  return {static_cast<double>(interval.lower()), static_cast<double>(interval.upper())};
}

template <class Format>
Position position_of(const Rounded<Format>& interval, double value) {
  using Wide = typename Format::Wide;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool inside = interval.contains(value);
  if (std::isnan(value)) return {inside, inside ? 0 : infinity};
  if (std::isinf(value) || interval.lower() == -Wide(infinity) ||
      interval.upper() == Wide(infinity)) {
    return {inside, inside ? 0 : infinity};
  }
  const Wide centre = (interval.lower() + interval.upper()) / 2;
  const Wide distance = Wide(value) < centre ? centre - Wide(value) : Wide(value) - centre;
  Wide radius = (interval.upper() - interval.lower()) / 2;
  if (inside) {
    // Rounding never crosses zero: an end there is no limit of the budget.
    const bool towards_zero_end = (interval.lower() == 0 && Wide(value) < centre) ||
                                  (interval.upper() == 0 && Wide(value) > centre);
    if (radius == 0 || towards_zero_end) return {true, 0};
    return {true, static_cast<double>(distance / radius)};
  }
  // An exact value has no radius: distances from it are told in roundings.
  const Wide magnitude = centre < 0 ? -centre : centre;
  const Wide rounding =
      Wide(rounding_model().budget) * (Wide(Format::description.unit_roundoff()) * magnitude +
                                       Wide(Format::description.least_subnormal()));
  if (radius < rounding) radius = rounding;
  return {false, std::max(1.0 + 1e-9, static_cast<double>(distance / radius))};
}

/// One consistent outcome for one element: its value and its state.
template <class Format>
struct World {
  Rounded<Format> parameter;
  std::vector<Rounded<Format>> state;
};

/// One parameter under one dialect. Elements are followed by themselves, and each in
/// all the branches that its intervals leave open, up to `most_worlds`.
template <class Format>
class Reenactment {
 public:
  using Number = Rounded<Format>;
  static constexpr std::size_t most_worlds = 8;

  Reenactment(const Rule& rule, std::span<const double> hyperparameters,
              std::span<const int> choices, const SubjectFormat& format,
              std::span<const double> initial)
      : rule_(&rule),
        hyperparameters_(hyperparameters.begin(), hyperparameters.end()),
        choices_(choices.begin(), choices.end()),
        update_(rule.bind<Number>(hyperparameters, choices)),
        storage_(format.storage),
        mixed_(format.mixed()),
        shared_(update_->start_shared()) {
    for (const double value : initial) {
      const Number parameter(value);
      const auto tensors = update_->start_state(std::span<const Number>(&parameter, 1));
      World<Format> world{parameter, {}};
      for (const auto& tensor : tensors) world.state.push_back(tensor[0]);
      elements_.push_back({world});
    }
  }

  void set_learning_rate(double rate) { update_->set_learning_rate(rate); }

  /// Opens the next step of this parameter; then step() for each element.
  void advance() { (powers_ ? powers_ : update_)->advance(shared_); }

  /// From now on running products are those of hyperparameters rounded to binary32.
  void hold_powers_in_binary32() {
    std::vector<double> rounded = hyperparameters_;
    for (double& value : rounded) value = Binary32::description.round(value);
    powers_ = rule_->bind<Number>(rounded, choices_);
  }

  /// The outcomes of the opened step from one world.
  std::vector<World<Format>> outcomes(const World<Format>& before, double gradient) const {
    std::vector<World<Format>> worlds;
    choices::for_each_outcome(most_worlds, [&] {
      World<Format> world = before;
      StateTensors<Number> tensors;
      for (const Number& value : world.state) tensors.push_back({value});
      const Number exact_gradient(gradient);
      update_->apply(std::span<Number>(&world.parameter, 1),
                     std::span<const Number>(&exact_gradient, 1), tensors, shared_);
      world.parameter = stored(world.parameter);
      for (std::size_t i = 0; i < tensors.size(); ++i) world.state[i] = tensors[i][0];
      worlds.push_back(std::move(world));
    });
    return worlds;
  }

  /// Takes all elements one step further. An element with too many branches is given up.
  void step(std::span<const double> gradient) {
    for (std::size_t element = 0; element < elements_.size(); ++element) {
      std::vector<World<Format>> next;
      try {
        for (const World<Format>& world : elements_[element]) {
          for (World<Format>& outcome : outcomes(world, gradient[element])) {
            next.push_back(std::move(outcome));
          }
        }
      } catch (const TooManyOutcomes&) {
        next.clear();
      }
      if (next.size() > most_worlds) next.clear();
      elements_[element] = std::move(next);
    }
  }

  /// The worlds of an element; none where it was given up.
  std::vector<World<Format>>& worlds(std::size_t element) { return elements_[element]; }
  std::size_t size() const { return elements_.size(); }
  long steps_taken() const { return shared_.step; }

  /// Where the next gradient is wanted in this world; the parameter itself in rules
  /// that do not look ahead. Empty optional: the rule does not look ahead.
  std::optional<Number> look_ahead(const World<Format>& world) const {
    StateTensors<Number> tensors;
    for (const Number& value : world.state) tensors.push_back({value});
    const auto points =
        update_->look_ahead(std::span<const Number>(&world.parameter, 1), tensors, shared_);
    if (!points) return std::nullopt;
    return stored(points->front());
  }

 private:
  const Rule* rule_;
  std::vector<double> hyperparameters_;
  std::vector<int> choices_;
  std::unique_ptr<Update<Number>> update_;
  std::unique_ptr<Update<Number>> powers_;
  FormatDescription storage_;
  bool mixed_;
  SharedState<Number> shared_;
  std::vector<std::vector<World<Format>>> elements_;

  /// One more rounding where parameters are stored in a narrower format.
  Number stored(const Number& value) const {
    if (!mixed_) return value;
    return with_arithmetic(storage_, [&]<class Storage>() {
      using Wide = typename Storage::Wide;
      const auto kept = Rounded<Storage>::stored(
          static_cast<Wide>(value.lower()), static_cast<Wide>(value.upper()), value.may_be_nan());
      using Own = typename Format::Wide;
      return Number::between(static_cast<Own>(kept.lower()), static_cast<Own>(kept.upper()),
                             kept.may_be_nan());
    });
  }
};

}  // namespace plumbline::conformance
