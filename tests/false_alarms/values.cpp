// Clipping and schedules, in every order.
#include <algorithm>
#include <vector>

#include "operations.hpp"

namespace variant {
namespace {

constexpr double pi = 3.14159265358979323846;

template <class T>
T pairwise_squares(const T* values, std::size_t size) {
  if (size == 0) return as<T>(0.0);
  if (size == 1) return values[0] * values[0];
  return pairwise_squares(values, size / 2) + pairwise_squares(values + size / 2, size - size / 2);
}

template <class T>
T root(T value) {
  using std::sqrt;
  return sqrt(value);
}

template <class T>
T sum_of_squares(const T* values, std::size_t size) {
  T sum = as<T>(0.0);
  for (std::size_t i = 0; i < size; ++i) sum = sum + values[i] * values[i];
  return sum;
}

/// The norm over all elements, by one way of summing for each order.
template <class T>
double norm_in(int order, const std::vector<T>& all, std::size_t tensors,
               const std::size_t* sizes) {
  T sum = as<T>(0.0);
  switch (order) {
    case folded: {  // PyTorch: the norm of the tensors' norms
      std::size_t at = 0;
      for (std::size_t tensor = 0; tensor < tensors; at += sizes[tensor++]) {
        const T norm = root(sum_of_squares(all.data() + at, sizes[tensor]));
        sum = sum + norm * norm;
      }
      return as<double>(root(sum));
    }
    case products_in_format: {  // in binary64, stored in the format
      double wide = 0;
      for (const T value : all) wide += as<double>(value) * as<double>(value);
      return as<double>(as<T>(std::sqrt(wide)));
    }
    case reciprocals:
      return as<double>(root(pairwise_squares(all.data(), all.size())));
    case fused: {
      using std::fma;
      for (const T value : all) sum = fma(value, value, sum);
      return as<double>(root(sum));
    }
    case in_lanes: {
      T lanes[8];
      for (T& lane : lanes) lane = sum;
      std::size_t i = 0;
      for (; i + 8 <= all.size(); i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) {
          lanes[lane] = lanes[lane] + all[i + lane] * all[i + lane];
        }
      }
      for (; i < all.size(); ++i) sum = sum + all[i] * all[i];
      return as<double>(root(((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                             ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])) + sum));
    }
    case wider: {
      long double wide = 0;
      for (const T value : all) wide += as<long double>(value) * as<long double>(value);
      return static_cast<double>(std::sqrt(wide));
    }
    case interpolated: {  // Kahan's sum, whose differences are NaN once the sum overflows
      if constexpr (!has_range<T>) return as<double>(root(sum_of_squares(all.data(), all.size())));
      T lost = sum;
      for (const T value : all) {
        const T term = value * value - lost;
        const T next = sum + term;
        lost = (next - sum) - term;
        sum = next;
      }
      return as<double>(root(sum));
    }
    case hyperparameters_in_32: {  // scaled, so that nothing overflows
      using std::fabs;
      T largest = sum;
      for (const T value : all) largest = std::max(largest, T(fabs(value)));
      if (!(sum < largest)) return 0;
      for (const T value : all) sum = sum + (value / largest) * (value / largest);
      return as<double>(largest * root(sum));
    }
    default:
      return as<double>(root(sum_of_squares(all.data(), all.size())));
  }
}

template <class T>
double clip_in(int order, const Dialect& dialect, double max_norm, std::size_t tensors,
               const std::size_t* sizes, void* const* given) {
  std::vector<T> all;
  for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
    const T* values = static_cast<const T*>(given[tensor]);
    all.insert(all.end(), values, values + sizes[tensor]);
  }
  const double norm = norm_in(order, all, tensors, sizes);
  if (order != as_written && !dialect.plus_epsilon && !(norm > max_norm)) return norm;
  const T limit = as<T>(max_norm);
  T divisor = as<T>(norm);
  if (dialect.plus_epsilon) divisor = divisor + as<T>(1e-6);
  const T factor = std::min(as<T>(1.0), T(limit / divisor));
  for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
    for (std::size_t i = 0; i < sizes[tensor]; ++i) {
      T& value = static_cast<T*>(given[tensor])[i];
      if (order == wider) {
        const double below = dialect.plus_epsilon ? norm + 1e-6 : norm;
        value = as<T>(as<double>(value) * std::min(1.0, max_norm / below));
      } else if (order == reciprocals && limit < divisor) {
        value = value * (limit * (as<T>(1.0) / divisor));
      } else if (order == fused && limit < divisor) {
        value = value / divisor * limit;
      } else {
        value = value * factor;
      }
    }
  }
  return norm;
}

