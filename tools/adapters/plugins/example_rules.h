/* The rules of example_plugin.c in one format: included once for each, with REAL its type,
 * SQUARE_ROOT its root, and IN_FORMAT(name) a name of its own.
 */

static void IN_FORMAT(gradient_descent)(const struct held *held, REAL *parameter,
                                        const REAL *gradient) {
  const REAL rate = (REAL)held->learning_rate;
  for (size_t i = 0; i < held->count; ++i) parameter[i] -= rate * gradient[i];
}

static void IN_FORMAT(momentum)(const struct held *held, REAL *parameter, const REAL *gradient) {
  const REAL rate = (REAL)held->learning_rate, momentum = (REAL)held->momentum;
  REAL *velocity = held->state[0];
  for (size_t i = 0; i < held->count; ++i) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    parameter[i] -= rate * velocity[i];
  }
}

static void IN_FORMAT(adam)(const struct held *held, REAL *parameter, const REAL *gradient) {
  const double correction1 = 1 - pow(held->beta1, (double)held->steps);
  const double correction2 = 1 - pow(held->beta2, (double)held->steps);
  const REAL rate = (REAL)(held->learning_rate / correction1);
  const REAL root = (REAL)sqrt(correction2), epsilon = (REAL)held->epsilon;
  const REAL beta1 = (REAL)held->beta1, rest1 = (REAL)(1 - held->beta1);
  const REAL beta2 = (REAL)held->beta2, rest2 = (REAL)(1 - held->beta2);
  REAL *first = held->state[0], *second = held->state[1];
  for (size_t i = 0; i < held->count; ++i) {
    const REAL g = gradient[i];
    first[i] = beta1 * first[i] + rest1 * g;
    second[i] = beta2 * second[i] + rest2 * g * g;
    parameter[i] -= rate * first[i] / (SQUARE_ROOT(second[i]) / root + epsilon);
  }
}

static void IN_FORMAT(step)(enum rule rule, const struct held *held, void *parameter,
                            const void *gradient) {
  switch (rule) {
    case GRADIENT_DESCENT:
      IN_FORMAT(gradient_descent)(held, parameter, gradient);
      break;
    case MOMENTUM:
      IN_FORMAT(momentum)(held, parameter, gradient);
      break;
    case ADAM:
      IN_FORMAT(adam)(held, parameter, gradient);
      break;
  }
}
