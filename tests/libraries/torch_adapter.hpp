// libtorch's step-by-step optimizers behind one adapter: each rule says which of torch's
// options it is, and where torch keeps its state.
#pragma once

#include <ATen/Parallel.h>
#include <torch/optim.h>
#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <array>
#include <map>
#include <memory>
#include <sstream>

#include "conformance/subject/adapter.hpp"

namespace plumbline::conformance {

namespace optim = torch::optim;

/// torch's name of a format's type.
inline torch::ScalarType type_of(const std::string& format) {
  if (format == "binary64") return torch::kFloat64;
  if (format == "binary32") return torch::kFloat32;
  if (format == "bfloat16") return torch::kBFloat16;
  return torch::kFloat16;
}

inline torch::Tensor to_torch(const std::vector<double>& values, const std::vector<long>& shape,
                              torch::ScalarType type) {
  // Through binary64, so that every value arrives as it was sent.
  return torch::tensor(values, torch::kFloat64)
      .reshape(std::vector<std::int64_t>(shape.begin(), shape.end()))
      .to(type);
}

inline std::vector<double> from_torch(const torch::Tensor& tensor) {
  const torch::Tensor wide = tensor.detach().to(torch::kFloat64).contiguous();
  return {wide.data_ptr<double>(), wide.data_ptr<double>() + wide.numel()};
}

/// Calls into torch, whose errors carry a backtrace that is of no use here.
template <class Body>
auto in_torch(Body&& body) {
  try {
    return body();
  } catch (const c10::Error& error) {
    throw std::runtime_error(error.what_without_backtrace());
  }
}

// How each rule is asked for: torch's options, and torch's state by its standard name,
// which is not there before the first step.

/// The formats for which torch 1.13 has the kernels on the CPU. Those of Adagrad, RMSprop
/// and Adam: "addcmul_cpu_out" not implemented for 'Half'.
inline constexpr std::array<std::string_view, 4> all_formats{"binary64", "binary32", "bfloat16",
                                                             "binary16"};
inline constexpr std::array<std::string_view, 3> without_half{"binary64", "binary32", "bfloat16"};

template <class Class, class Options, class State>
struct TorchRule {
  using OptimizerClass = Class;
  using OptionsClass = Options;
  using StateClass = State;
  static constexpr auto formats = without_half;
};

struct GradientDescent : TorchRule<optim::SGD, optim::SGDOptions, optim::SGDParamState> {
  static constexpr auto formats = all_formats;
  static optim::SGDOptions options(const Hyperparameters& given) {
    return optim::SGDOptions(given.number("learning_rate"))
        .weight_decay(given.number("weight_decay", 0));
  }
  static std::map<std::string, torch::Tensor> state(const optim::SGDParamState*,
                                                    const optim::SGDOptions&) {
    return {};
  }
};

struct Momentum : GradientDescent {
  static optim::SGDOptions options(const Hyperparameters& given) {
    return GradientDescent::options(given)
        .momentum(given.number("momentum"))
        .dampening(given.number("dampening", 0));
  }
  static std::map<std::string, torch::Tensor> state(const optim::SGDParamState* kept,
                                                    const optim::SGDOptions&) {
    return {{"velocity", kept == nullptr ? torch::Tensor() : kept->momentum_buffer()}};
  }
};

struct Nesterov : Momentum {
  static optim::SGDOptions options(const Hyperparameters& given) {
    return GradientDescent::options(given).momentum(given.number("momentum")).nesterov(true);
  }
};

struct Adagrad : TorchRule<optim::Adagrad, optim::AdagradOptions, optim::AdagradParamState> {
  static optim::AdagradOptions options(const Hyperparameters& given) {
    return optim::AdagradOptions(given.number("learning_rate"))
        .weight_decay(given.number("weight_decay", 0))
        .eps(given.number("epsilon"))
        .lr_decay(given.number("learning_rate_decay", 0))
        .initial_accumulator_value(given.number("initial_accumulator", 0));
  }
  static std::map<std::string, torch::Tensor> state(const optim::AdagradParamState* kept,
                                                    const optim::AdagradOptions&) {
    return {{"squared_gradient_sum", kept == nullptr ? torch::Tensor() : kept->sum()}};
  }
};

struct RmsProp : TorchRule<optim::RMSprop, optim::RMSpropOptions, optim::RMSpropParamState> {
  static optim::RMSpropOptions options(const Hyperparameters& given) {
    return optim::RMSpropOptions(given.number("learning_rate"))
        .weight_decay(given.number("weight_decay", 0))
        .alpha(given.number("rho"))
        .eps(given.number("epsilon"))
        .momentum(given.number("momentum", 0))
        .centered(given.flag("centered"));
  }
  static std::map<std::string, torch::Tensor> state(const optim::RMSpropParamState* kept,
                                                    const optim::RMSpropOptions& with) {
    std::map<std::string, torch::Tensor> state{
        {"mean_square", kept == nullptr ? torch::Tensor() : kept->square_avg()}};
    if (with.centered()) {
      state["mean_gradient"] = kept == nullptr ? torch::Tensor() : kept->grad_avg();
    }
    if (with.momentum() > 0) {
      state["velocity"] = kept == nullptr ? torch::Tensor() : kept->momentum_buffer();
    }
    return state;
  }
};

template <class Class, class Options, class State>
struct AdamLike : TorchRule<Class, Options, State> {
  static Options options(const Hyperparameters& given) {
    return Options(given.number("learning_rate"))
        .weight_decay(given.number("weight_decay", 0))
        .betas({given.number("beta1"), given.number("beta2")})
        .eps(given.number("epsilon"));
  }
  static std::map<std::string, torch::Tensor> state(const State* kept, const Options&) {
    return {{"first_moment", kept == nullptr ? torch::Tensor() : kept->exp_avg()},
            {"second_moment", kept == nullptr ? torch::Tensor() : kept->exp_avg_sq()}};
  }
};
using Adam = AdamLike<optim::Adam, optim::AdamOptions, optim::AdamParamState>;
struct AmsGrad : Adam {
  static optim::AdamOptions options(const Hyperparameters& given) {
    return Adam::options(given).amsgrad(true);
  }
  static std::map<std::string, torch::Tensor> state(const optim::AdamParamState* kept,
                                                    const optim::AdamOptions& with) {
    std::map<std::string, torch::Tensor> state = Adam::state(kept, with);
    state["greatest_second_moment"] = kept == nullptr ? torch::Tensor() : kept->max_exp_avg_sq();
    return state;
  }
};
using AdamW = AdamLike<optim::AdamW, optim::AdamWOptions, optim::AdamWParamState>;

/// The adapter: torch's parameter groups are the task's, each tensor in its own format.
template <class Rule>
class TorchAdapter {
 public:
  using Value = double;
  static constexpr auto formats = Rule::formats;

