// Mini-batch gradients as random variables: their mean and variance, exactly.
//
// A population of N examples has the gradients g_1..g_N (one component of them), with
//
//   mean      g = 1/N sum g_i
//   variance  s^2 = 1/N sum (g_i - g)^2
//
// and a mini-batch of size B gives an estimate of g. Everything here is rational and so
// exact: once by enumeration of all equally likely draws, once in closed form.
#pragma once

#include <span>
#include <vector>

#include "reference/numbers/rational.hpp"

namespace plumbline::sampling {

enum class Draw { without_replacement, with_replacement };
/// What a step does with the gradients of its batch.
enum class Reduction { mean, sum };
/// What becomes of the last batch of an epoch where B does not divide N.
enum class LastBatch { kept, dropped };
/// How the batches of an epoch are averaged: each batch counts alike, or each example.
enum class Weighting { batches, examples };

struct Moments {
  Rational mean;
  Rational variance;
  bool operator==(const Moments&) const = default;
};

/// Of the gradients themselves: g and s^2.
Moments population_moments(std::span<const Rational> gradients);

/// Of one batch, by enumeration of all N^B draws with replacement, or of all
/// N (N - 1) ... (N - B + 1) without. B = 1 is a single sample, B = N without replacement the
/// whole batch.
Moments enumerated_batch(std::span<const Rational> gradients, std::size_t batch_size, Draw draw,
                         Reduction reduction);
/// In closed form: the mean estimates g without bias, with the variance
///   s^2/B                     with replacement
///   s^2/B (N - B)/(N - 1)     without: the finite-population factor
/// and the sum is B times that. (Cochran, Sampling Techniques, 1977, theorems 2.1 and 2.2.)
Moments batch_moments(const Moments& population, std::size_t population_size,
                      std::size_t batch_size, Draw draw, Reduction reduction);

/// Of the average over the batches of an epoch, each the mean of its examples, by enumeration
/// of all N! orders.
Moments enumerated_epoch(std::span<const Rational> gradients, std::size_t batch_size,
                         LastBatch last, Weighting weighting);
/// In closed form. An order with the weights w_i for its places, of sum 1, has the variance
///   s^2 N/(N - 1) (sum w_i^2 - 1/N)
/// which is 0 where every example of the epoch weighs 1/N.
Moments epoch_moments(const Moments& population, std::size_t population_size,
                      std::size_t batch_size, LastBatch last, Weighting weighting);

/// Of two batches of one epoch, from all orders: the covariance of their means. They are
/// disjoint, and so it is -s^2/(N - 1), whatever their sizes.
Rational enumerated_covariance(std::span<const Rational> gradients, std::size_t first_size,
                               std::size_t second_size);
Rational batch_covariance(const Moments& population, std::size_t population_size);

/// The sizes of an epoch's batches, in order.
std::vector<std::size_t> epoch_batches(std::size_t population_size, std::size_t batch_size,
                                       LastBatch last);

}  // namespace plumbline::sampling
