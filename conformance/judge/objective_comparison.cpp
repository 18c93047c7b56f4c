#include "conformance/judge/objective_comparison.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/judge/closed_loop.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/subject/flat_values.hpp"
#include "reference/state_in_use.hpp"

namespace plumbline::conformance {
namespace {

/// What a subject shows after some steps.
struct Shown {
  std::vector<double> point;
  /// In the rule's order; nothing where a tensor is not in use or not shown.
  std::vector<std::optional<std::vector<double>>> state;
};

template <class Format>
class ObjectiveComparison {
 public:
  using Number = Rounded<Format>;

  ObjectiveComparison(const Case& test_case, const Recording& recording, const Candidate& candidate,
                      const SubjectFormat& format)
      : case_(test_case),
        rule_(*test_case.rule),
        recording_(recording),
        format_(format),
        hyperparameters_(held_hyperparameters(test_case.hyperparameters, candidate)),
        choices_(candidate.choices),
        start_(flat_point(test_case).initial) {
    const Shape shape = flat_point(test_case).shape;
    for (const StateTensor& tensor : rule_.state) {
      state_in_use_.push_back(in_use(rule_, tensor, hyperparameters_, choices_, shape));
    }
  }

  Comparison run() {
    for (long steps = 1; steps <= case_.steps() && !result_.deviation; ++steps) compare(steps);
    return result_;
  }

 private:
  const Case& case_;
  const Rule& rule_;
  const Recording& recording_;
  const SubjectFormat& format_;
  std::vector<double> hyperparameters_;
  const std::vector<int>& choices_;
  std::vector<double> start_;
  std::vector<bool> state_in_use_;
  Comparison result_;

  /// How what is shown stands to one outcome.
  struct Fit {
    double share = 0;      ///< the largest of a radius, of those that say something
    bool telling = false;  ///< of the way that the point has come
    std::optional<Deviation> outside = {};
  };

  void compare(long steps) {
    const ToldObjective<Format> objective(*case_.objective, record_after(steps).asked);
    ClosedLoop<Format> loop(case_, hyperparameters_, choices_, format_);
    for (long step = 1; step <= steps; ++step) loop.step(objective);
    const Shown end = shown_after(steps);
    compare_last_step(steps, end, loop, objective);
    if (!result_.deviation) compare_run(steps, end, loop);
  }

  /// One step from the subject's own point and state, where it shows all of it that is in use
  /// (a rule without any: where it says that it has none). It says something still where the
  /// intervals of a whole run have become wide.
  void compare_last_step(long steps, const Shown& end, const ClosedLoop<Format>& loop,
                         const ToldObjective<Format>& objective) {
    if (steps == 1 || !goes_on_from(steps - 1)) return;
    const Shown before = shown_after(steps - 1);
    World<Format> own{{before.point.begin(), before.point.end()}, loop.state_at_start()};
    for (std::size_t i = 0; i < rule_.state.size(); ++i) {
      if (!state_in_use_[i]) continue;
      if (!before.state[i] || !end.state[i]) return;
      if (before.state[i]->size() != own.state[i].size()) return;
      own.state[i].assign(before.state[i]->begin(), before.state[i]->end());
    }
    std::vector<World<Format>> outcomes;
    try {
      outcomes = loop.outcomes(own, objective);
    } catch (const TooManyOutcomes&) {
      return;
    }
    if (const auto fit = best_fit(steps, end, outcomes, "step on an objective")) used(fit->share);
  }

  /// The whole run.
  void compare_run(long steps, const Shown& end, const ClosedLoop<Format>& loop) {
    if (loop.worlds().empty()) return;  // too many branches to follow
    const auto fit = best_fit(steps, end, loop.worlds(), "run on an objective");
    if (!fit) return;
    used(fit->share);
    if (!fit->telling && !result_.claim_ends) result_.claim_ends = steps;
    if (fit->telling) result_.claim_ends.reset();
  }

  void used(double share) { result_.budget_used = std::max(result_.budget_used, share); }

  /// Of the outcomes that hold all that is shown the nearest; deviates where none does.
  std::optional<Fit> best_fit(long steps, const Shown& end,
                              const std::vector<World<Format>>& outcomes,
                              std::string_view comparison) {
    std::optional<Fit> best;
    std::optional<Deviation> nearest;
    bool telling = false;
    for (const World<Format>& world : outcomes) {
      Fit fit = fit_of(steps, end, world, comparison);
      telling = telling || fit.telling;
      if (fit.outside) {
        if (!nearest || fit.outside->radii < nearest->radii) nearest = std::move(fit.outside);
      } else if (!best || fit.share < best->share) {
        best = std::move(fit);
      }
    }
    if (best) {
      best->telling = telling;
    } else {
      result_.deviation = std::move(nearest);
    }
    return best;
  }

