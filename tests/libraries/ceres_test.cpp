// Ceres Solver's line-search methods for general functions (GradientProblemSolver).
#include <ceres/first_order_function.h>
#include <ceres/gradient_problem.h>
#include <ceres/gradient_problem_solver.h>

#include <cmath>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

/// The harness's objective as Ceres asks for it.
class CeresFunction final : public ceres::FirstOrderFunction {
 public:
  CeresFunction(const Objective& objective, std::vector<std::vector<double>> like)
      : objective_(objective), like_(std::move(like)) {}

  int NumParameters() const override {
    int count = 0;
    for (const auto& tensor : like_) count += static_cast<int>(tensor.size());
    return count;
  }

  bool Evaluate(const double* point, double* value, double* gradient) const override {
    const Evaluation seen = objective_(rows(point));
    *value = seen.value;
    if (gradient != nullptr) {
      for (const auto& part : seen.gradients) {
        gradient = std::copy(part.begin(), part.end(), gradient);
      }
    }
    return true;
  }

  std::vector<std::vector<double>> rows(const double* point) const {
    auto rows = like_;
    for (auto& row : rows) {
      for (double& value : row) value = *point++;
    }
    return rows;
  }

 private:
  const Objective& objective_;
  std::vector<std::vector<double>> like_;
};

template <ceres::LineSearchDirectionType Direction>
class CeresAdapter {
 public:
  using Value = double;

  explicit CeresAdapter(const OptimizerTask& task)
      : tensors_(task.start<double>()),
        tolerance_(task.hyperparameters().number("gradient_tolerance")) {}

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) const {
    auto* function = new CeresFunction(objective, tensors_);
    const ceres::GradientProblem problem(function);  // owns the function
    std::vector<double> point;
    for (const auto& tensor : tensors_) point.insert(point.end(), tensor.begin(), tensor.end());
    ceres::GradientProblemSolver::Options options;
    options.line_search_direction_type = Direction;
    options.logging_type = ceres::SILENT;
    options.max_num_iterations = static_cast<int>(steps);
    // The criterion is on the greatest element; |g| is at most sqrt(n) of it.
    options.gradient_tolerance = tolerance_ / std::sqrt(static_cast<double>(point.size()));
    options.function_tolerance = 0;
    options.parameter_tolerance = 0;
    ceres::GradientProblemSolver::Summary summary;
    ceres::Solve(options, problem, point.data(), &summary);
    return function->rows(point.data());
  }

 private:
  std::vector<std::vector<double>> tensors_;
  double tolerance_;
};

PLUMBLINE_CHECK_MINIMIZER("steepest_descent", CeresAdapter<ceres::STEEPEST_DESCENT>);
PLUMBLINE_CHECK_MINIMIZER("conjugate_gradient", CeresAdapter<ceres::NONLINEAR_CONJUGATE_GRADIENT>);
PLUMBLINE_CHECK_MINIMIZER("bfgs", CeresAdapter<ceres::BFGS>);
PLUMBLINE_CHECK_MINIMIZER("lbfgs", CeresAdapter<ceres::LBFGS>);

}  // namespace
}  // namespace plumbline::conformance
