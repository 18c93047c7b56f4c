#include "plumbline_subject_v1.h"

/* Uses what the header defines, so that it is compiled. */
double taken_in_c(const plumbline_hyperparameters *from) {
  return plumbline_take(from, "learning_rate", 0.5);
}
