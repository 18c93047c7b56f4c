#include "conformance/judge/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/judge/reenactment.hpp"
#include "conformance/judge/single_values.hpp"

namespace plumbline::conformance {
namespace {

/// A trajectory says little once its radius passes this share of the motion so far.
constexpr double telling_share_of_motion = 0.5;

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
        trajectory_(rule_, hyperparameters_, candidate.choices, format, parameter_.initial) {
    if (candidate.held == Held::powers_in_binary32) trajectory_.hold_powers_in_binary32();
    for (const StateTensor& tensor : rule_.state) {
      state_in_use_.push_back(in_use(rule_, tensor, hyperparameters_, choices_));
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
        values.emplace_back(parameter_.initial.size(), 0.0);
        continue;
      }
      const auto found = record->find(std::string(rule_.state[i].name));
      if (found == record->end() || !found->second[index_]) return std::nullopt;
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

  void used(double share) { result_.budget_used = std::max(result_.budget_used, share); }

  /// Keeps the worlds that the observed value is in; deviates when there is none left.
  void compare_trajectory(long step, const std::vector<double>& gradient) {
    trajectory_.step(gradient);
    bool telling = observed(step).empty();
    for (std::size_t element = 0; element < trajectory_.size(); ++element) {
      auto& worlds = trajectory_.worlds(element);
      if (worlds.empty()) continue;  // given up: too many branches
      const double value = observed(step)[element];
      double least_share = std::numeric_limits<double>::infinity();
      Bounds nearest{};
      std::vector<World<Format>> kept;
      for (World<Format>& world : worlds) {
        const Position position = position_of(world.parameter, value);
        if (position.share < least_share || (kept.empty() && !position.inside)) {
          least_share = std::min(least_share, position.share);
          nearest = bounds_of(world.parameter);
        }
        if (position.inside) kept.push_back(std::move(world));
      }
      if (kept.empty()) {
        deviate(step, element, "parameter", "trajectory", value, nearest, least_share);
        return;
      }
      const double motion = std::abs(value - parameter_.initial[element]);
      const double radius = (nearest.upper - nearest.lower) / 2;
      telling = telling || radius <= telling_share_of_motion * motion;
      // A share of a radius as large as the value itself says nothing of rounding.
      if (radius <= telling_share_of_motion * std::max(motion, std::abs(value))) used(least_share);
      worlds = std::move(kept);
    }
    if (telling) {
      result_.claim_ends.reset();
    } else if (!result_.claim_ends) {
      result_.claim_ends = step;
    }
  }

  /// One step from the subject's own parameters and state, where it shows them.
  void compare_step_by_step(long step, const std::vector<double>& gradient) {
    const auto before = shown_state(step - 1);
    const auto after = shown_state(step);
    if (!before || !after) return;
    for (std::size_t element = 0; element < gradient.size(); ++element) {
      World<Format> own{Number(observed(step - 1)[element]), {}};
      for (const auto& tensor : *before) own.state.emplace_back(tensor[element]);
      std::vector<World<Format>> outcomes;
      try {
        outcomes = trajectory_.outcomes(own, gradient[element]);
      } catch (const TooManyOutcomes&) {
        continue;
      }
      compare_outcomes(step, element, *after, outcomes);
      if (result_.deviation) return;
    }
  }

  /// Some one outcome must hold the whole of what the subject shows.
  void compare_outcomes(long step, std::size_t element,
                        const std::vector<std::vector<double>>& after,
                        const std::vector<World<Format>>& outcomes) {
    std::optional<double> best;
    for (const World<Format>& world : outcomes) {
      double worst = 0;
      bool inside = true;
      const auto look = [&](const Number& interval, double value, std::string_view quantity) {
        const Position position = position_of(interval, value);
        worst = std::max(worst, position.share);
        if (!position.inside && inside && !best && &world == &outcomes.front()) {
          deviate(step, element, quantity, "step", value, bounds_of(interval), position.share);
        }
        inside = inside && position.inside;
      };
      for (std::size_t i = 0; i < after.size(); ++i) {
        if (state_in_use_[i]) look(world.state[i], after[i][element], rule_.state[i].name);
      }
      look(world.parameter, observed(step)[element], "parameter");
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
      for (std::size_t element = 0; element < parameter_.initial.size(); ++element) {
        if (result_.deviation) return;
        if (state_in_use_[i]) {
          same((*after)[i][element], (*before)[i][element], element, rule_.state[i].name);
        }
      }
    }
  }

  void compare_evaluate_at(long step, const std::optional<Tensors>& shown) {
    if (step == 0 && !shown) return;  // the first gradient is taken at the start
    for (std::size_t element = 0; element < trajectory_.size(); ++element) {
      const auto& worlds = trajectory_.worlds(element);
      if (worlds.empty()) continue;
      const auto wanted = trajectory_.look_ahead(worlds.front());
      const double value = shown ? (*shown)[index_][element] : observed(step)[element];
      if (!wanted) {
        // Gradients are taken at the parameters themselves.
        const double point = observed(step)[element];
        if (value == point || (std::isnan(value) && std::isnan(point))) continue;
        deviate(step, element, "evaluate_at", "trajectory", value, {point, point},
                position_of(Number(point), value).share);
        return;
      }
      double least_share = std::numeric_limits<double>::infinity();
      bool inside = false;
      for (const World<Format>& world : worlds) {
        const Position position = position_of(*trajectory_.look_ahead(world), value);
        least_share = std::min(least_share, position.share);
        inside = inside || position.inside;
      }
      if (!inside) {
        deviate(step, element, "evaluate_at", "trajectory", value, bounds_of(*wanted), least_share);
        if (!shown) result_.deviation->note = "the subject takes its gradients at its parameters";
        return;
      }
      used(least_share);
    }
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
