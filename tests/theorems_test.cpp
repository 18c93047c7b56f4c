// The theorems: all of them hold, attain and are violated as they should; their roles agree
// with their hypotheses; and the judge that says so is right on series that are known.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/theorems/report.hpp"
#include "conformance/theorems/slope.hpp"
#include "reference/rule.hpp"
#include "reference/theorems/huber_descent.hpp"

namespace plumbline::conformance {
namespace {

const std::vector<JudgedTheorem>& all_judged() {
  static const std::vector<JudgedTheorem> all = [] {
    std::vector<JudgedTheorem> judged;
    for (const Theorem& theorem : all_theorems()) judged.push_back(judge(theorem));
    return judged;
  }();
  return all;
}

const JudgedRun& judged_run(std::string_view id, std::string_view name) {
  for (const JudgedTheorem& judged : all_judged()) {
    if (judged.theorem->id != id) continue;
    for (const JudgedRun& run : judged.runs) {
      if (run.name == name) return run;
    }
  }
  throw std::runtime_error("no run " + std::string(name));
}

TEST(Theorems, EveryRunEndsAsItsRoleSays) {
  for (const JudgedTheorem& judged : all_judged()) {
    EXPECT_TRUE(judged.holds()) << judged.theorem->id;
    for (const JudgedRun& run : judged.runs) {
      EXPECT_TRUE(run.as_expected()) << judged.theorem->id << ": " << run.name << " is "
                                     << name_of(run.decision) << " " << run.reason;
      EXPECT_FALSE(run.steps.empty()) << judged.theorem->id << ": " << run.name;
    }
  }
}

TEST(Theorems, EachCanFail) {
  for (const JudgedTheorem& judged : all_judged()) {
    const auto count = [&](Role role) {
      return std::ranges::count(judged.runs, role, &JudgedRun::role);
    };
    EXPECT_GE(count(Role::control), 1) << judged.theorem->id << " has no control";
    EXPECT_GE(count(Role::within) + count(Role::witness), 1) << judged.theorem->id;
    for (const JudgedRun& run : judged.runs) {
      EXPECT_EQ(run.counterexample.has_value(), run.role == Role::control)
          << judged.theorem->id << ": " << run.name;
    }
  }
}

TEST(Theorems, RolesAgreeWithHypotheses) {
  int seen = 0;
  for (const Theorem& theorem : all_theorems()) {
    if (!theorem.loop) continue;
    for (const plumbline::Run& run : theorem.runs()) {
      if (!run.setting) continue;
      const std::string where = std::string(theorem.id) + ": " + run.name;
      bool all_hold = run.setting->rule == theorem.loop->rule;
      if (all_hold) {
        for (const Hypothesis& hypothesis : theorem.loop->hypotheses(*run.setting)) {
          if (run.role != Role::control) {
            EXPECT_TRUE(hypothesis.holds) << where << ": " << hypothesis.text;
          }
          all_hold = all_hold && hypothesis.holds;
        }
      }
      EXPECT_EQ(all_hold, run.role != Role::control) << where;
      ++seen;
    }
  }
  EXPECT_GT(seen, 50);
}

TEST(Theorems, EachSaysWhatItIs) {
  std::set<std::string_view> ids;
  for (const Theorem& theorem : all_theorems()) {
    EXPECT_TRUE(ids.insert(theorem.id).second) << theorem.id;
    for (const std::string_view text :
         {theorem.title, theorem.statement, theorem.bound, theorem.tight, theorem.source}) {
      EXPECT_FALSE(text.empty()) << theorem.id;
    }
    EXPECT_FALSE(theorem.hypotheses.empty()) << theorem.id;
    EXPECT_EQ(find_theorem(theorem.id), &theorem);
    std::set<std::pair<std::string, double>> runs;
    for (const plumbline::Run& run : theorem.runs()) {
      const double first = run.hyperparameters.empty() ? 0 : run.hyperparameters[0].value;
      EXPECT_TRUE(runs.insert({run.name, first}).second) << theorem.id << ": " << run.name;
    }
  }
}

// design/theorems.md, by its ids.
TEST(Theorems, NoneOfTheDesignIsMissing) {
  for (const char* id : {"descent-lemma",
                         "one-step-decrease",
                         "gd-convex",
                         "gd-strongly-convex-value",
                         "gd-strongly-convex-distance",
                         "gd-quadratic",
                         "gd-nonconvex",
                         "nesterov-convex",
                         "nesterov-strongly-convex",
                         "heavy-ball-quadratic",
                         "heavy-ball-divergence",
                         "sgd-unbiased",
                         "sgd-variance",
                         "sgd-convex",
                         "sgd-nonconvex",
                         "robbins-monro",
                         "adam-bias",
                         "adam-step-bound",
                         "adam-nonconvergence",
                         "adagrad-monotone",
                         "newton-quadratic",
                         "lbfgs",
                         "conjugate-gradient",
                         "mirror-descent",
                         "natural-gradient",
                         "gradient-flow",
                         "clipping",
                         "decay-equivalence",
                         "linear-scaling"}) {
    EXPECT_NE(find_theorem(id), nullptr) << id;
  }
}

// Figures worked out apart from the code: the geometric series sum u_k^2/w_k at t = infinity is
// (1 - beta1)^2/((1 - beta2)(1 - beta1^2/beta2)), 52.86 at (0.9, 0.999).
TEST(Theorems, AdamsLongestStep) {
  const JudgedRun& reached = judged_run(
      "adam-step-bound", "the gradients u_k/w_k reach the supremum, beta = (0.9, 0.999)");
  const double without_correction = 0.01 / (0.001 * (1 - 0.81 / 0.999));
  const JudgedStep& last = reached.steps.back();
  EXPECT_EQ(last.step, 1024);
  EXPECT_NEAR(std::stod(last.observed),
              std::sqrt(without_correction * (1 - std::pow(0.999, 1024.0))), 1e-9);
  EXPECT_NEAR(std::sqrt(without_correction), 7.27, 0.005);
  const JudgedRun& passed =
      judged_run("adam-step-bound", "the paper's figure, beta = (7/8, 31/32)");
  EXPECT_EQ(passed.counterexample->step, 2);
  // t = 2: u = (7, 8)/15, w = (31, 32)/63, so that the square is 63/225 (49/31 + 64/32).
  EXPECT_NEAR(std::stod(passed.counterexample->observed), std::sqrt(63.0 / 225 * (49.0 / 31 + 2)),
              1e-12);
}

// PEPit's sample values (design/bounds.md), in rational numbers.
TEST(Theorems, HuberEndsExactlyOnDroriAndTeboullesBound) {
  using theorems::gap_on_huber;
  EXPECT_EQ(gap_on_huber(3, Rational(1, 9), {1, 3}, 4), Rational(1, 6));
  EXPECT_EQ(gap_on_huber(1, Rational(1, 15), 1, 7), Rational(1, 30));
  EXPECT_NE(gap_on_huber(3, Rational(1, 10), {1, 3}, 4), Rational(1, 6));
}

// What is observed against closed forms that were worked out by hand.
TEST(Theorems, ObservedValuesAreThoseOfTheQuadratic) {
  // quadratic_line: f = (x - 3/4)^2, from -3/2, eta = 1/4: the distance halves.
  const JudgedRun& line = judged_run("gd-strongly-convex-value", "quadratic_line");
  EXPECT_DOUBLE_EQ(std::stod(line.steps[0].observed), 81.0 / 64);
  EXPECT_DOUBLE_EQ(std::stod(line.steps[1].observed), 81.0 / 256);
  EXPECT_NEAR(line.slope->fitted, std::log(0.25), 1e-12);
  EXPECT_DOUBLE_EQ(line.slope->proved, std::log(0.5));
  // The mean of the slopes over T of L/(4T + 2).
  const JudgedRun& worst = judged_run("gd-convex", "Huber's worst functions, eta = 1/L");
  EXPECT_TRUE(worst.attained_exactly);
  EXPECT_NEAR(worst.slope->fitted, -1, 0.03);
}

TEST(Theorems, TheHeavyBallsCycleIsOne) {
  // Lessard, Recht and Packard's function with slopes 49, 1, 49: 16 x_{t+1} = 25 x_t - 9 x_{t-1}
  // - slope, where the slope is 49 x below 1 and 49 x - 48 above 2.
  const double p = 1920.0 / 8281, q = -14544.0 / 8281, r = 20736.0 / 8281;
  EXPECT_NEAR(16 * q, 25 * p - 9 * r - 49 * p, 1e-13);
  EXPECT_NEAR(16 * r, 25 * q - 9 * p - 49 * q, 1e-13);
  EXPECT_NEAR(16 * p, 25 * r - 9 * q - (49 * r - 48), 1e-13);
  EXPECT_LT(p, 1);
  EXPECT_GT(r, 2);
  EXPECT_TRUE(judged_run("heavy-ball-divergence",
                         "the cycle (p, q, r) = (1920, -14544, 20736)/8281, thrice around")
                  .attained_exactly);
}

Series one_step(const Certified& observed, const Certified& bound) {
  return {{.step = 1, .observed = observed, .bound = bound}};
}

JudgedRun judged_series(const Series& series, Relation relation = Relation::at_most) {
  JudgedRun judged;
  judged.relation = relation;
  judge_series(judged, series);
  return judged;
}

TEST(TheoremJudge, DecidesByWholeEnclosures) {
  const Certified third = Certified::ratio(1, 3);
  EXPECT_EQ(judged_series(one_step(third, Certified(0.5))).decision, Decision::holds);
  const JudgedRun above = judged_series(one_step(Certified(0.5), third));
  EXPECT_EQ(above.decision, Decision::violated);
  ASSERT_TRUE(above.counterexample);
  EXPECT_EQ(above.counterexample->observed, "0.50000000000000000000");
  EXPECT_EQ(above.counterexample->bound, "0.33333333333333333333");
  const JudgedRun equal = judged_series(one_step(third, third));
  EXPECT_EQ(equal.decision, Decision::holds);
  EXPECT_TRUE(equal.attained);
  EXPECT_FALSE(equal.attained_exactly);
  // Wider than what could be told from its bound.
  EXPECT_THROW(judged_series(one_step(third + spread(Certified(0.1)), third)), NotEnoughPrecision);
}

TEST(TheoremJudge, ThirtyDigitsCountAsEqualAndTwentyNineDoNot) {
  const Certified one(1);
  const Certified small = one / whole_power(Certified(10), 31);
  EXPECT_TRUE(judged_series(one_step(one + small, one)).attained);
  const JudgedRun twenty_nine = judged_series(one_step(one + Certified(100) * small, one));
  EXPECT_FALSE(twenty_nine.attained);
  EXPECT_EQ(twenty_nine.decision, Decision::violated);
}

TEST(TheoremJudge, EqualityIsHeldOnBothSides) {
  EXPECT_EQ(judged_series(one_step(Certified(1), Certified(2)), Relation::equal).decision,
            Decision::violated);
  EXPECT_EQ(judged_series(one_step(Certified(2), Certified(2)), Relation::equal).decision,
            Decision::holds);
  // In rational numbers no digit is forgiven.
  const Rational nearly = 1 + power(Rational(1, 10), 40);
  EXPECT_EQ(judged_series({exact_comparison(1, nearly, 1)}).decision, Decision::violated);
  EXPECT_EQ(judged_series({exact_comparison(1, 1, nearly)}, Relation::equal).decision,
            Decision::violated);
}

TEST(TheoremJudge, ATightBoundThatIsPassedIsAViolation) {
  const JudgedRun judged = judged_series(
      {{.step = 1, .observed = Certified(2), .bound = Certified(4), .tight = Certified(1)}});
  EXPECT_EQ(judged.decision, Decision::violated);
  EXPECT_TRUE(judged.counterexample->of_tight);
}

TEST(TheoremJudge, ARadiusWidensTheBound) {
  JudgedRun judged;
  judge_series(judged, one_step(Certified(1.25), Certified(1)), {Certified(0.5)});
  EXPECT_EQ(judged.decision, Decision::holds);
  judge_series(judged, one_step(Certified(1.25), Certified(1)), {Certified(0.125)});
  EXPECT_EQ(judged.decision, Decision::violated);
}

TEST(TheoremJudge, SaysWhatNoPrecisionDecides) {
  plumbline::Run run{.name = "a bound as wide as a house"};
  run.series = [] { return one_step(Certified(1) + spread(Certified(0.5)), Certified(1)); };
  const JudgedRun judged = judge(run);
  EXPECT_EQ(judged.decision, Decision::undecided);
  EXPECT_FALSE(judged.as_expected());
  EXPECT_FALSE(judged.reason.empty());
  EXPECT_GE(judged.precision, certified_greatest_precision);
}

TEST(TheoremJudge, FitsTheSlopeOfAPower) {
  Series power_law, geometric;
  for (int step = 1; step <= 40; ++step) {
    const Certified t(step);
    power_law.push_back({.step = step, .observed = Certified(3) / square(t), .bound = t});
    geometric.push_back({.step = step, .observed = whole_power(Certified(0.5), step), .bound = t});
  }
  EXPECT_NEAR(fitted_slope(power_law, Scale::log_log), -2, 1e-12);
  EXPECT_NEAR(fitted_slope(geometric, Scale::log_linear), std::log(0.5), 1e-12);
}

TEST(Rational, IsExact) {
  EXPECT_EQ(Rational(1, 3) + Rational(1, 6), Rational(1, 2));
  EXPECT_EQ(Rational::of(0.1).text(), "3602879701896397/36028797018963968");
  EXPECT_EQ(Rational(-4, -6).text(), "2/3");
  EXPECT_THROW(Rational(1, 0), std::domain_error);
  EXPECT_THROW(Rational(1) / Rational(0), std::domain_error);
  EXPECT_EQ(power(Rational(2, 3), -2), Rational(9, 4));
  // Whole numbers wider than the precision are enclosed.
  const Rational wide = power(Rational(3), 400);
  const Certified enclosed = wide.certified();
  EXPECT_EQ(enclosed.decimal(20), whole_power(Certified(3), 400).decimal(20));
  EXPECT_EQ((-wide).certified().decimal(20), (-enclosed).decimal(20));
}

}  // namespace
}  // namespace plumbline::conformance
