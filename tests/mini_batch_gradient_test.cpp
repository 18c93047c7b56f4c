// The mean and variance of mini-batch gradients: enumeration of every draw against the
// closed forms, in rationals, so that equality is equality. Each claim has a wrong form
// beside it that the same enumeration refutes.
#include "reference/sampling/mini_batch_gradient.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plumbline::sampling {
namespace {

using Gradients = std::vector<Rational>;

const Gradients& some_gradients() {
  static const Gradients gradients{Rational(3, 2), -4, Rational(1, 3), 7, Rational(-5, 7), 2};
  return gradients;
}

Gradients first_of(std::size_t count) {
  return {some_gradients().begin(), some_gradients().begin() + static_cast<long>(count)};
}

/// Calls `check` for every population of 2 to `most`, batch size, draw and reduction.
template <class Check>
void for_each_batch(std::size_t most, const Check& check) {
  for (std::size_t population = 2; population <= most; ++population) {
    for (std::size_t size = 1; size <= population; ++size) {
      for (const Draw draw : {Draw::without_replacement, Draw::with_replacement}) {
        for (const Reduction reduction : {Reduction::mean, Reduction::sum}) {
          check(first_of(population), size, draw, reduction);
        }
      }
    }
  }
}

TEST(MiniBatchGradient, OneBatchIsAsTheClosedFormSays) {
  for_each_batch(5, [](const Gradients& gradients, std::size_t size, Draw draw,
                       Reduction reduction) {
    EXPECT_EQ(enumerated_batch(gradients, size, draw, reduction),
              batch_moments(population_moments(gradients), gradients.size(), size, draw, reduction))
        << "N = " << gradients.size() << ", B = " << size;
  });
}

TEST(MiniBatchGradient, TheMeanIsUnbiasedAndTheSumIsBTimesIt) {
  for_each_batch(
      5, [](const Gradients& gradients, std::size_t size, Draw draw, Reduction reduction) {
        const Rational mean = population_moments(gradients).mean;
        const Rational factor = reduction == Reduction::mean ? 1 : static_cast<long>(size);
        EXPECT_EQ(enumerated_batch(gradients, size, draw, reduction).mean, factor * mean);
      });
}

TEST(MiniBatchGradient, AWholeBatchHasNoVarianceAndASingleSampleAllOfIt) {
  const Gradients& gradients = some_gradients();
  const Moments all = population_moments(gradients);
  const auto moments = [&](std::size_t size, Draw draw) {
    return enumerated_batch(gradients, size, draw, Reduction::mean);
  };
  EXPECT_EQ(moments(gradients.size(), Draw::without_replacement), (Moments{all.mean, 0}));
  EXPECT_EQ(moments(1, Draw::without_replacement), all);
  EXPECT_EQ(moments(1, Draw::with_replacement), all);
}

// Controls: forms that are often written, and are wrong.
TEST(MiniBatchGradient, WrongFormsAreRefuted) {
  const Gradients& gradients = some_gradients();
  const Moments all = population_moments(gradients);
  const Rational n = static_cast<long>(gradients.size());
  for (std::size_t size = 2; size < gradients.size(); ++size) {
    const Rational b = static_cast<long>(size);
    const auto variance = [&](Draw draw, Reduction reduction) {
      return enumerated_batch(gradients, size, draw, reduction).variance;
    };
    const Rational without = variance(Draw::without_replacement, Reduction::mean);
    const Rational with = variance(Draw::with_replacement, Reduction::mean);
    EXPECT_NE(without, all.variance / b) << "the finite-population factor left out";
    EXPECT_NE(without, all.variance / b * (n - b) / n) << "N for N - 1";
    EXPECT_NE(with, all.variance / b * (n - b) / (n - 1)) << "the factor where it has no place";
    EXPECT_NE(with, all.variance * n / (n - 1) / b) << "the sample variance for the population's";
    EXPECT_NE(variance(Draw::with_replacement, Reduction::sum), with) << "a sum for a mean";
  }
  // ... but N for N - 1 is right where s^2 is the sample variance, with N - 1 below.
  const Rational sample_variance = all.variance * n / (n - 1);
  EXPECT_EQ(enumerated_batch(gradients, 4, Draw::without_replacement, Reduction::mean).variance,
            sample_variance / 4 * (n - 4) / n);
}

TEST(MiniBatchGradient, AnEpochIsAsTheClosedFormSays) {
  for (std::size_t population = 2; population <= 6; ++population) {
    const Gradients gradients = first_of(population);
    for (std::size_t size = 1; size <= population; ++size) {
      for (const LastBatch last : {LastBatch::kept, LastBatch::dropped}) {
        for (const Weighting weighting : {Weighting::batches, Weighting::examples}) {
          EXPECT_EQ(enumerated_epoch(gradients, size, last, weighting),
                    epoch_moments(population_moments(gradients), population, size, last, weighting))
              << "N = " << population << ", B = " << size;
        }
      }
    }
  }
}

// A kept last batch that counts as much as a whole one: still no bias, but an epoch is then
// not the full gradient any more.
TEST(MiniBatchGradient, TheLastBatchsWeightShows) {
  const Gradients& gradients = some_gradients();
  const Moments all = population_moments(gradients);
  const auto epoch = [&](std::size_t size, LastBatch last, Weighting weighting) {
    return enumerated_epoch(gradients, size, last, weighting);
  };
  EXPECT_EQ(epoch(4, LastBatch::kept, Weighting::examples), (Moments{all.mean, 0}));
  EXPECT_EQ(epoch(4, LastBatch::kept, Weighting::batches).mean, all.mean);
  EXPECT_GT(epoch(4, LastBatch::kept, Weighting::batches).variance, 0);
  EXPECT_GT(epoch(4, LastBatch::dropped, Weighting::examples).variance, 0);
  // Where B divides N neither matters.
  for (const LastBatch last : {LastBatch::kept, LastBatch::dropped}) {
    EXPECT_EQ(epoch(3, last, Weighting::batches), (Moments{all.mean, 0}));
  }
}

TEST(MiniBatchGradient, BatchesOfOneEpochAreAnticorrelatedWhateverTheirSizes) {
  const Gradients& gradients = some_gradients();
  const Rational expected = batch_covariance(population_moments(gradients), gradients.size());
  for (const auto& [first, second] : {std::pair{1, 1}, {2, 2}, {4, 2}, {3, 1}}) {
    EXPECT_EQ(enumerated_covariance(gradients, static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(second)),
              expected);
  }
  EXPECT_NE(expected, 0) << "they are not independent";
}

RC_GTEST_PROP(MiniBatchGradient, HoldsForAnyGradients, ()) {
  const auto numerators = *rc::gen::container<std::vector<int>>(4, rc::gen::inRange(-50, 50));
  const auto denominator = *rc::gen::inRange(1, 20);
  Gradients gradients;
  for (const int numerator : numerators) gradients.emplace_back(numerator, denominator);
  const auto size = *rc::gen::inRange<std::size_t>(1, 5);
  const Draw draw = *rc::gen::element(Draw::with_replacement, Draw::without_replacement);
  RC_ASSERT(enumerated_batch(gradients, size, draw, Reduction::mean) ==
            batch_moments(population_moments(gradients), 4, size, draw, Reduction::mean));
}

TEST(MiniBatchGradient, AnEpochsBatchesAddUp) {
  EXPECT_EQ(epoch_batches(10, 4, LastBatch::kept), (std::vector<std::size_t>{4, 4, 2}));
  EXPECT_EQ(epoch_batches(10, 4, LastBatch::dropped), (std::vector<std::size_t>{4, 4}));
  EXPECT_EQ(epoch_batches(8, 4, LastBatch::kept), (std::vector<std::size_t>{4, 4}));
}

}  // namespace
}  // namespace plumbline::sampling