/// (1 + cos(pi part/whole))/2.
double cosine_fall(int order, long part, long whole) {
  const double counted = static_cast<double>(part);
  const double all = static_cast<double>(whole);
  switch (order) {
    case folded:
      return (1 + std::cos(pi * (counted / all))) / 2;
    case products_in_format:
      return 0.5 + 0.5 * std::cos(pi * counted / all);
    case interpolated: {  // the half angle
      const double half = std::cos(pi / 2 * counted / all);
      return half * half;
    }
    case reciprocals:
      return 0.5 * (1 + std::cos(pi / all * counted));
    case fused:
      return std::fma(0.5, std::cos(counted * pi / all), 0.5);
    case in_lanes:
      return 0.5 * (1 + std::cos(counted / all * pi));
    case wider: {
      const long double angle = 3.14159265358979323846264338327950288L *
                                static_cast<long double>(part) / static_cast<long double>(whole);
      return static_cast<double>((1 + std::cos(angle)) / 2);
    }
    default:
      return 0.5 * (1 + std::cos(pi * counted / all));
  }
}

double fall_to(int order, double rate, double minimum, double share) {
  if (order == products_in_format) return minimum + share * rate - share * minimum;
  if (order == fused) return std::fma(rate - minimum, share, minimum);
  return minimum + (rate - minimum) * share;
}

/// PyTorch's next rate of the cosine, `step` of `total`, from the last.
double next_of_cosine(int order, double rate, double base, double minimum, long step, long total) {
  if ((step - 1 - total) % (2 * total) == 0) {
    return rate + (base - minimum) * (1 - std::cos(pi / static_cast<double>(total))) / 2;
  }
  const double now = cosine_fall(order, step, total);
  const double before = cosine_fall(order, step - 1, total);
  if (order == reciprocals) return now * (1 / before) * (rate - minimum) + minimum;
  if (order == fused) return std::fma(now / before, rate - minimum, minimum);
  return now / before * (rate - minimum) + minimum;
}

double rise(int order, double rate, double counted, double all) {
  if (order == folded) return rate * counted / all;
  if (order == reciprocals) return rate / all * counted;
  if (order == in_lanes) return rate * (counted * (1 / all));
  return rate * (counted / all);
}

}  // namespace

double clip(int order, const Dialect& dialect, Format format, double max_norm, std::size_t tensors,
            const std::size_t* sizes, void* const* values) {
  if (order == hyperparameters_in_32) max_norm = static_cast<float>(max_norm);
  switch (format) {
    case Format::binary64:
      return clip_in<double>(order, dialect, max_norm, tensors, sizes, values);
    case Format::bfloat16:
      return clip_in<BFloat16>(order, dialect, max_norm, tensors, sizes, values);
    case Format::binary16:
      return clip_in<Binary16>(order, dialect, max_norm, tensors, sizes, values);
    default:
      return clip_in<float>(order, dialect, max_norm, tensors, sizes, values);
  }
}

void cosine_annealing(int order, const Dialect& dialect, const Schedule& given, bool direct,
                      std::size_t count, const std::int64_t* steps, double* values) {
  double rate = given.rate;
  long step = 0;
  for (std::size_t place = 0; place < count; ++place) {
    if (!dialect.recursive || direct) {
      long at = steps[place];
      if (dialect.past_end_clamped) at = std::min(at, given.total);
      values[place] =
          fall_to(order, given.rate, given.minimum, cosine_fall(order, at, given.total));
      continue;
    }
    while (step < steps[place]) {
      rate = next_of_cosine(order, rate, given.rate, given.minimum, ++step, given.total);
    }
    values[place] = rate;
  }
}

void linear_warmup_cosine(int order, const Dialect& dialect, const Schedule& given, bool direct,
                          std::size_t count, const std::int64_t* steps, double* values) {
  const double warmup = static_cast<double>(given.warmup);
  const long total = given.total - given.warmup;
  const double start = 1 / warmup;
  double rate = given.rate * start;
  long step = 0;
  for (std::size_t place = 0; place < count; ++place) {
    if (!dialect.recursive || direct) {
      const long at = steps[place];
      const double counted = static_cast<double>(at + (dialect.warmup_from_one ? 1 : 0));
      const long fallen =
          (dialect.past_end_clamped ? std::min(at, given.total) : at) - given.warmup;
      const double fall = cosine_fall(order, fallen, total);
      if (dialect.literal_minimum) {
        values[place] = given.rate * std::min(counted / warmup, fall);
      } else if (at < given.warmup) {
        values[place] = rise(order, given.rate, counted, warmup);
      } else {
        values[place] = fall_to(order, given.rate, given.minimum, fall);
      }
      continue;
    }
    while (step < steps[place]) {
      const long fallen = ++step - given.warmup;
      if (fallen < 0) {
        const double climbed = (warmup - 1) * start + static_cast<double>(step - 1) * (1 - start);
        rate = rate * (1 + (1 - start) / climbed);
      } else if (fallen == 0) {
        rate = given.rate;
      } else {
        rate = next_of_cosine(order, rate, given.rate, given.minimum, fallen, total);
      }
    }
    values[place] = rate;
  }
}

}  // namespace variant
