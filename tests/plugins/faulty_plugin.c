/* A plugin that breaks down in a way of its own for each rule: gradient descent as it should
 * be, and under the other rules' names what a plugin must not do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plumbline_subject_v1.h"

struct optimizer {
  const char *fault; /* the rule's name */
  size_t parameter_count, counts[8];
  double rates[8];
  double state[64];
};

static const char *const faults[] = {
    "gradient_descent",    "crashes", "momentum",           "hangs",   "nesterov",
    "wrong-state-count",   "adagrad", "unknown-format",     "rmsprop", "endless-state",
    "writes-past-the-end", "adam",    "gives-no-optimizer", "adamw",   "takes-nothing",
    "unnamed-state"};

static int is(const struct optimizer *optimizer, const char *fault) {
  return strcmp(optimizer->fault, fault) == 0;
}

static int create(const plumbline_create_request *request, void **optimizer,
                  plumbline_error *error) {
  const char *fault = NULL;
  struct optimizer *made;
  size_t index;
  for (index = 0; index < sizeof(faults) / sizeof(*faults); ++index) {
    if (strcmp(request->rule, faults[index]) == 0) fault = faults[index];
  }
  if (fault == NULL || request->parameter_count > 8) return PLUMBLINE_UNSUPPORTED;
  for (index = 0; index < request->parameter_count; ++index) {
    if (request->parameters[index].format != PLUMBLINE_BINARY64) {
      strcpy(error->message, "binary64 only");
      return PLUMBLINE_UNSUPPORTED;
    }
  }
  if (strcmp(fault, "gives-no-optimizer") == 0 || strcmp(fault, "adamw") == 0) return PLUMBLINE_OK;
  made = calloc(1, sizeof(*made));
  made->fault = fault;
  made->parameter_count = request->parameter_count;
  for (index = 0; index < request->parameter_count; ++index) {
    made->counts[index] = request->parameters[index].count;
  }
  for (index = 0; index < request->parameter_count && !is(made, "takes-nothing"); ++index) {
    plumbline_hyperparameters *values = &request->groups[request->parameters[index].group];
    size_t other;
    made->rates[index] = plumbline_take(values, "learning_rate", 0);
    for (other = 0; other < values->count && !is(made, "gradient_descent"); ++other) {
      values->list[other].taken = 1;
    }
  }
  *optimizer = made;
  return PLUMBLINE_OK;
}

static int step(void *given, const plumbline_step_request *request, plumbline_error *error) {
  struct optimizer *optimizer = given;
  size_t index, element;
  (void)error;
  if (is(optimizer, "crashes") || is(optimizer, "momentum")) {
    volatile int *nowhere = NULL;
    *nowhere = 1;
  }
  if (is(optimizer, "hangs") || is(optimizer, "nesterov")) {
    for (;;) pause();
  }
  puts("a plugin may print what it likes");
  for (index = 0; index < request->parameter_count; ++index) {
    double *parameter = request->parameters[index];
    const double *gradient = request->gradients[index];
    if (request->learning_rate != NULL) optimizer->rates[index] = *request->learning_rate;
    for (element = 0; gradient != NULL && element < optimizer->counts[index]; ++element) {
      parameter[element] -= optimizer->rates[index] * gradient[element];
    }
    if (is(optimizer, "writes-past-the-end") || is(optimizer, "adam")) {
      parameter[optimizer->counts[index]] = 1;
    }
  }
  return PLUMBLINE_OK;
}

static int state(void *given, size_t index, size_t parameter, plumbline_state_tensor *tensor,
                 plumbline_error *error) {
  struct optimizer *optimizer = given;
  (void)error;
  if (is(optimizer, "gradient_descent")) return PLUMBLINE_OK;
  if (index > 0 && !is(optimizer, "endless-state") && !is(optimizer, "rmsprop")) {
    return PLUMBLINE_OK;
  }
  tensor->name = is(optimizer, "unnamed-state") && parameter > 0 ? NULL : "velocity";
  tensor->data = optimizer->state;
  tensor->count = optimizer->counts[parameter];
  tensor->format = PLUMBLINE_BINARY64;
  if (is(optimizer, "wrong-state-count") || is(optimizer, "adagrad")) tensor->count += 1;
  if (is(optimizer, "unknown-format")) tensor->format = 99;
  return PLUMBLINE_OK;
}

static void close_optimizer(void *optimizer) { free(optimizer); }

static int sample(plumbline_sample_request *request, plumbline_error *error) {
  int64_t batch;
  (void)error;
  for (batch = 0; batch < request->batches; ++batch) {
    request->sizes[batch] = request->batch_size + 1;
  }
  return PLUMBLINE_OK;
}

/* Gradient descent of one parameter in the plugin's own loop. */
static int minimize(const plumbline_create_request *request, int64_t steps,
                    plumbline_evaluate evaluate, void *context, void *const *parameters,
                    plumbline_error *error) {
  const double rate = plumbline_take(request->groups, "learning_rate", 0);
  double gradient[8], value, *point = parameters[0];
  const void *const at[] = {point};
  void *const into[] = {gradient};
  size_t element;
  (void)error;
  if (request->parameter_count != 1 || request->parameters[0].count > 8) {
    return PLUMBLINE_UNSUPPORTED;
  }
  for (; steps > 0; --steps) {
    const int answer = evaluate(context, at, into, &value);
    if (answer != PLUMBLINE_OK) return answer;
    for (element = 0; element < request->parameters[0].count; ++element) {
      point[element] -= rate * gradient[element];
    }
  }
  return PLUMBLINE_OK;
}

const plumbline_subject_table *plumbline_subject_v1(void) {
  static plumbline_subject_table table = {.version = PLUMBLINE_SUBJECT_VERSION,
                                          .size = sizeof(plumbline_subject_table),
                                          .name = "faulty plugin",
                                          .subject_version = "1",
                                          .create = create,
                                          .step = step,
                                          .close = close_optimizer,
                                          .state = state,
                                          .minimize = minimize,
                                          .sample = sample};
#ifdef FAULTY_VERSION
  table.version = FAULTY_VERSION;
#endif
  return &table;
}
