#include "conformance/mutants/matrix.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "conformance/checks/check.hpp"
#include "reference/mutation_names.hpp"

namespace plumbline::conformance {
namespace {

/// The hunts of one mutant in the selected formats.
void hunt_one(MutantResult& result, const MatrixOptions& options) {
  if (result.equivalent != nullptr) return;
  for (const std::string& format : hunting_formats(result.mutant->rule)) {
    if (!selected(options.formats, format)) continue;
    Hunt& hunt = result.hunts[format];
    hunt.cases = hunt_by_cases(*result.mutant, format);
    const bool wanted = options.properties == PropertyHunts::all ||
                        (options.properties == PropertyHunts::survivors && !hunt.cases.caught);
    if (wanted) hunt.properties = hunt_by_properties(*result.mutant, format);
  }
}

}  // namespace

std::string_view MutantResult::verdict() const {
  if (equivalent != nullptr) return "equivalent";
  const bool all = std::ranges::all_of(hunts, [](const auto& of) { return of.second.caught(); });
  return all ? "caught" : "alive";
}

std::vector<MutantResult> hunt_all(const MatrixOptions& options) {
  std::vector<MutantResult> results;
  std::size_t seen = 0;
  for (const Mutant& mutant : all_mutants()) {
    if (!selected(options.rules, mutant.rule) || seen++ % options.every != 0) continue;
    results.push_back({&mutant, find_equivalent(mutant)});
  }
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t index = next++; index < results.size(); index = next++) {
      hunt_one(results[index], options);
      const std::lock_guard lock(mutex);
      ++done;
      const Mutant& mutant = *results[index].mutant;
      if (options.progress) {
        options.progress(done, results.size(), mutant.rule + "/" + mutant.name);
      }
    }
  };
  std::vector<std::thread> workers;
  for (int job = 0; job < options.jobs; ++job) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return results;
}

std::string_view sort_of(const Mutant& mutant) {
  return mutant.mutation ? mistake_sort(mutant.mutation->kind) : "written by hand";
}

double least_share_caught(std::string_view format) {
  return find_format(format).value().mixed() ? 0.98 : 1;
}

void Tally::add(const MutantResult& result, std::string_view format) {
  ++mutants;
  if (result.equivalent != nullptr) {
    ++equivalent;
    return;
  }
  for (const auto& [name, hunt] : result.hunts) {
    if (!format.empty() && name != format) continue;
    if (hunt.cases.caught) {
      cases_to_catch.push_back(hunt.cases.tried);
      seconds_to_catch.push_back(hunt.cases.seconds);
    }
    if (hunt.cases.caught && hunt.properties.caught) {
      ++by_both;
    } else if (hunt.cases.caught) {
      ++by_cases;
    } else if (hunt.properties.caught) {
      ++by_properties;
    } else {
      ++alive;
    }
  }
}

double Tally::share_caught() const {
  return hunts() == 0 ? 1 : 1 - static_cast<double>(alive) / static_cast<double>(hunts());
}

bool enough_caught(std::span<const MutantResult> results) {
  std::map<std::string, Tally> by_format;
  for (const MutantResult& result : results) {
    for (const auto& [format, hunt] : result.hunts) by_format[format].add(result, format);
  }
  return std::ranges::all_of(by_format, [](const auto& of) {
    return of.second.share_caught() >= least_share_caught(of.first);
  });
}

}  // namespace plumbline::conformance
