// Every dialect of the built-in subject is identified as itself, in every format; and
// subjects that claim another dialect than they follow are found out.
#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/report/report.hpp"
#include "tests/deep_run.hpp"
#include "tests/judged_subject.hpp"

namespace plumbline::conformance {
namespace {

bool is_itself(const Finding& finding, std::string_view dialect) {
  return finding.dialect == dialect || std::ranges::find(finding.equivalent_dialects, dialect) !=
                                           finding.equivalent_dialects.end();
}

/// Of the entry's dialects each `stride`th; those behind the first in `later_formats`, where
/// these are said.
template <class Entry>
void identify_all(const Entry& entry, CheckOptions options, std::size_t stride = 1,
                  const std::vector<std::string>& later_formats = {}) {
  options.no_properties = true;  // properties_test runs them on every dialect
  for (std::size_t index = 0; index < entry.dialects.size(); index += stride) {
    if (index > 0 && !later_formats.empty()) options.formats = later_formats;
    const Dialect& dialect = entry.dialects[index];
    const std::string name = std::string(entry.name) + "/" + std::string(dialect.name);
    SCOPED_TRACE(name);
    const RunOutcome outcome = check_built_in({"--dialect", name}, options);
    ASSERT_FALSE(outcome.results.empty());
    for (const Result& result : outcome.results) {
      EXPECT_EQ(result.finding.verdict, Verdict::conforms) << result.task.format;
      EXPECT_TRUE(is_itself(result.finding, dialect.name))
          << result.task.format << ": taken for " << result.finding.dialect;
      EXPECT_LE(result.finding.budget_used, 1) << result.task.format;
      EXPECT_TRUE(result.finding.modifiers.empty()) << result.task.format;
    }
  }
}

class RuleDialects : public testing::TestWithParam<std::string> {};

TEST_P(RuleDialects, AreIdentifiedAsThemselvesInEveryFormat) {
  CheckOptions options;
  options.rules = {GetParam()};
  const Rule& rule = *find_rule(GetParam());
  if (is_deep_run()) return identify_all(rule, options);
  // Rules by tensor and by objective cost more: every other dialect in one format.
  if (rule.unit == Unit::element) return identify_all(rule, options, 1, {"binary32", "bfloat16"});
  options.formats = {"binary32"};
  identify_all(rule, options, 2);
}

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const Rule& rule : all_rules()) names.emplace_back(rule.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, RuleDialects, testing::ValuesIn(rule_names()),
                         [](const auto& name) { return name.param; });

TEST(ScheduleDialects, AreIdentifiedAsThemselves) {
  for (const Schedule& schedule : all_schedules()) {
    CheckOptions options;
    options.schedules = {std::string(schedule.name)};
    identify_all(schedule, options);
  }
}

TEST(ClippingDialects, AreIdentifiedAsThemselves) {
  for (const Clipping& clipping : all_clippings()) {
    CheckOptions options;
    options.clippings = {std::string(clipping.name)};
    options.formats = {"binary64", "binary32", "bfloat16"};
    identify_all(clipping, options);
  }
}

// Over the protocol; sampling_test and initialization_test have more to say in this process.
TEST(SamplingDialects, AreIdentifiedAsThemselves) {
  const auto identify = [](const auto& entry) {
    CheckOptions options;
    options.samplings = {std::string(entry.name)};
    options.formats = {"binary32"};
    identify_all(entry, options, is_deep_run() ? 1 : 3);
  };
  for (const Sampling& sampling : all_samplings()) identify(sampling);
  for (const Initialization& initialization : all_initializations()) identify(initialization);
}

TEST(RequiredDialect, IsHeldAgainstTheOneFollowed) {
  CheckOptions options;
  options.rules = {"adam"};
  options.formats = {"binary32"};
  options.dialect = "epsilon_hat";
  const Finding held = check_built_in({"--dialect", "paper"}, options).results.at(0).finding;
  EXPECT_EQ(held.verdict, Verdict::deviates);
  EXPECT_EQ(held.dialect, "paper");
  ASSERT_TRUE(held.deviation.has_value());
  EXPECT_GT(held.deviation->radii, 1);
  const Finding right = check_built_in({"--dialect", "epsilon_hat"}, options).results.at(0).finding;
  EXPECT_EQ(right.verdict, Verdict::conforms);
}

TEST(RandomRounding, StaysInsideTheBudget) {
  // Each result one of the two neighbours, at random: an error below 2u an operation. Such a
  // subject does not give the same bits twice, which a property would rightly say.
  CheckOptions options;
  options.no_properties = true;
  options.formats = {"binary32"};
  if (is_deep_run()) options.formats = {"binary64", "binary32"};
  std::vector<std::string> seeds{"1"};
  if (is_deep_run()) seeds.emplace_back("2");
  for (const std::string& seed : seeds) {
    const RunOutcome outcome = check_built_in({"--format-noise", seed}, options);
    for (const Result& result : outcome.results) {
      if (result.task.kind == Kind::schedule) continue;
      EXPECT_EQ(result.finding.verdict, Verdict::conforms)
          << result.task.name << " " << result.task.format;
    }
  }
}

TEST(SmallBudget, IsExceeded) {
  // The control: a tenth of a rounding an operation is less than honest arithmetic needs.
  CheckOptions options;
  options.rules = {"adam"};
  options.formats = {"binary32"};
  options.budget = 0.1;
  EXPECT_EQ(check_built_in({}, options).results.at(0).finding.verdict, Verdict::deviates);
}

TEST(Seeds, GiveTheSameVerdict) {
  std::vector<std::uint64_t> seeds{2};
  if (is_deep_run()) seeds.push_back(3);
  for (const std::uint64_t seed : seeds) {
    CheckOptions options;
    options.formats = {"binary32"};
    if (is_deep_run()) options.formats = {"binary64", "binary32", "bfloat16"};
    options.no_properties = !is_deep_run();
    options.seed = seed;
    for (const Result& result : check_built_in({}, options).results) {
      EXPECT_EQ(result.finding.verdict, Verdict::conforms)
          << result.task.name << " " << result.task.format << " seed " << seed;
    }
  }
}

TEST(Jobs, ChangeNothing) {
  CheckOptions options;
  options.rules = {"adam", "momentum"};
  options.formats = {"binary32", "bfloat16"};
  RunOptions run;
  run.subject = built_in_program();
  const RunOutcome alone = run_checks(options, run);
  run.jobs = 4;
  const RunOutcome together = run_checks(options, run);
  ASSERT_EQ(alone.results.size(), together.results.size());
  for (std::size_t i = 0; i < alone.results.size(); ++i) {
    EXPECT_EQ(alone.results[i].task.name, together.results[i].task.name);
    EXPECT_EQ(alone.results[i].finding.budget_used, together.results[i].finding.budget_used);
  }
}

}  // namespace
}  // namespace plumbline::conformance
