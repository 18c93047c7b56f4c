// Seven optimizer rules, each in several correct orders of operations.
//
// Every order is algebraically one dialect: coupled decay in plain descent, momentum
// with the rate outside, Nesterov shifted (PyTorch's), AdaGrad and RMSProp with epsilon
// outside the root, Adam as in the paper, AdamW with the decay before. What differs is
// rounding alone:
//   0  as the formula is written, everything in the format
//   1  as PyTorch writes it: bias corrections folded into the step, -rate multiplied
//   2  running products beta^t in the format; elsewhere scalars of binary64 meet elements,
//      each operation rounded once
//   3  sums re-arranged: moments as m += (1 - beta) (g - m), products distributed
//   4  divisions as multiplications with reciprocals
//   5  std::fma wherever it fits
//   6  in eight lanes and a tail that associates otherwise
//   7  intermediate results in a wider format, one rounding for each value kept
//   8  the moments by PyTorch's two-sided lerp
// Order 3 re-arranges sums with cancellation, which no tolerance promises to hold; order 8
// does too, and takes the side on which it cancels less.
#include "numerics.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace variant {
namespace {

constexpr double pi = 3.14159265358979323846;

template <class T>
using Wide = std::conditional_t<std::is_same_v<T, double>, long double, double>;

template <class T>
struct Tensors {
  std::size_t size;
  T* parameter;
  const T* gradient;
  T* const* state;
};

/// Runs body(i, in_tail) for all elements; order 6 in blocks of eight, and a tail.
template <int order, class Body>
void for_each_element(std::size_t size, Body body) {
  std::size_t i = 0;
  if constexpr (order == 6) {
    for (; i + 8 <= size; i += 8) {
      for (std::size_t lane = 0; lane < 8; ++lane) body(i + lane, std::false_type{});
    }
  }
  for (; i < size; ++i) body(i, std::true_type{});
}

/// g + lambda theta.
template <int order, class T>
T coupled(T gradient, T parameter, double decay) {
  if (decay == 0) return gradient;
  if constexpr (order == 2) {
    return gradient + static_cast<T>(decay * parameter);
  } else if constexpr (order == 5) {
    return std::fma(static_cast<T>(decay), parameter, gradient);
  } else if constexpr (order == 7) {
    return static_cast<T>(Wide<T>(gradient) + Wide<T>(decay) * Wide<T>(parameter));
  } else {
    return gradient + static_cast<T>(decay) * parameter;
  }
}

/// beta * mean + (1 - beta) * sample.
template <int order, class T>
T average(T mean, T sample, double beta) {
  const T kept = static_cast<T>(beta);
  const T taken = static_cast<T>(1 - beta);
  if constexpr (order == 3) {
    return mean + taken * (sample - mean);
  } else if constexpr (order == 5) {
    return std::fma(kept, mean, taken * sample);
  } else if constexpr (order == 7) {
    return static_cast<T>(Wide<T>(beta) * mean + (1 - Wide<T>(beta)) * sample);
  } else if constexpr (order == 8) {
    return taken < T(0.5) ? mean + taken * (sample - mean) : sample - (sample - mean) * kept;
  } else {
    return kept * mean + taken * sample;
  }
}

/// beta * mean + (1 - beta) * sample^2.
template <int order, class T>
T average_square(T mean, T sample, double beta) {
  const T kept = static_cast<T>(beta);
  const T taken = static_cast<T>(1 - beta);
  if constexpr (order == 1 || order == 6 || order == 8) {
    return mean * kept + taken * sample * sample;
  } else if constexpr (order == 3) {
    return mean + (sample * sample - mean) * taken;
  } else if constexpr (order == 5) {
    return std::fma(taken * sample, sample, kept * mean);
  } else if constexpr (order == 7) {
    return static_cast<T>(Wide<T>(beta) * mean + (1 - Wide<T>(beta)) * (Wide<T>(sample) * sample));
  } else {
    return kept * mean + taken * (sample * sample);
  }
}

template <int order, class T>
void gradient_descent(const Hyperparameters& given, const Tensors<T>& at) {
  const T rate = static_cast<T>(given.learning_rate);
  const T kept = static_cast<T>(1 - given.learning_rate * given.weight_decay);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& theta = at.parameter[i];
    if constexpr (order == 3) {
      theta = kept * theta - rate * at.gradient[i];
      return;
    }
    const T g = coupled<order>(at.gradient[i], theta, given.weight_decay);
    if constexpr (order == 1 || (order == 6 && !tail())) {
      theta += -rate * g;
    } else if constexpr (order == 2) {
      theta -= static_cast<T>(given.learning_rate * g);
    } else if constexpr (order == 5) {
      theta = std::fma(-rate, g, theta);
    } else if constexpr (order == 7) {
      theta = static_cast<T>(theta - Wide<T>(given.learning_rate) * g);
    } else {
      theta -= rate * g;
    }
  });
}

