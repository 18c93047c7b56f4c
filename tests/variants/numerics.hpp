// What the serving part (variant_subject.cpp) asks of the numerics (numerics.cpp).
//
// The numerics are compiled again for every compiler and every set of flags, and only
// they know of arithmetic. Plain pointers and numbers only: an interface between compilers.
#pragma once

#include <cstddef>

namespace variant {

enum class Rule { gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw };

struct Hyperparameters {
  double learning_rate = 0, weight_decay = 0, momentum = 0, dampening = 0, beta1 = 0, beta2 = 0,
         epsilon = 0, rho = 0, initial_accumulator = 0, learning_rate_decay = 0;
  bool centered = false;
};

/// The running products beta^t, held in the parameter's own format.
struct Powers {
  double beta1 = 1, beta2 = 1;
};

/// One parameter's step, counted from 1; `state` holds up to three tensors of the
/// parameter's size: velocity | squared_gradient_sum | mean_square, mean_gradient,
/// velocity | first_moment, second_moment.
void step(Rule rule, int order, const Hyperparameters& hyperparameters, long count, Powers& powers,
          std::size_t size, double* parameter, const double* gradient, double* const state[3]);
void step(Rule rule, int order, const Hyperparameters& hyperparameters, long count, Powers& powers,
          std::size_t size, float* parameter, const float* gradient, float* const state[3]);

/// Scales all tensors to a joint norm of at most `max_norm`; returns the norm before.
double clip(int order, double max_norm, std::size_t tensors, const std::size_t* sizes,
            double* const* values);
double clip(int order, double max_norm, std::size_t tensors, const std::size_t* sizes,
            float* const* values);

double cosine_annealing(int order, double rate, long total, double minimum, long step);
double linear_warmup_cosine(int order, double rate, long warmup, long total, double minimum,
                            long step);

constexpr int order_count = 9;

}  // namespace variant
