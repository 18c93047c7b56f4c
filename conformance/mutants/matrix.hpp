// All mutants hunted, and what came of it.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/mutants/equivalent.hpp"
#include "conformance/mutants/hunt.hpp"

namespace plumbline::conformance {

/// Which mutants are hunted by properties too.
enum class PropertyHunts { none, survivors, all };

struct MatrixOptions {
  std::vector<std::string> rules;    ///< globs on rules, schedules and clippings; empty: all
  std::vector<std::string> formats;  ///< globs; empty: all that mutants are measured in
  PropertyHunts properties = PropertyHunts::all;  ///< survivors: what no case shows
  std::size_t every = 1;  ///< of each rule's mutants, the first of so many is hunted
  int jobs = 1;
  /// Called now and then, one call at a time: mutants done, all mutants, which one.
  std::function<void(std::size_t, std::size_t, const std::string&)> progress = {};
};

/// One mutant and its hunts, by format.
struct MutantResult {
  const Mutant* mutant = nullptr;
  const EquivalentMutant* equivalent = nullptr;  ///< null where it is a fault
  std::map<std::string, Hunt> hunts = {};

  /// "equivalent", "caught" in every format, or "alive" in one at least.
  std::string_view verdict() const;
};

/// Hunts the selected mutants, equivalent ones excepted; in the order of the list,
/// whatever the number of jobs.
std::vector<MutantResult> hunt_all(const MatrixOptions& options);

/// What sort of mistake it is, for the matrix: one of a few.
std::string_view sort_of(const Mutant& mutant);

/// The share of a format's mutants that has to be caught: all, but for the mixed formats,
/// in which some mistakes are smaller than one rounding of the parameter.
double least_share_caught(std::string_view format);

/// How many of some results.
struct Tally {
  long mutants = 0, equivalent = 0;
  long by_cases = 0, by_properties = 0, by_both = 0, alive = 0;  ///< hunts
  std::vector<long> cases_to_catch = {};                         ///< of those caught by cases
  std::vector<double> seconds_to_catch = {};

  /// `format` empty: the hunts in all formats.
  void add(const MutantResult& result, std::string_view format = {});
  long hunts() const { return by_cases + by_properties + by_both + alive; }
  double share_caught() const;  ///< of the hunts; 1 where there are none
};

/// True when each format's share is caught.
bool enough_caught(std::span<const MutantResult> results);

}  // namespace plumbline::conformance
