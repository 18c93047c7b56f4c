// libtorch's C++ optimizers, which are not those of Python: torch/csrc/api/src/optim.
//
// The one translation unit that includes libtorch's headers.
#include "torch_adapter.hpp"

// Does not include what it needs.
#include <torch/nn/utils/clip_grad.h>

#include <cmath>

#include "conformance/googletest.hpp"

namespace plumbline::conformance {
namespace {

/// torch::nn::utils::clip_grad_norm_.
struct ClipGradNorm {
  using Value = double;
  static constexpr auto formats = without_half;

  explicit ClipGradNorm(const ClippingTask& task)
      : task(task), max_norm(task.hyperparameters.number("max_norm")) {}

  double clip(std::vector<std::vector<double>>& gradients) const {
    std::vector<torch::Tensor> parameters;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      torch::Tensor gradient = to_torch(gradients[i], task.shapes[i], type_of(task.format));
      parameters.push_back(torch::zeros_like(gradient).requires_grad_());
      parameters.back().mutable_grad() = gradient;
    }
    const double norm =
        in_torch([&] { return torch::nn::utils::clip_grad_norm_(parameters, max_norm); });
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      gradients[i] = from_torch(parameters[i].grad());
    }
    return norm;
  }

  const ClippingTask& task;
  double max_norm;
};

/// With the learning rates in the checkpoint too, where torch loses them.
template <class Rule>
struct RatesSaved : TorchAdapter<Rule> {
  explicit RatesSaved(const OptimizerTask& task) : TorchAdapter<Rule>(task) {}
  nlohmann::json save() {
    nlohmann::json saved = TorchAdapter<Rule>::save();
    saved["rates"] = this->rates();
    return saved;
  }
  void load(const nlohmann::json& saved) {
    TorchAdapter<Rule>::load(saved);
    this->set_rates(saved.at("rates").template get<std::vector<double>>());
  }
};

/// torch::optim::LBFGS, which owns its loop, with its one line search.
class TorchLbfgs {
 public:
  using Value = double;

  explicit TorchLbfgs(const OptimizerTask& task)
      : tolerance_(task.hyperparameters().number("gradient_tolerance")) {
    for (const TaskParameter& parameter : task.parameters()) {
      parameters_.push_back(to_torch(parameter.values, parameter.shape, torch::kFloat64));
      parameters_.back().requires_grad_();
      elements_ += parameter.values.size();
    }
  }

  std::vector<std::vector<double>> minimize(long steps, const Objective& objective) {
    // The criterion is on the greatest element; |g| is at most sqrt(n) of it.
    optim::LBFGS optimizer(
        parameters_, optim::LBFGSOptions(1)
                         .max_iter(steps)
                         .max_eval(10 * steps)
                         .tolerance_grad(tolerance_ / std::sqrt(static_cast<double>(elements_)))
                         .tolerance_change(0)
                         .line_search_fn("strong_wolfe"));
    optimizer.step([&] {
      const Evaluation seen = objective(values());
      for (std::size_t i = 0; i < parameters_.size(); ++i) {
        parameters_[i].mutable_grad() =
            torch::tensor(seen.gradients[i], torch::kFloat64).reshape(parameters_[i].sizes());
      }
      return torch::tensor(seen.value, torch::kFloat64);
    });
    return values();
  }

 private:
  std::vector<torch::Tensor> parameters_;
  std::size_t elements_ = 0;
  double tolerance_;

  std::vector<std::vector<double>> values() const {
    std::vector<std::vector<double>> values;
    for (const torch::Tensor& parameter : parameters_) values.push_back(from_torch(parameter));
    return values;
  }
};

/// Every check of a rule, where a checkpoint is known to lose a changed learning rate; and
/// in binary32 those of the adapter that sees to that itself.
template <class Rule>
bool check(const std::string& rule) {
  const RegistrationOptions with_known{
      .known_deviations = {
          {"property/save-and-load",
           "load() reads the saved groups' options and drops them (torch/optim/serialize.h, "
           "after \"update state\"), so that a learning rate that was changed is lost"}}};
  const RegistrationOptions narrow{.formats = {"binary32"}};
  return register_optimizer<TorchAdapter<Rule>>(rule, "torch", with_known, {__FILE__, __LINE__}) &&
         register_optimizer<RatesSaved<Rule>>(rule, "torch_rates_saved", narrow,
                                              {__FILE__, __LINE__});
}

[[maybe_unused]] const bool registered =
    check<GradientDescent>("gradient_descent") && check<Momentum>("momentum") &&
    check<Nesterov>("nesterov") && check<Adagrad>("adagrad") && check<RmsProp>("rmsprop") &&
    check<Adam>("adam") && check<AdamW>("adamw") && check<AmsGrad>("amsgrad");

PLUMBLINE_CHECK_CLIPPING("global_norm", ClipGradNorm);
PLUMBLINE_CHECK_MINIMIZER("lbfgs", TorchLbfgs);

// --- torch's deviations, by hand -----------------------------------------------------------

TEST(Torch, LoadForgetsALearningRateThatWasChanged) {
  optim::SGD saved(std::vector<torch::Tensor>{torch::zeros({1})}, optim::SGDOptions(0.5));
  saved.param_groups()[0].options().set_lr(0.25);
  torch::serialize::OutputArchive written;
  saved.save(written);
  std::stringstream stream;
  written.save_to(stream);
  torch::serialize::InputArchive read;
  read.load_from(stream);
  optim::SGD loaded(std::vector<torch::Tensor>{torch::zeros({1})}, optim::SGDOptions(0.5));
  loaded.load(read);
  EXPECT_EQ(loaded.param_groups()[0].options().get_lr(), 0.5) << "0.25 would be right";
}

TEST(Torch, AdagradIgnoresAGroupsInitialAccumulator) {
  const auto options = [](double start) {
    return optim::AdagradOptions(1).initial_accumulator_value(start);
  };
  torch::Tensor parameter = torch::zeros({1});
  std::vector<optim::OptimizerParamGroup> groups;
  groups.emplace_back(std::vector{parameter}, std::make_unique<optim::AdagradOptions>(options(3)));
  optim::Adagrad adagrad(std::move(groups), options(0));
  parameter.mutable_grad() = torch::ones({1});
  adagrad.step();
  // torch/optim/adagrad.h: state->sum(full_like(p, defaults.initial_accumulator_value())).
  EXPECT_NEAR(parameter.item<double>(), -1, 1e-6) << "-1/sqrt(3 + 1) = -0.5 would be right";
}

}  // namespace
}  // namespace plumbline::conformance