  Fit fit_of(long steps, const Shown& end, const World<Format>& world,
             std::string_view comparison) const {
    Fit fit;
    const auto look = [&](const Number& interval, double value, auto&& name) {
      const Position position = position_of(interval, value);
      if (!position.inside && !fit.outside) {
        const Bounds bounds = bounds_of(interval);
        fit.outside = Deviation{.test_case = case_.id,
                                .step = steps,
                                .comparison = std::string(comparison),
                                .value = value,
                                .lower = bounds.lower,
                                .upper = bounds.upper,
                                .radii = position.share};
        name(*fit.outside);
      }
      return position.share;
    };
    for (std::size_t i = 0; i < end.point.size(); ++i) {
      const double motion = std::abs(end.point[i] - start_[i]);
      const Bounds bounds = bounds_of(world.parameter[i]);
      const double radius = (bounds.upper - bounds.lower) / 2;
      const double share = look(world.parameter[i], end.point[i],
                                [&](Deviation& deviation) { name_place(deviation, i); });
      // A share of a radius as large as the value itself says nothing of rounding.
      if (radius <= telling_share_of_motion * std::max(motion, std::abs(end.point[i]))) {
        fit.share = std::max(fit.share, share);
      }
      fit.telling = fit.telling || radius <= telling_share_of_motion * motion;
    }
    // Nor does a share of what was told at one of several points: state holds such answers.
    for (std::size_t tensor = 0; tensor < end.state.size(); ++tensor) {
      if (!end.state[tensor]) continue;
      const std::vector<Number>& intervals = world.state[tensor];
      const std::vector<double>& values = *end.state[tensor];
      const auto name = [&](std::size_t element, const char* before) {
        return [this, tensor, element, before](Deviation& deviation) {
          deviation.parameter = "point";
          deviation.element = element;
          deviation.quantity = before + std::string(rule_.state[tensor].name);
        };
      };
      if (values.size() != intervals.size()) {
        look(Number(static_cast<double>(intervals.size())), static_cast<double>(values.size()),
             name(0, "number of values in "));
        continue;
      }
      for (std::size_t i = 0; i < values.size(); ++i) look(intervals[i], values[i], name(i, ""));
    }
    return fit;
  }

  const StepRecord& record_after(long steps) const {
    return recording_.steps[static_cast<std::size_t>(steps - 1)];
  }

  Shown shown_after(long steps) const {
    Shown shown{start_, std::vector<std::optional<std::vector<double>>>(rule_.state.size())};
    if (steps == 0) return shown;
    const StepRecord& record = record_after(steps);
    shown.point = flat(record.parameters);
    if (!record.state || may_stop_before(steps)) return shown;
    for (std::size_t i = 0; i < rule_.state.size(); ++i) {
      const auto found = record.state->find(std::string(rule_.state[i].name));
      if (state_in_use_[i] && found != record.state->end()) shown.state[i] = found->second.front();
    }
    return shown;
  }

  /// Whether a run of one step more goes on from where this one ended, as that of a subject
  /// does whose bits are not left to chance: then it asks there too.
  bool goes_on_from(long steps) const {
    if (!recording_.repeats || !record_after(steps).state) return false;
    const std::vector<double> end = flat(record_after(steps).parameters);
    return std::ranges::find(record_after(steps + 1).asked, end, &AskedObjective::point) !=
           record_after(steps + 1).asked.end();
  }

  /// Where the gradient is 0 a subject that owns its loop may have stopped, with the state of
  /// the step that took it there. Chance goes on.
  bool may_stop_before(long step) const {
    if (!case_.draws.empty()) return false;
    const std::vector<double> start = step == 1 ? start_ : flat(record_after(step - 1).parameters);
    return std::ranges::any_of(record_after(step).asked, [&](const AskedObjective& asked) {
      const std::vector<double> gradient = flat(asked.answer.gradients);
      return asked.point == start && std::ranges::count(gradient, 0.0) == std::ssize(gradient);
    });
  }

  /// Which parameter's which element a place of the flat point is.
  void name_place(Deviation& deviation, std::size_t place) const {
    std::size_t index = 0;
    while (place >= case_.parameters[index].initial.size()) {
      place -= case_.parameters[index++].initial.size();
    }
    deviation.parameter = case_.parameters[index].name;
    deviation.element = place;
    deviation.quantity = "parameter";
  }
};

}  // namespace

Comparison compare_on_objective(const Case& test_case, const Recording& recording,
                                const Candidate& candidate, const SubjectFormat& format) {
  return with_arithmetic(format.arithmetic, [&]<class Format>() {
    return ObjectiveComparison<Format>(test_case, recording, candidate, format).run();
  });
}

}  // namespace plumbline::conformance
