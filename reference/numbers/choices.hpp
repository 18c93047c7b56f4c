// Following every outcome of a comparison that the operands' intervals leave open.
//
// A rule with `sign` or `select` has no single result where an acceptance interval
// straddles the threshold: a correct implementation may take either side. So the
// number asks `choose(n)` which outcome to follow, and `for_each_outcome` runs the
// step once for every combination of answers. No rule knows of this.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace plumbline {

/// Thrown when a step has more outcomes than the caller is willing to follow.
struct TooManyOutcomes : std::runtime_error {
  TooManyOutcomes() : std::runtime_error("too many branches to follow side by side") {}
};

/// Thrown when a comparison is open and nobody follows its outcomes.
struct OpenComparison : std::runtime_error {
  OpenComparison() : std::runtime_error("a comparison is undecided in this interval") {}
};

namespace choices {

struct Path {
  bool active = false;
  std::size_t position = 0;
  std::vector<std::pair<int, int>> taken;  // (outcome, count of outcomes)
};

inline Path& path() {
  thread_local Path current;
  return current;
}

/// Which of `count` possible outcomes to follow, counted from 0.
inline int choose(int count) {
  Path& current = path();
  if (!current.active) throw OpenComparison();
  if (current.position == current.taken.size()) current.taken.emplace_back(0, count);
  return current.taken[current.position++].first;
}

/// Runs `body` once for every combination of outcomes, at most `limit` times
/// (TooManyOutcomes past that).
template <class Body>
void for_each_outcome(std::size_t limit, Body&& body) {
  struct Guard {
    Path saved = std::exchange(path(), Path{.active = true, .position = 0, .taken = {}});
    ~Guard() { path() = std::move(saved); }
  } guard;
  for (std::size_t run = 1;; ++run) {
    path().position = 0;
    body();
    auto& taken = path().taken;
    while (!taken.empty() && taken.back().first + 1 == taken.back().second) taken.pop_back();
    if (taken.empty()) return;
    if (run >= limit) throw TooManyOutcomes();
    ++taken.back().first;
  }
}

}  // namespace choices
}  // namespace plumbline
