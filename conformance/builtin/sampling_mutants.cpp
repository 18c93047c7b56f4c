// What goes wrong in samplers and initializations, as conformance/builtin/sampler.cpp and
// initializer.cpp do it.
#include "conformance/builtin/mutant_list.hpp"

namespace plumbline::conformance {

std::vector<Mutant> written_mutants_of(const Sampling& sampling) {
  MutantList list(sampling.name);
  list.add("last-index-never-drawn", "draws from N - 1 indices", "M12");
  list.add("counted-from-one", "indices 1..N for 0..N - 1", "M12");
  list.add("one-more-a-batch", "B + 1 for B", "M12");
  list.add("one-less-a-batch", "B - 1 for B", "M12");
  list.add("seed-ignored", "one seed for all", "M25");
  list.add("generator-not-reset", "the same seed again goes on where the last call ended", "M2");
  if (sampling.replacement) {
    list.add("without-replacement", "goes through a shuffled epoch", "M25");
    list.add("first-index-twice-as-likely", "N + 1 values modulo N", "M12");
    list.add("four-bits-modulo", "sixteen values modulo N", "M12");
    list.add("draws-twice-the-same", "every second draw repeats the one before", "M11");
    list.add("never-twice-in-a-row", "draws again what was just drawn", "M5");
    return list.take();
  }
  list.add("with-replacement", "draws with replacement", "M25");
  list.add("last-index-twice", "an index in two places of an epoch, another in none", "M12");
  list.add("not-shuffled", "every epoch in order", "M6");
  list.add("first-epoch-in-order", "shuffles after the first epoch", "M26");
  list.add("same-order-every-epoch", "shuffles once", "M2");
  list.add("turns-the-order", "each epoch is the one before, turned by one place", "M20");
  list.add("random-start-only", "the usual order from a random start", "M6");
  list.add("batches-shuffled-only", "batches of neighbours, in random order", "M6");
  list.add("swaps-with-any", "swaps each place with any other, not only with those before", "M12");
  list.add("never-stays", "swaps each place with an earlier one: Sattolo's cycles alone", "M19");
  list.add("last-batch-always-dropped", "leaves out the last batch, full or not", "M19");
  list.add("last-batch-filled-up", "fills the last batch from the epoch's beginning", "M19");
  list.add("last-batch-joins-the-one-before", "adds the rest to the last full batch", "M19");
  list.add("batch-repeated", "the second batch is the first again", "M11");
  return list.take();
}

std::vector<Mutant> written_mutants_of(const Initialization& initialization) {
  MutantList list(initialization.name);
  list.add("variance-for-deviation", "draws with Var w as the standard deviation", "M10");
  list.add("deviation-for-variance", "takes a root of the variance too many", "M10");
  list.add("half-the-variance", "1 for 2 above the fan", "M9");
  list.add("twice-the-variance", "4 for 2 above the fan", "M9");
  list.add("tenth-too-wide", "a standard deviation of a tenth more", "M9");
  list.add("hyperparameter-ignored", "whatever its hyperparameter", "M25");
  list.add("positive-only", "gives magnitudes", "M14");
  list.add("shifted", "a mean of a fifth of the deviation", "M7");
  list.add("one-row-for-all", "the first row in every row", "M11");
  list.add("each-twice", "every value twice", "M11");
  list.add("turns-signs", "every second value is minus the one before", "M11");
  list.add("seed-ignored", "one seed for all", "M25");
  list.add("last-column-zero", "the last column stays zero", "M12");
  const std::string_view name = initialization.name;
  if (name != "truncated_normal" && name != "small_init") {
    list.add("whole-tensor-for-fan", "the number of all weights for the fan", "M17");
  }
  if (name.ends_with("_uniform")) {
    list.add("deviation-for-bound", "U(-s, s) for U(-sqrt 3 s, sqrt 3 s)", "M10");
    list.add("normal-for-uniform", "a normal of the same variance", "M9");
    list.add("one-value-out", "one value beyond the bound", "M14");
  } else {
    list.add("uniform-for-normal", "a uniform law of the same variance", "M9");
    list.add("cut-at-one-deviation", "cut at one deviation", "M9");
    list.add("one-value-out", "one value eight deviations away", "M14");
  }
  return list.take();
}

}  // namespace plumbline::conformance
