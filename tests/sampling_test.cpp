// The checks of a subject's sampler: every convention is told, every mutant is caught, and an
// ideal generator is left alone with a probability that is proved.
#include <gtest/gtest.h>

#include <cmath>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/cases/sampling_case.hpp"
#include "conformance/checks/examination.hpp"
#include "conformance/checks/runner.hpp"
#include "conformance/judge/epochs.hpp"
#include "conformance/judge/tail_bounds.hpp"
#include "conformance/subject/in_process.hpp"
#include "tests/deep_run.hpp"

namespace plumbline::conformance {
namespace {

std::vector<Result> check(const SubjectFactory& subject, CheckOptions options) {
  RunOptions run;
  run.subject = subject;
  return run_checks(options, run).results;
}

CheckOptions options_for(std::string_view sampling) {
  CheckOptions options;
  options.samplings = {std::string(sampling)};
  return options;
}

Finding finding_of(const BuiltInSettings& settings, const CheckOptions& options) {
  return check([&] { return std::make_unique<BuiltInSubject>(settings); }, options).at(0).finding;
}

using SamplerFunction = InProcessSubject::Sampler;

/// What a check says of a sampler that is written here.
Finding finding_of(const SamplerFunction& sampler, const CheckOptions& options) {
  return check(
             [&] {
               auto subject = std::make_unique<InProcessSubject>("sampler", "1");
               subject->set_sampler(sampler);
               return subject;
             },
             options)
      .at(0)
      .finding;
}

TEST(Samplings, AreIdentifiedByTheirConvention) {
  for (const Sampling& sampling : all_samplings()) {
    for (const Dialect& dialect : sampling.dialects) {
      const Finding finding =
          finding_of({.dialect = std::string(sampling.name) + "/" + std::string(dialect.name)},
                     options_for(sampling.name));
      EXPECT_EQ(finding.verdict, Verdict::conforms) << dialect.name << ": " << finding.error;
      const auto equal = equivalents(sampling.equivalences, dialect.name);
      EXPECT_TRUE(finding.dialect == dialect.name ||
                  std::ranges::find(equal, finding.dialect) != equal.end())
          << dialect.name << " taken for " << finding.dialect;
      for (const std::string& other : finding.indistinguishable_dialects) {
        EXPECT_NE(std::ranges::find(equal, other), equal.end()) << dialect.name << ", " << other;
      }
      EXPECT_LT(finding.budget_used, 1);
    }
  }
}

TEST(Samplings, EveryMutantDeviatesFromEveryConvention) {
  for (const Sampling& sampling : all_samplings()) {
    const auto mutants = written_mutants_of(sampling);
    EXPECT_GE(mutants.size(), 10u);
    for (const Mutant& mutant : mutants) {
      CheckOptions options = options_for(sampling.name);
      options.thorough = false;
      const Finding finding = finding_of({.mutant = mutant.rule + "/" + mutant.name}, options);
      EXPECT_EQ(finding.verdict, Verdict::deviates) << mutant.rule << "/" << mutant.name;
      ASSERT_TRUE(finding.deviation.has_value()) << mutant.name;
      EXPECT_GT(finding.deviation->radii, 1) << mutant.name;
    }
  }
}

// Other seeds of the harness are other runs: at odds of a thousand million to one they all
// conform, and the budget that they use says how far from the edge.
TEST(Samplings, AnHonestSamplerIsLeftAlone) {
  double most = 0;
  for (std::uint64_t seed = 1; seed <= (is_deep_run() ? 1000u : 10u); ++seed) {
    for (const Sampling& sampling : all_samplings()) {
      CheckOptions options = options_for(sampling.name);
      options.seed = 1000000 * seed;
      const Finding finding = finding_of(BuiltInSettings{}, options);
      EXPECT_EQ(finding.verdict, Verdict::conforms) << "seed " << options.seed;
      most = std::max(most, finding.budget_used);
    }
  }
  EXPECT_GT(most, 0.3) << "a budget that nobody comes near catches nobody";
}

TEST(Samplings, WithoutOneTheVerdictIsUnsupported) {
  const auto results = check([] { return std::make_unique<InProcessSubject>("none", "1"); },
                             options_for("*_replacement"));
  ASSERT_EQ(results.size(), 2u);
  for (const Result& result : results) {
    EXPECT_EQ(result.finding.verdict, Verdict::unsupported);
    EXPECT_EQ(name_of(result.task.kind), "sampling");
  }
}

TEST(Samplings, AreLeftOutWhereARuleIsNamed) {
  CheckOptions options;
  options.rules = {"adam"};
  for (const Task& task : tasks_for(options)) EXPECT_NE(task.kind, Kind::sampling);
  const std::vector<Task> all = tasks_for({});
  EXPECT_EQ(std::ranges::count(all, Kind::sampling, &Task::kind),
            static_cast<long>(all_samplings().size() + 2 * all_initializations().size()));
}

// --- wrong answers ------------------------------------------------------------------------

/// The built-in sampler's answer, changed.
template <class Change>
Finding changed(const Change& change, std::string_view test_case) {
  CheckOptions options = options_for("without_replacement");
  options.cases = {"without_replacement/" + std::string(test_case)};
  return finding_of(
      [&](const SampleRequest& request) {
        auto batches = *BuiltInSubject().sample(request);
        change(batches);
        return batches;
      },
      options);
}

TEST(SamplerAnswers, AreHeldToWhatWasAsked) {
  using Answer = IndexBatches;
  const auto quantity = [](const Finding& finding) {
    return finding.deviation ? finding.deviation->quantity : "none";
  };
  EXPECT_EQ(quantity(changed([](Answer&) {}, "mini-batch")), "none");
  EXPECT_EQ(quantity(changed([](Answer& batches) { batches.pop_back(); }, "mini-batch")),
            "number of batches");
  EXPECT_EQ(quantity(changed([](Answer& batches) { batches[2].push_back(0); }, "mini-batch")),
            "batch size");
  EXPECT_EQ(quantity(changed([](Answer& batches) { batches[5][0] = -1; }, "batch")), "index");
  EXPECT_EQ(quantity(changed([](Answer& batches) { batches[5][0] = 6; }, "batch")), "index");
  EXPECT_EQ(quantity(changed([](Answer& batches) { batches[9] = {4, 4, 1, 2, 3, 0}; }, "batch")),
            "index 4 twice in epoch 10");
}

// The order inside a batch is nobody's business: a sampler that gives sorted sets conforms.
TEST(SamplerAnswers, MayBeInAnyOrderInsideABatch) {
  for (const char* test_case : {"mini-batch", "half-empty-batch", "batch", "more-than-a-byte"}) {
    const Finding finding = changed(
        [](IndexBatches& batches) {
          for (auto& batch : batches) std::ranges::sort(batch);
        },
        test_case);
    EXPECT_EQ(finding.verdict, Verdict::conforms) << test_case;
  }
}

// --- chances ------------------------------------------------------------------------------

/// All orders of 0..count-1.
std::vector<std::vector<long>> all_orders(long count) {
  std::vector<long> order(static_cast<std::size_t>(count));
  for (long index = 0; index < count; ++index) order[static_cast<std::size_t>(index)] = index;
  std::vector<std::vector<long>> orders;
  do orders.push_back(order);
  while (std::ranges::next_permutation(order).found);
  return orders;
}

/// The first `length` of each order: all draws of so many, equally often.
std::vector<std::vector<long>> all_draws(long population, long length) {
  std::vector<std::vector<long>> draws = all_orders(population);
  for (auto& draw : draws) draw.resize(static_cast<std::size_t>(length));
  return draws;
}

TEST(SamplingChances, AreTheSharesOfAllOrders) {
  for (const auto& [population, batch_size, length] :
       {std::tuple{5L, 2L, 5L}, {5L, 2L, 4L}, {4L, 1L, 4L}, {5L, 3L, 3L}, {4L, 4L, 4L}}) {
    int seen = 0;
    for (const SeenCount& count :
         counts_without_replacement(all_draws(population, length), population, batch_size)) {
      if (count.what == SeenCount::What::disjoint) continue;  // depends on the epochs' order
      EXPECT_NEAR(count.count / count.trials, count.chance, 1e-12) << count.text();
      ++seen;
    }
    EXPECT_TRUE(seen > 0 || batch_size == population);
  }
}

TEST(SamplingChances, OfSuccessiveEpochsAreTheSharesOfAllPairs) {
  std::map<std::pair<long, long>, std::pair<double, double>> shares;  // seen, and the chance
  const auto orders = all_orders(4);
  double pairs = 0;
  for (const auto& first : orders) {
    for (const auto& second : orders) {
      ++pairs;
      for (const SeenCount& count : counts_without_replacement({first, second}, 4, 2)) {
        if (count.what != SeenCount::What::disjoint) continue;
        auto& [seen, chance] = shares[{count.first, count.second}];
        seen += count.count;
        chance = count.chance;
      }
    }
  }
  ASSERT_EQ(shares.size(), 4u);
  for (const auto& [batches, share] : shares) EXPECT_NEAR(share.first / pairs, share.second, 1e-12);
}

TEST(SamplingChances, WithReplacementAreTheSharesOfAllPairsOfBatches) {
  std::map<std::tuple<int, long, long>, std::array<double, 3>> shares;  // seen, trials, chance
  std::vector<std::vector<long>> batches;
  for (long draw = 0; draw < 27; ++draw) batches.push_back({draw / 9, draw / 3 % 3, draw % 3});
  for (const auto& first : batches) {
    for (const auto& second : batches) {
      for (const SeenCount& count : counts_with_replacement({first, second}, 3)) {
        auto& share = shares[{static_cast<int>(count.what), count.first, count.second}];
        share = {share[0] + count.count, share[1] + count.trials, count.chance};
      }
    }
  }
  ASSERT_EQ(shares.size(), 3u + 3u + 9u + 1u);
  for (const auto& [what, share] : shares) EXPECT_NEAR(share[0] / share[1], share[2], 1e-12);
}

// --- bounds -------------------------------------------------------------------------------

/// P(K = k) for K ~ Binomial(n, p).
double binomial(int n, int k, double p) {
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                  k * std::log(p) + (n - k) * std::log1p(-p));
}

double chance_outside(const CountBound& bound) {
  double outside = 0;
  const int n = static_cast<int>(bound.trials);
  for (int count = 0; count <= n; ++count) {
    if (bound.share(count) > 1) outside += binomial(n, count, bound.chance);
  }
  return outside;
}

TEST(TailBounds, HoldForExactBinomialTails) {
  for (const int trials : {1, 10, 100, 1000, 8000}) {
    for (const double chance : {0.001, 0.05, 1.0 / 7, 0.5, 0.9}) {
      for (const double limit : {1.0, 5.0, 20.0, 35.0}) {
        const CountBound bound{static_cast<double>(trials), chance, limit};
        EXPECT_LE(chance_outside(bound), 2 * std::exp(-limit) * (1 + 1e-9))
            << trials << " " << chance << " " << limit;
      }
    }
  }
}

// Control: the bound is not so wide that it says nothing, and three standard deviations
// would not do.
TEST(TailBounds, AreNeitherEmptyNorTooNarrow) {
  const CountBound bound{8000, 0.2, tail_limit(100)};
  EXPECT_LT(bound.upper() - bound.lower(), 700);
  EXPECT_GT(chance_outside({8000, 0.2, 20}), 2 * std::exp(-20) / 100);
  const CountBound narrow{8000, 0.2, 4.5};  // exp(-4.5): three standard deviations
  EXPECT_GT(chance_outside(narrow), 1e-3);
}

TEST(TailBounds, OfARunAddUp) {
  double cases = 0;
  for (const Task& task : tasks_for({})) {
    if (task.kind != Kind::sampling) continue;
    cases += static_cast<double>(case_ids(task, {}).size());
  }
  EXPECT_GT(cases, 100);
  EXPECT_LE(cases, most_statistical_cases);
  EXPECT_LE(cases * false_alarms_per_case, false_alarms_per_run);
  // Each of the T tests of a case has two sides of alpha/(2 T).
  EXPECT_NEAR(2 * 500 * std::exp(-tail_limit(500)), false_alarms_per_case,
              1e-6 * false_alarms_per_case);
}

}  // namespace
}  // namespace plumbline::conformance
