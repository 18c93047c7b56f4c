// Operations on tensors of every number.
#include "reference/tensors/operations.hpp"

namespace plumbline {

#define PLUMBLINE_INSTANTIATE(...) PLUMBLINE_TENSORS_OF(template, __VA_ARGS__)
PLUMBLINE_FOR_EACH_ELEMENT(PLUMBLINE_INSTANTIATE)
#undef PLUMBLINE_INSTANTIATE

}  // namespace plumbline
