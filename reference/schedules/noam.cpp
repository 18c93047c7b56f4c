// The Transformer's schedule (Vaswani et al. 2017, eq. (3)), d the width of the model.
//
//   eta_t = eta_0 d^(-1/2) min(n^(-1/2), n w^(-3/2)),     n = t + 1 in the first step 1.
//
// Run from a count that starts at 0, where n^(-1/2) is infinite, programs raise n to 1 there:
// n = max(t, 1), and the first two steps have the same rate.
#include "reference/define_schedule.hpp"
#include "reference/schedules/fact_forms.hpp"
#include "reference/schedules/forms.hpp"
#include "reference/schedules/hyperparameters.hpp"

namespace plumbline::schedules {
namespace {

struct Noam {
  enum class Counting : int { from_one, zero_as_one };
  struct Options {
    Counting counting;
  };

  template <class Number>
  static Number value(std::span<const double> hyperparameters, const Options& options, long step) {
    const Number learning_rate = hyperparameters[0];
    const long width = static_cast<long>(hyperparameters[1]);
    const Number warmup = hyperparameters[2];

    const Number counted =
        count<Number>(options.counting == Counting::from_one ? step + 1 : std::max(step, 1L));
    const Number fall = 1 / sqrt(counted);
    const Number rise = counted / (warmup * sqrt(warmup));
    return learning_rate / sqrt(count<Number>(width)) * min(fall, rise);
  }

  static std::vector<long> seams(std::span<const double> hyperparameters, long) {
    return {static_cast<long>(hyperparameters[2])};
  }

  /// n = 1, 2, ...; where it starts at 0, n = 1 is there twice.
  template <class Number>
  static ScheduleFacts<Number> facts(std::span<const double> hyperparameters,
                                     const Options& options, long until) {
    const long width = static_cast<long>(hyperparameters[1]);
    const long warmup = static_cast<long>(hyperparameters[2]);
    const long late = options.counting == Counting::zero_as_one ? 1 : 0;
    const Number warmup_count = count<Number>(warmup);
    const Number scale = Number(hyperparameters[0]) / sqrt(count<Number>(width));
    const Number first = scale / (warmup_count * sqrt(warmup_count));
    const Number top = scale / sqrt(warmup_count);
    const long peak = warmup - 1 + late;
    return {
        .pieces = pieces_between({peak}, until),
        .ends = {{0, first}, {late, first}, {peak, top}, {4 * warmup - 1 + late, top / 2}},
        .sums = {{late, peak, sum_of_line(first, top, warmup)},
                 {peak, std::max(peak, until),
                  scale * sum_of_inverse_roots<Number>(warmup, std::max(peak, until) + 1 - late)}},
        .power_law = PowerLaw<Number>{0.5, count<Number>(1 - late), std::max(peak, 1L)}};
  }
};

}  // namespace

Schedule noam() {
  const Hyperparameter width = {.name = "model_width",
                                .symbol = "d",
                                .meaning = "the width of the model's layers",
                                .default_value = 512,
                                .neutral = {},
                                .least = 1,
                                .greatest = 1e9,
                                .dyadic = 256,
                                .low = 1,
                                .high = 12288,
                                .distinct = 300,
                                .kind = Hyperparameter::Kind::count};
  return {
      .name = "noam",
      .title = "The Transformer's warmup and inverse square root",
      .formula = "eta_t = eta_0 d^(-1/2) min(n^(-1/2), n w^(-3/2)), n = t + 1",
      .source = "Vaswani et al. 2017, arXiv:1706.03762, eq. (3)",
      .hyperparameters = {learning_rate(), width, warmup_steps()},
      .options = {{"counting", {"from_one", "zero_as_one"}}},
      .dialects =
          {{"from_one",
            {0},
            "the paper; OpenNMT-py onmt/utils/optimizers.py \"noam\"; Tensor2Tensor "
            "tensor2tensor/utils/learning_rate.py legacy_learning_rate_schedule \"noam\" up to "
            "its constants",
            {"paper", "opennmt"}},
           {"zero_as_one",
            {1},
            "The Annotated Transformer, harvardnlp/annotated-transformer "
            "the_annotated_transformer.py rate(), under PyTorch's LambdaLR",
            {"annotated_transformer"}}},
      .equivalences = {},
      .notes = "",
      .seams = &Noam::seams,
      .bindings = schedule_bindings<Noam>(),
      .known_facts = fact_bindings<Noam>(),
  };
}

}  // namespace plumbline::schedules
