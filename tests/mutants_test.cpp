// Every mutant of the built-in subject deviates from every dialect, in binary64 and
// binary32; the subject without a mutant does not.
#include <gtest/gtest.h>

#include "conformance/builtin/mutant.hpp"
#include "tests/judged_subject.hpp"

namespace plumbline::conformance {

/// For GoogleTest's messages.
void PrintTo(const Mutant& mutant, std::ostream* out) {
  *out << mutant.rule << "/" << mutant.name;
}

namespace {

class Mutants : public testing::TestWithParam<Mutant> {};

TEST_P(Mutants, Deviate) {
  const Mutant& mutant = GetParam();
  CheckOptions options;
  options.formats = {"binary64", "binary32"};
  options.thorough = false;
  if (find_rule(mutant.rule) != nullptr) {
    options.rules = {mutant.rule};
  } else if (find_schedule(mutant.rule) != nullptr) {
    options.schedules = {mutant.rule};
  } else {
    options.clippings = {mutant.rule};
  }
  const RunOutcome outcome = check_built_in({"--mutant", mutant.rule + "/" + mutant.name}, options);
  ASSERT_FALSE(outcome.results.empty());
  for (const Result& result : outcome.results) {
    EXPECT_EQ(result.finding.verdict, Verdict::deviates)
        << result.task.format << ": " << mutant.description << " is taken for "
        << result.finding.dialect << " " << result.finding.error;
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Mutants, testing::ValuesIn(all_mutants()),
                         [](const auto& mutant) {
                           std::string name = mutant.param.rule + "_" + mutant.param.name;
                           for (char& letter : name) {
                             if (letter == '-') letter = '_';
                           }
                           return name;
                         });

TEST(Mutants, AreAtLeastTenForEachRule) {
  for (const Rule& rule : all_rules()) EXPECT_GE(mutants_of(rule).size(), 10u) << rule.name;
  for (const Schedule& schedule : all_schedules()) {
    EXPECT_GE(mutants_of(schedule).size(), 6u) << schedule.name;
  }
  for (const Clipping& clipping : all_clippings()) {
    EXPECT_GE(mutants_of(clipping).size(), 10u) << clipping.name;
  }
}

}  // namespace
}  // namespace plumbline::conformance
