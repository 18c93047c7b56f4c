// The properties of clipping: they hold of every dialect of the reference, know where they must
// not, and each has a subject that breaks it and is found out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/checks/check.hpp"
#include "conformance/properties/clipping_property.hpp"
#include "reference/numbers/rounded.hpp"
#include "tests/spoiled_subject.hpp"

namespace plumbline::conformance {
namespace {

PropertyFinding try_on(Subject& subject, std::string_view property, std::string_view clipping,
                       std::string_view dialect = {}, const char* format = "binary32",
                       const PropertyRun& run = {}) {
  const Clipping& entry = *find_clipping(clipping);
  const Dialect& followed =
      dialect.empty() ? entry.dialects.front() : *find_dialect(entry.dialects, dialect);
  const RoundingScope rounding({.budget = 2, .flushes_subnormals = false});
  const ClippingScope scope{
      subject, entry, followed, {followed.choices}, find_format(format).value()};
  return try_clipping_property(*find_clipping_property(property), scope, run);
}

TEST(ClippingProperties, HoldOfEveryDialectInEveryFormat) {
  for (const Clipping& clipping : all_clippings()) {
    for (const Dialect& dialect : clipping.dialects) {
      BuiltInSubject subject(
          {.dialect = std::string(clipping.name) + "/" + std::string(dialect.name)});
      for (const char* format : {"binary64", "binary32", "bfloat16", "binary16"}) {
        for (const auto& property : all_clipping_properties()) {
          const PropertyFinding finding =
              try_on(subject, property->name(), clipping.name, dialect.name, format);
          EXPECT_NE(finding.verdict, PropertyVerdict::fails)
              << clipping.name << "/" << dialect.name << " " << format << " " << finding.name
              << ": "
              << (finding.counterexample
                      ? finding.counterexample->message + finding.counterexample->input
                      : "");
        }
      }
    }
  }
}

// By hand, from the formulas.
TEST(ClippingProperties, KnowWhereTheyHold) {
  struct Known {
    std::string_view property, clipping, dialect;
    Prediction prediction;
  };
  using enum Prediction;
  const Known known[] = {
      {"norm-at-most-limit", "global_norm", "exact", holds},
      {"norm-at-most-limit", "global_norm", "epsilon", holds},
      {"norm-at-most-limit", "value", "exact", holds},
      {"norm-at-most-limit", "adaptive", "columns", holds},
      {"direction-kept", "tensor_norm", "quotient", holds},
      {"direction-kept", "adaptive", "rows", holds},
      {"direction-kept", "value", "exact", violated},
      {"identity-inside", "global_norm_1", "epsilon", holds},
      {"identity-inside", "global_norm", "reciprocals", holds},
      {"idempotent", "global_norm", "exact", holds},
      {"idempotent", "global_norm", "divisor", holds},
      {"idempotent", "value", "exact", holds},
      // c/(N + 1e-6) leaves a norm that is above c - 1e-6, and is shortened again.
      {"idempotent", "global_norm", "epsilon", violated},
      {"idempotent", "tensor_norm_infinity", "epsilon", violated},
      {"homogeneous", "global_norm", "exact", holds},
      {"homogeneous", "adaptive", "paper", holds},
      {"zero-stays-zero", "global_norm", "exact", holds},
  };
  for (const Known& fact : known) {
    const Clipping& clipping = *find_clipping(fact.clipping);
    EXPECT_EQ(find_clipping_property(fact.property)
                  ->prediction(clipping, *find_dialect(clipping.dialects, fact.dialect)),
              fact.prediction)
        << fact.property << " of " << fact.clipping << "/" << fact.dialect;
  }
}

struct Spoiling {
  std::string property, clipping;
  std::string mutant = {};
  Spoil spoil = {};
};

std::vector<Spoiling> spoilings() {
  const auto each = [](auto change) {
    return Spoil{.clipped = [change](ClipAnswer& answer) {
      for (auto& gradient : answer.gradients) {
        for (double& value : gradient) value = change(value);
      }
    }};
  };
  return {
      {"norm-at-most-limit", "global_norm", "global_norm/never-clips"},
      {"norm-at-most-limit", "adaptive", "adaptive/parameter-squared"},
      {"norm-at-most-limit", "value", "value/upper-only"},
      {"direction-kept", "global_norm", "global_norm/per-element"},
      {"direction-kept", "tensor_norm", "tensor_norm/sign-lost"},
      {"direction-kept", "value", "value/per-tensor"},
      {"identity-inside", "global_norm", "global_norm/always-scales"},
      {"identity-inside", "tensor_norm_1", "tensor_norm_1/turned"},
      {"idempotent", "global_norm", "global_norm/halves-outside"},
      {"homogeneous", "global_norm", "global_norm/threshold-squared"},
      {"zero-stays-zero", "global_norm", "",
       each([](double value) { return value == 0 ? std::nan("") : value; })},
      {"zero-stays-zero", "value", "", each([](double value) { return value + 0.5; })},
      {"non-finite-gradients", "tensor_norm", "",
       Spoil{.clipped =
                 [](ClipAnswer& answer) {
                   bool bad = false;
                   for (const auto& gradient : answer.gradients) {
                     for (const double value : gradient) bad = bad || !std::isfinite(value);
                   }
                   if (!bad) return;  // one bad tensor, and all are thrown away
                   for (auto& gradient : answer.gradients) std::ranges::fill(gradient, 0.0);
                 }}},
  };
}

TEST(ClippingProperties, FindOutWhoBreaksThem) {
  for (const Spoiling& spoiling : spoilings()) {
    SCOPED_TRACE(spoiling.property + " of " + spoiling.clipping + " " + spoiling.mutant);
    BuiltInSubject inner({.mutant = spoiling.mutant});
    SpoiledSubject subject(inner, spoiling.spoil);
    const PropertyFinding finding = try_on(subject, spoiling.property, spoiling.clipping);
    ASSERT_EQ(finding.verdict, PropertyVerdict::fails) << finding.note;
    ASSERT_TRUE(finding.counterexample);
    EXPECT_FALSE(finding.counterexample->message.empty());
    // The counterexample by itself fails again, and an honest subject passes it.
    const PropertyRun again{.input = finding.counterexample->input};
    EXPECT_EQ(try_on(subject, spoiling.property, spoiling.clipping, {}, "binary32", again).verdict,
              PropertyVerdict::fails)
        << finding.counterexample->input;
    BuiltInSubject honest;
    EXPECT_EQ(try_on(honest, spoiling.property, spoiling.clipping, {}, "binary32", again).verdict,
              PropertyVerdict::holds)
        << finding.counterexample->input;
  }
  for (const auto& property : all_clipping_properties()) {
    EXPECT_TRUE(std::ranges::any_of(spoilings(), [&](const Spoiling& spoiling) {
      return spoiling.property == property->name();
    })) << property->name();
  }
}

// A subject without PyTorch's epsilon is idempotent, and so does not follow that dialect.
TEST(ClippingProperties, MustBeBrokenWhereTheFormulaBreaksThem) {
  BuiltInSubject exact({.dialect = "global_norm/exact"});
  const PropertyFinding finding = try_on(exact, "idempotent", "global_norm", "epsilon");
  EXPECT_FALSE(finding.must_hold);
  EXPECT_EQ(finding.verdict, PropertyVerdict::fails);
}

TEST(ClippingProperties, NameWhatBecomesOfNonFiniteGradients) {
  BuiltInSubject subject;
  const std::string note = try_on(subject, "non-finite-gradients", "global_norm").note;
  EXPECT_NE(note.find("NaN: all become NaN"), std::string::npos) << note;
  // The squares overflow, c/infinity is 0, and a gradient whose clipped form is finite is lost.
  EXPECT_NE(note.find("the largest number: all become zero"), std::string::npos) << note;
  const std::string by_value = try_on(subject, "non-finite-gradients", "value").note;
  EXPECT_NE(by_value.find("infinity: clipped to the limit"), std::string::npos) << by_value;
}

TEST(ClippingProperties, AreShownInAChecksFinding) {
  CheckOptions options;
  options.clippings = {"global_norm"};
  options.formats = {"binary64"};
  BuiltInSubject subject;
  const auto result =
      run_task(subject, tasks_for(options).front(), options, [](const std::string&) {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->finding.properties.size(), all_clipping_properties().size());
  EXPECT_EQ(result->finding.verdict, Verdict::conforms);
}

}  // namespace
}  // namespace plumbline::conformance
