// Correct optimizers in many orders of operations: what the plugin (variant_plugin.cpp)
// asks of the numerics.
//
// Nothing of Plumbline is used here: every dialect is written down a second time, as a
// library would. The numerics are compiled again for every compiler and set of flags, and
// only they know of arithmetic; an interface between compilers, so plain data only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace variant {

enum class Rule {
  gradient_descent,
  momentum,
  nesterov,
  adagrad,
  rmsprop,
  adam,
  adamw,
  radam,
  yogi,
  adabelief,
  lion,
  signsgd,
  rprop,
  adadelta,
  amsgrad,
  adamax,
  nadam,
  asgd
};

/// Formats of parameters and gradients, state, and arithmetic.
enum class Format { binary64, binary32, bfloat16, binary16, bfloat16_binary32, binary16_binary32 };

/// Orders of operations, each of which rounds at most twice for every operation of the
/// formula as it is written.
enum Order : int {
  as_written,             // everything in the format
  folded,                 // bias corrections folded into the rate, as PyTorch does
  products_in_format,     // beta^t as a running product in the format; scalars of binary64
  reciprocals,            // divisions as multiplications with reciprocals
  fused,                  // std::fma wherever it fits
  in_lanes,               // eight elements at a time, and a tail that associates otherwise
  wider,                  // intermediate results in a wider format, one rounding a value kept
  interpolated,           // moving means as m + (1 - beta)(g - m), by the nearer side
  hyperparameters_in_32,  // all hyperparameters rounded to binary32 before use
  order_count
};

/// The convention that is followed, as choices; those of other rules do not matter.
struct Dialect {
  const char* rule = nullptr;
  const char* name = nullptr;
  bool decoupled = false;    // weight decay, in rules written without it
  bool rate_inside = false;  // the velocity holds rate * gradient
  bool undampened = false;   // the first velocity is the gradient
  bool averaged = false;     // the velocity is a moving mean
  bool polyak = false;       // from the last two points
  bool looks_ahead = false;  // the gradient is taken at the look-ahead point
  bool sequence = false;     // Nesterov's own coefficients
  bool condition_number = false;
  bool epsilon_inside = false;  // the root
  bool epsilon_hat = false;     // beside the uncorrected root
  bool start_epsilon = false;   // the sum of squares begins at epsilon
  bool start_one = false;       // the mean square begins at 1
  bool uncorrected = false;
  bool corrected_late = false;    // counting steps from 0
  bool second_corrected = false;  // the second moment alone
  int rectified_above = 0;        // the length of the average from which steps are rectified
  bool stays_before = false;      // until then no step and no decay
  bool plain_before = false;      // until then the first moment as it is
  bool one_epsilon = false;       // none beside the root
  bool both_started = false;      // the first moment begins at the accumulator too
  bool proximal = false;          // decay by division, after the step
  bool decay_alone = false;       // not times the rate
  bool decay_multiplier = false;  // times rate/initial rate
  bool decay_added = false;       // theta - (step + decay theta)
  bool decay_after = false;       // (1 - decay) (theta - step)
  bool new_weighted = false;      // the mean's weights exchanged
  bool with_momentum = false;     // decoupled, but where there is momentum
  bool summed = false;            // a sum and no mean
  bool goes_back = false;         // where the gradient turned
  bool steps_on = false;
  bool remembers = false;
  bool bounded_first = false;  // the first step too
  bool bounded_both = false;   // a step that changed, on both sides
  bool starts_late = false;    // with the rate at the first gradient
  bool first_uncorrected = false;
  bool second_uncorrected = false;
  bool corrected_first = false;   // the maximum is of corrected moments
  bool epsilon_in_max = false;    // and not in the divisor
  bool constant = false;          // NAdam's momentum
  bool by_step = false;           // its schedule has no momentum_decay
  bool moment_scheduled = false;  // the first moment is averaged with it too
  bool times_beta2 = false;
  bool one_correction = false;
  bool at_once = false;  // averaging, and the rate of this step
  bool past_end_clamped = false;
  bool recursive = false;
  bool warmup_from_one = false;
  bool literal_minimum = false;
  bool plus_epsilon = false;  // the norm, when clipping
};

struct Hyperparameters {
  double learning_rate = 0, weight_decay = 0, momentum = 0, dampening = 0, beta1 = 0, beta2 = 0,
         epsilon = 0, rho = 0, initial_accumulator = 0, learning_rate_decay = 0,
         condition_number = 1, increase_factor = 0, decrease_factor = 0, minimum_step = 0,
         maximum_step = 0, momentum_decay = 0.004, decay = 0, rate_exponent = 0,
         averaging_start = 0;
  bool centered = false;
};

/// One parameter's optimizer. `state` holds two or three tensors in the state's format.
struct Held {
  Rule rule = Rule::gradient_descent;
  Format format = Format::binary64;
  int order = as_written;
  Dialect dialect;
  Hyperparameters given;
  double initial_rate = 0;
  double last_rate = 0;
  long count = 0;
  double power1 = 1, power2 = 1;  // running products
  double sequence = 1;            // a_{t-1}
  std::size_t size = 0;
  void* state[3] = {};
};

/// Fills the state as it is before the first step.
void start(Held& held, const void* parameter);
/// One step, in place.
void step(Held& held, void* parameter, const void* gradient);
/// Where the next gradient is wanted.
void look_ahead(const Held& held, const void* parameter, void* point);

// The same in bfloat16 and binary16, which the former turn to.
void start_small(Held& held, const void* parameter);
void step_small(Held& held, void* parameter, const void* gradient);
void look_ahead_small(const Held& held, const void* parameter, void* point);

/// Scales all tensors to a joint norm of at most `max_norm`; gives the norm before.
double clip(int order, const Dialect& dialect, Format format, double max_norm, std::size_t tensors,
            const std::size_t* sizes, void* const* values);

struct Schedule {
  double rate = 0, minimum = 0;
  long warmup = 0, total = 0;
};
/// The rates at the steps, rising from 0; `direct`: each by itself.
void cosine_annealing(int order, const Dialect& dialect, const Schedule& given, bool direct,
                      std::size_t count, const std::int64_t* steps, double* values);
void linear_warmup_cosine(int order, const Dialect& dialect, const Schedule& given, bool direct,
                          std::size_t count, const std::int64_t* steps, double* values);

}  // namespace variant
