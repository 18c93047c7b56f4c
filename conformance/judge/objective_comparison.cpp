#include "conformance/judge/objective_comparison.hpp"

#include <algorithm>
#include <cmath>

#include "conformance/judge/closed_loop.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {
namespace {

constexpr double telling_share_of_motion = 0.5;  // as for trajectories

template <class Format>
class ObjectiveComparison {
 public:
  using Number = Rounded<Format>;

  ObjectiveComparison(const Case& test_case, const Recording& recording, const Candidate& candidate,
                      const SubjectFormat& format)
      : case_(test_case),
        recording_(recording),
        format_(format),
        hyperparameters_(held_hyperparameters(test_case.hyperparameters, candidate)),
        choices_(candidate.choices),
        start_(flat_point(test_case).initial) {}

  Comparison run() {
    for (long steps = 1; steps <= case_.steps() && !result_.deviation; ++steps) compare(steps);
    return result_;
  }

 private:
  const Case& case_;
  const Recording& recording_;
  const SubjectFormat& format_;
  std::vector<double> hyperparameters_;
  const std::vector<int>& choices_;
  std::vector<double> start_;
  Comparison result_;

  void compare(long steps) {
    const StepRecord& record = recording_.steps[static_cast<std::size_t>(steps - 1)];
    const std::vector<double> end = flat(record.parameters);
    const ToldObjective<Format> objective(*case_.objective, record.asked);
    ClosedLoop<Format> loop(case_, hyperparameters_, choices_, format_);
    for (long step = 1; step <= steps; ++step) {
      if (!loop.step(objective)) return;  // too many branches to follow
    }
    std::optional<Deviation> nearest;
    std::optional<double> least_share;
    bool telling = false;
    for (const World<Format>& world : loop.worlds()) {
      double share = 0;
      std::optional<Deviation> outside;
      for (std::size_t i = 0; i < end.size(); ++i) {
        const Position position = position_of(world.parameter[i], end[i]);
        const Bounds bounds = bounds_of(world.parameter[i]);
        const double motion = std::abs(end[i] - start_[i]);
        const double radius = (bounds.upper - bounds.lower) / 2;
        telling = telling || radius <= telling_share_of_motion * motion;
        if (radius <= telling_share_of_motion * std::max(motion, std::abs(end[i]))) {
          share = std::max(share, position.share);
        }
        if (!position.inside && !outside) outside = deviation(steps, i, end[i], bounds, position);
      }
      if (!outside) {
        least_share = std::min(share, least_share.value_or(share));
      } else if (!nearest || outside->radii < nearest->radii) {
        nearest = outside;
      }
    }
    if (least_share) {
      result_.budget_used = std::max(result_.budget_used, *least_share);
      if (!telling && !result_.claim_ends) result_.claim_ends = steps;
      if (telling) result_.claim_ends.reset();
    } else {
      result_.deviation = std::move(nearest);
    }
  }

  Deviation deviation(long step, std::size_t place, double value, const Bounds& bounds,
                      const Position& position) const {
    std::size_t index = 0;
    while (place >= case_.parameters[index].initial.size()) {
      place -= case_.parameters[index++].initial.size();
    }
    return {.test_case = case_.id,
            .step = step,
            .parameter = case_.parameters[index].name,
            .element = place,
            .quantity = "parameter",
            .comparison = "run on an objective",
            .value = value,
            .lower = bounds.lower,
            .upper = bounds.upper,
            .radii = position.share};
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