  explicit TorchAdapter(const OptimizerTask& task) {
    at::set_num_threads(1);  // sums do not depend on the machine
    std::map<const Hyperparameters*, std::size_t> group_of;
    std::vector<std::vector<torch::Tensor>> tensors;
    std::vector<Options> options;
    for (const TaskParameter& parameter : task.parameters()) {
      const auto [place, fresh] = group_of.emplace(parameter.hyperparameters, tensors.size());
      if (fresh) {
        tensors.emplace_back();
        options.push_back(Rule::options(*parameter.hyperparameters));
      }
      parameters_.push_back(to_torch(parameter.values, parameter.shape, type_of(parameter.format)));
      parameters_.back().requires_grad_();
      tensors[place->second].push_back(parameters_.back());
      options_.push_back(options[place->second]);
    }
    std::vector<optim::OptimizerParamGroup> groups;
    for (std::size_t group = 0; group < tensors.size(); ++group) {
      groups.emplace_back(tensors[group], std::make_unique<Options>(options[group]));
    }
    const Options defaults = Rule::options(task.defaults());
    check_honoured(options, defaults);
    try {
      optimizer_ = std::make_unique<typename Rule::OptimizerClass>(std::move(groups), defaults);
    } catch (const c10::Error& error) {
      refused(error.what_without_backtrace());
    }
  }

