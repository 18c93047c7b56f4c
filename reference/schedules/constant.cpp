// The constant schedule: eta_t = eta_0.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Constant {
  struct Options {
    int none;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options&, long) {
    return Number(hyperparameters[0]);
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters, const Options&,
                                     long until) {
    const Number rate = hyperparameters[0];
    return {.pieces = one_piece(until),
            .ends = {{0, rate}},
            .sums = {{0, until, count<Number>(until + 1) * rate}},
            .period = RatePeriod{1},
            .power_law = PowerLaw<Number>{0, 0}};
  }
};

}  // namespace

Schedule constant() {
  return {
      .name = "constant",
      .title = "Constant",
      .formula = "eta_t = eta_0",
      .source = "a document of seeds/",
      .hyperparameters = {learning_rate()},
      .options = {},
      .dialects = {{"constant", {}, "all", {"pytorch", "paper"}}},
      .equivalences = {},
      .notes = "",
      .bindings = schedule_bindings<Constant>(),
      .known_facts = fact_bindings<Constant>(),
  };
}

}  // namespace plumbline::schedules
