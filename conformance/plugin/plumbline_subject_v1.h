/* The plugin interface, version 1: an optimizer in a shared library, for Plumbline.
 *
 * A plugin is a shared library in any language that can speak C (C, C++, Rust, Zig,
 * Fortran, CUDA). It exports one function,
 *
 *     const plumbline_subject_table *plumbline_subject_v1(void);
 *
 * which gives a table: what the plugin is called, and a pointer for each method. They are
 * the methods of the protocol; a null pointer is a method that the plugin lacks. This
 * header is all that is needed, plain C99, and it links to nothing.
 *
 *     cc -shared -fPIC -o libmine.so mine.c
 *     plumbline check --plugin libmine.so
 *
 * Values. Tensors are flat arrays, row-major, in their own format: `double` for binary64,
 * `float` for binary32, the bits in a `uint16_t` for bfloat16 and binary16. Arrays that
 * the harness makes are aligned to 64 bytes, and their pointers are never null, not even
 * for a tensor without elements. They have room for exactly their elements: the harness
 * finds out what is written beyond.
 *
 * Memory. Whoever makes something owns it. What the harness passes in may be used until
 * the call returns; what a plugin gives back stays its own, and must stay as it is until
 * the next call on the same optimizer (for the table: for good). The harness copies.
 *
 * Answers. Every method gives PLUMBLINE_OK; PLUMBLINE_UNSUPPORTED for a rule, option,
 * value or format that it has no place for; PLUMBLINE_REFUSED for values that it calls
 * invalid; PLUMBLINE_FAILED, or any other number, when something went wrong. It may write
 * why into `error->message`. Unsupported is a verdict, not a fault: a plugin with one rule
 * in one format is a whole plugin. No exception may leave a method.
 *
 * Threads. Calls on one optimizer come one at a time. With `thread_safe` 0 so do all calls
 * into the library, from whichever thread; otherwise different optimizers may be stepped
 * at once.
 *
 * Versions. Within version 1 fields are only added, at the end of a table or struct.
 */
#ifndef PLUMBLINE_SUBJECT_V1_H
#define PLUMBLINE_SUBJECT_V1_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLUMBLINE_SUBJECT_VERSION 1

/* What a method answers. */
enum { PLUMBLINE_OK = 0, PLUMBLINE_UNSUPPORTED = 1, PLUMBLINE_REFUSED = 2, PLUMBLINE_FAILED = 3 };

/* Formats of elements (int32_t fields named `format`). */
enum {
  PLUMBLINE_BINARY64 = 64, /* double */
  PLUMBLINE_BINARY32 = 32, /* float */
  PLUMBLINE_BFLOAT16 = 17, /* uint16_t: the upper half of a float's bits */
  PLUMBLINE_BINARY16 = 16  /* uint16_t: IEEE 754 half precision */
};

/* Why a method did not answer PLUMBLINE_OK: a string, empty when the method is called. */
typedef struct plumbline_error {
  char message[512];
} plumbline_error;

/* Kinds of hyperparameters. */
enum { PLUMBLINE_REAL = 0, PLUMBLINE_BOOLEAN = 1, PLUMBLINE_COUNT = 2 };

/* A hyperparameter, by its name in the catalogue (`plumbline show RULE`): "learning_rate",
 * "beta1". One at its neutral value (no decay, not centered) is not sent. The plugin sets
 * `taken` when it has used the value, as plumbline_take() does: one that nobody took makes
 * the case unsupported, so that no hyperparameter is ever ignored. */
typedef struct plumbline_hyperparameter {
  const char *name;
  double value; /* 0 or 1 for a boolean, a whole number for a count */
  int32_t kind;
  int32_t taken;
} plumbline_hyperparameter;

typedef struct plumbline_hyperparameters {
  plumbline_hyperparameter *list;
  size_t count;
} plumbline_hyperparameters;

/* A parameter at the start. */
typedef struct plumbline_parameter {
  const char *name;
  const int64_t *shape; /* no dimensions: a scalar; a size may be 0 */
  size_t dimensions;
  size_t count;         /* of elements: the product of the shape */
  int32_t format;       /* of its values and gradients */
  int32_t state_format; /* of state and arithmetic: another one in a mixed format */
  size_t group;         /* which of the groups it belongs to */
  const void *values;   /* [count] in `format` */
} plumbline_parameter;

/* An optimizer to be made. A group is parameters with the same hyperparameters, all of which
 * are in its list. There is at least one group; of one without parameters nothing has to be
 * taken. */
