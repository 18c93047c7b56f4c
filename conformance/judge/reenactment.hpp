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
    // The centre is rounded: at an end the quotient may come out a little above 1.
    return {true, std::min(1.0, static_cast<double>(distance / radius))};
  }
  // An exact value has no radius: distances from it are told in roundings.
  const Wide magnitude = centre < 0 ? -centre : centre;
  const Wide rounding =
      Wide(rounding_model().budget) * (Wide(Format::description.unit_roundoff()) * magnitude +
                                       Wide(Format::description.least_subnormal()));
  if (radius < rounding) radius = rounding;
  return {false, std::max(1.0 + 1e-9, static_cast<double>(distance / radius))};
}

/// One consistent outcome for one piece: its values and its state.
template <class Format>
struct World {
  std::vector<Rounded<Format>> parameter;
  StateTensors<Rounded<Format>> state;
};

/// A part of a parameter that is followed by itself: an element, or, where the rule's
/// elements depend on each other, the whole tensor.
template <class Format>
struct Piece {
  std::size_t first;  ///< the place of its elements, and its state's, in their tensors
  std::size_t size;   ///< elements of the parameter
  std::vector<World<Format>> worlds;  ///< none: given up
};

/// One more rounding: of a value that is stored in a narrower format.
template <class Format>
Rounded<Format> kept_in(const FormatDescription& storage, const Rounded<Format>& value) {
  return with_arithmetic(storage, [&]<class Storage>() {
    using Wide = typename Storage::Wide;
    using Own = typename Format::Wide;
    const auto kept = Rounded<Storage>::stored(
        static_cast<Wide>(value.lower()), static_cast<Wide>(value.upper()), value.may_be_nan());
    return Rounded<Format>::between(static_cast<Own>(kept.lower()), static_cast<Own>(kept.upper()),
                                    kept.may_be_nan());
  });
}

/// One parameter under one dialect. Pieces are followed by themselves, and each in all
/// the branches that its intervals leave open, up to `most_worlds`.
template <class Format>
class Reenactment {
 public:
  using Number = Rounded<Format>;
  static constexpr std::size_t most_worlds = 8;

  Reenactment(const Rule& rule, std::span<const double> hyperparameters,
              std::span<const int> choices, const SubjectFormat& format,
              const CaseParameter& parameter)
      : rule_(&rule),
        hyperparameters_(hyperparameters.begin(), hyperparameters.end()),
        choices_(choices.begin(), choices.end()),
        update_(rule.bind<Number>(hyperparameters, choices)),
        storage_(format.storage),
        mixed_(format.mixed()),
        shared_(update_->start_shared(parameter.shape)) {
    for (const Shape& shape : update_->state_shapes(parameter.shape)) {
      state_sizes_.push_back(element_count(shape));
    }
    const std::size_t size = parameter.initial.size();
    const std::size_t part = update_->by_element() ? 1 : size;
    for (std::size_t first = 0; first < size; first += part) {
      const auto from = parameter.initial.begin() + static_cast<std::ptrdiff_t>(first);
      World<Format> world{{from, from + static_cast<std::ptrdiff_t>(part)}, {}};
      world.state = update_->start_state(world.parameter, shared_);
      pieces_.push_back({first, part, {std::move(world)}});
    }
  }

  void set_learning_rate(double rate) {
    update_->set_learning_rate(rate);
    // Of what is carried from step to step, some follows from the rate.
    if (powers_) powers_->set_learning_rate(Binary32::description.round(rate));
  }

  /// Opens the next step of this parameter; then step() for each element.
  void advance() { (powers_ ? powers_ : update_)->advance(shared_); }

  /// From now on running products are those of hyperparameters rounded to binary32.
  void hold_powers_in_binary32() {
    std::vector<double> rounded = hyperparameters_;
    for (double& value : rounded) value = Binary32::description.round(value);
    powers_ = rule_->bind<Number>(rounded, choices_);
  }

  /// The outcomes of the opened step from one world, with the gradient of its piece.
  std::vector<World<Format>> outcomes(const World<Format>& before,
                                      std::span<const double> gradient) const {
    std::vector<World<Format>> worlds;
    const std::vector<Number> exact_gradient(gradient.begin(), gradient.end());
    choices::for_each_outcome(most_worlds, [&] {
      World<Format> world = before;
      update_->apply(world.parameter, exact_gradient, world.state, shared_);
      for (Number& value : world.parameter) value = stored(value);
      worlds.push_back(std::move(world));
    });
    return worlds;
  }

  /// Takes all pieces one step further. One with too many branches is given up.
  void step(std::span<const double> gradient) {
    for (Piece<Format>& piece : pieces_) {
      std::vector<World<Format>> next;
      try {
        for (const World<Format>& world : piece.worlds) {
          for (World<Format>& outcome :
               outcomes(world, gradient.subspan(piece.first, world.parameter.size()))) {
            next.push_back(std::move(outcome));
          }
        }
      } catch (const TooManyOutcomes&) {
        next.clear();
      }
      if (next.size() > most_worlds) next.clear();
      piece.worlds = std::move(next);
    }
  }

  std::vector<Piece<Format>>& pieces() { return pieces_; }
  const std::vector<Piece<Format>>& pieces() const { return pieces_; }
  /// Number of elements of each state tensor of the whole parameter.
  const std::vector<std::size_t>& state_sizes() const { return state_sizes_; }
  long steps_taken() const { return shared_.step; }
  bool by_element() const { return update_->by_element(); }

  /// Where the next gradient is wanted in this world. Empty: the rule does not look ahead.
  std::optional<std::vector<Number>> look_ahead(const World<Format>& world) const {
    auto points = update_->look_ahead(world.parameter, world.state, shared_);
    if (!points) return std::nullopt;
    for (Number& point : *points) point = stored(point);
    return points;
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
  std::vector<std::size_t> state_sizes_;
  std::vector<Piece<Format>> pieces_;

  /// One more rounding where parameters are stored in a narrower format.
  Number stored(const Number& value) const {
    if (!mixed_) return value;
    return kept_in(storage_, value);
  }
};

}  // namespace plumbline::conformance
