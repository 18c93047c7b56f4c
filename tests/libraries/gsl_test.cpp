// GSL's multidimensional minimizers (multimin/): steepest descent as gradient descent, and
// all of them as minimizers.
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>

#include <memory>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

struct FreeVector {
  void operator()(gsl_vector* vector) const { gsl_vector_free(vector); }
};
using Vector = std::unique_ptr<gsl_vector, FreeVector>;

struct FreeMinimizer {
  void operator()(gsl_multimin_fdfminimizer* minimizer) const {
    gsl_multimin_fdfminimizer_free(minimizer);
  }
};
using Minimizer = std::unique_ptr<gsl_multimin_fdfminimizer, FreeMinimizer>;

Vector to_gsl(const std::vector<std::vector<double>>& tensors) {
  std::size_t size = 0;
  for (const auto& tensor : tensors) size += tensor.size();
  Vector vector(gsl_vector_alloc(size));
  std::size_t at = 0;
  for (const auto& tensor : tensors) {
    for (const double value : tensor) gsl_vector_set(vector.get(), at++, value);
  }
  return vector;
}

/// The vector's values in tensors of the lengths of `like`.
std::vector<std::vector<double>> from_gsl(const gsl_vector* vector,
                                          std::vector<std::vector<double>> like) {
  std::size_t at = 0;
  for (auto& tensor : like) {
    for (double& value : tensor) value = gsl_vector_get(vector, at++);
  }
  return like;
}

/// An objective as GSL calls it: `Evaluate` gives the value and fills the gradient.
template <class Evaluate>
struct GslFunction {
  explicit GslFunction(std::size_t size, Evaluate& evaluate) {
    function.n = size;
    function.params = &evaluate;
    function.f = [](const gsl_vector* point, void* self) {
      const Vector unused(gsl_vector_alloc(point->size));
      return (*static_cast<Evaluate*>(self))(point, unused.get());
    };
    function.df = [](const gsl_vector* point, void* self, gsl_vector* gradient) {
      (*static_cast<Evaluate*>(self))(point, gradient);
    };
    function.fdf = [](const gsl_vector* point, void* self, double* value, gsl_vector* gradient) {
      *value = (*static_cast<Evaluate*>(self))(point, gradient);
    };
  }
  gsl_multimin_function_fdf function;
};

/// Gradient descent from multimin/steepest_descent.c, which takes a step of a given length
/// along the normalised gradient and shortens it where the value rose. Here each step has
/// an objective of its own, linear with the gradient of the case, so that it never rises,
/// and the length eta |g|.
class SteepestDescentStep {
 public:
  using Value = double;

  explicit SteepestDescentStep(const OptimizerTask& task)
      : values_(task.start<double>()), rate_(task.hyperparameters().number("learning_rate")) {
    gsl_set_error_handler_off();
  }

  void set_learning_rate(double rate) { rate_ = rate; }

  void step(const std::vector<std::vector<double>>& gradients) {
    for (std::size_t tensor = 0; tensor < gradients.size(); ++tensor) {
      if (!gradients[tensor].empty()) step_one(values_[tensor], gradients[tensor]);
    }
  }

  const std::vector<std::vector<double>>& parameters() const { return values_; }

 private:
  std::vector<std::vector<double>> values_;
  double rate_;

  void step_one(std::vector<double>& values, const std::vector<double>& gradient) const {
    const Vector start = to_gsl({values});
    const Vector slope = to_gsl({gradient});
    auto linear = [&](const gsl_vector* point, gsl_vector* at) {
      gsl_vector_memcpy(at, slope.get());
      Vector moved(gsl_vector_alloc(point->size));
      gsl_vector_memcpy(moved.get(), point);
      gsl_vector_sub(moved.get(), start.get());
      double value = 0;
      gsl_blas_ddot(slope.get(), moved.get(), &value);
      return value;
    };
    GslFunction objective(values.size(), linear);
    const Minimizer minimizer(
        gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_steepest_descent, values.size()));
    gsl_multimin_fdfminimizer_set(minimizer.get(), &objective.function, start.get(),
                                  rate_ * gsl_blas_dnrm2(slope.get()), 0.1);
    gsl_multimin_fdfminimizer_iterate(minimizer.get());
    values = from_gsl(minimizer->x, {values})[0];
  }
};

/// A minimizer, run until the gradient's norm is as small as asked for.
template <const gsl_multimin_fdfminimizer_type* const* Type>
class GslMinimizer {
 public:
  using Value = double;

  explicit GslMinimizer(const OptimizerTask& task)
      : start_(task.start<double>()),
        tolerance_(task.hyperparameters().number("gradient_tolerance")) {
    gsl_set_error_handler_off();
  }

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) const {
    auto evaluate = [&](const gsl_vector* point, gsl_vector* gradient) {
      const Evaluation seen = objective(from_gsl(point, start_));
      gsl_vector_memcpy(gradient, to_gsl(seen.gradients).get());
      return seen.value;
    };
    const Vector start = to_gsl(start_);
    GslFunction function(start->size, evaluate);
    const Minimizer minimizer(gsl_multimin_fdfminimizer_alloc(*Type, start->size));
    // The first step's length and the line search's accuracy, as GSL's manual has them:
    // for steepest descent the latter is the factor by which a step is shortened.
    const bool steepest = *Type == gsl_multimin_fdfminimizer_steepest_descent;
    gsl_multimin_fdfminimizer_set(minimizer.get(), &function.function, start.get(), 0.01,
                                  steepest ? 0.1 : 1e-4);
    for (long step = 0; step < steps; ++step) {
      if (gsl_multimin_test_gradient(minimizer->gradient, tolerance_) == GSL_SUCCESS) break;
      if (gsl_multimin_fdfminimizer_iterate(minimizer.get()) != GSL_SUCCESS) break;
    }
    return from_gsl(minimizer->x, start_);
  }

 private:
  std::vector<std::vector<double>> start_;
  double tolerance_;
};

[[maybe_unused]] const bool registered = register_optimizer<SteepestDescentStep>(
    "gradient_descent", "SteepestDescentStep",
    {.known_deviations = {{"property/non-finite-stays-in-place",
                           "steepest_descent_iterate divides by the norm of the whole gradient, "
                           "so that a NaN or an overflow in one element reaches all"}}},
    {__FILE__, __LINE__});
PLUMBLINE_CHECK_MINIMIZER("steepest_descent",
                          GslMinimizer<&gsl_multimin_fdfminimizer_steepest_descent>);
PLUMBLINE_CHECK_MINIMIZER("conjugate_fr", GslMinimizer<&gsl_multimin_fdfminimizer_conjugate_fr>);
PLUMBLINE_CHECK_MINIMIZER("conjugate_pr", GslMinimizer<&gsl_multimin_fdfminimizer_conjugate_pr>);
PLUMBLINE_CHECK_MINIMIZER("vector_bfgs", GslMinimizer<&gsl_multimin_fdfminimizer_vector_bfgs>);
PLUMBLINE_CHECK_MINIMIZER("vector_bfgs2", GslMinimizer<&gsl_multimin_fdfminimizer_vector_bfgs2>);

}  // namespace
}  // namespace plumbline::conformance
