// Plain runs of some tests are shortened; the environment variable PLUMBLINE_DEEP, which the
// ctest entries with the label `deep` set, asks for the whole.
#pragma once

#include <cstdlib>

namespace plumbline {

inline bool is_deep_run() {
  return std::getenv("PLUMBLINE_DEEP") != nullptr;
}

}  // namespace plumbline
