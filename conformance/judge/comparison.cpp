#include "conformance/judge/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/judge/objective_comparison.hpp"
#include "conformance/judge/reenactment.hpp"
#include "conformance/judge/single_values.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

/// One parameter of a case, compared in the format of its arithmetic.
template <class Format>
class ParameterComparison {
 public:
  using Number = Rounded<Format>;

  ParameterComparison(const Case& test_case, std::size_t index, const Recording& recording,
                      const Candidate& candidate, const SubjectFormat& format)
      : case_(test_case),
        rule_(*test_case.rule),
        index_(index),
        parameter_(test_case.parameters[index]),
        recording_(recording),
        hyperparameters_(held_hyperparameters(test_case.hyperparameters_of(parameter_), candidate)),
        choices_(candidate.choices),
        binary32_(candidate.held == Held::in_binary32),
        trajectory_(rule_, hyperparameters_, candidate.choices, format, parameter_) {
    if (candidate.held == Held::powers_in_binary32) trajectory_.hold_powers_in_binary32();
    for (const StateTensor& tensor : rule_.state) {
      state_in_use_.push_back(in_use(rule_, tensor, hyperparameters_, choices_, parameter_.shape));
    }
  }

  Comparison run() {
    compare_evaluate_at(0, recording_.evaluate_at_start);
    for (long step = 1; step <= case_.steps() && !result_.deviation; ++step) {
      const auto at = static_cast<std::size_t>(step - 1);
      if (case_.changes_rate(step)) {
        const double rate = case_.learning_rates[at];
        trajectory_.set_learning_rate(binary32_ ? Binary32::description.round(rate) : rate);
      }
      if (const Gradient& gradient = case_.gradients[at][index_]) {
        trajectory_.advance();
        compare_step_by_step(step, *gradient);
        if (!result_.deviation) compare_trajectory(step, *gradient);
      } else {
        compare_unchanged(step);
      }
      if (!result_.deviation) compare_evaluate_at(step, recording_.steps[at].evaluate_at);
    }
    return result_;
  }

 private:
  const Case& case_;
  const Rule& rule_;
  std::size_t index_;
  const CaseParameter& parameter_;
  const Recording& recording_;
  std::vector<double> hyperparameters_;
  const std::vector<int>& choices_;
  bool binary32_;
  Reenactment<Format> trajectory_;
  std::vector<bool> state_in_use_;
  Comparison result_;

  const std::vector<double>& observed(long step) const {
    return step == 0 ? parameter_.initial
                     : recording_.steps[static_cast<std::size_t>(step - 1)].parameters[index_];
  }

  const std::optional<StateRecord>& state_after(long step) const {
    return step == 0 ? recording_.state_at_start
                     : recording_.steps[static_cast<std::size_t>(step - 1)].state;
  }

  /// The subject's own state after a step by the rule's order, all that is in use;
  /// nothing where a part of it is not shown.
  std::optional<std::vector<std::vector<double>>> shown_state(long step) const {
    const auto& record = state_after(step);
    if (!record) return std::nullopt;
    std::vector<std::vector<double>> values;
    for (std::size_t i = 0; i < rule_.state.size(); ++i) {
      if (!state_in_use_[i]) {
        values.emplace_back(trajectory_.state_sizes()[i], 0.0);
        continue;
      }
      const auto found = record->find(std::string(rule_.state[i].name));
      if (found == record->end() || !found->second[index_]) return std::nullopt;
      if (found->second[index_]->size() != trajectory_.state_sizes()[i]) return std::nullopt;
      values.push_back(*found->second[index_]);
    }
    return values;
  }

  void deviate(long step, std::size_t element, std::string_view quantity,
               std::string_view comparison, double value, Bounds bounds, double radii) {
    result_.deviation = Deviation{.test_case = case_.id,
                                  .step = step,
                                  .parameter = parameter_.name,
                                  .element = element,
                                  .quantity = std::string(quantity),
                                  .comparison = std::string(comparison),
                                  .value = value,
                                  .lower = bounds.lower,
                                  .upper = bounds.upper,
                                  .radii = radii,
                                  .note = {}};
  }

  struct Outside {
    std::size_t element;
    double value;
    Bounds bounds;
    double radii;
  };
  /// How values stand to a piece's intervals: the largest share of a radius, and the first
  /// place outside.
  struct Fit {
    double share = 0;
    std::optional<Outside> outside = {};
  };