  void step(const Gradients<double>& gradients) {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      torch::Tensor& parameter = parameters_[i];
      parameter.mutable_grad() = gradients[i] ? torch::tensor(*gradients[i], torch::kFloat64)
                                                    .reshape(parameter.sizes())
                                                    .to(parameter.scalar_type())
                                              : torch::Tensor();
    }
    in_torch([&] { return optimizer_->step(); });
  }

  void set_learning_rate(double rate) {
    for (auto& group : optimizer_->param_groups()) group.options().set_lr(rate);
  }

  std::vector<double> rates() {
    std::vector<double> rates;
    for (auto& group : optimizer_->param_groups()) rates.push_back(group.options().get_lr());
    return rates;
  }
  void set_rates(const std::vector<double>& rates) {
    for (std::size_t group = 0; group < rates.size(); ++group) {
      optimizer_->param_groups()[group].options().set_lr(rates[group]);
    }
  }

  std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> values;
    for (const torch::Tensor& parameter : parameters_) values.push_back(from_torch(parameter));
    return values;
  }

  std::map<std::string, std::vector<std::optional<std::vector<double>>>> state() const {
    std::map<std::string, std::vector<std::optional<std::vector<double>>>> record;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      for (const auto& [name, tensor] : Rule::state(kept(parameters_[i]), options_[i])) {
        auto& row = record[name];
        row.resize(parameters_.size());
        // What torch makes in the first step is zero before it.
        row[i] = tensor.defined() ? from_torch(tensor) : from_torch(zeros_like(parameters_[i]));
      }
    }
    return record;
  }

  nlohmann::json save() const {
    torch::serialize::OutputArchive archive;
    optimizer_->save(archive);
    std::ostringstream stream;
    archive.save_to(stream);
    const std::string bytes = stream.str();
    return {{"parameters", parameters()},
            {"optimizer", std::vector<unsigned char>(bytes.begin(), bytes.end())}};
  }

  void load(const nlohmann::json& saved) {
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const auto values = saved.at("parameters").at(i).template get<std::vector<double>>();
      parameters_[i].copy_(torch::tensor(values, torch::kFloat64).reshape(parameters_[i].sizes()));
    }
    const auto bytes = saved.at("optimizer").template get<std::vector<unsigned char>>();
    std::istringstream stream(std::string(bytes.begin(), bytes.end()));
    torch::serialize::InputArchive archive;
    archive.load_from(stream);
    optimizer_->load(archive);
  }

 private:
  using Options = typename Rule::OptionsClass;
  std::vector<torch::Tensor> parameters_;
  std::vector<Options> options_;  // of each parameter
  std::unique_ptr<typename Rule::OptimizerClass> optimizer_;

  /// torch takes Adagrad's initial accumulator from the defaults alone, whatever a group
  /// says (see AdagradIgnoresAGroupsInitialAccumulator below): it has no place for another.
  static void check_honoured(const std::vector<Options>& options, const Options& defaults) {
    if constexpr (std::is_same_v<Options, optim::AdagradOptions>) {
      for (const Options& group : options) {
        if (group.initial_accumulator_value() != defaults.initial_accumulator_value()) {
          unsupported("an initial accumulator by group");
        }
      }
    }
  }

  const typename Rule::StateClass* kept(const torch::Tensor& parameter) const {
    const auto& states = optimizer_->state();
    const auto found = states.find(c10::guts::to_string(parameter.unsafeGetTensorImpl()));
    return found == states.end()
               ? nullptr
               : static_cast<const typename Rule::StateClass*>(found->second.get());
  }
};

}  // namespace plumbline::conformance