template <int order, class T>
void momentum(const Hyperparameters& given, const Tensors<T>& at) {
  const T rate = static_cast<T>(given.learning_rate);
  const T mu = static_cast<T>(given.momentum);
  const T weight = static_cast<T>(1 - given.dampening);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& theta = at.parameter[i];
    T& velocity = at.state[0][i];
    const T g = coupled<order>(at.gradient[i], theta, given.weight_decay);
    if constexpr (order == 1) {
      velocity *= mu;
      velocity += weight * g;
      theta += -rate * velocity;
    } else if constexpr (order == 2) {
      velocity =
          static_cast<T>(given.momentum * velocity) + static_cast<T>((1 - given.dampening) * g);
      theta -= static_cast<T>(given.learning_rate * velocity);
    } else if constexpr (order == 3) {
      theta = theta - static_cast<T>(given.learning_rate * given.momentum) * velocity -
              static_cast<T>(given.learning_rate * (1 - given.dampening)) * g;
      velocity = mu * velocity + (g - static_cast<T>(given.dampening) * g);
    } else if constexpr (order == 5) {
      velocity = std::fma(mu, velocity, weight * g);
      theta = std::fma(-rate, velocity, theta);
    } else if constexpr (order == 6 && !tail()) {
      velocity = weight * g + velocity * mu;
      theta = theta + velocity * -rate;
    } else if constexpr (order == 7) {
      velocity =
          static_cast<T>(Wide<T>(given.momentum) * velocity + (1 - Wide<T>(given.dampening)) * g);
      theta = static_cast<T>(theta - Wide<T>(given.learning_rate) * velocity);
    } else {
      velocity = mu * velocity + weight * g;
      theta -= rate * velocity;
    }
  });
}

template <int order, class T>
void nesterov(const Hyperparameters& given, const Tensors<T>& at) {
  const T rate = static_cast<T>(given.learning_rate);
  const T mu = static_cast<T>(given.momentum);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& theta = at.parameter[i];
    T& velocity = at.state[0][i];
    const T g = coupled<order>(at.gradient[i], theta, given.weight_decay);
    if constexpr (order == 1) {
      velocity *= mu;
      velocity += g;
      theta += -rate * (g + mu * velocity);
    } else if constexpr (order == 2) {
      velocity = static_cast<T>(given.momentum * velocity) + g;
      theta -= static_cast<T>(given.learning_rate *
                              static_cast<T>(g + static_cast<T>(given.momentum * velocity)));
    } else if constexpr (order == 3) {
      velocity = mu * velocity + g;
      theta = theta - rate * g - static_cast<T>(given.learning_rate * given.momentum) * velocity;
    } else if constexpr (order == 5) {
      velocity = std::fma(mu, velocity, g);
      theta = std::fma(-rate, std::fma(mu, velocity, g), theta);
    } else if constexpr (order == 6 && !tail()) {
      velocity = g + velocity * mu;
      theta = theta + (velocity * mu + g) * -rate;
    } else if constexpr (order == 7) {
      const Wide<T> wide = Wide<T>(given.momentum) * velocity + g;
      velocity = static_cast<T>(wide);
      theta = static_cast<T>(theta -
                             Wide<T>(given.learning_rate) * (Wide<T>(given.momentum) * wide + g));
    } else {
      velocity = mu * velocity + g;
      theta -= rate * (g + mu * velocity);
    }
  });
}

