// What goes wrong in samplers and initializations, as conformance/builtin/sampler.cpp and
// initializer.cpp do it.
#include "conformance/builtin/mutant.hpp"

namespace plumbline::conformance {

std::vector<Mutant> written_mutants_of(const Sampling& sampling) {
  std::vector<Mutant> mutants;
  const auto add = [&](std::string name, std::string description, std::string fault_class) {
    mutants.push_back({std::string(sampling.name), std::move(name), std::move(description),
                       std::move(fault_class)});
    mutants.back().dialect = std::string(sampling.dialects.front().name);
  };
  add("last-index-never-drawn", "draws from N - 1 indices", "M12");
  add("counted-from-one", "indices 1..N for 0..N - 1", "M12");
  add("one-more-a-batch", "B + 1 for B", "M12");
  add("one-less-a-batch", "B - 1 for B", "M12");
  add("seed-ignored", "one seed for all", "M25");
  add("generator-not-reset", "the same seed again goes on where the last call ended", "M2");
  if (sampling.replacement) {
    add("without-replacement", "goes through a shuffled epoch", "M25");
    add("first-index-twice-as-likely", "N + 1 values modulo N", "M12");
    add("four-bits-modulo", "sixteen values modulo N", "M12");
    add("draws-twice-the-same", "every second draw repeats the one before", "M11");
    add("never-twice-in-a-row", "draws again what was just drawn", "M5");
    return mutants;
  }
  add("with-replacement", "draws with replacement", "M25");
  add("last-index-twice", "an index in two places of an epoch, another in none", "M12");
  add("not-shuffled", "every epoch in order", "M6");
  add("first-epoch-in-order", "shuffles after the first epoch", "M26");
  add("same-order-every-epoch", "shuffles once", "M2");
  add("turns-the-order", "each epoch is the one before, turned by one place", "M20");
  add("random-start-only", "the usual order from a random start", "M6");
  add("batches-shuffled-only", "batches of neighbours, in random order", "M6");
  add("swaps-with-any", "swaps each place with any other, not only with those before", "M12");
  add("never-stays", "swaps each place with an earlier one: Sattolo's cycles alone", "M19");
  add("last-batch-always-dropped", "leaves out the last batch, full or not", "M19");
  add("last-batch-filled-up", "fills the last batch from the epoch's beginning", "M19");
  add("last-batch-joins-the-one-before", "adds the rest to the last full batch", "M19");
  add("batch-repeated", "the second batch is the first again", "M11");
  return mutants;
}

std::vector<Mutant> written_mutants_of(const Initialization& initialization) {
  std::vector<Mutant> mutants;
  const auto add = [&](std::string name, std::string description, std::string fault_class) {
    mutants.push_back({std::string(initialization.name), std::move(name), std::move(description),
                       std::move(fault_class)});
    mutants.back().dialect = std::string(initialization.dialects.front().name);
  };
  add("variance-for-deviation", "draws with Var w as the standard deviation", "M10");
  add("deviation-for-variance", "takes a root of the variance too many", "M10");
  add("half-the-variance", "1 for 2 above the fan", "M9");
  add("twice-the-variance", "4 for 2 above the fan", "M9");
  add("tenth-too-wide", "a standard deviation of a tenth more", "M9");
  add("hyperparameter-ignored", "whatever its hyperparameter", "M25");
  add("positive-only", "gives magnitudes", "M14");
  add("shifted", "a mean of a fifth of the deviation", "M7");
  add("one-row-for-all", "the first row in every row", "M11");
  add("each-twice", "every value twice", "M11");
  add("turns-signs", "every second value is minus the one before", "M11");
  add("seed-ignored", "one seed for all", "M25");
  add("last-column-zero", "the last column stays zero", "M12");
  const std::string_view name = initialization.name;
  if (name != "truncated_normal" && name != "small_init") {
    add("whole-tensor-for-fan", "the number of all weights for the fan", "M17");
  }
  if (name.ends_with("_uniform")) {
    add("deviation-for-bound", "U(-s, s) for U(-sqrt 3 s, sqrt 3 s)", "M10");
    add("normal-for-uniform", "a normal of the same variance", "M9");
    add("one-value-out", "one value beyond the bound", "M14");
  } else {
    add("uniform-for-normal", "a uniform law of the same variance", "M9");
    add("cut-at-one-deviation", "cut at one deviation", "M9");
    add("one-value-out", "one value eight deviations away", "M14");
  }
  return mutants;
}

}  // namespace plumbline::conformance