typedef struct plumbline_create_request {
  const char *rule; /* "adam" */
  const plumbline_parameter *parameters;
  size_t parameter_count;
  plumbline_hyperparameters *groups;
  size_t group_count;
} plumbline_create_request;

/* One step. `parameters` holds the values before the step, as the last one left them, and
 * is to hold those after it: the harness keeps them, the plugin keeps the state. */
typedef struct plumbline_step_request {
  void *const *parameters;      /* [parameter][element], in the parameter's format */
  const void *const *gradients; /* the same; null: none in this step, nothing may change */
  size_t parameter_count;
  const double *learning_rate; /* for this and all later steps; null: it stays */
  const double *loss;          /* where the gradient was taken; null: not told */
} plumbline_step_request;

/* One tensor of one parameter's state. All fields are 0 when the method is called. */
typedef struct plumbline_state_tensor {
  const char *name; /* its standard name (`plumbline show RULE`): "first_moment" */
  const void *data; /* [count] in `format`; null: this parameter has none */
  size_t count;     /* as many as the parameter has, or as `show` says of a rule by tensor */
  int32_t format;   /* in which it is held */
} plumbline_state_tensor;

/* Learning rates of a schedule at given steps. */
typedef struct plumbline_schedule_request {
  const char *schedule; /* "cosine_annealing" */
  plumbline_hyperparameters hyperparameters;
  const int64_t *steps; /* rising, counted from 0 */
  size_t step_count;
  int32_t direct; /* 0: reached by stepping from step 0 on; 1: each asked for at once */
  double *values; /* [step_count], to be filled */
} plumbline_schedule_request;

/* A tensor of gradients to be clipped in place. */
typedef struct plumbline_gradient {
  const int64_t *shape;
  size_t dimensions;
  size_t count;
  void *values; /* [count] in the request's format */
} plumbline_gradient;

typedef struct plumbline_clip_request {
  const char *clipping; /* "global_norm" */
  int32_t format;
  int32_t has_norm; /* to be set to 1 where `norm` is told */
  double norm;      /* the norm before clipping */
  plumbline_hyperparameters hyperparameters;
  plumbline_gradient *gradients;
  size_t gradient_count;
  const void *const *parameters; /* [gradient][element] in the same format, where the clipping
                                    wants them; null: it does not */
} plumbline_clip_request;

/* Mini-batches to be drawn. */
typedef struct plumbline_sample_request {
  int64_t population;
  int64_t batch_size;
  int64_t batches;
  uint64_t seed;
  int32_t replacement;
  int64_t *indices; /* [batch][batch_size], each from 0 to population - 1, to be filled */
  int64_t *sizes;   /* [batch]: how many of them are used, to be filled */
} plumbline_sample_request;

/* Weights to be drawn for a tensor. */
typedef struct plumbline_initialize_request {
  const char *initialization; /* "xavier_uniform" */
  const int64_t *shape;
  size_t dimensions;
  size_t count; /* of elements: the product of the shape */
  int32_t format;
  uint64_t seed;
  plumbline_hyperparameters hyperparameters;
  void *values; /* [count] in `format`, to be filled */
} plumbline_initialize_request;

/* The harness' objective, for plugins that own the loop: fills the gradients at
 * `parameters`, both [parameter][element] in the parameters' formats, and the value.
 * Anything but PLUMBLINE_OK: the minimization must end, with that answer. */
typedef int (*plumbline_evaluate)(void *context, const void *const *parameters,
                                  void *const *gradients, double *value);

/* What is asked of the objective beside its value and gradients, as rows over all parameters,
 * flat: "hessian", "fisher", "residuals" (one row), "jacobian"; for networks "layer_inputs"
 * and "layer_output_gradients" (a row an example, the layers side by side). The plugin sets
 * the name, the harness all others, until the next question. */
typedef struct plumbline_wanted {
  const char *name;
  size_t rows, columns;
  const double *values; /* [row][column] */
} plumbline_wanted;

/* As plumbline_evaluate, with more that is wanted. What the objective has not is answered with
 * PLUMBLINE_UNSUPPORTED. */
typedef int (*plumbline_ask)(void *context, const void *const *parameters, void *const *gradients,
                             double *value, plumbline_wanted *wanted, size_t wanted_count);
/* Shows a tensor of the state at the end, once a tensor; the harness copies. All parameters are
 * one point here, and the tensor is the point's, of as many elements as `show RULE` tells. Null:
 * the rule has no state. */