/// theta minus rate * g / divisor.
template <int order, class T, class Tail>
T less_quotient(T theta, double given_rate, T g, T divisor, Tail tail) {
  const T rate = static_cast<T>(given_rate);
  if constexpr (order == 1 || order == 8) {
    return theta + -rate * (g / divisor);
  } else if constexpr (order == 2) {
    return theta - static_cast<T>(given_rate * (g / divisor));
  } else if constexpr (order == 3) {
    return theta - g * (rate / divisor);
  } else if constexpr (order == 4) {
    return theta - rate * (g * (T(1) / divisor));
  } else if constexpr (order == 5) {
    return std::fma(-rate, g / divisor, theta);
  } else if constexpr (order == 6 && !tail()) {
    return theta - rate * (g / divisor);
  } else if constexpr (order == 7) {
    return static_cast<T>(theta - Wide<T>(given_rate) * g / divisor);
  } else {
    return theta - rate * g / divisor;
  }
}

template <int order, class T>
void adagrad(const Hyperparameters& given, long count, const Tensors<T>& at) {
  const double before = static_cast<double>(count - 1);
  double rate = given.learning_rate / (1 + before * given.learning_rate_decay);
  if constexpr (order == 1) {
    rate = static_cast<T>(given.learning_rate) /
           (T(1) + static_cast<T>(before) * static_cast<T>(given.learning_rate_decay));
  } else if constexpr (order == 4) {
    rate = given.learning_rate * (1 / (1 + before * given.learning_rate_decay));
  }
  const T epsilon = static_cast<T>(given.epsilon);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& sum = at.state[0][i];
    const T g = coupled<order>(at.gradient[i], at.parameter[i], given.weight_decay);
    if constexpr (order == 5) {
      sum = std::fma(g, g, sum);
    } else if constexpr (order == 7) {
      sum = static_cast<T>(sum + Wide<T>(g) * g);
    } else {
      sum += g * g;
    }
    const T divisor = order == 7 ? static_cast<T>(std::sqrt(Wide<T>(sum)) + given.epsilon)
                                 : std::sqrt(sum) + epsilon;
    at.parameter[i] = less_quotient<order>(at.parameter[i], rate, g, divisor, tail);
  });
}

template <int order, class T>
void rmsprop(const Hyperparameters& given, const Tensors<T>& at) {
  const T epsilon = static_cast<T>(given.epsilon);
  const T mu = static_cast<T>(given.momentum);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& theta = at.parameter[i];
    T& mean_square = at.state[0][i];
    T& mean = at.state[1][i];
    T& velocity = at.state[2][i];
    const T g = coupled<order>(at.gradient[i], theta, given.weight_decay);
    mean_square = average_square<order>(mean_square, g, given.rho);
    T spread = mean_square;
    if (given.centered) {
      mean = average<order>(mean, g, given.rho);
      if constexpr (order == 5) {
        spread = std::fma(-mean, mean, mean_square);
      } else if constexpr (order == 7) {
        spread = static_cast<T>(mean_square - Wide<T>(mean) * mean);
      } else {
        spread = mean_square - mean * mean;
      }
    }
    const T divisor = order == 7 ? static_cast<T>(std::sqrt(Wide<T>(spread)) + given.epsilon)
                                 : std::sqrt(spread) + epsilon;
    if (given.momentum == 0) {
      theta = less_quotient<order>(theta, given.learning_rate, g, divisor, tail);
      return;
    }
    if constexpr (order == 4) {
      velocity = mu * velocity + g * (T(1) / divisor);
    } else if constexpr (order == 5) {
      velocity = std::fma(mu, velocity, g / divisor);
    } else if constexpr (order == 7) {
      velocity = static_cast<T>(Wide<T>(given.momentum) * velocity + Wide<T>(g) / divisor);
    } else {
      velocity = mu * velocity + g / divisor;
    }
    if constexpr (order == 5) {
      theta = std::fma(-static_cast<T>(given.learning_rate), velocity, theta);
    } else if constexpr (order == 7) {
      theta = static_cast<T>(theta - Wide<T>(given.learning_rate) * velocity);
    } else {
      theta -= static_cast<T>(given.learning_rate) * velocity;
    }
  });
}

