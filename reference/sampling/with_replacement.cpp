// Sampling with replacement: every index of every batch is drawn uniformly from all N, each
// independent of the others. There are no epochs, but a library may count N draws as one, and
// then ends it with a batch that is not full.
#include "reference/sampling.hpp"

namespace plumbline::samplings {

Sampling with_replacement() {
  return {
      .name = "with_replacement",
      .title = "Sampling with replacement",
      .formula = "each index uniform on 0..N-1, all independent",
      .source =
          "Robbins and Monro 1951; Bottou, Curtis and Nocedal 2018, arXiv:1606.04838, "
          "section 3.1",
      .replacement = true,
      .options = {{"batches", {"last_kept", "last_dropped", "continued", "independent"}}},
      .dialects =
          {{"independent",
            {int(Batches::independent)},
            "theory; NumPy Generator.integers(N, size=B) once a step",
            {"paper"}},
           {"last_kept",
            {int(Batches::last_kept)},
            "PyTorch torch/utils/data/sampler.py RandomSampler(replacement=True), whose epoch is "
            "N draws, under BatchSampler(drop_last=False)"},
           {"last_dropped",
            {int(Batches::last_dropped)},
            "the same under BatchSampler(drop_last=True)",
            {"drop_last"}},
           {"continued",
            {int(Batches::continued)},
            "PyTorch RandomSampler(replacement=True, num_samples = k N)"}},
      .equivalences = {{"independent", "last_dropped",
                        "draws are independent of each other: what is dropped tells nothing"},
                       {"independent", "continued",
                        "draws are independent of each other: an epoch's end is nowhere"},
                       {"last_dropped", "continued", "both are the same as independent"}},
      .notes = "",
  };
}

}  // namespace plumbline::samplings
