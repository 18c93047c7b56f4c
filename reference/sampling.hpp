// Ways of drawing mini-batches as the catalogue knows them.
//
// The mathematics of what a mini-batch's gradient estimates is in
// reference/sampling/mini_batch_gradient.hpp.
#pragma once

#include <string_view>
#include <vector>

#include "reference/rule.hpp"

namespace plumbline {

/// How a stream of indices is cut into batches: the one option of every sampling.
enum class Batches : int {
  last_kept,     ///< by epochs of N indices, the last batch as small as it comes out
  last_dropped,  ///< by epochs, what does not fill a batch left out
  continued,     ///< batches run on over the end of an epoch
  independent    ///< each batch for itself, with no epochs
};

struct Sampling {
  std::string_view name;
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  bool replacement = false;  ///< what `sample` asks for
  std::vector<Hyperparameter> hyperparameters = {};
  std::vector<Option> options;
  std::vector<Dialect> dialects;
  std::vector<Equivalence> equivalences;
  std::string_view notes;
};

}  // namespace plumbline
