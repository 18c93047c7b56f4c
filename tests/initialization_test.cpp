// Initializations: exact laws, every convention told where the data can tell it, every mutant
// caught, and an ideal generator left alone.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/builtin/initializer.hpp"
#include "conformance/cases/initialization_case.hpp"
#include "conformance/checks/runner.hpp"
#include "conformance/judge/draw_comparison.hpp"
#include "conformance/judge/tail_bounds.hpp"
#include "conformance/subject/in_process.hpp"
#include "reference/initialization/laws.hpp"
#include "tests/deep_run.hpp"

namespace plumbline::conformance {
namespace {

using Law = DrawLaw<Plain<Binary64>>;

std::vector<Result> check(const SubjectFactory& subject, const CheckOptions& options) {
  RunOptions run;
  run.subject = subject;
  return run_checks(options, run).results;
}

std::vector<Result> check(const BuiltInSettings& settings, const CheckOptions& options) {
  return check([&] { return std::make_unique<BuiltInSubject>(settings); }, options);
}

CheckOptions options_for(std::string_view initialization) {
  CheckOptions options;
  options.samplings = {std::string(initialization)};
  return options;
}

std::string entry_name(const Initialization& entry, const Dialect& dialect) {
  return std::string(entry.name) + "/" + std::string(dialect.name);
}

// --- laws ---------------------------------------------------------------------------------

TEST(Fans, AreThoseOfEitherLayout) {
  const auto fans = [](const Shape& shape, Layout layout) {
    const Fans found = fans_of(shape, layout);
    return std::pair{found.in, found.out};
  };
  EXPECT_EQ(fans({3, 5}, Layout::output_first), (std::pair{5L, 3L}));
  EXPECT_EQ(fans({3, 5}, Layout::input_first), (std::pair{3L, 5L}));
  EXPECT_EQ(fans({64, 3, 7, 7}, Layout::output_first), (std::pair{147L, 3136L}));
  EXPECT_EQ(fans({7, 7, 3, 64}, Layout::input_first), (std::pair{147L, 3136L}));
  EXPECT_THROW(fans_of({4}, Layout::output_first), std::invalid_argument);
}

double variance(std::string_view name, std::string_view dialect, const Shape& shape,
                double hyperparameter) {
  const Initialization& entry = *find_initialization(name);
  return entry
      .plain_law(std::vector{hyperparameter}, find_dialect(entry.dialects, dialect)->choices, shape)
      .variance.value();
}

// Powers of two, so that the numbers are exact.
TEST(Laws, HaveThePapersVariances) {
  EXPECT_EQ(variance("xavier_normal", "pytorch", {96, 32}, 1), 2.0 / 128);
  EXPECT_EQ(variance("xavier_normal", "pytorch", {96, 32}, 4), 2.0 / 128 * 16);
  EXPECT_EQ(variance("he_normal", "fan_in", {8, 32}, 0), 2.0 / 32);
  EXPECT_EQ(variance("he_normal", "fan_out", {8, 32}, 0), 2.0 / 8);
  EXPECT_EQ(variance("he_normal", "input_first", {8, 32}, 0), 2.0 / 8);
  EXPECT_EQ(variance("he_normal", "fan_in", {8, 32}, 1), 1.0 / 32);
  EXPECT_EQ(variance("small_init", "normal", {8, 32}, 0.4), 1.0);
}

TEST(Laws, OfUniformsHaveThreeTimesTheVarianceAsSquaredBound) {
  const Initialization& entry = *find_initialization("he_uniform");
  const Law law = entry.plain_law(std::vector{0.0}, entry.dialects[0].choices, {10, 6});
  EXPECT_EQ(law.bound.value(), 1.0);  // sqrt(6/6)
  EXPECT_EQ(law.variance.value(), 2.0 / 6);
  // The default of torch's linear layers: a = sqrt 5 makes it 1/sqrt(fan_in).
  const Law linear =
      entry.plain_law(std::vector{std::sqrt(5.0)}, entry.dialects[0].choices, {10, 16});
  EXPECT_NEAR(linear.bound.value(), 0.25, 1e-16);
}

TEST(Laws, OfCutNormalsAreWidenedOrNarrower) {
  EXPECT_NEAR(variance("he_normal", "truncated", {32, 8}, 0), 2.0 / 32, 1e-16);
  const double share = variance("he_normal", "truncated_uncorrected", {32, 8}, 0) / (2.0 / 32);
  EXPECT_NEAR(std::sqrt(share), 0.87962566103423978, 1e-15);
  const Plain<Binary64> tiny = initializations::truncated_variance(Plain<Binary64>(1e-1));
  EXPECT_NEAR(tiny.value(), 0.01 / 3, 1e-5) << "a narrow cut leaves a uniform";
  EXPECT_EQ(initializations::truncated_variance(Plain<Binary64>(50)).value(), 1);
}

TEST(Laws, AreCertifiedAndPlainTheSame) {
  for (const Initialization& entry : all_initializations()) {
    for (const Dialect& dialect : entry.dialects) {
      for (const auto& test_case : initialization_cases_for(entry, 1)) {
        if (!applies(test_case, dialect)) continue;
        const Law plain =
            entry.plain_law(test_case.hyperparameters, dialect.choices, test_case.shape);
        const auto certified =
            entry.certified_law(test_case.hyperparameters, dialect.choices, test_case.shape);
        const double exact = certified.variance.lower();
        EXPECT_NEAR(plain.variance.value(), exact, 1e-13 * exact) << test_case.id;
        EXPECT_NEAR(plain.bound.value(), certified.bound.lower(), 1e-14 * plain.bound.value());
        EXPECT_EQ(plain.family, certified.family);
      }
    }
  }
}

TEST(DistributionFunctions, RiseFromNothingToAll) {
  for (const Family family : {Family::normal, Family::uniform, Family::truncated_normal}) {
    const Law law{family, 0.5, family == Family::normal ? 0.0 : 1.0, 0.25};
    EXPECT_NEAR(distribution_function(law, -20), 0, 1e-12);
    EXPECT_NEAR(distribution_function(law, 0), 0.5, 1e-15);
    EXPECT_NEAR(distribution_function(law, 20), 1, 1e-12);
    // The slope is a density whose second moment is the variance.
    double moment = 0;
    constexpr int parts = 20000;
    for (int part = 0; part < parts; ++part) {
      const double left = -8 + 16.0 * part / parts, right = -8 + 16.0 * (part + 1) / parts;
      const double middle = (left + right) / 2;
      moment +=
          middle * middle * (distribution_function(law, right) - distribution_function(law, left));
    }
    const double expected = family == Family::normal    ? 0.25
                            : family == Family::uniform ? 1.0 / 3
                                                        : 0.25 * std::pow(0.87962566103423978, 2);
    EXPECT_NEAR(moment, expected, 1e-5) << name_of(family);
  }
}

// --- subjects -----------------------------------------------------------------------------

TEST(Initializations, AreIdentifiedByTheirConvention) {
  for (const Initialization& entry : all_initializations()) {
    for (const Dialect& dialect : entry.dialects) {
      const auto results = check({.dialect = entry_name(entry, dialect)}, options_for(entry.name));
      ASSERT_EQ(results.size(), 2u);
      for (const Result& result : results) {
        EXPECT_EQ(result.finding.verdict, Verdict::conforms)
            << entry_name(entry, dialect) << " " << result.finding.error;
        EXPECT_EQ(result.finding.dialect, dialect.name) << entry.name;
        EXPECT_TRUE(result.finding.indistinguishable_dialects.empty())
            << entry_name(entry, dialect) << " or "
            << result.finding.indistinguishable_dialects.front();
      }
    }
  }
}

// Six values can't tell a normal from a uniform law or fan_in from fan_out: all are named.
TEST(Initializations, AreNotToldApartByTooFewValues) {
  CheckOptions options = options_for("he_normal");
  options.cases = {"*/six-values"};
  for (const Result& result : check(BuiltInSettings{}, options)) {
    EXPECT_EQ(result.finding.verdict, Verdict::conforms);
    EXPECT_GE(result.finding.indistinguishable_dialects.size(), 2u);
  }
}

TEST(Initializations, EveryMutantDeviatesFromEveryConvention) {
  for (const Initialization& entry : all_initializations()) {
    const auto mutants = written_mutants_of(entry);
    EXPECT_GE(mutants.size(), 10u);
    for (const Mutant& mutant : mutants) {
      CheckOptions options = options_for(entry.name);
      options.thorough = false;
      for (const Result& result : check({.mutant = mutant.rule + "/" + mutant.name}, options)) {
        EXPECT_EQ(result.finding.verdict, Verdict::deviates)
            << mutant.rule << "/" << mutant.name << " in " << result.task.format;
        ASSERT_TRUE(result.finding.deviation.has_value());
        EXPECT_GT(result.finding.deviation->radii, 1) << mutant.name;
      }
    }
  }
}

TEST(Initializations, AnHonestGeneratorIsLeftAlone) {
  double most = 0;
  for (std::uint64_t seed = 1; seed <= (is_deep_run() ? 500u : 6u); ++seed) {
    CheckOptions options;
    options.samplings = {"xavier_*", "he_*", "small_init", "truncated_normal"};
    options.seed = 1000 + seed;
    for (const Result& result : check(BuiltInSettings{}, options)) {
      EXPECT_EQ(result.finding.verdict, Verdict::conforms) << result.task.name << ", seed " << seed;
      most = std::max(most, result.finding.budget_used);
    }
  }
  EXPECT_GT(most, 0.3) << "a budget that nobody comes near catches nobody";
}

// Another generator than the built-in one's: the standard library's.
TEST(Initializations, OfAnotherGeneratorConform) {
  const auto subject = [] {
    auto made = std::make_unique<InProcessSubject>("standard library", "1");
    made->set_initializer([](const InitializeRequest& request) {
      if (request.initialization != "he_normal") unsupported(request.initialization);
      const Hyperparameters given(request.hyperparameters);
      const double slope = given.number("negative_slope", 0);
      const double fan = static_cast<double>(fans_of(request.shape, Layout::output_first).in);
      std::mt19937_64 generator(request.seed);
      std::normal_distribution<double> normal(0, std::sqrt(2 / (1 + slope * slope) / fan));
      std::vector<double> values(element_count(request.shape));
      for (double& value : values) {
        value = normal(generator);
        if (request.format == "binary32") value = static_cast<float>(value);
      }
      return values;
    });
    return made;
  };
  for (const Result& result : check(subject, options_for("he_*"))) {
    const bool offered = result.task.name == "he_normal";
    EXPECT_EQ(result.finding.verdict, offered ? Verdict::conforms : Verdict::unsupported);
    if (offered) {
      EXPECT_EQ(result.finding.dialect, "fan_in");
    }
  }
}

// --- one law against values ---------------------------------------------------------------

/// What is wrong with the built-in subject's draws after a change, by the first convention.
template <class Change>
std::string quantity_after(const Change& change, std::string_view name) {
  const Initialization& entry = *find_initialization(name);
  const InitializationCase test_case = initialization_cases_for(entry, 1).front();
  const std::span<const int> choices = entry.dialects.front().choices;
  const auto draw = [&](std::uint64_t seed) {
    return initialize_tensor(entry, test_case.hyperparameters, choices, test_case.shape,
                             Binary64::description, seed, "");
  };
  InitializationRecording recording;
  recording.values = draw(test_case.seed);
  recording.again = draw(test_case.seed);
  recording.others = draw(test_case.other_seed);
  change(recording);
  const Comparison comparison = compare_draws(
      test_case, recording, entry.plain_law(test_case.hyperparameters, choices, test_case.shape),
      Binary64::description);
  return comparison.deviation ? comparison.deviation->quantity : "none";
}

TEST(Draws, AreHeldToWhatNoChanceExplains) {
  using Recording = InitializationRecording;
  EXPECT_EQ(quantity_after([](Recording&) {}, "xavier_uniform"), "none");
  EXPECT_EQ(quantity_after([](Recording& r) { r.values[7] = NAN; }, "xavier_normal"), "bound");
  EXPECT_EQ(quantity_after([](Recording& r) { r.others[7] = INFINITY; }, "xavier_normal"), "bound");
  EXPECT_EQ(quantity_after([](Recording& r) { r.values[7] = 0.15; }, "xavier_uniform"), "bound");
  EXPECT_EQ(quantity_after([](Recording& r) { r.again[0] += 1e-9; }, "xavier_uniform"),
            "values that are others when seed 1000 is given again");
  EXPECT_EQ(quantity_after([](Recording& r) { r.others = r.values; }, "xavier_uniform"),
            "values that differ between seeds 1000 and 1001");
  EXPECT_EQ(quantity_after(
                [](Recording& r) {
                  r.others = r.values;
                  for (double& value : r.others) value /= 2;
                  for (double& value : r.values) value = value * 1.3;
                  r.again = r.values;
                },
                "xavier_normal"),
            "distance to the distribution function")
      << "the variance is right, nothing else";
}

TEST(Draws, GridsOfABinary32GeneratorDoNotMatter) {
  const auto on_a_grid = [](InitializationRecording& r) {
    for (auto* values : {&r.values, &r.again, &r.others}) {
      for (double& value : *values) value = std::round(value * 0x1p24) * 0x1p-24;
    }
  };
  EXPECT_EQ(quantity_after(on_a_grid, "xavier_uniform"), "none");
}

}  // namespace
}  // namespace plumbline::conformance