  static Fit fit_of(const std::vector<Number>& intervals, const std::vector<double>& values,
                    std::size_t first) {
    Fit fit;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      const double value = values[first + i];
      const Position position = position_of(intervals[i], value);
      fit.share = std::max(fit.share, position.share);
      if (!position.inside && !fit.outside) {
        fit.outside = Outside{first + i, value, bounds_of(intervals[i]), position.share};
      }
    }
    return fit;
  }

  void used(double share) { result_.budget_used = std::max(result_.budget_used, share); }

  /// Keeps the worlds that the observed values are in; deviates when there is none left.
  void compare_trajectory(long step, const std::vector<double>& gradient) {
    trajectory_.step(gradient);
    bool telling = observed(step).empty();
    for (Piece<Format>& piece : trajectory_.pieces()) {
      if (piece.worlds.empty()) continue;  // given up: too many branches
      std::vector<World<Format>> kept;
      std::optional<Outside> deviation;
      for (World<Format>& world : piece.worlds) {
        const Fit fit = fit_of(world.parameter, observed(step), piece.first);
        if (!fit.outside) {
          kept.push_back(std::move(world));
        } else if (!deviation || fit.outside->radii < deviation->radii) {
          deviation = fit.outside;
        }
      }
      if (kept.empty()) {
        deviate(step, deviation->element, "parameter", "trajectory", deviation->value,
                deviation->bounds, deviation->radii);
        return;
      }
      telling = tell(step, piece.first, kept) || telling;
      piece.worlds = std::move(kept);
    }
    if (telling) {
      result_.claim_ends.reset();
    } else if (!result_.claim_ends) {
      result_.claim_ends = step;
    }
  }

  /// Notes the share of the budget that a piece used; false where its radii are too wide
  /// for that to say anything.
  bool tell(long step, std::size_t first, const std::vector<World<Format>>& worlds) {
    bool telling = false;
    for (std::size_t i = 0; i < worlds.front().parameter.size(); ++i) {
      const double value = observed(step)[first + i];
      double least_share = std::numeric_limits<double>::infinity();
      Bounds nearest{};
      for (const World<Format>& world : worlds) {
        const Position position = position_of(world.parameter[i], value);
        if (position.share >= least_share) continue;
        least_share = position.share;
        nearest = bounds_of(world.parameter[i]);
      }
      const double motion = std::abs(value - parameter_.initial[first + i]);
      const double radius = (nearest.upper - nearest.lower) / 2;
      telling = telling || radius <= telling_share_of_motion * motion;
      // A share of a radius as large as the value itself says nothing of rounding.
      if (radius <= telling_share_of_motion * std::max(motion, std::abs(value))) used(least_share);
    }
    return telling;
  }

  /// One step from the subject's own parameters and state, where it shows them.
  void compare_step_by_step(long step, const std::vector<double>& gradient) {
    const auto before = shown_state(step - 1);
    const auto after = shown_state(step);
    if (!before || !after) return;
    const bool whole = !trajectory_.by_element();
    const std::size_t part = whole ? gradient.size() : 1;
    const auto piece_of = [part, whole](const std::vector<double>& values, std::size_t first) {
      return std::span(values).subspan(first, whole ? values.size() : part);
    };
    for (std::size_t first = 0; first < gradient.size(); first += part) {
      const auto start = piece_of(observed(step - 1), first);
      World<Format> own{{start.begin(), start.end()}, {}};
      for (const auto& tensor : *before) {
        const auto held = piece_of(tensor, first);
        own.state.emplace_back(held.begin(), held.end());
      }
      std::vector<World<Format>> outcomes;
      try {
        outcomes = trajectory_.outcomes(own, piece_of(gradient, first));
      } catch (const TooManyOutcomes&) {
        continue;
      }
      compare_outcomes(step, first, *after, outcomes);
      if (result_.deviation) return;
    }
  }

  /// Some one outcome must hold the whole of what the subject shows.
  void compare_outcomes(long step, std::size_t first, const std::vector<std::vector<double>>& after,
                        const std::vector<World<Format>>& outcomes) {
    std::optional<double> best;
    for (const World<Format>& world : outcomes) {
      double worst = 0;
      bool inside = true;
      const auto look = [&](const std::vector<Number>& intervals, const std::vector<double>& values,
                            std::string_view quantity) {
        const Fit fit = fit_of(intervals, values, first);
        worst = std::max(worst, fit.share);
        if (fit.outside && inside && !best && &world == &outcomes.front()) {
          deviate(step, fit.outside->element, quantity, "step", fit.outside->value,
                  fit.outside->bounds, fit.outside->radii);
        }
        inside = inside && !fit.outside;
      };
      for (std::size_t i = 0; i < after.size(); ++i) {
        if (state_in_use_[i]) look(world.state[i], after[i], rule_.state[i].name);
      }
      look(world.parameter, observed(step), "parameter");
      if (inside) best = best ? std::min(*best, worst) : worst;
    }
    if (best) {
      result_.deviation.reset();
      used(*best);
    }
  }

  /// Without a gradient a parameter, its state and its count stay.
  void compare_unchanged(long step) {
    const auto same = [&](double now, double before, std::size_t element,
                          std::string_view quantity) {
      if (now == before || (std::isnan(now) && std::isnan(before))) return;
      deviate(step, element, quantity, "step", now, {before, before},
              position_of(Number(before), now).share);
      result_.deviation->note = "the parameter had no gradient in this step and must stay";
    };
    for (std::size_t element = 0; element < parameter_.initial.size(); ++element) {
      if (result_.deviation) return;
      same(observed(step)[element], observed(step - 1)[element], element, "parameter");
    }
    const auto before = shown_state(step - 1);
    const auto after = shown_state(step);
    if (!before || !after) return;
    for (std::size_t i = 0; i < rule_.state.size(); ++i) {
      for (std::size_t element = 0; element < (*after)[i].size(); ++element) {
        if (result_.deviation) return;
        if (state_in_use_[i]) {
          same((*after)[i][element], (*before)[i][element], element, rule_.state[i].name);
        }
      }
    }
  }

  void compare_evaluate_at(long step, const std::optional<Tensors>& shown) {
    if (step == 0 && !shown) return;  // the first gradient is taken at the start
    for (const Piece<Format>& piece : trajectory_.pieces()) {
      if (piece.worlds.empty()) continue;
      if (compare_points(step, piece, shown ? (*shown)[index_] : observed(step), !shown)) return;
    }
  }

  /// True where a point deviates.
  bool compare_points(long step, const Piece<Format>& piece, const std::vector<double>& values,
                      bool at_parameters) {
    const auto wanted = trajectory_.look_ahead(piece.worlds.front());
    const std::size_t size = piece.worlds.front().parameter.size();
    if (!wanted) {
      // Gradients are taken at the parameters themselves.
      for (std::size_t element = piece.first; element < piece.first + size; ++element) {
        const double value = values[element];
        const double point = observed(step)[element];
        if (value == point || (std::isnan(value) && std::isnan(point))) continue;
        deviate(step, element, "evaluate_at", "trajectory", value, {point, point},
                position_of(Number(point), value).share);
        return true;
      }
      return false;
    }
    double least_share = std::numeric_limits<double>::infinity();
    std::optional<Outside> deviation;
    for (const World<Format>& world : piece.worlds) {
      const Fit fit = fit_of(*trajectory_.look_ahead(world), values, piece.first);
      if (!fit.outside) {
        least_share = std::min(least_share, fit.share);
      } else if (!deviation) {
        deviation = fit.outside;
      }
    }
    if (least_share == std::numeric_limits<double>::infinity()) {
      deviate(step, deviation->element, "evaluate_at", "trajectory", deviation->value,
              deviation->bounds, deviation->radii);
      if (at_parameters) {
        result_.deviation->note = "the subject takes its gradients at its parameters";
      }
      return true;
    }
    used(least_share);
    return false;
  }
};