template <int order, class T>
void adam(bool decoupled, const Hyperparameters& given, long count, Powers& powers,
          const Tensors<T>& at) {
  double correction1, correction2;
  if constexpr (order == 2) {
    powers.beta1 = static_cast<T>(powers.beta1 * given.beta1);
    powers.beta2 = static_cast<T>(powers.beta2 * given.beta2);
    correction1 = T(1) - static_cast<T>(powers.beta1);
    correction2 = T(1) - static_cast<T>(powers.beta2);
  } else {
    correction1 = 1 - std::pow(given.beta1, static_cast<double>(count));
    correction2 = 1 - std::pow(given.beta2, static_cast<double>(count));
  }
  const T rate = static_cast<T>(given.learning_rate);
  const T epsilon = static_cast<T>(given.epsilon);
  const T c1 = static_cast<T>(correction1);
  const T c2 = static_cast<T>(correction2);
  const T step_size = static_cast<T>(given.learning_rate / correction1);
  const T root2 = static_cast<T>(std::sqrt(correction2));
  const T inverse1 = static_cast<T>(1 / correction1);
  const T inverse2 = static_cast<T>(1 / correction2);
  const double decay = decoupled ? given.learning_rate * given.weight_decay : 0;
  const T kept = static_cast<T>(1 - decay);
  const T lost = static_cast<T>(decay);
  for_each_element<order>(at.size, [&](std::size_t i, auto tail) {
    T& theta = at.parameter[i];
    T& first = at.state[0][i];
    T& second = at.state[1][i];
    const T g =
        decoupled ? at.gradient[i] : coupled<order>(at.gradient[i], theta, given.weight_decay);
    first = average<(order == 6 && tail() ? 0 : order)>(first, g, given.beta1);
    second = average_square<(order == 6 && tail() ? 0 : order)>(second, g, given.beta2);

    if constexpr (order == 7) {
      const Wide<T> corrected = first / Wide<T>(correction1);
      const Wide<T> divisor = std::sqrt(second / Wide<T>(correction2)) + given.epsilon;
      theta = static_cast<T>((1 - Wide<T>(decay)) * theta -
                             Wide<T>(given.learning_rate) * corrected / divisor);
      return;
    }
    if constexpr (order == 3) {
      theta = theta - (rate * (first / c1) / (std::sqrt(second / c2) + epsilon) + lost * theta);
      return;
    }
    if (decay != 0) {
      if constexpr (order == 2 || order == 4) {
        theta -= lost * theta;
      } else if constexpr (order == 5) {
        theta = std::fma(-lost, theta, theta);
      } else if constexpr (order == 6 && tail()) {
        theta -= rate * static_cast<T>(given.weight_decay) * theta;
      } else {
        theta *= kept;
      }
    }
    if constexpr (order == 1 || order == 8) {
      theta += -step_size * (first / (std::sqrt(second) / root2 + epsilon));
    } else if constexpr (order == 4) {
      theta -= rate * (first * inverse1) * (T(1) / (std::sqrt(second * inverse2) + epsilon));
    } else if constexpr (order == 5) {
      theta = std::fma(-rate, (first / c1) / (std::sqrt(second / c2) + epsilon), theta);
    } else if constexpr (order == 6 && !tail()) {
      theta -= step_size * first / (std::sqrt(second / c2) + epsilon);
    } else {
      theta -= rate * (first / c1) / (std::sqrt(second / c2) + epsilon);
    }
  });
}

