// Polynomial decay.
//
//   eta_t = eta_min + (eta_0 - eta_min)(1 - min(t, T)/T)^p
//
// Keras' cycles put the first multiple of T that is not below t (T for t = 0) in the place of
// T. PyTorch steps from the value before,
//   eta_t = eta_min + (eta_{t-1} - eta_min)((1 - t/T)/(1 - (t-1)/T))^p     t <= T,
// with eta_min = 0. MXNet counts from 1.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Polynomial {
  enum class Form : int { closed, cycling, recursive };
  enum class Counting : int { from_zero, from_one };
  struct Options {
    Form form;
    Counting counting;
  };

  template <class Number>
  static std::vector<Number> values(std::span<const double> hyperparameters, const Options& options,
                                    Access access, std::span<const long> steps) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const Number minimum = hyperparameters[2];
    const Number exponent = hyperparameters[3];

    if (options.form != Form::recursive || access == Access::direct) {
      return each_step<Number>(steps, [&](long step) -> Number {
        const long at = options.counting == Counting::from_one ? step + 1 : step;
        const long end =
            options.form == Form::cycling ? total * std::max(1L, (at + total - 1) / total) : total;
        const Number left = remaining<Number>(std::min(at, end), end);
        return (learning_rate - minimum) * real_power(left, exponent) + minimum;
      });
    }
    return step_by_step(learning_rate, steps, [&](const Number& rate, long step) -> Number {
      if (step > total) return rate;
      const Number factor = remaining<Number>(step, total) / remaining<Number>(step - 1, total);
      return (rate - minimum) * real_power(factor, exponent) + minimum;
    });
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long until) {
    return multiples(static_cast<long>(hyperparameters[1]), until);
  }

  /// (1 - t/T)^p is convex for p >= 1, concave for p <= 1, with the integral
  /// -T (1 - t/T)^(p + 1)/(p + 1). A cycle after the first begins at T + 1, ...
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const Number learning_rate = hyperparameters[0];
    const long total = static_cast<long>(hyperparameters[1]);
    const Number minimum = hyperparameters[2];
    const Number exponent = hyperparameters[3];
    const long ahead = options.counting == Counting::from_one ? 1 : 0;
    const Number length = count<Number>(total);
    const auto left = [&](const Number& t) -> Number { return 1 - t / length; };

    std::vector<long> starts;
    if (options.form == Form::cycling) starts = multiples(total, until);
    for (long& start : starts) ++start;
    const Number first =
        minimum + (learning_rate - minimum) * power(left(count<Number>(ahead)), exponent);
    ScheduleFacts<Number> known{.pieces = pieces_from(starts, until),
                                .ends = {{0, first}, {total - ahead, minimum}}};
    if (options.form != Form::cycling) known.ends.push_back({2 * total, minimum});
    if (ahead > total - 1) return known;
    const Number heights = sum_of_convex<Number>(
        ahead, total - 1, [&](const Number& t) { return power(left(t), exponent); },
        [&](const Number& t) {
          return Number(-(length * power(left(t), exponent + 1) / (exponent + 1)));
        });
    known.sums = {{0, total - 1 - ahead,
                   count<Number>(total - ahead) * minimum + (learning_rate - minimum) * heights}};
    return known;
  }

 private:
  /// 1 - t/T.
  template <class Number>
  static Number remaining(long step, long total) {
    return 1 - share_of<Number>(step, total);
  }
};

}  // namespace

Schedule polynomial() {
  return {
      .name = "polynomial",
      .title = "Polynomial decay",
      .formula = "eta_t = eta_min + (eta_0 - eta_min)(1 - min(t, T)/T)^p",
      .source = "two documents of seeds/; Chen et al. 2018, arXiv:1606.00915, 4.1 (\"poly\")",
      .hyperparameters = {learning_rate(), total_steps(), minimum_learning_rate(),
                          power_of_decay(2)},
      .options = {{"form", {"closed", "cycling", "recursive"}},
                  {"counting", {"from_zero", "from_one"}}},
      .dialects =
          {{"closed_form",
            {0, 0},
            "optax optax/schedules/_schedule.py polynomial_schedule; Keras "
            "keras/src/optimizers/schedules/learning_rate_schedule.py PolynomialDecay; Caffe "
            "src/caffe/solvers/sgd_solver.cpp \"poly\" up to T",
            {"paper", "optax", "keras", "caffe"}},
           {"cycling", {1, 0}, "Keras PolynomialDecay(cycle=True)", {}},
           {"recursive",
            {2, 0},
            "PyTorch torch/optim/lr_scheduler.py PolynomialLR, whose end value is 0",
            {"pytorch"}},
           {"from_one",
            {0, 1},
            "MXNet python/mxnet/lr_scheduler.py PolyScheduler: num_update is 1 in the first "
            "step, and the end value is 0",
            {"mxnet"}}},
      .equivalences = {{"closed_form", "recursive",
                        "the factor is the quotient of two closed forms, and past T both stay"}},
      .notes = "",
      .seams = &Polynomial::seams,
      .bindings = schedule_bindings<Polynomial>(),
      .known_facts = fact_bindings<Polynomial>(),
  };
}

}  // namespace plumbline::schedules
