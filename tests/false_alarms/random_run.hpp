// One random run: one correct variant, in one dialect, order and format, on one random case.
//
// Everything in it follows from a seed and the run's number: words are SplitMix64's
// (conformance/cases/stream.hpp) of these two and a counter, and the case is that of
// conformance/properties/random_case.hpp.
#pragma once

#include <nlohmann/json.hpp>

#include "conformance/judge/comparison.hpp"
#include "conformance/subject/plugin_subject.hpp"

namespace plumbline::conformance {

/// A plugin of the variants, compiled in one way, as one thread uses it.
struct VariantPlugin {
  std::string name;  ///< compiler and flags
  std::shared_ptr<PluginLibrary> library;
  void (*select)(int order, const char* dialect) = nullptr;
};
/// Loads the file. Throws SubjectUnusable.
VariantPlugin load_variant(const std::string& path);

inline constexpr int order_count = 9;
std::string_view order_text(int order);

struct RunOutcomeOfVariant {
  std::string entry;  ///< rule, schedule or clipping
  std::string dialect;
  std::string format;
  int order = 0;
  std::size_t plugin = 0;
  long steps = 0;         ///< compared by trajectory
  long single_steps = 0;  ///< compared step by step
  double budget_used = 0;
  std::string alarm;  ///< why the variant is called wrong; empty where it is not
};

/// Which runs are wanted; empty: any.
struct RunFilter {
  std::string entry, dialect, format;
  int order = -1;
  /// The dialect of rules that is judged against instead: then there must be alarms.
  std::string judged_as;
};

/// The run with this number, on one of the plugins. A false alarm's case is shrunk.
RunOutcomeOfVariant random_run(const std::vector<VariantPlugin>& plugins, std::uint64_t seed,
                               std::uint64_t number, const RunFilter& filter);

}  // namespace plumbline::conformance
