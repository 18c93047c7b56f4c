// The properties of schedules: they hold of every dialect of the reference in both formats and for
// many seeds, and each has subjects that break it and are found out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/judge/single_values.hpp"
#include "conformance/properties/schedule_property.hpp"
#include "reference/catalogue.hpp"
#include "reference/numbers/plain.hpp"
#include "reference/numbers/rounded.hpp"
#include "tests/deep_run.hpp"
#include "tests/spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

PropertyFinding try_on(Subject& subject, std::string_view property, std::string_view schedule,
                       std::string_view dialect = {}, const char* format = "binary64",
                       const PropertyRun& run = {}) {
  const Schedule& entry = *find_schedule(schedule);
  const Dialect& followed =
      dialect.empty() ? entry.dialects.front() : *find_dialect(entry.dialects, dialect);
  const RoundingScope rounding({.budget = 2, .flushes_subnormals = false});
  const ScheduleScope scope{
      subject, entry, followed, {followed.choices}, find_format(format).value()};
  return try_schedule_property(*find_schedule_property(property), scope, run);
}

std::string said(const PropertyFinding& finding) {
  return finding.counterexample ? finding.counterexample->message + finding.counterexample->input
                                : finding.note;
}

/// The reference, run in binary32 for the dialect.
Spoil in_binary32(const Schedule& schedule, const Dialect& dialect) {
  return {.rates = [&](const ScheduleRequest& request, std::vector<double>& rates) {
    std::vector<double> hyperparameters;
    for (const Hyperparameter& hyperparameter : schedule.hyperparameters) {
      const auto given = std::ranges::find(request.hyperparameters, hyperparameter.name,
                                           [](const NamedValue& named) { return named.name; });
      hyperparameters.push_back(given == request.hyperparameters.end() ? *hyperparameter.neutral
                                                                       : given->value);
    }
    const auto values = schedule.values<Plain<Binary32>>(hyperparameters, dialect.choices,
                                                         request.access, request.steps);
    std::ranges::transform(values, rates.begin(), [](const auto& rate) { return rate.value(); });
  }};
}

void expect_no_false_alarm(Subject& subject, const Schedule& schedule, const Dialect& dialect,
                           const char* format, std::uint64_t seeds) {
  for (const ScheduleProperty& property : all_schedule_properties()) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const PropertyFinding finding =
          try_on(subject, property.name(), schedule.name, dialect.name, format, {.seed = seed});
      EXPECT_NE(finding.verdict, PropertyVerdict::fails)
          << schedule.name << "/" << dialect.name << " " << format << " " << finding.name
          << " seed " << seed << ": " << said(finding);
    }
  }
}

TEST(ScheduleProperties, HoldOfEveryDialectInBothFormats) {
  const std::uint64_t seeds = is_deep_run() ? 50 : 2;
  for (const Schedule& schedule : all_schedules()) {
    for (const Dialect& dialect : schedule.dialects) {
      BuiltInSubject exact(
          {.dialect = std::string(schedule.name) + "/" + std::string(dialect.name)});
      expect_no_false_alarm(exact, schedule, dialect, "binary64", seeds);
      SpoiledSubject narrow(exact, in_binary32(schedule, dialect));
      expect_no_false_alarm(narrow, schedule, dialect, "binary32", seeds);
    }
  }
}

// One that is tried on nothing would hold of anything.
TEST(ScheduleProperties, AreTriedWhereTheScheduleSaysSo) {
  const auto verdict = [](std::string_view property, std::string_view schedule) {
    BuiltInSubject subject;
    return try_on(subject, property, schedule).verdict;
  };
  for (const Schedule& schedule : all_schedules()) {
    for (const std::string_view property : {"rates-within-bounds", "monotone-pieces", "end-values",
                                            "sum-of-rates", "at-once-as-stepped", "resumed"}) {
      EXPECT_EQ(verdict(property, schedule.name), PropertyVerdict::holds)
          << property << " of " << schedule.name;
    }
  }
  EXPECT_EQ(verdict("period", "cyclical"), PropertyVerdict::holds);
  EXPECT_EQ(verdict("period", "linear_warmup_cosine"), PropertyVerdict::holds);
  EXPECT_EQ(verdict("period", "wsd"), PropertyVerdict::skipped);
  EXPECT_EQ(verdict("robbins-monro", "inverse_time"), PropertyVerdict::holds);
  EXPECT_EQ(verdict("robbins-monro", "exponential"), PropertyVerdict::skipped);
  EXPECT_EQ(verdict("steps-about-seams", "wsd"), PropertyVerdict::holds);
  EXPECT_EQ(verdict("steps-about-seams", "constant"), PropertyVerdict::skipped);
}

struct Spoiling {
  std::string property, schedule;
  std::string mutant = {};
  Spoil spoil = {};
};

