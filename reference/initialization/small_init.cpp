// Small initialization: Var w = 2/(5 d) for a Transformer of width d. It is Xavier's variance
// for the feed-forward layer [d, 4 d], used for every layer.
//
// Nguyen and Salazar 2019, arXiv:1910.05895, section 3.1 (SmallInit).
#include "reference/initialization/laws.hpp"
#include "reference/rules/hyperparameters.hpp"

namespace plumbline::initializations {
namespace {

template <class Number>
DrawLaw<Number> small_init_law(std::span<const double> hyperparameters,
                               std::span<const int> choices, const Shape&) {
  return law_of(Distribution(choices[0]), Number(2) / (Number(5) * Number(hyperparameters[0])));
}

}  // namespace

Initialization small_init() {
  const Hyperparameter dimension{.name = "dimension",
                                 .symbol = "d",
                                 .meaning = "the model's width",
                                 .default_value = 64,
                                 .neutral = {},
                                 .least = 1,
                                 .greatest = 1e9,
                                 .dyadic = 16,
                                 .low = 3,
                                 .high = 12288,
                                 .distinct = 48,
                                 .kind = Hyperparameter::Kind::count};
  return {
      .name = "small_init",
      .title = "Small initialization",
      .formula = "w ~ N(0, 2/(5 d))",
      .source = "Nguyen and Salazar 2019, arXiv:1910.05895, section 3.1",
      .hyperparameters = {dimension},
      .options = {distribution_option()},
      .dialects = {{"normal",
                    {int(Distribution::normal)},
                    "GPT-NeoX megatron/model/init_functions.py small_init_init_method; a document "
                    "of seeds/"}},
      .equivalences = {},
      .notes =
          "A document of seeds/ calls it Megatron's and for residual branches: the paper has "
          "it for all layers, and Megatron's own divides by sqrt(2 layers).",
      .plain_law = &small_init_law<Plain<Binary64>>,
      .certified_law = &small_init_law<Certified>,
  };
}

}  // namespace plumbline::initializations
