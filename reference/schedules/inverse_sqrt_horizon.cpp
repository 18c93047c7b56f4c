// The rate for a known horizon, c/sqrt(T) in all T steps, which bounds the regret of convex
// objectives by O(sqrt(T)); and the one for an unknown horizon, c/sqrt(t + 1).
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct InverseSqrtHorizon {
  enum class Horizon : int { known, unknown };
  struct Options {
    Horizon horizon;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    return learning_rate /
           sqrt(count<Number>(options.horizon == Horizon::known ? total : step + 1));
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    if (options.horizon == Horizon::known) {
      const Number rate = learning_rate / sqrt(Number(hyperparameters[1]));
      return {.pieces = one_piece(until),
              .ends = {{0, rate}},
              .sums = {{0, until, count<Number>(until + 1) * rate}},
              .period = RatePeriod{1},
              .power_law = PowerLaw<Number>{0, 0}};
    }
    return {.pieces = one_piece(until),
            .ends = {{0, learning_rate}, {3, learning_rate / 2}},
            .sums = {{0, until, learning_rate * sum_of_inverse_roots<Number>(1, until + 1)}},
            .power_law = PowerLaw<Number>{0.5, 1}};
  }
};

}  // namespace

Schedule inverse_sqrt_horizon() {
  return {
      .name = "inverse_sqrt_horizon",
      .title = "Inverse square root of the horizon",
      .formula = "eta_t = eta_0/sqrt(T)",
      .source = "Zinkevich 2003, Theorem 1 (c/sqrt(t)); a document of seeds/ (c/sqrt(T))",
      .hyperparameters = {learning_rate(), total_steps()},
      .options = {{"horizon", {"known", "unknown"}}},
      .dialects = {{"known", {0}, "a document of seeds/", {"document"}},
                   {"unknown",
                    {1},
                    "Apache Spark mllib/src/main/scala/org/apache/spark/mllib/optimization/"
                    "Updater.scala SimpleUpdater, stepSize/sqrt(iter) with iter from 1",
                    {"spark"}}},
      .equivalences = {},
      .notes = "",
      .bindings = schedule_bindings<InverseSqrtHorizon>(),
      .known_facts = fact_bindings<InverseSqrtHorizon>(),
  };
}

}  // namespace plumbline::schedules
