// One line registers every check of a rule; the lines here are what a user writes.
#include "conformance/googletest.hpp"

#include <algorithm>

#include "example_adapters.hpp"

namespace plumbline::conformance {
namespace {

PLUMBLINE_CHECK_OPTIMIZER("adam", GoodAdam<float>, GoodAdam<double>);
PLUMBLINE_CHECK_OPTIMIZER("gradient_descent", Descent);

/// Forgets to take the root.
struct RootlessAdam : GoodAdam<double> {
  using GoodAdam::GoodAdam;
  void step(const Gradients<double>& gradients) {
    auto before = values;
    GoodAdam::step(gradients);
    for (std::size_t tensor = 0; tensor < values.size(); ++tensor) {
      for (std::size_t i = 0; i < values[tensor].size(); ++i) {
        const double correction2 = 1 - std::pow(beta2, static_cast<double>(steps[tensor]));
        const double root = std::sqrt(second_moment[tensor][i] / correction2);
        const double moved = values[tensor][i] - before[tensor][i];
        values[tensor][i] = before[tensor][i] + moved * (root + epsilon) / (root * root + epsilon);
      }
    }
  }
};

/// The checks of an adapter for Adam in binary64, by name.
std::map<std::string, CheckOutcome> outcomes_of(const SubjectFactory& subject,
                                                std::vector<KnownDeviation> known = {},
                                                const std::string& rule = "adam") {
  std::map<std::string, CheckOutcome> outcomes;
  for (const NamedCheck& check : named_checks({.task = {Kind::rule, rule, "binary64"},
                                 .subject = subject,
                                 .golden_folder = PLUMBLINE_GOLDEN_FOLDER,
                                 .known_deviations = std::move(known)})) {
    outcomes[check.name] = check.run();
  }
  return outcomes;
}

template <class Adapter>
SubjectFactory subject_of(const std::string& rule = "adam") {
  return [rule] {
    auto subject = std::make_unique<InProcessSubject>("test", "1");
    subject->add<Adapter>(rule);
    return subject;
  };
}

TEST(NamedChecks, EachCaseOfAGoodSubjectPassesByItself) {
  const auto outcomes = outcomes_of(subject_of<GoodAdam<double>>());
  EXPECT_EQ(outcomes.at("verdict").status, CheckOutcome::Status::passed);
  EXPECT_TRUE(outcomes.at("verdict").text.starts_with("follows paper, "))
      << outcomes.at("verdict").text;
  EXPECT_EQ(outcomes.at("acceptance/gaussian/dyadic").status, CheckOutcome::Status::passed);
  EXPECT_EQ(outcomes.at("golden/gaussian/dyadic").status, CheckOutcome::Status::passed);
  // It has no place for weight decay and for groups, which is said and not passed over.
  long passed = 0, skipped = 0;
  for (const auto& [name, outcome] : outcomes) {
    EXPECT_NE(outcome.status, CheckOutcome::Status::failed) << name << ": " << outcome.text;
    ++(outcome.status == CheckOutcome::Status::passed ? passed : skipped);
  }
  EXPECT_GT(passed, 60);
  EXPECT_GT(skipped, 0);
}

TEST(NamedChecks, AWrongFormulaFailsInItsCasesAndItsGoldenCases) {
  const auto outcomes = outcomes_of(subject_of<RootlessAdam>());
  EXPECT_EQ(outcomes.at("verdict").status, CheckOutcome::Status::failed);
  for (const char* name : {"acceptance/gaussian/dyadic", "golden/gaussian/dyadic"}) {
    const CheckOutcome& outcome = outcomes.at(name);
    EXPECT_EQ(outcome.status, CheckOutcome::Status::failed) << name;
    for (const char* part :
         {"where    step 1, w0[0], parameter", "value    ", "radii", "allowed  [", "nearest  "}) {
      EXPECT_NE(outcome.text.find(part), std::string::npos) << name << ":\n" << outcome.text;
    }
  }
}

TEST(NamedChecks, AKnownDeviationMustDeviate) {
  const std::vector<KnownDeviation> known{{"*", "the root is missing"}};
  const auto wrong = outcomes_of(subject_of<RootlessAdam>(), known);
  EXPECT_EQ(wrong.at("verdict").status, CheckOutcome::Status::passed);
  EXPECT_EQ(wrong.at("golden/gaussian/dyadic").status, CheckOutcome::Status::passed);
  const auto right = outcomes_of(subject_of<GoodAdam<double>>(), known);
  EXPECT_EQ(right.at("golden/gaussian/dyadic").status, CheckOutcome::Status::failed);
  EXPECT_NE(right.at("verdict").text.find("known deviation (the root is missing) but conforms"),
            std::string::npos);
}

/// Mixes up its two decay rates.
struct SwappedAdam : GoodAdam<double> {
  explicit SwappedAdam(const OptimizerTask& task) : GoodAdam(task) { std::swap(beta1, beta2); }
};

TEST(NamedChecks, APropertyThatFailsShowsItsSmallestCaseAndFailsOnItAgain) {
  const std::string name = "property/constant-gradient-moments";
  NamedCheckOptions options{.task = {Kind::rule, "adam", "binary64"},
                            .subject = subject_of<SwappedAdam>()};
  const auto run = [&] {
    const auto checks = named_checks(options);
    return std::ranges::find(checks, name, &NamedCheck::name)->run();
  };
  const CheckOutcome found = run();
  EXPECT_EQ(found.status, CheckOutcome::Status::failed);
  ASSERT_FALSE(found.counterexample.empty());
  EXPECT_NE(found.text.find(found.counterexample), std::string::npos);
  options.property_input = found.counterexample;
  const CheckOutcome again = run();
  EXPECT_EQ(again.status, CheckOutcome::Status::failed);
  EXPECT_EQ(again.counterexample, found.counterexample);
  options.subject = subject_of<GoodAdam<double>>();
  EXPECT_EQ(run().status, CheckOutcome::Status::passed);
}

/// Hyperparameters kept in binary32, all else in binary64.
struct SingleHyperparameters : GoodAdam<double> {
  explicit SingleHyperparameters(const OptimizerTask& task) : GoodAdam(task) {
    for (double* held : {&rate, &beta1, &beta2, &epsilon}) {
      *held = static_cast<double>(static_cast<float>(*held));
    }
  }
  void set_learning_rate(double changed) {
    rate = static_cast<double>(static_cast<float>(changed));
  }
};

TEST(NamedChecks, GoldenCasesOfAModifiedSubjectAreThoseExactInBinary32) {
  const auto outcomes = outcomes_of(subject_of<SingleHyperparameters>());
  EXPECT_NE(outcomes.at("verdict").text.find("hyperparameters in binary32"), std::string::npos);
  EXPECT_EQ(outcomes.at("verdict").status, CheckOutcome::Status::passed);
  EXPECT_EQ(outcomes.at("golden/gaussian/dyadic").status, CheckOutcome::Status::passed);
  EXPECT_EQ(outcomes.at("golden/gaussian/defaults-scale-2p0").status,
            CheckOutcome::Status::skipped);
}

struct Throws : Descent {
  using Descent::Descent;
  void step(const std::vector<std::vector<double>>&) { throw std::runtime_error("out of luck"); }
};
struct Declines : Descent {
  explicit Declines(const OptimizerTask& task) : Descent(task) { unsupported("everything"); }
};

TEST(NamedChecks, ASubjectThatFailsOrDeclinesAllDoesNotPass) {
  const std::string rule = "gradient_descent";
  const auto throwing = outcomes_of(subject_of<Throws>(rule), {}, rule);
  EXPECT_EQ(throwing.at("verdict").status, CheckOutcome::Status::failed);
  EXPECT_EQ(throwing.at("golden/gaussian/dyadic").status, CheckOutcome::Status::failed);
  EXPECT_NE(throwing.at("acceptance/gaussian/dyadic").text.find("out of luck"), std::string::npos);
  const auto declining = outcomes_of(subject_of<Declines>(rule), {}, rule);
  EXPECT_EQ(declining.at("verdict").status, CheckOutcome::Status::failed);
  EXPECT_EQ(declining.at("acceptance/gaussian/dyadic").status, CheckOutcome::Status::skipped);
}

TEST(NamedChecks, WithoutGoldenFilesFailAndSayWhere) {
  for (const NamedCheck& check : named_checks({.task = {Kind::rule, "gradient_descent", "binary64"},
                                 .subject = subject_of<Descent>("gradient_descent"),
                                 .golden_folder = "/nowhere"})) {
    if (!check.name.starts_with("golden/")) continue;
    const CheckOutcome outcome = check.run();
    EXPECT_EQ(outcome.status, CheckOutcome::Status::failed);
    EXPECT_NE(outcome.text.find("/nowhere/rules/gradient_descent.json"), std::string::npos);
  }
  EXPECT_THROW(named_checks({.task = {Kind::rule, "adamm", "binary64"}, .subject = {}}),
               std::invalid_argument);
}

TEST(Registration, NamesWorkInFilters) {
  EXPECT_EQ(test_name("acceptance/gaussian/defaults-scale-2p-33"),
            "acceptance/gaussian/defaults_scale_2p_33");
  EXPECT_EQ(test_name("my::Adam<float>, my::Adam<double>"), "my_Adam_float_my_Adam_double");
}

}  // namespace
}  // namespace plumbline::conformance
