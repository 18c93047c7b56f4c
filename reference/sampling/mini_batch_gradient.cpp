#include "reference/sampling/mini_batch_gradient.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace plumbline::sampling {
namespace {

/// Mean and variance of equally likely values.
class Tally {
 public:
  void add(const Rational& value) {
    sum_ += value;
    squares_ += value * value;
    ++count_;
  }
  Moments moments() const {
    const Rational mean = sum_ / count_;
    return {mean, squares_ / count_ - mean * mean};
  }

 private:
  Rational sum_ = 0, squares_ = 0;
  long count_ = 0;
};

Rational rational(std::size_t number) {
  return static_cast<long>(number);
}

/// Calls `visit` with each draw of `size` places, as a list of indices.
void for_each_draw(std::size_t population, std::size_t size, Draw draw,
                   std::vector<std::size_t>& chosen,
                   const std::function<void(const std::vector<std::size_t>&)>& visit) {
  if (chosen.size() == size) {
    visit(chosen);
    return;
  }
  for (std::size_t index = 0; index < population; ++index) {
    if (draw == Draw::without_replacement && std::ranges::find(chosen, index) != chosen.end()) {
      continue;
    }
    chosen.push_back(index);
    for_each_draw(population, size, draw, chosen, visit);
    chosen.pop_back();
  }
}

void for_each_draw(std::size_t population, std::size_t size, Draw draw,
                   const std::function<void(const std::vector<std::size_t>&)>& visit) {
  std::vector<std::size_t> chosen;
  for_each_draw(population, size, draw, chosen, visit);
}

/// What each place of an epoch weighs in its average; places that are dropped weigh nothing.
std::vector<Rational> place_weights(std::size_t population_size, std::size_t batch_size,
                                    LastBatch last, Weighting weighting) {
  const std::vector<std::size_t> sizes = epoch_batches(population_size, batch_size, last);
  const std::size_t examples = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  std::vector<Rational> weights;
  for (const std::size_t size : sizes) {
    const Rational weight = weighting == Weighting::examples
                                ? 1 / rational(examples)
                                : 1 / (rational(sizes.size()) * rational(size));
    weights.insert(weights.end(), size, weight);
  }
  weights.resize(population_size, 0);
  return weights;
}

Rational mean_of(std::span<const Rational> gradients, std::span<const std::size_t> chosen) {
  Rational sum = 0;
  for (const std::size_t index : chosen) sum += gradients[index];
  return sum / rational(chosen.size());
}

}  // namespace

Moments population_moments(std::span<const Rational> gradients) {
  Tally tally;
  for (const Rational& gradient : gradients) tally.add(gradient);
  return tally.moments();
}

Moments enumerated_batch(std::span<const Rational> gradients, std::size_t batch_size, Draw draw,
                         Reduction reduction) {
  Tally tally;
  for_each_draw(gradients.size(), batch_size, draw, [&](const std::vector<std::size_t>& chosen) {
    const Rational mean = mean_of(gradients, chosen);
    tally.add(reduction == Reduction::mean ? mean : mean * rational(batch_size));
  });
  return tally.moments();
}

Moments batch_moments(const Moments& population, std::size_t population_size,
                      std::size_t batch_size, Draw draw, Reduction reduction) {
  const Rational n = rational(population_size);
  const Rational b = rational(batch_size);
  Moments moments{population.mean, population.variance / b};
  if (draw == Draw::without_replacement && population_size > 1) {
    moments.variance *= (n - b) / (n - 1);
  }
  if (reduction == Reduction::sum) {
    moments.mean *= b;
    moments.variance *= b * b;
  }
  return moments;
}

Moments enumerated_epoch(std::span<const Rational> gradients, std::size_t batch_size,
                         LastBatch last, Weighting weighting) {
  const std::vector<std::size_t> sizes = epoch_batches(gradients.size(), batch_size, last);
  Tally tally;
  for_each_draw(gradients.size(), gradients.size(), Draw::without_replacement,
                [&](const std::vector<std::size_t>& order) {
                  Rational sum = 0, weights = 0;
                  std::span<const std::size_t> rest = order;
                  for (const std::size_t size : sizes) {
                    const Rational weight =
                        weighting == Weighting::batches ? Rational(1) : rational(size);
                    sum += weight * mean_of(gradients, rest.first(size));
                    weights += weight;
                    rest = rest.subspan(size);
                  }
                  tally.add(sum / weights);
                });
  return tally.moments();
}

Moments epoch_moments(const Moments& population, std::size_t population_size,
                      std::size_t batch_size, LastBatch last, Weighting weighting) {
  const Rational n = rational(population_size);
  Rational squares = 0;
  for (const Rational& weight : place_weights(population_size, batch_size, last, weighting)) {
    squares += weight * weight;
  }
  return {population.mean, population.variance * n / (n - 1) * (squares - 1 / n)};
}

Rational enumerated_covariance(std::span<const Rational> gradients, std::size_t first_size,
                               std::size_t second_size) {
  Tally first, second, both;
  for_each_draw(gradients.size(), first_size + second_size, Draw::without_replacement,
                [&](const std::vector<std::size_t>& chosen) {
                  const std::span<const std::size_t> places = chosen;
                  const Rational one = mean_of(gradients, places.first(first_size));
                  const Rational other = mean_of(gradients, places.subspan(first_size));
                  first.add(one);
                  second.add(other);
                  both.add(one * other);
                });
  return both.moments().mean - first.moments().mean * second.moments().mean;
}

Rational batch_covariance(const Moments& population, std::size_t population_size) {
  return -population.variance / (rational(population_size) - 1);
}

std::vector<std::size_t> epoch_batches(std::size_t population_size, std::size_t batch_size,
                                       LastBatch last) {
  std::vector<std::size_t> sizes(population_size / batch_size, batch_size);
  if (last == LastBatch::kept && population_size % batch_size != 0) {
    sizes.push_back(population_size % batch_size);
  }
  return sizes;
}

}  // namespace plumbline::sampling
