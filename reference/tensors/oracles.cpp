// The oracles on every number.
#include "reference/tensors/oracles.hpp"

namespace plumbline {

#define PLUMBLINE_INSTANTIATE(...) template class ObjectiveOracle<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_OBJECTIVE_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE
#define PLUMBLINE_INSTANTIATE(...) template class MutatedOracle<__VA_ARGS__>;
PLUMBLINE_FOR_EACH_MUTATED_NUMBER(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

}  // namespace plumbline
