// A subject that runs another rule under a wrong name is told which, and a true one is not.
#include "conformance/checks/other_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/judge/power.hpp"
#include "reference/numbers/rounded.hpp"
#include "tests/spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

Finding identified(Subject& subject, const char* rule) {
  CheckOptions options;
  options.any_rule = true;
  options.no_properties = true;
  return run_task(subject, {Kind::rule, rule, "binary64"}, options, [](const std::string&) {})
      .value()
      .finding;
}

/// What the built-in subject is found to be when it runs `truth` under the name `announced`.
Finding identified_as(const char* announced, const char* truth) {
  BuiltInSubject inner;
  const Rule& rule = *find_rule(truth);
  SpoiledSubject subject(inner, {.create = [&](CreateRequest& request) {
                           request.rule = truth;
                           const auto unknown = [&](const NamedValue& value) {
                             return !index_of(rule.hyperparameters, value.name);
                           };
                           std::erase_if(request.hyperparameters, unknown);
                           for (auto& group : request.groups) std::erase_if(group, unknown);
                           const auto add_missing = [&](std::vector<NamedValue>& values) {
                             for (const Hyperparameter& one : rule.hyperparameters) {
                               const bool sent = std::ranges::any_of(
                                   values,
                                   [&](const NamedValue& value) { return value.name == one.name; });
                               if (!sent && !one.neutral) {
                                 values.push_back({std::string(one.name), one.default_value});
                               }
                             }
                           };
                           add_missing(request.hyperparameters);
                         }});
  return identified(subject, announced);
}

const OtherRule* named(const Finding& finding, std::string_view rule) {
  const auto found = std::ranges::find(finding.other_rules, rule, &OtherRule::rule);
  return found == finding.other_rules.end() ? nullptr : &*found;
}

TEST(OtherRules, ASubjectUnderAWrongNameIsToldWhichItIs) {
  const Finding finding = identified_as("adam", "adamw");
  EXPECT_EQ(finding.verdict, Verdict::deviates);
  const OtherRule* adamw = named(finding, "adamw");
  ASSERT_NE(adamw, nullptr);
  EXPECT_EQ(adamw->dialect, "decay_before");
  EXPECT_TRUE(adamw->assumed.empty());
  EXPECT_EQ(finding.other_rules.size(), 1u);
  EXPECT_EQ(adamw->cases + adamw->cases_left_out, finding.cases);
}

TEST(OtherRules, WhatIsNotSentIsAssumedAndSaid) {
  // Lion's decay rates go by the names of Adam's, and its epsilon is not looked at.
  const Finding finding = identified_as("adam", "lion");
  EXPECT_EQ(finding.verdict, Verdict::deviates);
  ASSERT_NE(named(finding, "lion"), nullptr);
  EXPECT_TRUE(named(finding, "lion")->assumed.empty());

  const Finding other = identified_as("signsgd", "adagrad");
  ASSERT_NE(named(other, "adagrad"), nullptr);
  const auto& assumed = named(other, "adagrad")->assumed;
  EXPECT_EQ(assumed,
            (std::vector<std::string>{"epsilon", "initial_accumulator", "learning_rate_decay"}));
  EXPECT_GT(named(other, "adagrad")->cases_left_out, 0);
}

TEST(OtherRules, ATrueOneStaysWhatItIs) {
  BuiltInSubject subject;
  for (const char* rule : {"adam", "rmsprop", "lion", "rprop", "gradient_descent"}) {
    const Finding finding = identified(subject, rule);
    EXPECT_EQ(finding.verdict, Verdict::conforms) << rule;
    for (const OtherRule& other : finding.other_rules) {
      // Mirror descent by the Euclidean mirror is gradient descent.
      const bool one = rule == std::string("gradient_descent") && other.rule == "mirror_descent" &&
                       other.dialect == "euclidean";
      EXPECT_TRUE(one) << rule << " is " << other.rule << "/" << other.dialect;
    }
  }
}

TEST(OtherRules, AreLookedForOnlyWhenAskedTo) {
  BuiltInSubject subject;
  CheckOptions options;
  options.no_properties = true;
  const auto result =
      run_task(subject, {Kind::rule, "signsgd", "binary32"}, options, [](const std::string&) {});
  EXPECT_TRUE(result.value().finding.other_rules.empty());
}

bool take_the_same(const Rule& one, const Rule& other) {
  const auto all_in = [](const Rule& from, const Rule& to) {
    return std::ranges::all_of(from.hyperparameters, [&](const Hyperparameter& hyperparameter) {
      return index_of(to.hyperparameters, hyperparameter.name).has_value();
    });
  };
  return all_in(one, other) && all_in(other, one);
}

// Dialects of two rules that are one function: Adam with decoupled decay is AdamW.
bool are_one(const Rule& one, std::string_view first, const Rule& other, std::string_view second) {
  return one.name == "adam" && first == "epsilon_hat_decoupled_decay" && other.name == "adamw" &&
         second == "decay_before_epsilon_hat";
}

TEST(OtherRules, CasesTellRulesWithTheSameHyperparametersApart) {
  const RoundingScope scope({.budget = 2, .flushes_subnormals = false});
  int pairs = 0;
  for (const Rule& one : all_rules()) {
    for (const Rule& other : all_rules()) {
      if (!(&one < &other) || !take_the_same(one, other)) continue;
      if (one.unit != Unit::element || other.unit != Unit::element) continue;
      std::vector<SharedCase> cases;
      for (const Case& test_case : cases_for(one, 1)) {
        if (test_case.steps() > 50) continue;
        cases.push_back({test_case, as_case_of(other, test_case).test_case});
      }
      for (const char* format : {"binary64", "binary32"}) {
        for (const RulePairPower& pair : power_between_rules(cases, find_format(format).value())) {
          ++pairs;
          if (are_one(one, pair.first, other, pair.second)) {
            EXPECT_LT(pair.best, 1) << format;
          } else {
            EXPECT_GE(pair.best, least_power) << format << ": " << one.name << "/" << pair.first
                                              << " and " << other.name << "/" << pair.second;
          }
        }
      }
    }
  }
  EXPECT_GT(pairs, 0);
}

}  // namespace
}  // namespace plumbline::conformance
