// The rate for a known horizon, c/sqrt(T) in all T steps, which bounds the regret of convex
// objectives by O(sqrt(T)); and the one for an unknown horizon, c/sqrt(t + 1).
#include "reference/define_schedule.hpp"
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
  };
}

}  // namespace plumbline::schedules
