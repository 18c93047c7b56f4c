// libLBFGS: L-BFGS with each of its line searches.
#include <lbfgs.h>

#include <memory>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

template <int LineSearch>
class LbfgsAdapter {
 public:
  using Value = double;

  explicit LbfgsAdapter(const OptimizerTask& task)
      : tensors_(task.start<double>()),
        tolerance_(task.hyperparameters().number("gradient_tolerance")) {}

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    objective_ = &objective;
    int size = 0;
    for (const auto& tensor : tensors_) size += static_cast<int>(tensor.size());
    const std::unique_ptr<lbfgsfloatval_t, void (*)(lbfgsfloatval_t*)> point(lbfgs_malloc(size),
                                                                             lbfgs_free);
    lbfgsfloatval_t* next = point.get();
    for (const auto& tensor : tensors_) next = std::copy(tensor.begin(), tensor.end(), next);
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.linesearch = LineSearch;
    parameters.max_iterations = static_cast<int>(steps);
    // Its own criterion is relative to |x|; `progress` has the one asked for.
    parameters.epsilon = 0;
    lbfgs(size, point.get(), nullptr, evaluate, progress, this, &parameters);
    return rows(point.get());
  }

 private:
  std::vector<std::vector<double>> tensors_;
  double tolerance_;
  const Objective* objective_ = nullptr;

  std::vector<std::vector<double>> rows(const lbfgsfloatval_t* point) const {
    auto rows = tensors_;
    for (auto& row : rows) {
      for (double& value : row) value = *point++;
    }
    return rows;
  }

  static lbfgsfloatval_t evaluate(void* self, const lbfgsfloatval_t* point,
                                  lbfgsfloatval_t* gradient, int, lbfgsfloatval_t) {
    const auto& adapter = *static_cast<LbfgsAdapter*>(self);
    const Evaluation seen = (*adapter.objective_)(adapter.rows(point));
    for (const auto& part : seen.gradients)
      gradient = std::copy(part.begin(), part.end(), gradient);
    return seen.value;
  }

  static int progress(void* self, const lbfgsfloatval_t*, const lbfgsfloatval_t*, lbfgsfloatval_t,
                      lbfgsfloatval_t, lbfgsfloatval_t gradient_norm, lbfgsfloatval_t, int, int,
                      int) {
    return gradient_norm <= static_cast<LbfgsAdapter*>(self)->tolerance_ ? 1 : 0;
  }
};

PLUMBLINE_CHECK_MINIMIZER("more_thuente", LbfgsAdapter<LBFGS_LINESEARCH_MORETHUENTE>);
PLUMBLINE_CHECK_MINIMIZER("armijo", LbfgsAdapter<LBFGS_LINESEARCH_BACKTRACKING_ARMIJO>);
PLUMBLINE_CHECK_MINIMIZER("wolfe", LbfgsAdapter<LBFGS_LINESEARCH_BACKTRACKING_WOLFE>);
PLUMBLINE_CHECK_MINIMIZER("strong_wolfe", LbfgsAdapter<LBFGS_LINESEARCH_BACKTRACKING_STRONG_WOLFE>);

}  // namespace
}  // namespace plumbline::conformance
