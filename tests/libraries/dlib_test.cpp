// dlib's solvers for deep networks (dlib/dnn/solvers.h), which work in float.
//
// A solver gives the step for one layer, which the layer adds to its parameters
// (dlib/dnn/core.h). Its hyperparameters are floats too.
#include <dlib/dnn/solvers.h>

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

PLUMBLINE_CHECK_OPTIMIZER("gradient_descent", DlibAdapter<dlib::sgd>);
PLUMBLINE_CHECK_OPTIMIZER("momentum", DlibAdapter<dlib::sgd>);
PLUMBLINE_CHECK_OPTIMIZER("adam", DlibAdapter<dlib::adam>);

}  // namespace
}  // namespace plumbline::conformance
