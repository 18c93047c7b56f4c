// NLopt's local gradient-based algorithms, through its C++ interface.
#include <cmath>
#include <nlopt.hpp>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

template <nlopt::algorithm Algorithm>
class NloptAdapter {
 public:
  using Value = double;

  explicit NloptAdapter(const OptimizerTask& task)
      : tensors_(task.start<double>()),
        tolerance_(task.hyperparameters().number("gradient_tolerance")) {}

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    objective_ = &objective;
    std::vector<double> point;
    for (const auto& tensor : tensors_) point.insert(point.end(), tensor.begin(), tensor.end());
    nlopt::opt optimizer(Algorithm, static_cast<unsigned>(point.size()));
    optimizer.set_min_objective(evaluate, this);
    optimizer.set_maxeval(static_cast<int>(steps));
    double value = 0;
    try {
      optimizer.optimize(point, value);
    } catch (const nlopt::forced_stop&) {
      // NLopt has no criterion on the gradient: `evaluate` stops it.
      point = stopped_at_;
    } catch (const nlopt::roundoff_limited&) {
      // "still typically returns a useful result" (manual): the point is the best one.
    }
    return rows(point);
  }

 private:
  std::vector<std::vector<double>> tensors_;
  double tolerance_;
  const Objective* objective_ = nullptr;
  std::vector<double> stopped_at_;

  std::vector<std::vector<double>> rows(const std::vector<double>& point) const {
    auto rows = tensors_;
    auto next = point.begin();
    for (auto& row : rows) {
      for (double& value : row) value = *next++;
    }
    return rows;
  }

  static double evaluate(const std::vector<double>& point, std::vector<double>& gradient,
                         void* self) {
    auto& adapter = *static_cast<NloptAdapter*>(self);
    const Evaluation seen = (*adapter.objective_)(adapter.rows(point));
    double squares = 0;
    auto next = gradient.begin();
    for (const auto& part : seen.gradients) {
      for (const double value : part) {
        squares += value * value;
        if (next != gradient.end()) *next++ = value;
      }
    }
    if (std::sqrt(squares) <= adapter.tolerance_) {
      adapter.stopped_at_ = point;
      throw nlopt::forced_stop();
    }
    return seen.value;
  }
};

PLUMBLINE_CHECK_MINIMIZER("lbfgs", NloptAdapter<nlopt::LD_LBFGS>);
PLUMBLINE_CHECK_MINIMIZER("var2", NloptAdapter<nlopt::LD_VAR2>);
PLUMBLINE_CHECK_MINIMIZER("tnewton", NloptAdapter<nlopt::LD_TNEWTON_PRECOND_RESTART>);
PLUMBLINE_CHECK_MINIMIZER("slsqp", NloptAdapter<nlopt::LD_SLSQP>);
PLUMBLINE_CHECK_MINIMIZER("mma", NloptAdapter<nlopt::LD_MMA>);
PLUMBLINE_CHECK_MINIMIZER("ccsaq", NloptAdapter<nlopt::LD_CCSAQ>);

}  // namespace
}  // namespace plumbline::conformance
