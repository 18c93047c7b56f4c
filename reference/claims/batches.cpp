// Stochastic gradients: their mean and variance by enumeration of every batch, in rationals.
#include "reference/claims/documents.hpp"
#include "reference/claims/groups.hpp"
#include "reference/claims/readings.hpp"
#include "reference/numbers/rational.hpp"
#include "reference/sampling/mini_batch_gradient.hpp"

namespace plumbline::claims {
namespace {

using sampling::Draw;
using sampling::enumerated_batch;
using sampling::Moments;
using sampling::population_moments;
using sampling::Reduction;

const std::vector<Rational>& gradients() {
  static const std::vector<Rational> all{Rational(3, 2), -4, Rational(1, 3), 7, 2};
  return all;
}
std::string draw_text(Draw draw) {
  return draw == Draw::with_replacement ? "with replacement" : "without replacement";
}

/// The batch's mean (or sum) has the gradient's expectation, for these sizes.
Finding is_unbiased(const std::vector<std::size_t>& sizes, Reduction reduction) {
  Readings readings;
  bool unbiased = true;
  const Moments population = population_moments(gradients());
  for (const std::size_t size : sizes) {
    for (const Draw draw : {Draw::with_replacement, Draw::without_replacement}) {
      const Moments batch = enumerated_batch(gradients(), size, draw, reduction);
      unbiased = unbiased && batch.mean == population.mean;
      readings.add(figure("expectation, B = " + std::to_string(size) + " " + draw_text(draw),
                          batch.mean.text()));
    }
  }
  readings.add("all batches of five examples, both ways of drawing", unbiased);
  readings.add(figure("the gradient", population.mean.text()));
  return readings.finding();
}

/// E|g - grad|^2 <= share sigma^2/B.
Finding variance_below(const Rational& share) {
  Readings readings;
  bool below = true;
  const Moments population = population_moments(gradients());
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
    for (const Draw draw : {Draw::with_replacement, Draw::without_replacement}) {
      const Moments batch = enumerated_batch(gradients(), size, draw, Reduction::mean);
      const Rational bound = share * population.variance / static_cast<long>(size);
      below = below && batch.variance <= bound;
      readings.add(
          figure("variance over sigma^2/B, B = " + std::to_string(size) + " " + draw_text(draw),
                 Rational(batch.variance * static_cast<long>(size) / population.variance).text()));
    }
  }
  readings.add("all batches of five examples, both ways of drawing", below);
  return readings.finding();
}

/// A batch of `size` has the smaller variance than one example; the whole set has none.
Finding batches_reduce(std::size_t size, bool to_nothing) {
  const Moments one = enumerated_batch(gradients(), 1, Draw::without_replacement, Reduction::mean);
  const Moments batch =
      enumerated_batch(gradients(), size, Draw::without_replacement, Reduction::mean);
  Readings readings;
  readings.add(
      "five examples, without replacement",
      to_nothing ? batch.variance == 0 : batch.variance > 0 && batch.variance < one.variance);
  readings.add(figure("variance of one example's gradient", one.variance.text()));
  readings.add(figure("variance of a batch of " + std::to_string(size), batch.variance.text()));
  return readings.finding();
}

}  // namespace

std::vector<Claim> batches() {
  std::vector<Claim> claims{
      {.id = "000-variance-bound",
       .document = lecture_notes,
       .line = 56,
       .sentence = "E||g - grad||^2 <= sigma^2/B",
       .computed = "the variance over every batch of five examples, in rationals",
       .compute = [] { return variance_below(1); },
       .planted = "<= sigma^2/(2B)",
       .compute_planted = [] { return variance_below(Rational(1, 2)); }},
      {.id = "003-batch-has-no-noise",
       .document = encyclopedia,
       .line = 43,
       .sentence = "the whole batch has no update noise",
       .computed = "the variance over every order of five of five, in rationals",
       .compute = [] { return batches_reduce(5, true); },
       .planted = "nor have four of five",
       .compute_planted = [] { return batches_reduce(4, true); }}};
  for (const Sentence& place :
       {Sentence{lecture_notes, 55, "unbiased", "the mini-batch gradient is unbiased"},
        Sentence{foundations, 60, "unbiased", "one sample's gradient is an unbiased estimate"}}) {
    const std::vector<std::size_t> sizes = place.document == foundations
                                               ? std::vector<std::size_t>{1}
                                               : std::vector<std::size_t>{1, 2, 3, 5};
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed = "the mean over every batch of five examples, in rationals",
                      .compute = [=] { return is_unbiased(sizes, Reduction::mean); },
                      .planted = "so is the sum over two examples",
                      .compute_planted = [] { return is_unbiased({2}, Reduction::sum); }});
  }
  for (const Sentence& place :
       {Sentence{encyclopedia, 40, "batches-reduce-variance", "mini-batches reduce the variance"},
        Sentence{foundations, 62, "batches-reduce-variance",
                 "a batch of B reduces the variance"}}) {
    claims.push_back({.id = claim_id(place.document, place.name),
                      .document = place.document,
                      .line = place.line,
                      .sentence = place.sentence,
                      .computed = "the variance over every batch of two of five, in rationals",
                      .compute = [] { return batches_reduce(2, false); },
                      .planted = "to nothing",
                      .compute_planted = [] { return batches_reduce(2, true); }});
  }
  return claims;
}

}  // namespace plumbline::claims
