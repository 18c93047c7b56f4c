// The noise symbols of FirstOrder: one for each rounding of one step of a rule.
//
// Symbols are numbered from 0 within a FirstOrderScope; values that carry symbols of
// different scopes have nothing in common and must not meet.
#pragma once

#include <atomic>
#include <cstddef>
#include <stdexcept>

namespace plumbline {

/// Thrown where a FirstOrder value is used outside the scope that it was made in.
struct FirstOrderMisuse : std::logic_error {
  using std::logic_error::logic_error;
};

/// The symbols that the thread's scope has handed out; scope 0 is none.
struct NoiseSymbols {
  long scope = 0;
  std::size_t count = 0;
};

inline NoiseSymbols& noise_symbols() {
  thread_local NoiseSymbols symbols;
  return symbols;
}

/// One step of a rule: the symbols are counted anew, and the former scope, if there was
/// one, goes on at the end.
class FirstOrderScope {
 public:
  FirstOrderScope() : saved_(noise_symbols()) {
    static std::atomic<long> scopes{0};
    noise_symbols() = NoiseSymbols{++scopes, 0};
  }
  ~FirstOrderScope() { noise_symbols() = saved_; }
  FirstOrderScope(const FirstOrderScope&) = delete;
  FirstOrderScope& operator=(const FirstOrderScope&) = delete;

 private:
  NoiseSymbols saved_;
};

}  // namespace plumbline
