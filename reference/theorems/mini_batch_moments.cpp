// Mini-batch gradients: their mean and variance, by enumeration of all equally likely batches,
// in rational numbers.
//
//   E[g_B] = g                                        with and without replacement
//   E||g_B - g||^2 = s^2/B                            with replacement
//                    s^2/B (N - B)/(N - 1)            without
//
// g is the mean of the N gradients and s^2 = 1/N sum (g_i - g)^2. The step of a series is B.
#include "reference/sampling/mini_batch_gradient.hpp"
#include "reference/theorem.hpp"

namespace plumbline::theorems {
namespace {

using sampling::Draw;
using sampling::Moments;
using sampling::Reduction;

const std::vector<Rational> gradients{Rational(3, 2), -4, Rational(1, 3), 7, Rational(-5, 7)};
const long population = static_cast<long>(gradients.size());

/// What the enumeration gives, and what is said of it, both for batches of B.
using Said = Rational (*)(const Moments& population_moments, long batch_size);
using Seen = Rational (*)(const Moments& batch_moments);

Run by_batch_size(std::string name, Role role, Draw draw, Reduction reduction, Seen seen, Said said,
                  long first = 1) {
  return {.name = std::move(name),
          .role = role,
          .objective = "five gradients: 3/2, -4, 1/3, 7, -5/7",
          .relation = Relation::equal,
          .series = [=] {
            const Moments all = sampling::population_moments(gradients);
            Series series;
            for (long size = first; size <= population; ++size) {
              const Moments batch = sampling::enumerated_batch(
                  gradients, static_cast<std::size_t>(size), draw, reduction);
              series.push_back(exact_comparison(size, seen(batch), said(all, size)));
            }
            return series;
          }};
}

Rational mean_of(const Moments& moments) {
  return moments.mean;
}
Rational variance_of(const Moments& moments) {
  return moments.variance;
}

std::vector<Run> unbiased_runs() {
  const Said gradient = [](const Moments& all, long) { return all.mean; };
  Run epoch{.name = "every batch of an epoch alike, the last one kept",
            .role = Role::witness,
            .objective = "five gradients: 3/2, -4, 1/3, 7, -5/7",
            .relation = Relation::equal,
            .series = [] {
              const Moments all = sampling::population_moments(gradients);
              Series series;
              for (long size = 1; size <= population; ++size) {
                const Moments epoch_moments = sampling::enumerated_epoch(
                    gradients, static_cast<std::size_t>(size), sampling::LastBatch::kept,
                    sampling::Weighting::batches);
                series.push_back(exact_comparison(size, epoch_moments.mean, all.mean));
              }
              return series;
            }};
  return {
      by_batch_size("with replacement", Role::witness, Draw::with_replacement, Reduction::mean,
                    mean_of, gradient),
      by_batch_size("without replacement", Role::witness, Draw::without_replacement,
                    Reduction::mean, mean_of, gradient),
      std::move(epoch),
      by_batch_size("the sum over the batch is B times it", Role::witness,
                    Draw::without_replacement, Reduction::sum, mean_of,
                    [](const Moments& all, long size) -> Rational { return all.mean * size; }),
      by_batch_size("the sum over the batch, said to be unbiased", Role::control,
                    Draw::with_replacement, Reduction::sum, mean_of, gradient),
  };
}

std::vector<Run> variance_runs() {
  const Said over_batch = [](const Moments& all, long size) -> Rational {
    return all.variance / size;
  };
  const Said finite_population = [](const Moments& all, long size) -> Rational {
    return all.variance / size * (population - size) / (population - 1);
  };
  return {
      by_batch_size("with replacement: s^2/B", Role::witness, Draw::with_replacement,
                    Reduction::mean, variance_of, over_batch),
      by_batch_size("without: s^2/B (N - B)/(N - 1)", Role::witness, Draw::without_replacement,
                    Reduction::mean, variance_of, finite_population),
      by_batch_size("without, the finite-population factor left out", Role::control,
                    Draw::without_replacement, Reduction::mean, variance_of, over_batch, 2),
      by_batch_size("without, N for N - 1", Role::control, Draw::without_replacement,
                    Reduction::mean, variance_of,
                    [](const Moments& all, long size) -> Rational {
                      return all.variance / size * (population - size) / population;
                    }),
      by_batch_size("with, the factor where it has no place", Role::control, Draw::with_replacement,
                    Reduction::mean, variance_of, finite_population, 2),
      by_batch_size("the sum over the batch, said to have the variance of the mean", Role::control,
                    Draw::with_replacement, Reduction::sum, variance_of, over_batch, 2),
  };
}

}  // namespace

Theorem sgd_unbiased() {
  return {.id = "sgd-unbiased",
          .title = "A mini-batch gradient is unbiased",
          .statement = "E_B[g_B] = g for uniform batches, with and without replacement",
          .hypotheses = {"each batch is as likely as any other", "the batch's mean is taken"},
          .bound = "E_B[g_B] = g",
          .tight = "an equality, in rational numbers, by enumeration of all batches",
          .source = "Cochran 1977, Sampling Techniques, theorem 2.1",
          .runs = unbiased_runs};
}

Theorem sgd_variance() {
  return {.id = "sgd-variance",
          .title = "The variance of a mini-batch gradient",
          .statement = "with replacement E||g_B - g||^2 = s^2/B; without, times (N - B)/(N - 1)",
          .hypotheses = {"each batch is as likely as any other",
                         "s^2 = 1/N sum (g_i - g)^2, with N below and not N - 1"},
          .bound = "s^2/B; s^2/B (N - B)/(N - 1)",
          .tight = "an equality, in rational numbers, by enumeration of all batches",
          .source = "Cochran 1977, Sampling Techniques, theorem 2.2",
          .runs = variance_runs};
}

}  // namespace plumbline::theorems
