// dlib's solvers for deep networks (dlib/dnn/solvers.h), which work in float, and its
// minimizers of any function (dlib/optimization.h).
//
// A solver gives the step for one layer, which the layer adds to its parameters
// (dlib/dnn/core.h). Its hyperparameters are floats too.
#include <dlib/dnn/solvers.h>
#include <dlib/optimization.h>

#include <limits>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

/// All that a solver asks of a layer.
struct Layer {
  dlib::resizable_tensor parameters;
  const dlib::tensor& get_layer_params() const { return parameters; }
};

dlib::resizable_tensor to_dlib(const std::vector<float>& values) {
  dlib::resizable_tensor tensor(1, 1, 1, static_cast<long long>(values.size()));
  std::copy(values.begin(), values.end(), tensor.host());
  return tensor;
}

std::vector<float> from_dlib(const dlib::tensor& tensor) {
  return {tensor.host(), tensor.host() + tensor.size()};
}

template <class Solver>
class DlibAdapter {
 public:
  using Value = float;

  explicit DlibAdapter(const OptimizerTask& task) {
    for (const TaskParameter& parameter : task.parameters()) {
      const Hyperparameters& given = *parameter.hyperparameters;
      rates_.push_back(static_cast<float>(given.number("learning_rate")));
      solvers_.push_back(make_solver(given));
      layers_.push_back({to_dlib(parameter.values_as<float>())});
    }
  }

  void step(const Gradients<float>& gradients) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      // dlib asks that a layer has parameters (DLIB_CASSERT in the solvers).
      if (!gradients[i] || gradients[i]->empty()) continue;
      dlib::resizable_tensor& parameters = layers_[i].parameters;
      dlib::tt::add(parameters, parameters,
                    solvers_[i](rates_[i], layers_[i], to_dlib(*gradients[i])));
    }
  }

  void set_learning_rate(double rate) { rates_.assign(rates_.size(), static_cast<float>(rate)); }

  std::vector<std::vector<float>> parameters() const {
    std::vector<std::vector<float>> values;
    for (const Layer& layer : layers_) values.push_back(from_dlib(layer.parameters));
    return values;
  }

 private:
  std::vector<float> rates_;
  std::vector<Solver> solvers_;  // as dlib::dnn_trainer has one for each layer
  std::vector<Layer> layers_;

  static Solver make_solver(const Hyperparameters& given) {
    const auto weight_decay = static_cast<float>(given.number("weight_decay", 0));
    if constexpr (std::is_same_v<Solver, dlib::sgd>) {
      return Solver(weight_decay, static_cast<float>(given.number("momentum", 0)));
    } else {
      // Fixed in dlib/cuda/cpu_dlib.cpp, compute_adam_update.
      if (given.number("epsilon") != 1e-8) unsupported("an epsilon that is not 1e-8");
      return Solver(weight_decay, static_cast<float>(given.number("beta1")),
                    static_cast<float>(given.number("beta2")));
    }
  }
};

/// What dlib::find_min searches along; L-BFGS keeps ten pairs.
struct Lbfgs : dlib::lbfgs_search_strategy {
  Lbfgs() : dlib::lbfgs_search_strategy(10) {}
};

template <class SearchStrategy>
class FindMin {
 public:
  using Value = double;

  explicit FindMin(const OptimizerTask& task)
      : tensors_(task.start<double>()),
        tolerance_(task.hyperparameters().number("gradient_tolerance")) {}

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) const {
    using Vector = dlib::matrix<double, 0, 1>;
    const auto flat = [](const std::vector<std::vector<double>>& rows) {
      std::vector<double> values;
      for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
      return Vector(dlib::mat(values));
    };
    const auto rows = [this](const Vector& vector) {
      auto rows = tensors_;
      long at = 0;
      for (auto& row : rows) {
        for (double& value : row) value = vector(at++);
      }
      return rows;
    };
    Vector point = flat(tensors_);
    dlib::find_min(
        SearchStrategy(),
        dlib::gradient_norm_stop_strategy(tolerance_, static_cast<unsigned long>(steps)),
        [&](const Vector& at) { return objective(rows(at)).value; },
        [&](const Vector& at) { return flat(objective(rows(at)).gradients); }, point,
        -std::numeric_limits<double>::infinity());
    return rows(point);
  }

 private:
  std::vector<std::vector<double>> tensors_;
  double tolerance_;
};

PLUMBLINE_CHECK_OPTIMIZER("gradient_descent", DlibAdapter<dlib::sgd>);
PLUMBLINE_CHECK_OPTIMIZER("momentum", DlibAdapter<dlib::sgd>);
PLUMBLINE_CHECK_OPTIMIZER("adam", DlibAdapter<dlib::adam>);
PLUMBLINE_CHECK_MINIMIZER("lbfgs", FindMin<Lbfgs>);
PLUMBLINE_CHECK_MINIMIZER("bfgs", FindMin<dlib::bfgs_search_strategy>);
PLUMBLINE_CHECK_MINIMIZER("cg", FindMin<dlib::cg_search_strategy>);

}  // namespace
}  // namespace plumbline::conformance
