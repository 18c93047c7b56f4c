/* An example plugin in C: gradient descent, momentum and Adam in binary64 and binary32.
 *
 *     cc -shared -fPIC -I conformance/plugin -o libexample_plugin.so example_plugin.c -lm
 *     plumbline check --plugin libexample_plugin.so
 *
 * example_rules.h holds the rules' arithmetic, once for both formats.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plumbline_subject_v1.h"

enum rule { GRADIENT_DESCENT, MOMENTUM, ADAM };
static const char *const rule_names[] = {"gradient_descent", "momentum", "adam"};
static const size_t state_counts[] = {0, 1, 2};
static const char *const state_names[][2] = {
    {NULL, NULL}, {"velocity", NULL}, {"first_moment", "second_moment"}};

/* One parameter's hyperparameters, steps and state, the latter in the parameter's format. */
struct held {
  int32_t format;
  size_t count;
  double learning_rate, momentum, beta1, beta2, epsilon;
  long steps;
  void *state[2];
};

struct optimizer {
  enum rule rule;
  size_t parameter_count;
  struct held *parameters;
};

#define REAL double
#define SQUARE_ROOT sqrt
#define IN_FORMAT(name) name##_in_binary64
#include "example_rules.h"
#undef REAL
#undef SQUARE_ROOT
#undef IN_FORMAT

#define REAL float
#define SQUARE_ROOT sqrtf
#define IN_FORMAT(name) name##_in_binary32
#include "example_rules.h"

static int answer(int code, plumbline_error *error, const char *why, const char *what) {
  snprintf(error->message, sizeof(error->message), why, what);
  return code;
}

static void close_optimizer(void *given) {
  struct optimizer *optimizer = given;
  for (size_t i = 0; i < optimizer->parameter_count; ++i) {
    free(optimizer->parameters[i].state[0]);
    free(optimizer->parameters[i].state[1]);
  }
  free(optimizer->parameters);
  free(optimizer);
}

static int create(const plumbline_create_request *request, void **optimizer,
                  plumbline_error *error) {
  int rule = 0;
  while (rule < 3 && strcmp(request->rule, rule_names[rule]) != 0) ++rule;
  if (rule == 3) return answer(PLUMBLINE_UNSUPPORTED, error, "no rule %s", request->rule);
  for (size_t i = 0; i < request->parameter_count; ++i) {
    const plumbline_parameter *given = &request->parameters[i];
    if (given->format != given->state_format ||
        (given->format != PLUMBLINE_BINARY64 && given->format != PLUMBLINE_BINARY32)) {
      return answer(PLUMBLINE_UNSUPPORTED, error, "%s", "binary64 and binary32 only");
    }
  }
  struct optimizer *made = calloc(1, sizeof(*made));
  made->rule = (enum rule)rule;
  made->parameter_count = request->parameter_count;
  made->parameters = calloc(request->parameter_count + 1, sizeof(struct held));
  for (size_t i = 0; i < request->parameter_count; ++i) {
    const plumbline_parameter *given = &request->parameters[i];
    const plumbline_hyperparameters *values = &request->groups[given->group];
    struct held *held = &made->parameters[i];
    held->format = given->format;
    held->count = given->count;
    held->learning_rate = plumbline_take(values, "learning_rate", 0);
    /* What is not taken, weight decay say, is unsupported; the harness sees to that. */
    if (rule == MOMENTUM) held->momentum = plumbline_take(values, "momentum", 0);
    if (rule == ADAM) {
      held->beta1 = plumbline_take(values, "beta1", 0);
      held->beta2 = plumbline_take(values, "beta2", 0);
      held->epsilon = plumbline_take(values, "epsilon", 0);
    }
    for (size_t tensor = 0; tensor < state_counts[rule]; ++tensor) {
      held->state[tensor] = calloc(given->count + 1, sizeof(double));
    }
  }
  *optimizer = made;
  return PLUMBLINE_OK;
}

static int step(void *given, const plumbline_step_request *request, plumbline_error *error) {
  (void)error;
  struct optimizer *optimizer = given;
  for (size_t i = 0; i < optimizer->parameter_count; ++i) {
    struct held *held = &optimizer->parameters[i];
    if (request->learning_rate != NULL) held->learning_rate = *request->learning_rate;
    if (request->gradients[i] == NULL) continue;
    held->steps += 1;
    (held->format == PLUMBLINE_BINARY64 ? step_in_binary64 : step_in_binary32)(
        optimizer->rule, held, request->parameters[i], request->gradients[i]);
  }
  return PLUMBLINE_OK;
}

static int state(void *given, size_t index, size_t parameter, plumbline_state_tensor *tensor,
                 plumbline_error *error) {
  (void)error;
  const struct optimizer *optimizer = given;
  if (index >= state_counts[optimizer->rule]) return PLUMBLINE_OK;
  tensor->name = state_names[optimizer->rule][index];
  tensor->data = optimizer->parameters[parameter].state[index];
  tensor->count = optimizer->parameters[parameter].count;
  tensor->format = optimizer->parameters[parameter].format;
  return PLUMBLINE_OK;
}

const plumbline_subject_table *plumbline_subject_v1(void) {
  static const plumbline_subject_table table = {.version = PLUMBLINE_SUBJECT_VERSION,
                                                .size = sizeof(plumbline_subject_table),
                                                .name = "example plugin in C",
                                                .subject_version = "1.0",
                                                .language = "C",
                                                .thread_safe = 1,
                                                .create = create,
                                                .step = step,
                                                .close = close_optimizer,
                                                .state = state};
  return &table;
}