typedef void (*plumbline_show)(void *context, const plumbline_state_tensor *tensor);

/* A minimization of a rule that asks its objective for more than gradients. */
typedef struct plumbline_minimize_request {
  const plumbline_create_request *create;
  int64_t steps;
  const double *const *draws; /* [step][draw]: the random numbers of a rule that draws */
  size_t draw_count;          /* of a step; 0: the rule draws nothing */
  plumbline_ask ask;
  plumbline_show show; /* may be called before the method ends */
  void *context;       /* for both */
  void *const *parameters; /* as in a step: where it ended, to be filled */
} plumbline_minimize_request;

typedef struct plumbline_subject_table {
  uint32_t version; /* PLUMBLINE_SUBJECT_VERSION */
  uint32_t size;    /* sizeof(plumbline_subject_table) */

  const char *name;            /* what is tested; not empty */
  const char *subject_version; /* not empty */
  const char *language;        /* null: not told */
  const char *claims;          /* JSON as in the protocol's `describe`; null: none */
  int32_t flushes_subnormals;  /* 1: it rounds subnormals to zero */
  int32_t thread_safe;         /* 1: optimizers may be used from several threads at once */

  /* Makes an optimizer and puts it into `optimizer`. Goes with `step` and `close`. */
  int (*create)(const plumbline_create_request *request, void **optimizer, plumbline_error *error);
  int (*step)(void *optimizer, const plumbline_step_request *request, plumbline_error *error);
  void (*close)(void *optimizer);

  /* For rules that take gradients elsewhere than at the parameters (textbook Nesterov):
   * fills `points`, [parameter][element] in the parameter's format. Asked after `create`
   * and after each step. PLUMBLINE_UNSUPPORTED: this optimizer takes them at the
   * parameters. */
  int (*look_ahead)(void *optimizer, const void *const *parameters, void *const *points,
                    plumbline_error *error);

  /* The index-th state tensor of a parameter, both counted from 0. A null name: there are
   * no more. */
  int (*state)(void *optimizer, size_t index, size_t parameter, plumbline_state_tensor *tensor,
               plumbline_error *error);

  /* The optimizer but for its parameters' values as bytes, in a form of the plugin's own. */
  int (*save)(void *optimizer, const void **bytes, size_t *size, plumbline_error *error);
  /* An optimizer that goes on from there. `request` is what the saved one was created
   * with, but with the parameters' values when it was saved. */
  int (*load)(const plumbline_create_request *request, const void *bytes, size_t size,
              void **optimizer, plumbline_error *error);

  /* `steps` steps in the plugin's own loop; `parameters` as in a step. */
  int (*minimize)(const plumbline_create_request *request, int64_t steps,
                  plumbline_evaluate evaluate, void *context, void *const *parameters,
                  plumbline_error *error);

  int (*schedule_values)(plumbline_schedule_request *request, plumbline_error *error);
  int (*clip)(plumbline_clip_request *request, plumbline_error *error);
  int (*sample)(plumbline_sample_request *request, plumbline_error *error);

  int (*initialize)(plumbline_initialize_request *request, plumbline_error *error);
  /* In place of `minimize`, which is not called where there is this one. */
  int (*minimize_asking)(const plumbline_minimize_request *request, plumbline_error *error);
} plumbline_subject_table;

#if defined(_WIN32)
#define PLUMBLINE_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define PLUMBLINE_EXPORT __attribute__((visibility("default")))
#else
#define PLUMBLINE_EXPORT
#endif

/* The one symbol that a plugin exports. Null: it can't be used here. */
PLUMBLINE_EXPORT const plumbline_subject_table *plumbline_subject_v1(void);
typedef const plumbline_subject_table *(*plumbline_subject_v1_function)(void);

/* The hyperparameter with this name, marked as taken; `otherwise` where it was not sent. */
static inline double plumbline_take(const plumbline_hyperparameters *from, const char *name,
                                    double otherwise) {
  size_t index, letter;
  for (index = 0; index < from->count; ++index) {
    plumbline_hyperparameter *found = &from->list[index];
    letter = 0;
    while (found->name[letter] != 0 && found->name[letter] == name[letter]) ++letter;
    if (found->name[letter] != name[letter]) continue;
    found->taken = 1;
    return found->value;
  }
  return otherwise;
}

#ifdef __cplusplus
}
#endif

#endif