std::vector<Spoiling> spoilings() {
  const auto each = [](auto change) {
    return Spoil{.rates = [change](const ScheduleRequest& request, std::vector<double>& rates) {
      for (std::size_t i = 0; i < rates.size(); ++i) {
        rates[i] = change(request.steps[i], rates[i]);
      }
    }};
  };
  return {
      {"rates-within-bounds", "cosine_annealing", "cosine_annealing/rate-doubled"},
      {"rates-within-bounds", "constant", "constant/negated"},
      {"rates-within-bounds", "linear", "",
       each([](long step, double rate) { return step == 7 ? std::nan("") : rate; })},
      {"steps-about-seams", "wsd", "wsd/warmup-from-one"},
      {"steps-about-seams", "step_decay", "step_decay/one-step-early"},
      {"steps-about-seams", "linear_warmup_cosine", "",
       Spoil{.rates =
                 [](const ScheduleRequest& request, std::vector<double>& rates) {
                   const auto warmup = std::ranges::find(request.hyperparameters, "warmup_steps",
                                                         &NamedValue::name);
                   for (std::size_t i = 0; i < rates.size(); ++i) {
                     if (static_cast<double>(request.steps[i]) >= warmup->value) rates[i] /= 2;
                   }
                 }}},
      {"monotone-pieces", "linear_warmup_cosine", "linear_warmup_cosine/period-longer"},
      {"monotone-pieces", "exponential", "",
       each([](long step, double rate) { return step % 2 == 0 ? rate : rate * (1 + 1e-14); })},
      {"monotone-pieces", "one_cycle", "",
       each([](long step, double rate) { return step == 5 ? 0 : rate; })},
      {"monotone-pieces", "polynomial", "polynomial/restarts"},
      {"monotone-pieces", "cosine_warm_restarts", "cosine_warm_restarts/restart-by-logarithm"},
      {"period", "cosine_annealing", "cosine_annealing/period-longer"},
      {"period", "cyclical", "cyclical/up-steps-one-more"},
      {"period", "constant", "constant/decaying"},
      {"end-values", "polynomial", "polynomial/minimum-ignored"},
      {"end-values", "linear_warmup", "linear_warmup/warmup-longer"},
      {"end-values", "one_cycle_momentum", "one_cycle_momentum/rate-doubled"},
      {"sum-of-rates", "step_decay", "step_decay/one-step-early"},
      {"sum-of-rates", "cosine_annealing", "cosine_annealing/half-amplitude"},
      {"sum-of-rates", "noam", "noam/warmup-longer"},
      {"robbins-monro", "inverse_time", "inverse_time/restarts"},
      {"robbins-monro", "inverse_sqrt_horizon", "",
       each([](long step, double rate) { return rate / (1 + 1e-9 * static_cast<double>(step)); })},
      {"at-once-as-stepped", "multistep", "multistep/off-by-one-when-direct"},
      {"at-once-as-stepped", "warmup_inverse_sqrt", "warmup_inverse_sqrt/counts-questions"},
      {"resumed", "linear_warmup_cosine", "linear_warmup_cosine/counts-questions"},
  };
}

TEST(ScheduleProperties, FindOutWhoBreaksThem) {
  for (const Spoiling& spoiling : spoilings()) {
    SCOPED_TRACE(spoiling.property + " of " + spoiling.schedule + " " + spoiling.mutant);
    BuiltInSubject inner({.mutant = spoiling.mutant});
    SpoiledSubject subject(inner, spoiling.spoil);
    const PropertyFinding finding = try_on(subject, spoiling.property, spoiling.schedule);
    EXPECT_EQ(finding.verdict, PropertyVerdict::fails) << finding.note;
    if (!finding.counterexample) continue;
    EXPECT_FALSE(finding.counterexample->message.empty());
    // The counterexample by itself fails again, and an honest subject passes it.
    const PropertyRun again{.input = finding.counterexample->input};
    EXPECT_EQ(try_on(subject, spoiling.property, spoiling.schedule, {}, "binary64", again).verdict,
              PropertyVerdict::fails)
        << finding.counterexample->input;
    BuiltInSubject honest;
    EXPECT_EQ(try_on(honest, spoiling.property, spoiling.schedule, {}, "binary64", again).verdict,
              PropertyVerdict::holds)
        << finding.counterexample->input;
  }
  for (const ScheduleProperty& property : all_schedule_properties()) {
    EXPECT_TRUE(std::ranges::any_of(spoilings(), [&](const Spoiling& spoiling) {
      return spoiling.property == property.name();
    })) << property.name();
  }
}

TEST(ScheduleProperties, ShrinkWhatFails) {
  BuiltInSubject subject({.mutant = "cosine_annealing/period-longer"});
  const PropertyFinding finding = try_on(subject, "end-values", "cosine_annealing");
  ASSERT_TRUE(finding.counterexample);
  // One step, which a cosine of two steps ends otherwise than one of one step.
  EXPECT_NE(finding.counterexample->input.find(R"("total_steps":1.0,)"), std::string::npos)
      << finding.counterexample->input;
}

TEST(ScheduleProperties, SayWhatTheySaw) {
  BuiltInSubject subject;
  EXPECT_NE(try_on(subject, "robbins-monro", "noam").note.find("t^-0.5"), std::string::npos);
  EXPECT_EQ(try_on(subject, "resumed", "wsd").note, "bit for bit");
  BuiltInSubject recursive({.dialect = "cosine_annealing/recursive"});
  EXPECT_EQ(try_on(recursive, "at-once-as-stepped", "cosine_annealing", "recursive").note,
            "to rounding");
}

TEST(ScheduleProperties, RefuseAQuestionWithoutMeaning) {
  const Schedule& wsd = *find_schedule("wsd");
  EXPECT_THROW(read_schedule_question(wsd, "{}"), std::runtime_error);
  const std::string longer_than_the_run =
      R"({"hyperparameters": {"learning_rate": 1, "warmup_steps": 9, "decay_length": 2,
          "total_steps": 10, "minimum_learning_rate": 0}, "until": 10, "from": 1})";
  EXPECT_THROW(read_schedule_question(wsd, longer_than_the_run), std::runtime_error);
}

TEST(ScheduleProperties, AreShownInAChecksFinding) {
  CheckOptions options;
  options.schedules = {"polynomial"};
  BuiltInSubject subject;
  const auto result =
      run_task(subject, tasks_for(options).front(), options, [](const std::string&) {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->finding.properties.size(), all_schedule_properties().size());
  EXPECT_EQ(result->finding.verdict, Verdict::conforms);
}

}  // namespace
}  // namespace plumbline::conformance
