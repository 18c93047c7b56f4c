// Step decay at given milestones, as 30/60/90.
//
//   eta_t = eta_0 gamma^(number of milestones m <= t)
//
// PyTorch multiplies the rate before by gamma at each milestone. Where a value holds up to
// and including its boundary (Keras) the milestones m < t count.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Multistep {
  enum class Form : int { closed, recursive };
  enum class Boundary : int { falls_at, falls_after };
  struct Options {
    Form form;
    Boundary boundary;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const Number decay_rate = hyperparameters[1];
    const std::span<const double> milestones = hyperparameters.subspan(2);

    if (options.form == Form::closed || access == Access::direct) {
      const long late = options.boundary == Boundary::falls_after ? 1 : 0;
      return each_step<Number>(steps, [&](long step) -> Number {
        const long falls = std::ranges::count_if(
            milestones, [&](double milestone) { return milestone <= double(step - late); });
        return learning_rate * count_power(decay_rate, falls);
      });
    }
    return step_by_step(learning_rate, steps, [&](const Number& rate, long step) -> Number {
      const bool falls = std::ranges::find(milestones, double(step)) != milestones.end();
      return falls ? rate * decay_rate : rate;
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {hyperparameters.begin() + 2, hyperparameters.end()};
  }

  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const Number decay_rate = hyperparameters[1];
    const long late = options.boundary == Boundary::falls_after ? 1 : 0;
    ScheduleFacts<Number> known{.pieces = one_piece(until), .ends = {{0, learning_rate}}};
    long first = 0;
    Number rate = learning_rate;
    Number sum = 0;
    for (const double milestone : hyperparameters.subspan(2)) {
      const long fall = static_cast<long>(milestone) + late;
      sum = sum + count<Number>(fall - first) * rate;
      known.ends.push_back({fall - 1, rate});
      rate = rate * decay_rate;
      known.ends.push_back({fall, rate});
      known.sums.push_back({0, fall - 1, sum});
      first = fall;
    }
    return known;
  }
};

Hyperparameter milestone(std::string_view name, std::string_view symbol, double usual,
                         double dyadic, double low, double high, double distinct) {
  return {.name = name,
          .symbol = symbol,
          .meaning = "a step at which the rate falls; later than the one before",
          .default_value = usual,
          .neutral = {},
          .least = 1,
          .greatest = 1e9,
          .dyadic = dyadic,
          .low = low,
          .high = high,
          .distinct = distinct,
          .kind = Hyperparameter::Kind::count};
}

}  // namespace

Schedule multistep() {
  return {
      .name = "multistep",
      .title = "Step decay at milestones",
      .formula = "eta_t = eta_0 gamma^(number of milestones m_1 < m_2 < m_3 that are <= t)",
      .source = "two documents of seeds/; He et al. 2016, arXiv:1512.03385, 3.4",
      .hyperparameters = {learning_rate(), decay_rate(),
                          milestone("first_milestone", "m_1", 5, 4, 1, 40, 4),
                          milestone("second_milestone", "m_2", 12, 8, 2, 45, 13),
                          milestone("third_milestone", "m_3", 20, 16, 3, 50, 19)},
      .options = {{"form", {"closed", "recursive"}}, {"boundary", {"falls_at", "falls_after"}}},
      .dialects =
          {{"closed_form",
            {0, 0},
            "the documents; optax optax/schedules/_schedule.py piecewise_constant_schedule; Caffe "
            "src/caffe/solvers/sgd_solver.cpp \"multistep\"; MXNet python/mxnet/lr_scheduler.py "
            "MultiFactorScheduler, whose num_update is t + 1 and falls where it is greater",
            {"paper", "optax", "caffe", "mxnet"}},
           {"recursive", {1, 0}, "PyTorch torch/optim/lr_scheduler.py MultiStepLR", {"pytorch"}},
           {"falls_after",
            {0, 1},
            "Keras keras/src/optimizers/schedules/learning_rate_schedule.py "
            "PiecewiseConstantDecay: a value holds while step <= boundary",
            {"keras"}}},
      .equivalences = {{"closed_form", "recursive",
                        "each milestone among 1, ..., t multiplies by gamma once"}},
      .notes = "",
      .seams = &Multistep::seams,
      .bindings = schedule_bindings<Multistep>(),
      .known_facts = fact_bindings<Multistep>(),
  };
}

}  // namespace plumbline::schedules
