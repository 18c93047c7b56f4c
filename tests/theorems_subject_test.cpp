// The theorems on subjects: the honest one keeps every bound, whatever its dialect; faulty
// ones pass one, or do not reach what an honest one reaches.
#include <gtest/gtest.h>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/theorems/report.hpp"
#include "conformance/theorems/rounded_trajectory.hpp"
#include "conformance/theorems/subject_run.hpp"
#include "tests/spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

JudgedTheorem judged(std::string_view id, Subject& subject) {
  return judge_subject(*find_theorem(id), subject);
}

std::string_view verdict(std::string_view id, BuiltInSettings settings) {
  BuiltInSubject subject(std::move(settings));
  return verdict_of(judged(id, subject));
}

TEST(TheoremsOnSubjects, TheHonestSubjectKeepsEveryBound) {
  BuiltInSubject subject;
  int checked = 0;
  for (const Theorem& theorem : all_theorems()) {
    for (const JudgedRun& run : judge_subject(theorem, subject).runs) {
      EXPECT_TRUE(run.as_expected()) << theorem.id << ": " << run.name;
      if (run.decision == Decision::unsupported) continue;
      ++checked;
      EXPECT_GE(run.steps.size(), 4U) << theorem.id << ": " << run.name;
      for (const JudgedStep& step : run.steps) EXPECT_TRUE(step.radius);
    }
  }
  EXPECT_GT(checked, 40);
}

TEST(TheoremsOnSubjects, OtherDialectsAreNoFaults) {
  EXPECT_EQ(verdict("nesterov-strongly-convex", {.dialect = "nesterov/shifted"}), "holds");
  EXPECT_EQ(verdict("nesterov-strongly-convex", {.dialect = "nesterov/look_ahead"}), "holds");
  EXPECT_EQ(verdict("nesterov-convex", {.dialect = "nesterov/sequence_1983"}), "holds");
  EXPECT_EQ(verdict("nesterov-convex", {}), "unsupported");
  for (const char* dialect : {"rate_outside", "rate_inside", "polyak"}) {
    EXPECT_EQ(verdict("heavy-ball-quadratic", {.dialect = dialect}), "holds") << dialect;
  }
  EXPECT_EQ(verdict("heavy-ball-quadratic", {.dialect = "averaged"}), "unsupported");
}

TEST(TheoremsOnSubjects, FaultsShow) {
  const auto fails = [](std::string_view id, const char* mutant) {
    EXPECT_EQ(verdict(id, {.mutant = mutant}), "does not hold") << id << " on " << mutant;
  };
  fails("gd-convex", "gradient_descent/sign");
  fails("gd-convex", "gradient_descent/op-04-left-alone");
  fails("gd-quadratic", "gradient_descent/gradient-doubled");
  fails("one-step-decrease", "gradient_descent/gradient-stale");
  fails("gd-nonconvex", "gradient_descent/gradient-accumulated");
  fails("heavy-ball-quadratic", "momentum/op-02-right-negated");
  fails("heavy-ball-quadratic", "momentum/momentum-dropped");
  fails("nesterov-strongly-convex", "nesterov/gradient-doubled");
}

TEST(TheoremsOnSubjects, ADoubledRateIsPassedOrNotReached) {
  BuiltInSubject honest;
  SpoiledSubject thrice_doubled(
      honest, {.create = [](CreateRequest& request) { request.hyperparameters[0].value *= 8; }});
  const JudgedTheorem passed = judged("gd-convex", thrice_doubled);
  EXPECT_FALSE(passed.holds());
  const auto& run = passed.runs.front();
  EXPECT_EQ(run.decision, Decision::violated);
  ASSERT_TRUE(run.counterexample);
  EXPECT_GT(std::stod(run.counterexample->observed), std::stod(run.counterexample->bound));
  EXPECT_FALSE(run.counterexample->point.empty());

  // Half the rate keeps bounds as well; but the exact contraction is not reached.
  SpoiledSubject halved(
      honest, {.create = [](CreateRequest& request) { request.hyperparameters[0].value /= 2; }});
  EXPECT_FALSE(judged("gd-quadratic", halved).holds());
}

TEST(TheoremsOnSubjects, WhatItHasNoPlaceForIsSaid) {
  BuiltInSubject honest;
  SpoiledSubject nameless(honest,
                          {.create = [](CreateRequest& request) { request.rule = "nothing"; }});
  const JudgedTheorem none = judged("gd-convex", nameless);
  EXPECT_EQ(verdict_of(none), "unsupported");
  EXPECT_EQ(none.runs.front().decision, Decision::unsupported);
  EXPECT_FALSE(none.runs.front().reason.empty());
}

TEST(TheoremsOnSubjects, ASubjectWithoutBinary64IsHeldInBinary32) {
  BuiltInSubject honest;
  const auto narrow = [](CreateRequest& request) {
    if (request.format == "binary64") request.rule = "nothing";
  };
  SpoiledSubject single(honest, {.create = narrow});
  const JudgedTheorem held = judged("gd-convex", single);
  EXPECT_EQ(verdict_of(held), "holds");
  EXPECT_EQ(held.runs.front().format, "binary32");
  EXPECT_GE(held.runs.front().steps.size(), 8U);
  SpoiledSubject doubled(honest, {.create = [&](CreateRequest& request) {
                           narrow(request);
                           request.hyperparameters[0].value *= 8;
                         }});
  EXPECT_EQ(verdict_of(judged("gd-convex", doubled)), "does not hold");
}

TEST(RoundedTrajectory, HoldsTheExactOneAndGrowsNoFasterThanIntervalsDo) {
  for (const plumbline::Run& run : find_theorem("gd-convex")->runs()) {
    if (!run.setting || run.role == Role::control) continue;
    const auto boxes = rounded_trajectory(*run.setting, "binary64");
    const Trajectory exact = trajectory_of(*run.setting);
    for (std::size_t step = 0; step < std::min(boxes.size(), exact.points.size()); ++step) {
      for (std::size_t i = 0; i < boxes[step].size(); ++i) {
        EXPECT_FALSE(Certified::disjoint(boxes[step][i], exact.points[step][i]));
        const double width = boxes[step][i].upper() - boxes[step][i].lower();
        if (step <= 10) {
          EXPECT_LT(width, 1e-9) << run.name << " at " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::conformance
