// Mutants made from the rules' own text, dialect by dialect; and the whole list.
#include <algorithm>

#include "conformance/builtin/mutant.hpp"
#include "reference/mutations.hpp"

namespace plumbline::conformance {
namespace {

bool touches(const NamedMutation& entry, std::string_view input) {
  return std::ranges::find(entry.touches, input) != entry.touches.end();
}

/// The nearest class of mutations.md.
std::string_view fault_class(const NamedMutation& entry) {
  using enum MutationKind;
  const Mutation& mutation = entry.mutation;
  if (mutation.phase == Phase::clipping) return "M14";
  if (mutation.kind == written_late) return "M4";
  if (mutation.kind == not_written) return "M6";
  if (mutation.phase == Phase::advance) return "M2";
  if (mutation.kind == starts_higher) return "M26";
  if (mutation.kind == twice) return "M5";
  if (mutation.phase == Phase::schedule) {
    const bool count = mutation.kind >= left_plus_one && mutation.kind <= right_times_eleven_tenths;
    if (count) return "M19";
    return touches(entry, "minimum_learning_rate") ? "M21" : "M7";
  }
  if (entry.name.find("first-op") != std::string::npos) return "M26";
  if (touches(entry, "weight_decay")) return "M8";
  if (touches(entry, "epsilon")) return "M1";
  for (const std::string_view power : {"scalar1", "scalar2"}) {
    if (touches(entry, power)) return "M3";
  }
  if (mutation.kind == operand_alone || mutation.kind == to_fourth_root ||
      mutation.kind == to_cube || mutation.kind == to_abs) {
    return "M10";
  }
  return "M7";
}

/// Every mistake of every dialect. One that an earlier dialect has too, in the same
/// operation on the same expressions, is not made again.
template <class Entry>
void add_systematic(const Entry& entry, std::vector<Mutant>& list) {
  std::vector<Mutation> made;
  for (const Dialect& dialect : entry.dialects) {
    const bool first = &dialect == &entry.dialects.front();
    for (NamedMutation& named : mutations_of(entry, dialect.choices)) {
      if (std::ranges::find(made, named.mutation) != made.end()) continue;
      made.push_back(named.mutation);
      Mutant mutant;
      mutant.rule = entry.name;
      mutant.name = first ? named.name : std::string(dialect.name) + "." + named.name;
      mutant.description = std::move(named.description);
      mutant.fault_class = fault_class(named);
      mutant.dialect = dialect.name;
      mutant.mutation = named.mutation;
      list.push_back(std::move(mutant));
    }
  }
}

template <class Entry>
std::vector<Mutant> both(const Entry& entry) {
  std::vector<Mutant> list = written_mutants_of(entry);
  for (Mutant& mutant : list) {
    if (mutant.dialect.empty()) mutant.dialect = entry.dialects.front().name;
  }
  if constexpr (requires(const Dialect& dialect) { mutations_of(entry, dialect.choices); }) {
    add_systematic(entry, list);
  }
  return list;
}

}  // namespace

std::vector<Mutant> mutants_of(const Rule& rule) {
  return both(rule);
}
std::vector<Mutant> mutants_of(const Schedule& schedule) {
  return both(schedule);
}
std::vector<Mutant> mutants_of(const Clipping& clipping) {
  return both(clipping);
}
std::vector<Mutant> mutants_of(const Sampling& sampling) {
  return both(sampling);
}
std::vector<Mutant> mutants_of(const Initialization& initialization) {
  return both(initialization);
}

const std::vector<Mutant>& all_mutants() {
  static const std::vector<Mutant> mutants = [] {
    std::vector<Mutant> all;
    const auto append = [&](const auto& entries) {
      for (const auto& entry : entries) {
        const std::vector<Mutant> some = mutants_of(entry);
        all.insert(all.end(), some.begin(), some.end());
      }
    };
    append(all_rules());
    append(all_schedules());
    append(all_clippings());
    append(all_samplings());
    append(all_initializations());
    return all;
  }();
  return mutants;
}

}  // namespace plumbline::conformance