template <int order, class T>
void step_in_order(Rule rule, const Hyperparameters& given, long count, Powers& powers,
                   const Tensors<T>& at) {
  switch (rule) {
    case Rule::gradient_descent:
      return gradient_descent<order>(given, at);
    case Rule::momentum:
      return momentum<order>(given, at);
    case Rule::nesterov:
      return nesterov<order>(given, at);
    case Rule::adagrad:
      return adagrad<order>(given, count, at);
    case Rule::rmsprop:
      return rmsprop<order>(given, at);
    case Rule::adam:
      return adam<order>(false, given, count, powers, at);
    case Rule::adamw:
      return adam<order>(true, given, count, powers, at);
  }
}

template <class T>
void step_in(Rule rule, int order, const Hyperparameters& given, long count, Powers& powers,
             const Tensors<T>& at) {
  switch (order) {
    case 0:
      return step_in_order<0>(rule, given, count, powers, at);
    case 1:
      return step_in_order<1>(rule, given, count, powers, at);
    case 2:
      return step_in_order<2>(rule, given, count, powers, at);
    case 3:
      return step_in_order<3>(rule, given, count, powers, at);
    case 4:
      return step_in_order<4>(rule, given, count, powers, at);
    case 5:
      return step_in_order<5>(rule, given, count, powers, at);
    case 6:
      return step_in_order<6>(rule, given, count, powers, at);
    case 7:
      return step_in_order<7>(rule, given, count, powers, at);
    case 8:
      return step_in_order<8>(rule, given, count, powers, at);
  }
}

template <class T>
T pairwise_squares(const T* values, std::size_t size) {
  if (size == 0) return 0;
  if (size == 1) return values[0] * values[0];
  return pairwise_squares(values, size / 2) + pairwise_squares(values + size / 2, size - size / 2);
}

template <class T>
double norm_in(int order, const std::vector<T>& all, std::size_t tensors,
               const std::size_t* sizes) {
  T sum = 0;
  switch (order) {
    case 1: {  // PyTorch: the norm of the tensors' norms
      std::size_t at = 0;
      for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
        T own = 0;
        for (std::size_t i = 0; i < sizes[tensor]; ++i, ++at) own += all[at] * all[at];
        const T norm = std::sqrt(own);
        sum += norm * norm;
      }
      return std::sqrt(sum);
    }
    case 2: {  // in binary64, stored in the format
      double wide = 0;
      for (const T value : all) wide += static_cast<double>(value) * value;
      return static_cast<T>(std::sqrt(wide));
    }
    case 3: {  // scaled, so that nothing overflows
      T largest = 0;
      for (const T value : all) largest = std::max(largest, std::abs(value));
      if (largest == 0) return 0;
      for (const T value : all) sum += (value / largest) * (value / largest);
      return largest * std::sqrt(sum);
    }
    case 4:
      return std::sqrt(pairwise_squares(all.data(), all.size()));
    case 5:
      for (const T value : all) sum = std::fma(value, value, sum);
      return std::sqrt(sum);
    case 6: {  // in eight lanes
      T lanes[8] = {};
      std::size_t i = 0;
      for (; i + 8 <= all.size(); i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += all[i + lane] * all[i + lane];
      }
      for (; i < all.size(); ++i) sum += all[i] * all[i];
      return std::sqrt(((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
                       ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7])) + sum);
    }
    case 7: {
      long double wide = 0;
      for (const T value : all) wide += static_cast<long double>(value) * value;
      return static_cast<double>(std::sqrt(wide));
    }
    case 8:  // from the last to the first
      for (std::size_t i = all.size(); i-- > 0;) sum += all[i] * all[i];
      return std::sqrt(sum);
    default:
      for (const T value : all) sum += value * value;
      return std::sqrt(sum);
  }
}