void merge(Comparison& total, Comparison part) {
  total.budget_used = std::max(total.budget_used, part.budget_used);
  if (part.deviation && (!total.deviation || part.deviation->step < total.deviation->step)) {
    total.deviation = std::move(part.deviation);
  }
  if (part.claim_ends) {
    total.claim_ends =
        total.claim_ends ? std::min(*total.claim_ends, *part.claim_ends) : part.claim_ends;
  }
}

}  // namespace

Comparison compare(const Case& test_case, const Recording& recording, const Candidate& candidate,
                   const SubjectFormat& format) {
  if (test_case.objective != nullptr) {
    return compare_on_objective(test_case, recording, candidate, format);
  }
  Comparison total;
  for (std::size_t index = 0; index < test_case.parameters.size(); ++index) {
    const SubjectFormat own = test_case.format_of(test_case.parameters[index], format);
    const auto compare_as = [&](const Candidate& how) {
      return with_arithmetic(own.arithmetic, [&]<class Format>() {
        return ParameterComparison<Format>(test_case, index, recording, how, own).run();
      });
    };
    Comparison part = compare_as(candidate);
    if (part.deviation && candidate.held != Held::exactly &&
        own.arithmetic.precision > Binary32::description.precision) {
      // What is held in binary32 for one parameter of an optimizer may be exact for
      // another one in a wider format.
      Comparison exact = compare_as({candidate.choices, Held::exactly});
      if (!exact.deviation) part = std::move(exact);
    }
    merge(total, std::move(part));
  }
  if (test_case.beside && recording.beside) {
    Comparison beside = compare(*test_case.beside, *recording.beside, candidate, format);
    if (beside.deviation) {
      beside.deviation->test_case = test_case.id;
      beside.deviation->note = "in the second of the two optimizers";
    }
    merge(total, std::move(beside));
  }
  return total;
}

}  // namespace plumbline::conformance
