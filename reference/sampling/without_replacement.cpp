// Sampling without replacement: an epoch is a random order of all N indices, and batches of B
// are taken from it in turn. All N! orders are equally likely, each epoch's independent of the
// others'.
//
// Batch gradient descent is B = N, and B = 1 takes single samples. Where B does not divide N,
// conventions differ in what becomes of the rest of an epoch.
#include "reference/sampling.hpp"

namespace plumbline::samplings {

Sampling without_replacement() {
  return {
      .name = "without_replacement",
      .title = "Sampling without replacement",
      .formula = "each epoch a uniform permutation of 0..N-1, cut into batches of B",
      .source =
          "Bottou 2012, Stochastic Gradient Descent Tricks, section 4.2 (random shuffling); "
          "Robbins and Monro 1951",
      .options = {{"batches", {"last_kept", "last_dropped", "continued", "independent"}}},
      .dialects =
          {{"last_kept",
            {int(Batches::last_kept)},
            "PyTorch torch/utils/data/sampler.py BatchSampler(RandomSampler, drop_last=False), "
            "DataLoader's default; Keras fit; TensorFlow.js tfjs-layers/src/engine/training.ts"},
           {"last_dropped",
            {int(Batches::last_dropped)},
            "PyTorch torch/utils/data/sampler.py BatchSampler(drop_last=True); tf.data "
            "batch(drop_remainder=True) after shuffle",
            {"drop_last"}},
           {"continued",
            {int(Batches::continued)},
            "PyTorch torch/utils/data/sampler.py RandomSampler(num_samples = k N), which goes on "
            "over epochs; tf.data shuffle().repeat().batch()"},
           {"independent",
            {int(Batches::independent)},
            "theory's mini-batch, a uniform subset of size B for each step; a document of seeds/; "
            "NumPy Generator.choice(replace=False) once a step"}},
      .equivalences = {},
      .notes =
          "Where B divides N the first three are one and the same. A mini-batch is a set: "
          "the order inside a batch says nothing.",
  };
}

}  // namespace plumbline::samplings