template <class T>
double clip_in(int order, double max_norm, std::size_t tensors, const std::size_t* sizes,
               T* const* values) {
  std::vector<T> all;
  for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
    all.insert(all.end(), values[tensor], values[tensor] + sizes[tensor]);
  }
  const double norm = norm_in(order, all, tensors, sizes);
  if (order > 0 && !(norm > max_norm)) return norm;
  const T limit = static_cast<T>(max_norm);
  const T factor = std::min(T(1), limit / static_cast<T>(norm));
  for (std::size_t tensor = 0; tensor < tensors; ++tensor) {
    for (std::size_t i = 0; i < sizes[tensor]; ++i) {
      T& value = values[tensor][i];
      switch (order) {
        case 4:
          value *= limit * (T(1) / static_cast<T>(norm));
          break;
        case 5:
          value = value / static_cast<T>(norm) * limit;
          break;
        case 7:
          value = static_cast<T>(value * (max_norm / norm));
          break;
        default:
          value *= factor;
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
    case 1:
      return (1 + std::cos(pi * (counted / all))) / 2;
    case 2:
      return 0.5 + 0.5 * std::cos(pi * counted / all);
    case 3: {  // the half angle
      const double half = std::cos(pi / 2 * counted / all);
      return half * half;
    }
    case 4:
      return 0.5 * (1 + std::cos(pi / all * counted));
    case 5:
      return std::fma(0.5, std::cos(counted * pi / all), 0.5);
    case 6:
      return 0.5 * (1 + std::cos(counted / all * pi));
    case 7: {
      const long double angle = 3.14159265358979323846264338327950288L * part / whole;
      return static_cast<double>((1 + std::cos(angle)) / 2);
    }
    default:
      return 0.5 * (1 + std::cos(pi * counted / all));
  }
}

double fall_to(int order, double rate, double minimum, double share) {
  if (order == 2) return minimum + share * rate - share * minimum;
  if (order == 5) return std::fma(rate - minimum, share, minimum);
  return minimum + (rate - minimum) * share;
}

}  // namespace

void step(Rule rule, int order, const Hyperparameters& hyperparameters, long count, Powers& powers,
          std::size_t size, double* parameter, const double* gradient, double* const state[3]) {
  step_in<double>(rule, order, hyperparameters, count, powers, {size, parameter, gradient, state});
}
void step(Rule rule, int order, const Hyperparameters& hyperparameters, long count, Powers& powers,
          std::size_t size, float* parameter, const float* gradient, float* const state[3]) {
  step_in<float>(rule, order, hyperparameters, count, powers, {size, parameter, gradient, state});
}

double clip(int order, double max_norm, std::size_t tensors, const std::size_t* sizes,
            double* const* values) {
  return clip_in(order, max_norm, tensors, sizes, values);
}
double clip(int order, double max_norm, std::size_t tensors, const std::size_t* sizes,
            float* const* values) {
  return clip_in(order, max_norm, tensors, sizes, values);
}

double cosine_annealing(int order, double rate, long total, double minimum, long step) {
  return fall_to(order, rate, minimum, cosine_fall(order, step, total));
}

double linear_warmup_cosine(int order, double rate, long warmup, long total, double minimum,
                            long step) {
  if (step >= warmup) {
    return fall_to(order, rate, minimum, cosine_fall(order, step - warmup, total - warmup));
  }
  const double counted = static_cast<double>(step);
  const double all = static_cast<double>(warmup);
  if (order == 1) return rate * counted / all;
  if (order == 4) return rate / all * counted;
  if (order == 6) return rate * (counted * (1 / all));
  return rate * (counted / all);
}

}  // namespace variant
