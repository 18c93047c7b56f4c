// The harness measured by its own mutants: every one that is a fault is caught by what a
// plain check runs, and every one that is none is proved so and listed with its reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/mutants/certified_equality.hpp"
#include "conformance/mutants/equal_bits.hpp"
#include "conformance/mutants/hunt.hpp"
#include "conformance/mutants/matrix.hpp"
#include "tests/deep_run.hpp"
#include "tests/judged_subject.hpp"

namespace plumbline::conformance {

/// For GoogleTest's messages.
void PrintTo(const Mutant& mutant, std::ostream* out) {
  *out << mutant.rule << "/" << mutant.name;
}

namespace {

CheckOptions options_for(const Mutant& mutant) {
  CheckOptions options;
  options.formats = {"binary64", "binary32"};
  options.thorough = false;
  if (find_rule(mutant.rule) != nullptr) {
    options.rules = {mutant.rule};
  } else if (find_schedule(mutant.rule) != nullptr) {
    options.schedules = {mutant.rule};
  } else if (find_clipping(mutant.rule) != nullptr) {
    options.clippings = {mutant.rule};
  } else {
    options.samplings = {mutant.rule};
  }
  return options;
}

RunOutcome check_in_process(const Mutant& mutant, const CheckOptions& options) {
  RunOptions run;
  run.subject = [&] {
    return std::make_unique<BuiltInSubject>(
        BuiltInSettings{.mutant = mutant.rule + "/" + mutant.name});
  };
  return run_checks(options, run);
}

/// Rules by tensor and by objective cost more: they are sampled, and whole in a deep run.
bool by_element(std::string_view name) {
  const Rule* rule = find_rule(name);
  return rule == nullptr || rule->unit == Unit::element;
}

std::vector<Mutant> all_written() {
  // One in six of those that cost little; all in a deep run.
  std::vector<Mutant> written;
  std::size_t seen = 0;
  for (const Mutant& mutant : all_mutants()) {
    if (mutant.mutation) continue;
    if (is_deep_run() || (by_element(mutant.rule) && seen++ % 6 == 0)) written.push_back(mutant);
  }
  return written;
}

class WrittenMutants : public testing::TestWithParam<Mutant> {};

// What is written by hand follows no dialect at all.
TEST_P(WrittenMutants, DeviateFromEveryDialect) {
  const Mutant& mutant = GetParam();
  CheckOptions options = options_for(mutant);
  options.no_properties = true;  // most need none, and they take their time
  RunOutcome outcome = check_in_process(mutant, options);
  const auto conforms = [](const Result& result) {
    return result.finding.verdict == Verdict::conforms;
  };
  if (std::ranges::any_of(outcome.results, conforms)) {
    outcome = check_in_process(mutant, options_for(mutant));
  }
  ASSERT_FALSE(outcome.results.empty());
  for (const Result& result : outcome.results) {
    EXPECT_EQ(result.finding.verdict, Verdict::deviates)
        << result.task.format << ": " << mutant.description << " is taken for "
        << result.finding.dialect << " " << result.finding.error;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, WrittenMutants, testing::ValuesIn(all_written()),
                         [](const auto& mutant) {
                           std::string name = mutant.param.rule + "_" + mutant.param.name;
                           for (char& letter : name) {
                             if (letter == '-') letter = '_';
                           }
                           return name;
                         });

std::vector<std::string> names_where(bool element) {
  std::set<std::string> names;
  for (const Mutant& mutant : all_mutants()) {
    if (by_element(mutant.rule) == element) names.insert(mutant.rule);
  }
  return {names.begin(), names.end()};
}

void expect_every_fault_caught(const std::vector<std::string>& formats, std::size_t every) {
  MatrixOptions options;
  options.rules = names_where(true);
  options.formats = formats;
  options.properties = PropertyHunts::survivors;
  options.every = every;
  options.jobs = 2;
  const std::vector<MutantResult> results = hunt_all(options);
  EXPECT_TRUE(enough_caught(results));
  for (const MutantResult& result : results) {
    for (const auto& [format, hunt] : result.hunts) {
      if (least_share_caught(format) < 1) continue;
      EXPECT_TRUE(hunt.caught()) << format << ": " << result.mutant->rule << "/"
                                 << result.mutant->name << ", " << result.mutant->description;
    }
  }
}

TEST(Mutants, EveryFaultIsCaught) {
  if (is_deep_run()) return expect_every_fault_caught({}, 1);
  expect_every_fault_caught({"binary32"}, 2);
  expect_every_fault_caught({"binary64"}, 7);  // whose acceptance costs several times as much
}

TEST(Mutants, FaultsOfWholeTensorsAndOnObjectivesAreCaught) {
  // Of the two formats without rounding of their own, nine in ten at least; what is alive is
  // told by `plumbline mutants`.
  MatrixOptions options;
  options.rules = names_where(false);
  options.formats = {"binary64"};
  options.properties = PropertyHunts::survivors;
  options.every = is_deep_run() ? 1 : 181;
  options.jobs = 2;
  Tally tally;
  for (const MutantResult& result : hunt_all(options)) {
    tally.add(result);
    if (result.verdict() == "alive") {
      std::cout << "alive: " << result.mutant->rule << "/" << result.mutant->name << "\n";
    }
  }
  EXPECT_GT(tally.hunts(), 30);
  EXPECT_GE(tally.share_caught(), 0.9);
}

TEST(Mutants, EquivalentOnesAreProvedAndGivenAReason) {
  std::set<std::string> listed;
  for (const EquivalentMutant& entry : equivalent_mutants()) {
    EXPECT_TRUE(listed.insert(std::string(entry.rule) + "/" + std::string(entry.name)).second);
    EXPECT_FALSE(entry.reason.empty());
  }
  std::size_t seen = 0;
  for (const Mutant& mutant : all_mutants()) {
    const EquivalentMutant* entry = find_equivalent(mutant);
    // What is listed is proved here; that nothing is missing, of one in three of those that
    // cost little, and of all in a deep run.
    const bool is_in_sample = by_element(mutant.rule) && seen++ % 3 == 0;
    if (entry == nullptr && !is_in_sample && !is_deep_run()) continue;
    if (entry != nullptr) listed.erase(mutant.rule + "/" + mutant.name);
    if (entry != nullptr && entry->proof == Proof::bits) {
      EXPECT_TRUE(equal_bits(mutant, std::string(entry->dialect)))
          << mutant.rule << "/" << mutant.name << " has other bits than " << entry->dialect;
      continue;
    }
    const std::vector<std::string> dialects = certified_equals(mutant);
    if (dialects.empty()) {
      EXPECT_EQ(entry, nullptr) << mutant.rule << "/" << mutant.name
                                << " is listed as equivalent and is not";
      continue;
    }
    EXPECT_NE(entry, nullptr) << mutant.rule << "/" << mutant.name << " agrees with "
                              << dialects.front() << " in every case, and has no reason";
    if (entry == nullptr) continue;
    EXPECT_NE(std::ranges::find(dialects, entry->dialect), dialects.end())
        << mutant.rule << "/" << mutant.name << " is not " << entry->dialect;
  }
  EXPECT_TRUE(listed.empty()) << *listed.begin() << " is no mutant";
}

// The hunt is a shortened check. Held against whole checks here and there, and everywhere
// in a deep run.
TEST(Mutants, HuntsAgreeWithChecks) {
  const std::size_t stride = is_deep_run() ? 1 : 2999;
  for (std::size_t index = 0; index < all_mutants().size(); index += stride) {
    const Mutant& mutant = all_mutants()[index];
    CheckOptions options = options_for(mutant);
    options.dialect = mutant.dialect;
    const EquivalentMutant* equivalent = find_equivalent(mutant);
    if (equivalent != nullptr) options.dialect = equivalent->dialect;
    for (const Result& result : check_in_process(mutant, options).results) {
      const std::string& format = result.task.format;
      const bool caught = equivalent == nullptr && (hunt_by_cases(mutant, format).caught ||
                                                    hunt_by_properties(mutant, format).caught);
      EXPECT_EQ(result.finding.verdict == Verdict::conforms, !caught)
          << format << ": " << mutant.rule << "/" << mutant.name << ", " << mutant.description;
    }
  }
}

TEST(Mutants, SpeakTheProtocol) {
  CheckOptions options;
  options.rules = {"adam"};
  options.formats = {"binary64", "binary16"};
  options.dialect = "epsilon_hat";
  const RunOutcome outcome =
      check_built_in({"--mutant", "adam/epsilon_hat.parameter-not-written"}, options);
  ASSERT_EQ(outcome.results.size(), 2u);
  EXPECT_EQ(outcome.results[0].finding.verdict, Verdict::deviates);
  EXPECT_EQ(outcome.results[0].finding.dialect, "epsilon_hat");
  EXPECT_EQ(outcome.results[1].finding.verdict, Verdict::unsupported);
}

TEST(Mutants, AreManyForEachRuleAndHaveNamesOfTheirOwn) {
  for (const Rule& rule : all_rules()) {
    EXPECT_GE(written_mutants_of(rule).size(), 10u) << rule.name;
    EXPECT_GE(mutants_of(rule).size(), 40u) << rule.name;
  }
  for (const Schedule& schedule : all_schedules()) {
    EXPECT_GE(mutants_of(schedule).size(), 6u) << schedule.name;
  }
  for (const Clipping& clipping : all_clippings()) {
    EXPECT_GE(mutants_of(clipping).size(), 10u) << clipping.name;
  }
  for (const Sampling& sampling : all_samplings()) {
    EXPECT_GE(written_mutants_of(sampling).size(), 10u) << sampling.name;
  }
  for (const Initialization& initialization : all_initializations()) {
    EXPECT_GE(written_mutants_of(initialization).size(), 10u) << initialization.name;
  }
  std::set<std::pair<std::string, std::string>> names;
  for (const Mutant& mutant : all_mutants()) {
    EXPECT_TRUE(names.emplace(mutant.rule, mutant.name).second) << mutant.name;
    EXPECT_FALSE(mutant.description.empty()) << mutant.name;
    EXPECT_TRUE(mutant.fault_class.starts_with("M")) << mutant.name;
    EXPECT_FALSE(mutant.dialect.empty()) << mutant.name;
  }
}

}  // namespace
}  // namespace plumbline::conformance
